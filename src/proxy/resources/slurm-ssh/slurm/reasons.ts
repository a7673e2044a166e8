/** Why a task has ended without a result, as one sentence and what to do. */
import type { Failure, JobState } from '../../../../api/_generated/api';
import type { IStatus } from '../../../job-folder';
import type { ISeen, SlurmTask } from './mirror';
import { cancelledBy, oneWord } from './states';

export interface IReason {
  readonly state: JobState;
  readonly failure?: Failure;
}

export interface IEnding {
  /** The task that tells best; undefined: Slurm knows none. */
  readonly task: SlurmTask | undefined;
  readonly status: IStatus | null;
  readonly seen: ISeen;
  readonly lastLines: string;
}

/** Bytes under which a disk counts as full. */
const FULL = 1 << 20;

const RESUME = 'Press Resume: slices that are finished are kept.';

export const GONE: Failure = {
  code: 'folder-gone',
  message: 'The folder of the job on the cluster has gone.',
  where: 'work',
  hint: 'See whether the work folder was moved or cleared, and submit the recipe again.'
};

export function reasonOf(ending: IEnding): IReason {
  const { task, status, seen, lastLines } = ending;
  const state = oneWord(task?.state ?? '');
  const exit = task?.exit ?? '';
  if (state === 'OUT_OF_MEMORY' || exceeded(lastLines)) {
    return failed(
      'out-of-memory',
      `Slurm ended ${name(task)} for using more memory than it was given.`,
      'memory',
      'Submit it again with more memory, or with fewer cores.'
    );
  }
  switch (state) {
    case 'TIMEOUT':
    case 'DEADLINE':
      return failed(
        'time-limit',
        `The time limit ended ${name(task)}.`,
        'time',
        `${RESUME} A longer time limit, or more tasks, needs fewer of these.`
      );
    case 'NODE_FAIL':
    case 'BOOT_FAIL':
      return interrupted(
        'node-failure',
        `The node ${task?.node || 'of a task'} failed while ${name(task)} ran.`,
        'node'
      );
    case 'PREEMPTED':
    case 'REVOKED':
      return interrupted(
        'preempted',
        `The cluster needed the node of ${name(task)} for another job.`,
        'partition'
      );
    case 'CANCELLED':
      return cancelled(task, seen);
  }
  // That slices are missing, as the finishing task says, is what follows and not the reason.
  const follows =
    status?.failure?.code === 'slices-missing' && state !== 'COMPLETED';
  if (status?.state === 'failed' && status.failure && !follows) {
    return { state: 'failed', failure: status.failure };
  }
  if (isFull(ending, exit)) {
    return failed(
      'disk-full',
      'The work folder on the cluster is full, or its quota used up, so the job could not write.',
      'work',
      `Free some space there. ${RESUME}`
    );
  }
  if (!state) {
    return unknown(seen);
  }
  if (state === 'COMPLETED') {
    return withoutResult(status);
  }
  return byExit(task, exit, lastLines);
}

function cancelled(task: SlurmTask | undefined, seen: ISeen): IReason {
  const by = cancelledBy(task?.state ?? '');
  const self = by === null || by === seen.uid;
  return {
    state: 'cancelled',
    failure: {
      code: self ? 'scancelled' : 'cancelled-by-admin',
      message: self
        ? 'The job was cancelled with scancel, not from here.'
        : `The job was cancelled by somebody else on the cluster (${by === '0' ? 'the administrator' : `account number ${by}`}).`,
      where: task?.id ?? '',
      hint: self ? RESUME : `Ask them why before you press Resume.`
    }
  };
}

function byExit(
  task: SlurmTask | undefined,
  exit: string,
  lastLines: string
): IReason {
  const [code, signal] = exit.split(':').map(Number);
  const last = lastLines.trim() ? ` Its last lines: ${lastLines.trim()}` : '';
  if (signal === 53 || (exit === '' && task?.reason === 'JobLaunchFailure')) {
    return failed(
      'launch-failed',
      `Slurm could not start ${name(task)} in its folder.`,
      'work',
      'See that compute nodes see the work folder, and that it has room: press Test in Setup.'
    );
  }
  if (code === 127 || code === 126) {
    return failed(
      'no-python',
      `Python could not be started on the node of ${name(task)}.${last}`,
      'pythons',
      'Correct the Python of this tool, or the prelude, in Setup, and press Test there.'
    );
  }
  const how = signal
    ? `was ended by signal ${signal}${signal === 9 ? ' (often too little memory)' : ''}`
    : exit
      ? `ended with code ${code}`
      : 'failed';
  return failed(
    'task-failed',
    `${capital(name(task))} ${how}.${last}`,
    task?.id ?? '',
    `See the log of the job. ${RESUME}`
  );
}

function withoutResult(status: IStatus | null): IReason {
  if (status?.failure) {
    return { state: 'failed', failure: status.failure };
  }
  return failed(
    'no-result',
    'The tasks have ended, but the result folder on the cluster has no result.json.',
    'result.json',
    `See the log of the job, and whether the result folder was moved. ${RESUME}`
  );
}

/** Neither the queue nor accounting knows it. */
function unknown(seen: ISeen): IReason {
  return interrupted(
    'unknown-to-slurm',
    seen.unaccounted
      ? 'The job has left the queue, and the accounting of the cluster does not answer.'
      : 'The job has left the queue without a record, as one that was cancelled before it began.',
    'slurm'
  );
}

function isFull(ending: IEnding, exit: string): boolean {
  const { seen, status, lastLines } = ending;
  // Without room neither the runner's last word nor a log can be written.
  const silent = status?.state === 'running' || !lastLines.trim();
  return (
    (seen.free !== undefined && seen.free < FULL && silent) ||
    (exit !== '0:0' &&
      /No space left on device|Disk quota exceeded/.test(lastLines))
  );
}

/** Where there are no cgroups, slurmstepd says it in the log only. */
function exceeded(lastLines: string): boolean {
  return /exceeded (?:job |step )?memory limit|oom[-_ ]kill/i.test(lastLines);
}

function name(task: SlurmTask | undefined): string {
  return task?.index === null || task?.index === undefined
    ? 'the job'
    : `task ${task.index}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function failed(
  code: string,
  message: string,
  where: string,
  hint: string
): IReason {
  return { state: 'failed', failure: { code, message, where, hint } };
}

function interrupted(code: string, message: string, where: string): IReason {
  return {
    state: 'interrupted',
    failure: { code, message, where, hint: RESUME }
  };
}
