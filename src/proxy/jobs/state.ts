/**
 * What a job's files mean: a pure function from what is seen to the state.
 *
 * A job is `finished` only with its result.json; without a runner that lives
 * it is never `running` for long; and what a user cancelled is never called a
 * failure of the kernel.
 */
import type { Failure, JobState } from '../../api/_generated/api';
import type { IStatus } from '../job-folder';

/** What is seen of a job at one moment. */
export interface IObservation {
  readonly status: IStatus | null;
  /** The runner's lease is held by a process that lives. */
  readonly runnerAlive: boolean;
  /** The cancel file is there. */
  readonly cancelAsked: boolean;
  /** The result folder has its result.json. */
  readonly complete: boolean;
  /**
   * What holds the attempt (the kernel) lives; false when it has gone; null
   * while it cannot be told.
   */
  readonly holderAlive: boolean | null;
  /** The child of the current attempt has ended: its exit code, or why it never ran. */
  readonly ended: {
    readonly code: number | null;
    readonly failure?: Failure;
  } | null;
  /** The last lines of the child, told when it ended without a word of its own. */
  readonly lastLines: string;
  /** This proxy has seen the attempt alive: it is not a leftover of a server that stopped. */
  readonly watched: boolean;
}

export interface IVerdict {
  readonly state: JobState;
  readonly failure?: Failure;
}

const ENDED: ReadonlySet<JobState> = new Set<JobState>([
  'finished',
  'failed',
  'cancelled',
  'interrupted'
]);

/** Whether nothing more happens to a job by itself. */
export function isEnded(state: JobState): boolean {
  return ENDED.has(state);
}

/** Whether a job may be gone on with. */
export function isResumable(state: JobState): boolean {
  return isEnded(state) && state !== 'finished';
}

/** Whether a job takes a place in the queue's limit. */
export function isActive(state: JobState): boolean {
  return !isEnded(state) && state !== 'queued';
}

/** The state of a job from what is seen of it. */
export function judge(seen: IObservation): IVerdict {
  const state = seen.status?.state ?? 'queued';
  if (seen.runnerAlive) {
    return whileRunning(state, seen.cancelAsked);
  }
  switch (state) {
    case 'finished':
      return seen.complete
        ? { state }
        : { state: 'failed', failure: WITHOUT_RESULT };
    case 'failed':
      return { state, failure: seen.status?.failure };
    case 'cancelled':
      return { state };
    case 'interrupted':
      return afterInterruption(seen);
    case 'queued':
      return { state: seen.cancelAsked ? 'cancelled' : 'queued' };
    default:
      return withoutRunner(state, seen);
  }
}

function whileRunning(state: JobState, cancelAsked: boolean): IVerdict {
  if (isEnded(state)) {
    // The last status is written just before the lease is given up.
    return { state: 'running' };
  }
  if (cancelAsked) {
    return { state: 'cancelling' };
  }
  return { state: state === 'queued' ? 'starting' : state };
}

/** The runner stopped because its pipe or its kernel went away, or it was told to. */
function afterInterruption(seen: IObservation): IVerdict {
  if (seen.cancelAsked) {
    return { state: 'cancelled' };
  }
  if (seen.watched && !seen.ended) {
    if (seen.holderAlive === false) {
      return { state: 'failed', failure: KERNEL_DIED };
    }
  }
  return { state: 'interrupted', failure: INTERRUPTED };
}

/** Starting, running or cancelling, but no runner holds the lease. */
function withoutRunner(state: JobState, seen: IObservation): IVerdict {
  if (seen.complete) {
    return { state: 'finished' };
  }
  if (seen.ended) {
    return seen.cancelAsked
      ? { state: 'cancelled' }
      : {
          state: 'failed',
          failure:
            seen.ended.failure ?? childDied(seen.ended.code, seen.lastLines)
        };
  }
  if (seen.holderAlive === false) {
    if (seen.cancelAsked) {
      return { state: 'cancelled' };
    }
    return seen.watched
      ? { state: 'failed', failure: KERNEL_DIED }
      : { state: 'interrupted', failure: INTERRUPTED };
  }
  return { state: seen.cancelAsked ? 'cancelling' : state };
}

const RESUME = 'Press Resume: slices that are finished are kept.';

const WITHOUT_RESULT: Failure = {
  code: 'no-result',
  message:
    'The run says that it is finished, but the result folder has no result.json.',
  where: 'result.json',
  hint: `See whether the result folder was moved or changed. ${RESUME}`
};

const KERNEL_DIED: Failure = {
  code: 'kernel-died',
  message: 'The kernel of this job died or was shut down.',
  where: 'kernel',
  hint: RESUME
};

const INTERRUPTED: Failure = {
  code: 'interrupted',
  message:
    'The run was interrupted, as the Jupyter server or the kernel of the job was stopped.',
  where: 'kernel',
  hint: RESUME
};

function childDied(code: number | null, lastLines: string): Failure {
  const how =
    code === null
      ? 'could not be started'
      : code < 0
        ? `was ended by signal ${-code}${code === -9 ? ' (often too little memory)' : ''}`
        : `ended with code ${code}`;
  const last = lastLines.trim() ? ` Its last lines: ${lastLines.trim()}` : '';
  return {
    code: 'runner-died',
    message: `The process of the reconstruction ${how}.${last}`,
    where: 'stderr.log',
    hint: `See the log of the job. ${RESUME}`
  };
}
