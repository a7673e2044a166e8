/** What the log-in host tells: shell, Slurm's commands, partition, account, clock. */
import type { IClusterSettings } from '../../../settings';
import { quote } from '../quote';
import { parseDuration } from '../slurm/text';
import { probeLines } from './pythons';
import { SAY, sizeOf, type Report, type Said } from './report';

const NEEDED = ['sbatch', 'squeue', 'scancel', 'sinfo'];
/** Seconds that two clocks may be apart. */
const APART = 120;

export function loginScript(cluster: IClusterSettings): string {
  const partition = cluster.partition ? `-p ${quote(cluster.partition)} ` : '';
  const python = cluster.pythons.agent || cluster.pythons.default || '';
  return [
    SAY,
    'say clock "$(date +%s)"',
    'say shell "$SHELL"',
    'say host "$(uname -n)"',
    `for name in ${NEEDED.join(' ')} sacct srun; do`,
    '  if command -v "$name" >/dev/null 2>&1; then say command "$name"; fi',
    'done',
    'say version "$(sbatch --version 2>/dev/null)"',
    // A controller that is down is not worth more time.
    `if rows=$(timeout 25 sinfo -h ${partition}-o '%P|%a|%l|%D|%c|%m|%f|%G' 2>&1); then`,
    `  printf '%s\\n' "$rows" | sed 's/^/row /'`,
    'else say sinfo-failed "${rows:-it took longer than 25 s}"; fi',
    'said=$(timeout 25 sacct -n -X -S now -o JobID 2>&1) || say sacct-failed "${said:-it took longer than 25 s}"',
    `timeout 15 sacctmgr -n -P show assoc where user="$(id -un)" format=account,qos 2>/dev/null | sed 's/^/association /'`,
    // Panasas has a command of its own; elsewhere it is that of the system.
    'if quota=$(timeout 10 pan_quota 2>/dev/null || timeout 10 quota -s 2>/dev/null); then say quota "$quota"; else say quota-over "$quota"; fi',
    ...(cluster.agent === 'login' ? probeLines({ default: python }) : []),
    ':'
  ].join('\n');
}

/** @param now - seconds since 1970 here. */
export function judgeLogin(
  report: Report,
  said: Said,
  cluster: IClusterSettings,
  now: number
): void {
  const shell = said.one('shell').replace(/^.*\//, '');
  report.ok('shell', 'Log-in shell', `${shell || 'A shell'} runs commands.`);
  judgeClock(report, now - Number(said.one('clock')));
  judgeCommands(report, said);
  judgePartition(report, said, cluster);
  judgeAccount(report, said, cluster);
  judgeQuota(report, said);
}

function judgeClock(report: Report, ahead: number): void {
  const apart = Math.round(Math.abs(ahead));
  if (apart <= APART) {
    report.ok(
      'clock',
      'Clock',
      `It is within ${Math.max(1, apart)} s of ours.`
    );
  } else {
    report.warn(
      'clock',
      'Clock',
      `It is ${apart} s ${ahead > 0 ? 'behind' : 'ahead of'} ours.`,
      'Times of jobs are shown by the clock of the cluster; those who run the hosts can set it.'
    );
  }
}

function judgeCommands(report: Report, said: Said): void {
  const known = said.all('command');
  const missing = NEEDED.filter(name => !known.includes(name));
  const version = said.one('version').replace(/^slurm\S*\s+/, '');
  if (missing.length > 0) {
    report.fail(
      'slurm',
      'Slurm',
      `There is no ${missing.join(', no ')}.`,
      'Choose a log-in host of the cluster; its commands must be on the PATH of a shell that is no terminal (see .bashrc there).'
    );
    return;
  }
  if (said.has('sinfo-failed')) {
    report.fail(
      'slurm',
      'Slurm',
      `Slurm ${version} does not answer: ${said.one('sinfo-failed')}.`,
      'Its controller may be down for maintenance: try again later.'
    );
  } else {
    report.ok('slurm', 'Slurm', `Slurm ${version} answers.`);
  }
  if (!known.includes('sacct') || said.has('sacct-failed')) {
    report.warn(
      'accounting',
      'Accounting',
      `sacct does not answer: ${said.one('sacct-failed') || 'there is no such command'}.`,
      'Jobs run and are followed; of ended ones, memory and reason may be missing.'
    );
  } else {
    report.ok('accounting', 'Accounting', 'sacct answers.');
  }
}

interface IPartitionRow {
  readonly name: string;
  readonly usual: boolean;
  readonly up: boolean;
  /** Seconds; null: none. */
  readonly limit: number | null;
  readonly nodes: number;
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  readonly features: readonly string[];
  readonly gres: string;
}

function rowsOf(said: Said): IPartitionRow[] {
  return said.all('row').flatMap(line => {
    const [name = '', state, limit = '', nodes, cores, memory, features, gres] =
      line.split('|');
    return name === '' || gres === undefined
      ? []
      : [
          {
            name: name.replace(/\*$/, ''),
            usual: name.endsWith('*'),
            up: state === 'up',
            limit: parseDuration(limit),
            nodes: parseInt(nodes ?? '', 10) || 0,
            cores: parseInt(cores ?? '', 10) || 0,
            memory: (parseInt(memory ?? '', 10) || 0) * 2 ** 20,
            features: (features ?? '').split(','),
            gres
          }
        ];
  });
}

function judgePartition(
  report: Report,
  said: Said,
  cluster: IClusterSettings
): void {
  const title = 'Partition';
  const all = rowsOf(said);
  const rows = all.filter(row =>
    cluster.partition
      ? cluster.partition.split(',').includes(row.name)
      : row.usual
  );
  const [first] = rows;
  if (said.has('sinfo-failed') || said.all('command').length === 0) {
    report.skip('partition', title, 'Slurm does not answer.', '');
    return;
  }
  if (!first) {
    const names = [...new Set(all.map(row => row.name))].join(', ');
    report.fail(
      'partition',
      title,
      cluster.partition
        ? `There is no partition ${cluster.partition} for you.`
        : `The cluster has no default partition${names && `, but ${names}`}.`,
      'Set a partition that `sinfo` lists on the log-in host.'
    );
    return;
  }
  const found: string[] = [];
  const cores = Math.max(...rows.map(row => row.cores));
  const memory = Math.max(...rows.map(row => row.memory));
  const limit = rows.some(row => row.limit === null)
    ? null
    : Math.max(...rows.map(row => row.limit ?? 0));
  if (!rows.some(row => row.up)) {
    found.push(`${first.name} is switched off`);
  }
  if (limit !== null && cluster.time * 60 > limit) {
    found.push(
      `it allows ${Math.floor(limit / 60)} min, and ${cluster.time} min are asked for`
    );
  }
  if (cores > 0 && cluster.cores > cores) {
    found.push(
      `its nodes have ${cores} cores, and ${cluster.cores} are asked for`
    );
  }
  if (memory > 0 && cluster.memory > memory) {
    found.push(
      `its nodes have ${sizeOf(memory)}, and ${sizeOf(cluster.memory)} are asked for`
    );
  }
  if (
    /^[\w.-]+$/.test(cluster.constraint) &&
    !rows.some(row => row.features.includes(cluster.constraint))
  ) {
    found.push(`no node has the feature ${cluster.constraint}`);
  }
  if (cluster.gpus > 0 && !rows.some(row => row.gres.includes('gpu'))) {
    found.push('its nodes have no GPUs');
  }
  if (found.length > 0) {
    report.fail(
      'partition',
      title,
      `Partition ${first.name}: ${found.join('; ')}.`,
      'Change partition, time, cores, memory, constraint or GPUs in these settings; jobs would wait for ever.'
    );
    return;
  }
  const nodes = rows.reduce((sum, row) => sum + row.nodes, 0);
  report.ok(
    'partition',
    title,
    `${first.name} has ${nodes} nodes of up to ${cores} cores and ${sizeOf(memory)}.`
  );
}

function judgeAccount(
  report: Report,
  said: Said,
  cluster: IClusterSettings
): void {
  const title = 'Account and QoS';
  const known = said.all('association').map(line => line.split('|'));
  const accounts = known.map(([account = '']) => account);
  const qos = known.flatMap(([, list = '']) => list.split(','));
  const wrong = [
    cluster.account && !accounts.includes(cluster.account)
      ? `you are not in account ${cluster.account}`
      : '',
    cluster.qos && !qos.includes(cluster.qos)
      ? `you may not use QoS ${cluster.qos}`
      : ''
  ].filter(Boolean);
  if (known.length === 0) {
    report.skip('account', title, 'The cluster does not tell them.', '');
  } else if (wrong.length > 0) {
    report.fail(
      'account',
      title,
      `Slurm says that ${wrong.join(' and ')}.`,
      `Yours are: ${[...new Set(accounts)].join(', ')}; QoS ${[...new Set(qos)].filter(Boolean).join(', ') || 'none'}.`
    );
  } else {
    report.ok(
      'account',
      title,
      `Yours are: ${[...new Set(accounts)].join(', ')}.`
    );
  }
}

/** Where disks are limited by user; `quota` ends with an error when one is full. */
function judgeQuota(report: Report, said: Said): void {
  const title = 'Quota';
  const over = said.one('quota-over');
  const told = said.one('quota') || over;
  const short = told.replace(/\s+/g, ' ');
  if (!short) {
    report.skip('quota', title, 'The host tells none.', '');
  } else if (over || /\d\*/.test(told)) {
    report.warn(
      'quota',
      title,
      `It is used up: ${short}`,
      'Make room: at some sites no job starts when the home folder is full.'
    );
  } else {
    report.ok('quota', title, short);
  }
}
