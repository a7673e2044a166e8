/**
 * What Slurm says of a job, and what is copied, in words. States and reasons
 * stay Slurm's own, so that they can be looked up.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Job, Resource } from './api';
import { formatBytes, formatSeconds, formatTime } from './quantities';

type Slurm = NonNullable<Job['slurm']>;

/**
 * Most bytes that one of the tasks used; null while nothing is known. The
 * scheduler tells it at the end, the runner while it runs.
 */
export function memoryUsed({
  slurm,
  memory
}: Pick<Job, 'slurm' | 'memory'>): number | null {
  const most = Math.max(
    memory ?? 0,
    slurm?.memory ?? 0,
    ...(slurm?.tasks ?? []).map(task => task.memory ?? 0)
  );
  // Slurm counts none of a job that ends before it looks.
  return most > 0 ? most : null;
}

/** "3 of 8 tasks ended, 4 running, 1 waits"; empty for a job that is no array. */
export function tasksText(slurm: Slurm, trans: TranslationBundle): string {
  const tasks = slurm.tasks.filter(task => task.index !== null);
  if (tasks.length < 2) {
    return '';
  }
  const count = (states: readonly string[]): number =>
    tasks.filter(task => states.some(each => task.state.startsWith(each)))
      .length;
  const running = count(['RUNNING', 'COMPLETING', 'CONFIGURING', 'SUSPENDED']);
  const waiting = count(['PENDING', 'REQUEUE']);
  const ended = tasks.length - running - waiting;
  return [
    trans.__('%1 of %2 tasks ended', ended, tasks.length),
    running ? trans._n('%1 runs', '%1 run', running) : '',
    waiting ? trans._n('%1 waits', '%1 wait', waiting) : ''
  ]
    .filter(Boolean)
    .join(', ');
}

/** "PENDING (Priority)", "RUNNING", "OUT_OF_MEMORY 0:125". */
export function slurmState(slurm: Slurm): string {
  const reason =
    slurm.reason && slurm.reason !== 'None' ? ` (${slurm.reason})` : '';
  // An exit code says nothing while the job has not ended.
  const exit =
    slurm.exit && !/^(PENDING|RUNNING|COMPLETED)/.test(slurm.state)
      ? ` ${slurm.exit}`
      : '';
  return `${slurm.state}${reason}${exit}`;
}

/** "12 before it, expected 14:05"; empty once it is out of the queue. */
export function queueText(
  slurm: Slurm,
  trans: TranslationBundle,
  now = new Date()
): string {
  if (!slurm.state.startsWith('PENDING')) {
    return '';
  }
  return [
    slurm.position === undefined
      ? ''
      : slurm.position === 0
        ? trans.__('next in its partition')
        : trans.__('%1 before it', slurm.position),
    slurm.expected
      ? trans.__('expected %1', formatTime(slurm.expected, now))
      : ''
  ]
    .filter(Boolean)
    .join(', ');
}

/** "3 min of 2 h"; empty before it has begun. */
export function elapsedText(
  elapsed: number | null | undefined,
  limit: number | null | undefined,
  trans: TranslationBundle
): string {
  if (elapsed === null || elapsed === undefined) {
    return '';
  }
  const time = formatSeconds(elapsed);
  return limit ? trans.__('%1 of %2', time, formatSeconds(limit)) : time;
}

/** One line: state, queue or nodes, time, tasks. */
export function slurmSentence(
  slurm: Slurm,
  trans: TranslationBundle,
  now = new Date()
): string {
  const pending = slurm.state.startsWith('PENDING');
  return [
    slurmState(slurm),
    pending ? queueText(slurm, trans, now) : '',
    pending || !slurm.nodes ? '' : trans.__('on %1', slurm.nodes),
    pending ? '' : elapsedText(slurm.elapsed, slurm.limit, trans),
    tasksText(slurm, trans)
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Label and value of all that Slurm tells of a job. */
export function slurmFacts(
  slurm: Slurm,
  trans: TranslationBundle,
  now = new Date()
): [string, string][] {
  const pending = slurm.state.startsWith('PENDING');
  const facts: [string, string][] = [
    [trans.__('Slurm'), `${slurm.id} ${slurmState(slurm)}`],
    [trans.__('Queue'), queueText(slurm, trans, now)],
    [trans.__('Tasks'), tasksText(slurm, trans)],
    [trans.__('Node'), slurm.nodes ?? ''],
    [
      trans.__('Time'),
      pending ? '' : elapsedText(slurm.elapsed, slurm.limit, trans)
    ],
    [trans.__('Cores'), slurm.cores === undefined ? '' : String(slurm.cores)],
    [trans.__('Exit'), slurm.exit ?? '']
  ];
  return facts.filter(([, value]) => value !== '');
}

/** "uploading ct: 34 of 80 MiB, 12 MiB/s, 4 s left". */
export function transferSentence(
  { kind, what, bytes, total, rate }: NonNullable<Job['transfer']>,
  trans: TranslationBundle
): string {
  if (total === 0) {
    // What there is to send is still being found out.
    return kind === 'upload'
      ? trans.__('preparing to upload %1', what)
      : trans.__('preparing to fetch %1', what);
  }
  const done = trans.__('%1 of %2', formatBytes(bytes), formatBytes(total));
  const parts = [
    kind === 'upload'
      ? trans.__('uploading %1: %2', what, done)
      : trans.__('fetching %1: %2', what, done)
  ];
  if (rate > 0) {
    parts.push(trans.__('%1/s', formatBytes(rate)));
    if (total > bytes) {
      parts.push(trans.__('%1 left', formatSeconds((total - bytes) / rate)));
    }
  }
  return parts.join(', ');
}

/** "last seen 14:05": of a job that nobody can ask about now; empty otherwise. */
export function seenText(
  job: Job,
  resource: Resource | undefined,
  trans: TranslationBundle,
  now = new Date()
): string {
  const offline = !resource || resource.state !== 'online';
  return job.seen && offline
    ? trans.__('last seen %1', formatTime(job.seen, now))
    : '';
}
