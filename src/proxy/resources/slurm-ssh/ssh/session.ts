/**
 * What one user has of one cluster: a connection, the way back to it when it
 * drops, or the reason why there is none.
 */
import type { Failure } from '../../../../api/_generated/api';
import { failureOf, ProxyError } from '../../../failure';
import type { Ask } from './authentication';
import { UnknownHostKey } from './client';
import type { Connection } from './connection';
import { forget, type ICredentials } from './credentials';
import { unknownKey } from './failures';

/** Milliseconds to the first attempt to come back; they double up to the longest. */
const FIRST = 1_000;
const LONGEST = 60_000;

/** Failures that pass by themselves: the secret stays, and it is tried again. */
const PASSING = new Set([
  'connection-failed',
  'connection-lost',
  'jump-failed',
  'no-channel',
  'no-marks',
  'refused',
  'reset',
  'timed-out',
  'unknown-host',
  'unreachable'
]);

export interface IStanding {
  readonly state: 'online' | 'connecting' | 'offline';
  /** Why not online; left out when nobody has logged in, or after a log-out. */
  readonly reason?: Failure;
  /** Name on the cluster. */
  readonly user?: string;
}

type Open = (
  credentials: ICredentials,
  ask: Ask,
  signal: AbortSignal
) => Promise<Connection>;

export class Session {
  /**
   * @param _open - makes a connection by the settings as they are then.
   * @param _changed - the standing is another.
   */
  constructor(
    private readonly _open: Open,
    private readonly _changed: () => void
  ) {}

  get standing(): IStanding {
    return this._standing;
  }

  get connection(): Connection | null {
    return this._connection?.alive ? this._connection : null;
  }

  /** Take a connection over, with what it takes to make it again. */
  adopt(connection: Connection, credentials: ICredentials): void {
    this.end();
    this._credentials = credentials;
    this._use(connection);
  }

  /** Log out and forget the secrets. */
  end(): void {
    this._return?.abort();
    this._return = null;
    this._forget();
    const connection = this._connection;
    this._connection = null;
    connection?.end();
    this._set({ state: 'offline' });
  }

  private _use(connection: Connection): void {
    this._connection = connection;
    this._set({ state: 'online', user: connection.user });
    void connection.closed.then(error => {
      if (this._connection !== connection) {
        return;
      }
      this._connection = null;
      const { failure } = failureOf(error);
      if (connection.asked) {
        this._stay(again(failure));
      } else {
        void this._comeBack(failure, connection.user);
      }
    });
  }

  private async _comeBack(failure: Failure, user: string): Promise<void> {
    const abort = new AbortController();
    this._return = abort;
    const { signal } = abort;
    let reason = failure;
    for (let delay = FIRST; ; delay = Math.min(LONGEST, delay * 2)) {
      this._set({ state: 'connecting', reason, user });
      await pause(delay, signal);
      const credentials = this._credentials;
      if (signal.aborted || !credentials) {
        return;
      }
      try {
        const connection = await this._open(credentials, neverAsk, signal);
        if (signal.aborted) {
          connection.end();
          return;
        }
        this._use(connection);
        return;
      } catch (error) {
        if (signal.aborted) {
          return;
        }
        reason = (
          error instanceof UnknownHostKey ? unknownKey(error) : failureOf(error)
        ).failure;
        if (!PASSING.has(reason.code)) {
          this._stay(reason);
          return;
        }
      }
    }
  }

  private _stay(reason: Failure): void {
    this._forget();
    this._set({ state: 'offline', reason });
  }

  private _forget(): void {
    if (this._credentials) {
      forget(this._credentials);
    }
    this._credentials = null;
  }

  private _set(standing: IStanding): void {
    const before = JSON.stringify(this._standing);
    this._standing = standing;
    if (JSON.stringify(standing) !== before) {
      this._changed();
    }
  }

  private _standing: IStanding = { state: 'offline' };
  private _connection: Connection | null = null;
  private _credentials: ICredentials | null = null;
  private _return: AbortController | null = null;
}

/** Nobody is there to answer. */
function neverAsk(): Promise<string[]> {
  return Promise.reject(
    new ProxyError(
      401,
      'ask-again',
      'The host asks for something that only you know.',
      { hint: 'Log in again; jobs there go on.' }
    )
  );
}

function again(failure: Failure): Failure {
  return { ...failure, hint: 'Log in again; jobs there go on.' };
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
