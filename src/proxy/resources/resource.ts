/**
 * Where jobs run. The proxy's jobs know resources only through this.
 */
import type {
  Failure,
  FetchRequest,
  Job,
  JobState,
  Queue,
  Resource,
  Submission,
  SubmissionPlan
} from '../../api/_generated/api';
import type { Recipe } from '../../recipe/_generated/recipe';
import type { IJobSpec, IStatus, JobPaths } from '../job-folder';

/** What a resource knows of the attempt of a job that its files do not tell. */
export interface IHolder {
  /** Whether what holds the attempt (the kernel) lives; null: cannot be told now. */
  readonly alive: boolean | null;
  /** The attempt is over: exit code of the runner, or why it never ran. */
  readonly ended: {
    readonly code: number | null;
    readonly failure?: Failure;
  } | null;
}

interface IAnyResource {
  readonly name: string;

  /** The state as it is known now, for this user; nothing is started. */
  describe(user: string): Promise<Resource>;

  /** Look again at everything that jobs need, as the kernelspecs. */
  probe(user: string): Promise<Resource>;

  /** Close connections. Running jobs are not touched. */
  dispose(): void;
}

/** Jobs of this machine: their folders tell everything, and the proxy queues them. */
export interface IKernelResource extends IAnyResource {
  readonly kind: 'local-kernel';

  /**
   * Check that a job could run, before it exists.
   *
   * @returns the kernel that is meant when none was named.
   * @throws ProxyError with what is missing and what to do.
   */
  check(kernel: string): Promise<string>;

  /** The interpreter of a kernel, when it can be used; the kernel is looked at the first time. */
  python(kernel: string): Promise<string | undefined>;

  /**
   * Start an attempt of a job, new or resumed. Resolves when the runner has
   * been handed over; what becomes of it is in the job folder.
   *
   * @param attempt - counted from 1.
   */
  start(spec: IJobSpec, paths: JobPaths, attempt: number): Promise<void>;

  /** Ask the running attempt to stop; the cancel file is there already. */
  cancel(paths: JobPaths): Promise<void>;

  /** What holds the current attempt, also after a restart of the proxy. */
  observe(paths: JobPaths): Promise<IHolder>;

  /** Give back what an ended attempt held. Safe to call again. */
  release(paths: JobPaths): Promise<void>;
}

/** A submission that has been checked, and is not a job yet. */
export interface IPrepared {
  readonly spec: IJobSpec;
  readonly recipe: Recipe;
  readonly status: IStatus;
}

/** Who asks, and what else goes on. */
export interface ISubmitter {
  readonly user: string;
  /** Result folders of jobs of the same resource that have not ended. */
  readonly taken: readonly string[];
}

/** What the mirror of a remote job says. */
export interface IRemoteView {
  readonly status: IStatus;
  readonly state: JobState;
  readonly failure?: Failure;
  readonly warnings: readonly string[];
  readonly slurm?: Job['slurm'];
  /** When the cluster last told of it. */
  readonly seen?: string;
  readonly fetched?: string;
  /** It has not been handed to the scheduler, and nothing says that it cannot be. */
  readonly waits: boolean;
}

/**
 * Jobs of a scheduler elsewhere. Their folders here are mirrors: looking at one
 * never asks the cluster. The resource keeps the mirrors true and says which
 * have changed.
 */
export interface IClusterResource extends IAnyResource {
  readonly kind: 'slurm-ssh';

  /**
   * What a submission would do.
   *
   * @throws ProxyError `logged-out`, or what keeps it from being made.
   */
  plan(submission: Submission, by: ISubmitter): Promise<SubmissionPlan>;

  /** Check a submission and lay down what its job is. */
  prepare(submission: Submission, by: ISubmitter): Promise<IPrepared>;

  /**
   * Bring a job that waits to the scheduler: uploads, the folder on the cluster,
   * the submission. Goes on where it was cut; does nothing without a log-in or
   * while it is under way. Only the job's owner may call it.
   */
  advance(spec: IJobSpec, paths: JobPaths): void;

  /** Whether a job is on its way to the scheduler now. */
  moves(id: string): boolean;

  /** What keeps a job from the scheduler, while it is tried again. */
  obstacle(spec: IJobSpec): string | undefined;

  /** The copy of a job's files that is under way. */
  transfer(id: string): Job['transfer'];

  /** The cancel file is there already. @throws ProxyError `logged-out` when the cluster must be told. */
  cancel(spec: IJobSpec, paths: JobPaths): Promise<void>;

  /** Get an ended job ready to be advanced again; what is finished is kept. */
  resume(spec: IJobSpec, paths: JobPaths): Promise<void>;

  /** Remove the job's folder on the cluster, now or at the next log-in; its result stays. */
  forget(spec: IJobSpec, paths: JobPaths): Promise<void>;

  /** Copy the result here, in the background. */
  fetch(spec: IJobSpec, paths: JobPaths, request: FetchRequest): Promise<void>;

  stopFetch(id: string): void;

  /** Bring the logs in the mirror up to date, as far as there is a log-in. */
  freshen(spec: IJobSpec, paths: JobPaths): Promise<void>;

  /** The batch script of a job. */
  script(spec: IJobSpec, recipe: object | null): string;

  /** All jobs of the user there, asked now. */
  queue(user: string): Promise<Queue>;

  /** End jobs that the queue of the user lists. */
  cancelQueued(user: string, ids: readonly string[]): Promise<Queue>;
}

export type IResource = IKernelResource | IClusterResource;
