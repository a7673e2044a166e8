/**
 * The door to the kernels of the Jupyter server. There are two: over the
 * server's REST routes with its token, and, where there is no token, over the
 * server extension's socket.
 */
export interface IKernelSpecs {
  /** Name of the default kernelspec. */
  readonly default: string;
  readonly specs: readonly {
    readonly name: string;
    readonly title: string;
    readonly language: string;
  }[];
}

/** A session that the server has. */
export interface IKernelSession {
  readonly session: string;
  /** What it is for. */
  readonly path: string;
  /** Those of `start` are `tomo`. */
  readonly type: string;
}

export interface IKernels {
  specs(): Promise<IKernelSpecs>;

  /** A kernel in a session of its own. */
  start(options: {
    /** What the session is for; it need not be under the server's root. */
    path: string;
    /** Shown in the list of running sessions. */
    name: string;
    /** Name of a kernelspec. */
    kernel: string;
  }): Promise<{ session: string; kernel: string }>;

  /** All sessions of the server, whoever started them. */
  sessions(): Promise<readonly IKernelSession[]>;

  /** Run code. Resolves when the kernel has been given it; its outcome is not awaited. */
  execute(kernel: string, code: string): Promise<void>;

  interrupt(kernel: string): Promise<void>;

  /** End the kernel of a session; one that is gone is no error. */
  shutdown(session: string): Promise<void>;

  /** Whether the server has this kernel; a server that cannot be asked is an error. */
  alive(kernel: string): Promise<boolean>;

  dispose(): void;
}
