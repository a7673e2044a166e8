/**
 * Where jobs run. The proxy's jobs know resources only through this.
 */
import type { Failure, Resource } from '../../api/_generated/api';
import type { JobPaths } from '../job-folder';
import type { IJobSpec } from '../job-folder';

/** What a resource knows of the attempt of a job that its files do not tell. */
export interface IHolder {
  /** Whether what holds the attempt (kernel, batch job) lives; null: cannot be told now. */
  readonly alive: boolean | null;
  /** The attempt is over: exit code of the runner, or why it never ran. */
  readonly ended: {
    readonly code: number | null;
    readonly failure?: Failure;
  } | null;
}

export interface IResource {
  readonly name: string;
  readonly kind: Resource['kind'];

  /** The state as it is known now; nothing is started. */
  describe(): Promise<Resource>;

  /** Look again at everything that jobs need, as the kernelspecs. */
  probe(): Promise<Resource>;

  /**
   * Check that a job could run, before it exists.
   *
   * @returns the kernel (or queue) that is meant when none was named.
   * @throws ProxyError with what is missing and what to do.
   */
  check(kernel: string): Promise<string>;

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

  /** Close connections. Running jobs are not touched. */
  dispose(): void;
}
