/**
 * Kernels through @jupyterlab/services and the server's token. Its managers
 * poll, which a hub would take for a user at work; so only its requests and
 * its kernel connection are used.
 */
import {
  KernelAPI,
  KernelConnection,
  KernelSpecAPI,
  ServerConnection,
  SessionAPI
} from '@jupyterlab/services';

import type { IKernels, IKernelSession, IKernelSpecs } from './kernels';

export class ServicesKernels implements IKernels {
  constructor(server: { baseUrl: string; token: string }) {
    this._settings = ServerConnection.makeSettings({
      baseUrl: server.baseUrl,
      wsUrl: server.baseUrl.replace(/^http/, 'ws'),
      token: server.token,
      appendToken: true
    });
  }

  async specs(): Promise<IKernelSpecs> {
    const { default: name, kernelspecs } = await KernelSpecAPI.getSpecs(
      this._settings
    );
    const specs = Object.values(kernelspecs).flatMap(spec =>
      spec
        ? [
            {
              name: spec.name,
              title: spec.display_name,
              language: spec.language
            }
          ]
        : []
    );
    return { default: name, specs };
  }

  async start(options: {
    path: string;
    name: string;
    kernel: string;
  }): Promise<{ session: string; kernel: string }> {
    const { path, name, kernel } = options;
    const session = await SessionAPI.startSession(
      { path, name, type: 'tomo', kernel: { name: kernel } },
      this._settings
    );
    if (!session.kernel) {
      throw new Error(
        `The server started a session without a kernel for ${kernel}.`
      );
    }
    this._kernels.set(session.id, session.kernel.id);
    return { session: session.id, kernel: session.kernel.id };
  }

  async sessions(): Promise<readonly IKernelSession[]> {
    const models = await SessionAPI.listRunning(this._settings);
    return models.map(({ id, path, type }) => ({ session: id, path, type }));
  }

  async execute(kernel: string, code: string): Promise<void> {
    const model = await KernelAPI.getKernelModel(kernel, this._settings);
    if (!model) {
      throw new Error('The kernel ended before it could be used.');
    }
    const connection = new KernelConnection({
      model: { id: model.id, name: model.name },
      serverSettings: this._settings
    });
    this._connections.set(kernel, connection);
    connection.disposed.connect(() => this._connections.delete(kernel));
    const future = connection.requestExecute({
      code,
      silent: false,
      store_history: false,
      stop_on_error: true
    });
    const taken = new Promise<void>(resolve => {
      // The first message that answers ours: the kernel has begun.
      future.onIOPub = () => resolve();
    });
    // The end of the execution is read from the job folder; a disposed future rejects.
    const ended = future.done.then(
      () => undefined,
      () => undefined
    );
    const lost = new Promise<never>((_, reject) => {
      const gone = (): void =>
        reject(new Error('The connection to the kernel was lost.'));
      connection.disposed.connect(gone);
      connection.connectionStatusChanged.connect((_sender, status) => {
        if (status === 'disconnected') {
          gone();
        }
      });
    });
    lost.catch(() => {
      // Only of interest while the kernel has not taken the code yet.
    });
    try {
      await Promise.race([taken, ended, lost]);
    } catch (error) {
      connection.dispose();
      throw error;
    }
  }

  async interrupt(kernel: string): Promise<void> {
    await KernelAPI.interruptKernel(kernel, this._settings);
  }

  async shutdown(session: string): Promise<void> {
    const kernel = await this._kernel(session);
    // Also to a kernel that is gone: it would be tried again, and kept.
    for (const known of [kernel, this._kernels.get(session)]) {
      this._connections.get(known ?? '')?.dispose();
    }
    if (kernel !== null) {
      await SessionAPI.shutdownSession(session, this._settings);
    }
    this._kernels.delete(session);
  }

  async alive(kernel: string): Promise<boolean> {
    return (
      (await KernelAPI.getKernelModel(kernel, this._settings)) !== undefined
    );
  }

  dispose(): void {
    for (const connection of [...this._connections.values()]) {
      connection.dispose();
    }
  }

  /** Id of the kernel of a session; empty when it has none, null without the session. */
  private async _kernel(id: string): Promise<string | null> {
    try {
      const model = await SessionAPI.getSessionModel(id, this._settings);
      return model.kernel?.id ?? '';
    } catch (error) {
      if (
        error instanceof ServerConnection.ResponseError &&
        error.response.status === 404
      ) {
        return null;
      }
      throw error;
    }
  }

  private readonly _settings: ServerConnection.ISettings;
  /** By their kernels. */
  private readonly _connections = new Map<string, KernelConnection>();
  /** The kernels of the sessions that were started here. */
  private readonly _kernels = new Map<string, string>();
}
