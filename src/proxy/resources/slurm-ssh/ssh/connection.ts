/** One living log-in: channels, scripts and files over one client. */
import type { Client, SFTPWrapper } from 'ssh2';

import type { ProxyError } from '../../../failure';
import type { IRemote, IRemoteProcess, IShellReply } from '../remote';
import { Channels } from './channels';
import { connectionFailure, connectionLost } from './failures';
import { RemoteFiles } from './remote-files';
import { Scripts, type IRunOptions } from './scripts';
import { SftpStore } from './sftp-store';
import { ShellStore } from './shell-store';
import type { IStore } from './store';

/** Milliseconds to wait for the SFTP server; a profile may hold it up for ever. */
const SFTP_TIMEOUT = 15_000;

export interface IConnectionOptions {
  readonly user: string;
  /** For sentences. */
  readonly host: string;
  /** The user had to answer something that cannot be answered again without them. */
  readonly asked: boolean;
  /** Of the jump host, to be ended with this. */
  readonly jump: Client | null;
  /** Milliseconds to wait for the SFTP server; left out: 15 s. */
  readonly sftpTimeout?: number;
}

export class Connection implements IRemote {
  /** @throws ProxyError when the log-in shell runs no commands. */
  static async over(
    client: Client,
    options: IConnectionOptions
  ): Promise<Connection> {
    const connection = new Connection(client, options);
    try {
      const { stdout } = await connection.run('printf %s "$HOME"');
      connection._home = stdout || '/';
    } catch (error) {
      connection.end();
      throw error;
    }
    return connection;
  }

  private constructor(
    private readonly _client: Client,
    private readonly _options: IConnectionOptions
  ) {
    const { host, user } = _options;
    let last: unknown = null;
    _client.on('error', error => {
      last = error;
    });
    this.closed = new Promise(resolve => {
      _client.once('close', () => {
        this._alive = false;
        _options.jump?.end();
        resolve(this._ended ? null : reasonOf(last, host));
      });
    });
    const gone = this.closed.then(error => {
      throw error ?? connectionLost(host, 'logged out');
    });
    gone.catch(() => undefined);
    this._channels = new Channels(_client, gone, host);
    this._scripts = new Scripts(this._channels, gone, { user, host });
    this.files = new RemoteFiles(() => this._openStore(gone), this._scripts);
  }

  readonly closed: Promise<Error | null>;
  readonly files: RemoteFiles;

  get user(): string {
    return this._options.user;
  }

  get home(): string {
    return this._home;
  }

  get alive(): boolean {
    return this._alive;
  }

  get asked(): boolean {
    return this._options.asked;
  }

  run(script: string, options?: IRunOptions): Promise<IShellReply> {
    return this._scripts.run(script, options);
  }

  start(script: string): Promise<IRemoteProcess> {
    return this._scripts.start(script);
  }

  /** Log out. What goes on there on its own goes on. */
  end(): void {
    this._ended = true;
    this._alive = false;
    this._client.end();
    // A peer that does not answer would keep the socket.
    setTimeout(() => this._client.destroy(), 1_000).unref();
  }

  private async _openStore(gone: Promise<never>): Promise<IStore> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>(resolve => {
      const { sftpTimeout = SFTP_TIMEOUT } = this._options;
      timer = setTimeout(() => resolve(null), sftpTimeout);
    });
    try {
      const opening = this._channels.sftp();
      const sftp = await Promise.race([opening, late]);
      if (sftp) {
        // Whoever waits for an answer is told by the answer.
        sftp.on('error', () => undefined);
        sftp.once('close', () => this.files.reset());
        return new SftpStore(sftp, gone);
      }
      // Scripts do without it; open, it would hold one of few channels.
      opening.then(closeUnused, () => undefined);
    } catch (error) {
      if (!this._alive) {
        throw error;
      }
      // No SFTP there, or a profile prints into it.
    } finally {
      clearTimeout(timer);
    }
    return new ShellStore(this._scripts);
  }

  private _home = '/';
  private _alive = true;
  private _ended = false;
  private readonly _channels: Channels;
  private readonly _scripts: Scripts;
}

function closeUnused(sftp: SFTPWrapper): void {
  sftp.on('error', () => undefined);
  sftp.end();
}

function reasonOf(error: unknown, host: string): ProxyError {
  return error === null
    ? connectionLost(host)
    : connectionLost(
        host,
        connectionFailure(error, host).failure.message.replace(/\.$/, '')
      );
}
