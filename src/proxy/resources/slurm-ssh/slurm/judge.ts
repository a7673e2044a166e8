/**
 * What a remote job's mirror means: a pure function, as `judge` is for jobs of
 * this machine. A job is finished only when its result.json was seen on the
 * cluster, and what has ended otherwise says why in one sentence.
 */
import type { Failure, JobState } from '../../../../api/_generated/api';
import type { IStatus } from '../../../job-folder';
import type { ISeen, ISlurmRecord, SlurmTask } from './mirror';
import { GONE, reasonOf, type IReason } from './reasons';
import { phaseOf, worst } from './states';
import { waitingWarning } from './waiting';

/** What a mirror holds. */
export interface IMirrored {
  readonly record: ISlurmRecord;
  readonly seen: ISeen | null;
  /** What the runner told last; of an array, its tasks together. */
  readonly status: IStatus | null;
  readonly cancelAsked: boolean;
  /** It is on its way to the scheduler now. */
  readonly moving: boolean;
  /** The last lines of the logs. */
  readonly lastLines: string;
}

export interface IRemoteVerdict {
  readonly state: JobState;
  readonly failure?: Failure;
  readonly warnings: readonly string[];
  /** It waits to be handed to the scheduler. */
  readonly waits: boolean;
  /** Nothing more will happen by itself. */
  readonly settled: boolean;
}

export function judgeRemote(mirror: IMirrored): IRemoteVerdict {
  const { record, seen, cancelAsked } = mirror;
  if (record.failure) {
    return cancelAsked
      ? ended('cancelled')
      : ended('failed', { failure: record.failure });
  }
  if (record.phase !== 'accepted') {
    return beforeAcceptance(mirror);
  }
  if (!seen || seen.slurm.id !== record.id) {
    return going(cancelAsked ? 'cancelling' : 'queued');
  }
  if (seen.complete) {
    // The result is there a moment before Slurm knows how its tasks ended,
    // and the queue a moment before accounting knows their exit codes.
    const settled = seen.slurm.tasks.every(
      task =>
        phaseOf(task.state) === 'ended' &&
        (task.exit !== undefined || !seen.early)
    );
    return { ...ended('finished'), settled };
  }
  return bySlurm(mirror, seen);
}

function beforeAcceptance(mirror: IMirrored): IRemoteVerdict {
  const { record, cancelAsked, moving } = mirror;
  if (record.phase === 'sent') {
    // The scheduler may have it: whoever asks next will know.
    return { ...going(cancelAsked ? 'cancelling' : 'starting'), waits: true };
  }
  if (cancelAsked) {
    return moving ? going('cancelling') : ended('cancelled');
  }
  return { ...going(moving ? 'starting' : 'queued'), waits: true };
}

function bySlurm(mirror: IMirrored, seen: ISeen): IRemoteVerdict {
  const { cancelAsked, record } = mirror;
  const { tasks } = seen.slurm;
  const main = tasks.filter(task => task.id !== record.finish);
  const finish = tasks.find(task => task.id === record.finish);
  const active = main.filter(task => phaseOf(task.state) !== 'ended');
  if (active.length > 0) {
    const runs = active.some(task => phaseOf(task.state) === 'running');
    const warning = seen.vanished ? GONE.message : waitingWarning(active);
    return {
      ...going(
        cancelAsked ? 'cancelling' : runs || begun(main) ? 'running' : 'queued'
      ),
      warnings: warning ? [warning] : []
    };
  }
  const hasExit = main.every(task => task.exit !== undefined);
  const completed = main.every(task => task.state === 'COMPLETED');
  if (seen.early && !cancelAsked && (!hasExit || completed)) {
    return going('running');
  }
  const settled = !finish || phaseOf(finish.state) === 'ended';
  if (cancelAsked) {
    return { ...ended('cancelled'), settled };
  }
  if (seen.vanished) {
    // A mount that is away for a while looks the same: it is asked about again.
    return { ...ended('failed', { failure: GONE }), settled: false };
  }
  const culprit = worst(main);
  if (!culprit && !settled) {
    return going('running');
  }
  const reason = reasonOf({
    task: culprit ?? finish ?? main[0],
    status: mirror.status,
    seen,
    lastLines: mirror.lastLines
  });
  return { ...ended(reason.state, reason), settled };
}

/** A task of the array has run already: a pause between tasks is no queue. */
function begun(tasks: readonly SlurmTask[]): boolean {
  return tasks.some(task => phaseOf(task.state) === 'ended');
}

function going(state: JobState): IRemoteVerdict {
  return { state, warnings: [], waits: false, settled: false };
}

function ended(state: JobState, reason: Partial<IReason> = {}): IRemoteVerdict {
  return {
    state,
    ...(reason.failure && { failure: reason.failure }),
    warnings: [],
    waits: false,
    settled: true
  };
}
