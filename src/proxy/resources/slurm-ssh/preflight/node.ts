/** What only a compute node can tell: a small job looks and says. */
import { randomUUID } from 'node:crypto';

import type { IClusterSettings } from '../../../settings';
import { quote } from '../quote';
import { judgePythons, probeLines } from './pythons';
import { SAY, type Report, type Said } from './report';

/** Seconds that the job may take to start and to end. */
const PATIENCE = 75;
/** Minutes of the job; some partitions allow no more. */
const LIMIT = 1;
/** What the runtime's wheels were built for. */
const GLIBC = [2, 28] as const;
/** What the engine's vectors need of an x86 processor. */
const FLAGS = ['ssse3', 'sse4_1'];
/** Node's name of a processor -> that of uname. */
const MACHINES: Readonly<Record<string, string>> = {
  x64: 'x86_64',
  arm64: 'aarch64'
};

/** The batch script of the small job. */
export function jobScript(cluster: IClusterSettings, token: string): string {
  return [
    '#!/bin/bash',
    SAY,
    '{',
    'say node "$(uname -n)"',
    // As the batch script of a real job begins.
    'if [ -r /etc/profile ]; then . /etc/profile >/dev/null 2>&1; fi',
    'say module "$(type -t module)"',
    `if [ "$(cat token 2>&1)" = ${quote(token)} ]; then say work seen; fi`,
    'say machine "$(uname -m)"',
    'say glibc "$(getconf GNU_LIBC_VERSION 2>/dev/null)"',
    `say flags "$(grep -m 1 '^flags' /proc/cpuinfo)"`,
    `say processor "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"`,
    ...(cluster.gpus > 0
      ? ['say gpu "$(nvidia-smi -L 2>&1 | head -n 4)"']
      : []),
    'say before-prelude yes',
    '} > said',
    ...cluster.prelude,
    '{',
    'say prelude "$?"',
    ...probeLines(cluster.pythons),
    'say end yes',
    '} >> said',
    ''
  ].join('\n');
}

/**
 * Submits the job, waits for it, and leaves nothing: neither a job nor a file,
 * also when the connection is cut meanwhile.
 */
export function nodeScript(
  cluster: IClusterSettings,
  work: string,
  token = randomUUID()
): string {
  const folder = quote(`${work}/.test-${token}`);
  const options = [
    '--parsable',
    `--job-name=tomo-test-${token.slice(0, 8)}`,
    '--output=out',
    '--error=err',
    '--nodes=1',
    '--ntasks=1',
    '--cpus-per-task=1',
    `--mem=${Math.min(512, Math.ceil(cluster.memory / 2 ** 20))}M`,
    `--time=${LIMIT}`,
    // Should nobody be there to cancel it.
    '--deadline=now+5minutes',
    '--no-requeue',
    ...option('partition', cluster.partition),
    ...option('account', cluster.account),
    ...option('qos', cluster.qos),
    ...option('constraint', cluster.constraint),
    ...(cluster.gpus > 0 ? [`--gres=gpu:${cluster.gpus}`] : [])
  ];
  return [
    SAY,
    'id=',
    `leave() { trap - EXIT; if [ -n "$id" ]; then scancel "$id" >/dev/null 2>&1; fi; cd /; rm -rf -- ${folder}; }`,
    'trap leave EXIT; trap "exit 1" HUP INT TERM PIPE',
    `mkdir -m 700 -- ${folder} && cd ${folder} || { say refused "the work folder is not writable"; exit 0; }`,
    `printf %s ${quote(token)} > token`,
    `printf %s ${quote(jobScript(cluster, token))} > job.sh`,
    `id=$(timeout 60 sbatch ${options.map(quote).join(' ')} job.sh 2>refusal) || { say refused "$(tail -n 1 refusal)"; id=; exit 0; }`,
    'id=${id%%;*}',
    'since=$(date +%s); quiet=0; state=',
    `while [ $(( $(date +%s) - since )) -lt ${PATIENCE} ]; do`,
    '  if grep -q "^end" said 2>/dev/null; then break; fi',
    `  now=$(squeue -h -j "$id" -o '%T (%r)' 2>/dev/null)`,
    '  case $now in',
    // What it wrote may come a moment later over a shared file system.
    '    ""|COMPLET*|FAILED*|TIMEOUT*|CANCELLED*|OUT_OF*|NODE_FAIL*|DEADLINE*)',
    '      quiet=$((quiet + 1)); if [ "$quiet" -gt 5 ]; then break; fi;;',
    '  esac',
    '  state=${now:-$state}',
    '  sleep 1',
    'done',
    'say state "$state"',
    'say waited "$(( $(date +%s) - since ))"',
    'cat said 2>/dev/null',
    'say errors "$(tail -n 3 err 2>/dev/null)"',
    'exit 0'
  ].join('\n');
}

/** Milliseconds that `nodeScript` may take. */
export const NODE_TIMEOUT = (PATIENCE + 75) * 1000;

export function judgeNode(
  report: Report,
  said: Said,
  cluster: IClusterSettings,
  work: string
): void {
  const title = 'A small job';
  const node = said.one('node');
  if (said.has('refused')) {
    report.fail(
      'job',
      title,
      `Slurm does not take a job: ${said.one('refused')}.`,
      'Correct partition, account, QoS, constraint or GPUs in these settings.'
    );
    return;
  }
  if (!node) {
    judgeSilence(report, said, title, work);
    return;
  }
  report.ok('job', title, `It ran on ${node} within ${said.one('waited')} s.`);
  if (said.one('work') === 'seen') {
    report.ok('work-node', 'Work folder on nodes', `${node} sees ${work}.`);
  } else {
    report.fail(
      'work-node',
      'Work folder on nodes',
      `${node} does not see what the log-in host writes to ${work}.`,
      'Set a work folder on a file system that all nodes share.'
    );
  }
  judgeMachine(report, said, node);
  judgeModule(report, said, cluster, node);
  judgePrelude(report, said, cluster, node);
  if (said.has('prelude')) {
    judgePythons(report, said, cluster.pythons, `on ${node}`);
  } else {
    report.skip('python-default', 'Python', 'The prelude ended the job.', '');
  }
  judgeGpu(report, said, cluster, node);
}

function judgeSilence(
  report: Report,
  said: Said,
  title: string,
  work: string
): void {
  const state = said.one('state');
  if (/^(PENDING|CONFIGURING)/.test(state)) {
    const reason = /\((.*)\)/.exec(state)?.[1] ?? '';
    report.warn(
      'job',
      title,
      `It did not start within ${said.one('waited')} s${reason && ` (${reason})`} and was cancelled.`,
      'The cluster is busy, or nothing there fits these settings: test again later for what compute nodes tell.'
    );
  } else {
    report.fail(
      'job',
      title,
      `It started, but nothing of it arrived in ${work}${state && ` (${state})`}.`,
      'Set a work folder on a file system that all nodes share, with room left.'
    );
  }
}

function judgeMachine(report: Report, said: Said, node: string): void {
  const machine = said.one('machine');
  const glibc = said.one('glibc').replace(/^\S+\s+/, '');
  const [major = 0, minor = 0] = glibc.split('.').map(Number);
  if (!glibc) {
    report.fail(
      'glibc',
      'C library',
      `${node} has no glibc.`,
      'The built-in engine needs glibc 2.28 or newer: choose nodes that have it with a constraint.'
    );
  } else if (major < GLIBC[0] || (major === GLIBC[0] && minor < GLIBC[1])) {
    report.fail(
      'glibc',
      'C library',
      `${node} has glibc ${glibc}, and the built-in engine needs ${GLIBC.join('.')}.`,
      'Choose newer nodes with a constraint, or a Python in a container of a newer system.'
    );
  } else {
    report.ok('glibc', 'C library', `${node} has glibc ${glibc}.`);
  }
  const ours = MACHINES[process.arch] ?? process.arch;
  const flags = said.one('flags').split(/\s+/);
  const missing =
    machine === 'x86_64' ? FLAGS.filter(flag => !flags.includes(flag)) : [];
  const processor = said.one('processor');
  if (machine !== ours) {
    report.fail(
      'processor',
      'Processor',
      `${node} is ${machine}, and the runtime of this server is for ${ours}.`,
      `Choose nodes that are ${ours} with a constraint or another partition.`
    );
  } else if (missing.length > 0) {
    report.fail(
      'processor',
      'Processor',
      `${processor || machine} lacks ${missing.join(' and ')}.`,
      'Choose newer nodes with a constraint.'
    );
  } else {
    report.ok(
      'processor',
      'Processor',
      `${[machine, processor].filter(Boolean).join(', ')}.`
    );
  }
}

function judgeModule(
  report: Report,
  said: Said,
  cluster: IClusterSettings,
  node: string
): void {
  const used = cluster.prelude.some(line =>
    /(^|[;&|\s])(module|ml)\s/.test(line)
  );
  if (said.one('module')) {
    report.ok('module', 'Modules', `\`module\` is there on ${node}.`);
  } else if (used) {
    report.fail(
      'module',
      'Modules',
      `There is no \`module\` on ${node}, and the prelude uses it.`,
      'Begin the prelude with the line that brings it, as `source /etc/profile.d/modules.sh`.'
    );
  } else {
    report.ok(
      'module',
      'Modules',
      `There is no \`module\` on ${node}; the prelude does not use it.`
    );
  }
}

function judgePrelude(
  report: Report,
  said: Said,
  cluster: IClusterSettings,
  node: string
): void {
  const title = 'Prelude';
  const errors = said.one('errors');
  if (cluster.prelude.length === 0) {
    return;
  }
  if (!said.has('prelude')) {
    report.fail(
      'prelude',
      title,
      `It ended the job on ${node}, or took too long${errors && `: ${errors}`}.`,
      'Take out what exits, waits or fails under `set -e`.'
    );
  } else if (said.one('prelude') !== '0') {
    report.warn(
      'prelude',
      title,
      `Its last line ended with ${said.one('prelude')} on ${node}${errors && `: ${errors}`}.`,
      'See whether each line works in an interactive job on a node.'
    );
  } else {
    report.ok('prelude', title, `It runs on ${node}.`);
  }
}

function judgeGpu(
  report: Report,
  said: Said,
  cluster: IClusterSettings,
  node: string
): void {
  if (cluster.gpus === 0) {
    return;
  }
  const found = said.one('gpu');
  if (found.startsWith('GPU ')) {
    report.ok(
      'gpu',
      'GPU',
      `${node} has ${found.replace(/\s*\(UUID:[^)]*\)/g, '')}.`
    );
  } else {
    report.warn(
      'gpu',
      'GPU',
      `Slurm gave a GPU on ${node}, but nvidia-smi shows none: ${found || 'it said nothing'}.`,
      'Load the drivers in the prelude (as `module load GPUmodules`), or choose another partition.'
    );
  }
}

function option(key: string, value: string): string[] {
  return value ? [`--${key}=${value}`] : [];
}
