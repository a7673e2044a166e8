/** A job as the proxy holds it in memory, and as it tells it. */
import type { Failure, Job, JobState } from '../../api/_generated/api';
import { JobLog } from './log';
import type { JobPaths } from '../job-folder';
import type { IJobSpec, IStatus } from '../job-folder';
import type { IRemoteView } from '../resources';
import { Pulse } from './pulse';
import { isResumable } from './state';

export interface IEntry {
  readonly spec: IJobSpec;
  readonly paths: JobPaths;
  readonly log: JobLog;
  status: IStatus;
  state: JobState;
  failure: Failure | undefined;
  /** This proxy owns the job. */
  mine: boolean;
  /** This proxy saw the current attempt alive. */
  watched: boolean;
  /** This proxy is starting the attempt now. */
  launching: boolean;
  /** When this proxy first saw the present state, in milliseconds. */
  since: number;
  /** What was told last, to tell only what is new. */
  told: string;
  /** What the mirror of a remote job says; null: the job is of this machine. */
  remote: IRemoteView | null;
  /** Looks at the job come one after the other. */
  turn: Promise<void>;
  /** The look that waits for its turn. */
  next: Promise<void> | null;
  /** Which files the last look saw. */
  stamp: string;
  /** What the attempt held could not be given back yet. */
  holds: boolean;
  /** Of its runner, when that is on another machine. */
  readonly pulse: Pulse;
}

export const FRESH: IStatus = {
  state: 'queued',
  progress: { stage: 'queued', done: 0, total: 0 },
  slices: { done: 0, total: 0 },
  warnings: [],
  seq: 0,
  attempt: 0
};

export function newEntry(spec: IJobSpec, paths: JobPaths): IEntry {
  return {
    spec,
    paths,
    log: logOf(spec, paths),
    status: FRESH,
    state: 'queued',
    failure: undefined,
    mine: false,
    watched: false,
    launching: false,
    since: Date.now(),
    told: '',
    remote: null,
    turn: Promise.resolve(),
    next: null,
    stamp: '',
    holds: false,
    pulse: new Pulse()
  };
}

/** Of an array, the logs of its tasks under headings. */
function logOf({ remote }: IJobSpec, paths: JobPaths): JobLog {
  if (!remote?.tasks) {
    return new JobLog([paths.stdout, paths.stderr]);
  }
  const tasks = remote.tasks.flatMap((_, index) => [
    paths.task(index, 'stdout.log'),
    paths.task(index, 'stderr.log')
  ]);
  return new JobLog([...tasks, paths.finish], file => {
    const name = file.slice(paths.folder.length + 1);
    return name.startsWith('tasks/')
      ? `--- Task ${name.slice('tasks/'.length)}`
      : '--- Finishing task';
  });
}

/**
 * The job as the api tells it; keys without a value are left out.
 *
 * @param transfer - the copy of its files that is under way.
 */
export function toJob(entry: IEntry, transfer?: Job['transfer']): Job {
  const { spec, status, paths, state, remote } = entry;
  return {
    id: spec.id,
    name: spec.name,
    ...(spec.user && { user: spec.user }),
    ...(spec.document && { document: spec.document }),
    resource: spec.resource,
    kernel: spec.kernel,
    state,
    created: spec.created,
    ...(status.started && { started: status.started }),
    ...(status.ended && { ended: status.ended }),
    progress: status.progress,
    slices: status.slices,
    ...(spec.rows && { rows: spec.rows }),
    ...(status.memory && { memory: status.memory }),
    ...(entry.failure && { failure: entry.failure }),
    warnings: [...status.warnings, ...(remote?.warnings ?? [])],
    output: spec.output,
    folder: spec.remote?.folder ?? paths.folder,
    resumable: isResumable(state),
    command: spec.command,
    ...(remote?.slurm && { slurm: remote.slurm }),
    ...(remote?.seen && { seen: remote.seen }),
    ...(remote?.fetched && { fetched: remote.fetched }),
    ...(transfer && { transfer })
  };
}
