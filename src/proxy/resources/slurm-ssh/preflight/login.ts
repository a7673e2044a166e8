/** What the log-in host tells: shell, Slurm's commands, partition, account, clock. */
import type { IClusterSettings } from '../../../settings';
import { parseDuration } from '../slurm/text';
import { probeLines } from './pythons';
import { SAY, sizeOf, type Report, type Said } from './report';

const NEEDED = ['sbatch', 'squeue', 'scancel', 'sinfo'];
/** Seconds that two clocks may be apart. */
const APART = 120;

export function loginScript(cluster: IClusterSettings): string {
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
    // All partitions: what is up in place of one that is not is told.
    "if rows=$(timeout 25 sinfo -h -o '%P|%a|%l|%F|%c|%m|%f|%G' 2>&1); then",
    `  printf '%s\\n' "$rows" | sed 's/^/row /'`,
    'else say sinfo-failed "${rows:-it took longer than 25 s}"; fi',
    'said=$(timeout 25 sacct -n -X -S now -o JobID 2>&1) || say sacct-failed "${said:-it took longer than 25 s}"',
    `timeout 15 sacctmgr -n -P show assoc where user="$(id -un)" format=account,qos 2>/dev/null | sed 's/^/association /'`,
    ...(cluster.agent === 'login' ? probeLines({ default: python }) : []),
    ':'
  ].join('\n');
}

/**
 * @param now - seconds since 1970 here.
 * @returns whether the partition is in service, so that a job may start there.
 */
export function judgeLogin(
  report: Report,
  said: Said,
  cluster: IClusterSettings,
  now: number
): boolean {
  const shell = said.one('shell').replace(/^.*\//, '');
  report.ok('shell', 'Log-in shell', `${shell || 'A shell'} runs commands.`);
  judgeClock(report, now - Number(said.one('clock')));
  judgeCommands(report, said);
  const serves = judgePartition(report, said, cluster);
  judgeAccount(report, said, cluster);
  return serves;
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
  /** As Slurm says it: up, down, drain, inact. */
  readonly state: string;
  /** Seconds; null: none. */
  readonly limit: number | null;
  readonly nodes: number;
  /** Nodes that run jobs, or could. */
  readonly working: number;
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
            state: state ?? '',
            limit: parseDuration(limit),
            ...countsOf(nodes ?? ''),
            cores: parseInt(cores ?? '', 10) || 0,
            memory: (parseInt(memory ?? '', 10) || 0) * 2 ** 20,
            features: (features ?? '').split(','),
            gres
          }
        ];
  });
}

/** As sinfo counts nodes: allocated/idle/other/all. */
function countsOf(text: string): { nodes: number; working: number } {
  const [allocated = 0, idle = 0, , nodes = 0] = text.split('/').map(Number);
  return { nodes, working: allocated + idle };
}

/** What Slurm does with jobs of a partition that is not up. */
const OFF: Readonly<Record<string, string>> = {
  down: 'is down: it takes jobs, and starts none',
  drain: 'is being drained: it takes no new jobs',
  inact: 'is inactive: it takes no jobs',
  inactive: 'is inactive: it takes no jobs'
};

/** Why nothing starts in a partition now, whatever is asked for; empty: nothing keeps it. */
function outOfService(rows: readonly IPartitionRow[]): string {
  const [first] = rows;
  if (first && !rows.some(row => row.state === 'up')) {
    return OFF[first.state] ?? `is ${first.state || 'not up'}`;
  }
  return rows.some(row => row.working > 0 || row.nodes === 0)
    ? ''
    : 'has no node in service: all are down or drained';
}

function judgePartition(
  report: Report,
  said: Said,
  cluster: IClusterSettings
): boolean {
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
    return true;
  }
  const others = [
    ...new Set(
      all
        .filter(row => row.state === 'up' && row.working > 0)
        .map(row => row.name)
    )
  ].filter(name => !rows.some(row => row.name === name));
  const choose = others.length
    ? `Choose another in these settings (up: ${others.join(', ')})`
    : 'No other partition is up: ask those who run the cluster';
  if (!first) {
    report.fail(
      'partition',
      title,
      cluster.partition
        ? `There is no partition ${cluster.partition} for you.`
        : 'The cluster has no default partition.',
      `${choose}.`
    );
    return true;
  }
  const off = outOfService(rows);
  if (off) {
    report.fail(
      'partition',
      title,
      `Partition ${first.name} ${off}.`,
      `${choose}, or wait until it is back; jobs that are in its queue stay there.`
    );
    return false;
  }
  const found: string[] = [];
  const cores = Math.max(...rows.map(row => row.cores));
  const memory = Math.max(...rows.map(row => row.memory));
  const limit = rows.some(row => row.limit === null)
    ? null
    : Math.max(...rows.map(row => row.limit ?? 0));
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
    return true;
  }
  const nodes = rows.reduce((sum, row) => sum + row.nodes, 0);
  report.ok(
    'partition',
    title,
    `${first.name} has ${nodes} nodes of up to ${cores} cores and ${sizeOf(memory)}.`
  );
  return true;
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
