/**
 * A host that a user is logged in to. What Slurm, agents and copies need of
 * SSH, and no more.
 */
import type { Readable, Writable } from 'node:stream';

/** How a script ended. */
export interface IShellReply {
  /** What it wrote between the marks: nothing that a profile or a banner printed. */
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** A process that goes on, as an agent. */
export interface IRemoteProcess {
  readonly stdin: Writable;
  /** From behind the mark on: nothing that a profile printed. */
  readonly stdout: Readable;
  readonly stderr: Readable;
  /**
   * The exit code; null when the connection went away, which says nothing
   * about what became of the process.
   */
  readonly closed: Promise<number | null>;
  /** Close the channel; the process sees the end of its input. */
  end(): void;
}

export interface IRemoteEntry {
  readonly name: string;
  readonly directory: boolean;
  /** Bytes. */
  readonly size: number;
  /** Seconds since 1970. */
  readonly modified: number;
}

export interface ICopyOptions {
  readonly signal?: AbortSignal;
  /** Bytes that are there, of how many; called at most every 100 ms. */
  readonly onProgress?: (bytes: number, total: number) => void;
}

/** Files on the host. Paths are absolute. Every method rejects with a ProxyError that names the path. */
export interface IRemoteFiles {
  list(path: string): Promise<IRemoteEntry[]>;
  /** null when there is none. */
  stat(path: string): Promise<IRemoteEntry | null>;
  /** null when there is none. @throws ProxyError when it is larger than `limit` bytes. */
  readText(path: string, limit?: number): Promise<string | null>;
  /** At most `length` bytes from `offset` on; fewer at the end. */
  read(path: string, offset: number, length: number): Promise<Buffer>;
  /** Whole or not at all, by rename. */
  write(path: string, content: string | Buffer, mode?: number): Promise<void>;
  makeFolder(path: string): Promise<void>;
  /** Whole or not at all; goes on with what an earlier, cut copy left; keeps the time of the local file. */
  upload(local: string, remote: string, options?: ICopyOptions): Promise<void>;
  /** The same in the other direction. */
  download(
    remote: string,
    local: string,
    options?: ICopyOptions
  ): Promise<void>;
  /**
   * Bytes that the user may still write there; null when the host does not say.
   *
   * @param attempt - write a little, too: not every quota is told by a command.
   */
  free(path: string, attempt?: boolean): Promise<number | null>;
}

/** One log-in of one user to one host. */
export interface IRemote {
  readonly user: string;
  /** Home folder on the host. */
  readonly home: string;
  readonly files: IRemoteFiles;
  /** Resolves with the reason when the connection has gone, whoever ended it. */
  readonly closed: Promise<Error | null>;
  readonly alive: boolean;
  /**
   * Run a script of /bin/sh, whatever the log-in shell is, with LC_ALL=C and
   * without the user's SLURM_*, SQUEUE_*, SACCT_* and SBATCH_* settings.
   *
   * @param script - everything from outside goes in by `quote`.
   * @param options.timeout - milliseconds; 30 s.
   * @throws ProxyError when the connection is cut (`connection-lost`: the script may have
   *   run), when it takes too long, or when the log-in shell spoils the output (`no-marks`).
   */
  run(
    script: string,
    options?: { timeout?: number; signal?: AbortSignal; input?: string }
  ): Promise<IShellReply>;
  /** Start a script that goes on. */
  start(script: string): Promise<IRemoteProcess>;
}

/** Where a user's log-ins are found. */
export interface IRemotes {
  /** The log-in of a user to a resource; null when there is none that lives. */
  remote(user: string, resource: string): IRemote | null;
  /** @throws ProxyError `logged-out` with what to do, when there is none. */
  demand(user: string, resource: string): IRemote;
}
