/** The channels of one connection: a server allows ten, so more wait here. */
import type { Client, ClientChannel, SFTPWrapper } from 'ssh2';

import { messageOf, ProxyError } from '../../../failure';
import { connectionLost } from './failures';

const MOST = 8;
/** Milliseconds before a channel that the server would not open is asked for again, and how often. */
const AGAIN = 250;
const OFTEN = 8;
/** Milliseconds between the failures of a breaking connection and its end. */
const MOMENT = 100;

export class Channels {
  /**
   * @param gone - rejects when the connection has gone: ssh2 then leaves callbacks uncalled.
   */
  constructor(
    private readonly _client: Client,
    private readonly _gone: Promise<never>,
    private readonly _host: string
  ) {
    _gone.catch(() => {
      this._lost = true;
    });
  }

  /** A channel that runs a command of the log-in shell. */
  exec(command: string, signal?: AbortSignal): Promise<ClientChannel> {
    return this._open(
      done => this._client.exec(command, done),
      channel => channel.once('close', () => this._free()),
      signal
    );
  }

  sftp(): Promise<SFTPWrapper> {
    return this._open(
      done => this._client.sftp(done),
      channel => channel.once('close', () => this._free())
    );
  }

  private async _open<T>(
    ask: (done: (error: Error | undefined, channel: T) => void) => void,
    watch: (channel: T) => void,
    signal?: AbortSignal
  ): Promise<T> {
    await this._place(signal);
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          const channel = await Promise.race([
            new Promise<T>((resolve, reject) =>
              ask((error, opened) => (error ? reject(error) : resolve(opened)))
            ),
            this._gone
          ]);
          watch(channel);
          return channel;
        } catch (error) {
          // The server may allow fewer than we think, or others hold some.
          if (!/open fail/i.test(messageOf(error)) || attempt === OFTEN) {
            // A connection that breaks fails its requests a moment before it says so itself.
            await Promise.race([
              new Promise(resolve => setTimeout(resolve, MOMENT)),
              this._gone.catch(() => undefined)
            ]);
            throw this._failure(error);
          }
        }
        await Promise.race([
          new Promise(resolve => setTimeout(resolve, AGAIN * attempt)),
          this._gone
        ]);
      }
    } catch (error) {
      this._free();
      throw error;
    }
  }

  private _failure(error: unknown): ProxyError {
    // What ssh2 says to whoever waits for a channel when the connection goes.
    if (
      this._lost ||
      /no response from server|not connected/i.test(messageOf(error))
    ) {
      return connectionLost(this._host);
    }
    return error instanceof ProxyError
      ? error
      : new ProxyError(
          502,
          'no-channel',
          `${this._host} does not start commands: ${messageOf(error)}.`,
          {
            where: this._host,
            hint: 'Close other log-ins there, or ask those who run the host whether commands over SSH are allowed.',
            cause: error
          }
        );
  }

  private async _place(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this._taken < MOST) {
      this._taken += 1;
      return;
    }
    let enter = (): void => undefined;
    let leave = (): void => undefined;
    const turn = new Promise<void>((resolve, reject) => {
      enter = resolve;
      leave = () => reject(abortReason(signal));
    });
    this._waiting.push(enter);
    signal?.addEventListener('abort', leave, { once: true });
    try {
      await Promise.race([turn, this._gone]);
    } catch (error) {
      const index = this._waiting.indexOf(enter);
      if (index >= 0) {
        this._waiting.splice(index, 1);
      } else {
        this._free();
      }
      throw error;
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  /** The place goes to who waits longest. */
  private _free(): void {
    const next = this._waiting.shift();
    if (next) {
      next();
    } else {
      this._taken -= 1;
    }
  }

  private _lost = false;
  private _taken = 0;
  private readonly _waiting: (() => void)[] = [];
}

/** Why a signal was raised. */
export function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error('Aborted.');
}
