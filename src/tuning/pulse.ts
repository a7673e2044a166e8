/**
 * Whether a worker lives. One that the browser ends, or that ends itself or
 * hangs, says nothing. While it lives it holds a lock, which its end gives
 * free; and it is asked, as one that hangs keeps the lock, and a page without
 * encryption has none.
 */
import type { IDisposable } from '@lumino/disposable';

/** Questions without an answer, one a second, after which it is lost: the longest step at 4096 x 3000, fitted stripes, was measured at 5 s. */
const MOST = 30;

/** What a worker says: how much it has done, as an answer, or that it holds the lock. */
type Word = number | 'held';
/** Part of LockManager. */
export type Locks = Pick<LockManager, 'request'>;

/** Those of the page or worker; none in pages that are not secure. */
export const ownLocks: Locks | undefined = globalThis.navigator?.locks;

/** Number of pulses of this page so far. */
let pulses = 0;

export class Pulse implements IDisposable {
  /** @param lost is called once */
  constructor(
    private readonly _lost: (why: string) => void,
    private readonly _locks: Locks | undefined = ownLocks
  ) {
    const { port1, port2 } = new MessageChannel();
    this.far = port2;
    this._port = port1;
    this._port.onmessage = ({ data }: MessageEvent<Word>): void => {
      if (data === 'held') {
        void this._waitForEnd();
      } else {
        this._open = 0;
        this._done = data;
      }
    };
  }

  /** For the worker. */
  readonly far: MessagePort;
  /** Of the lock that it holds; other pages of the browser see the same locks. */
  readonly lock = `jupyterlab-tomo worker ${++pulses} of ${Math.random()}`;

  get isDisposed(): boolean {
    return this._disposed;
  }

  /**
   * Ask it, as something is expected of it.
   *
   * @returns whether it has answered all that it was asked before, and has done nothing since the last time
   */
  beat(): boolean {
    const rests = this._open === 0 && this._done === this._known;
    this._known = this._done;
    if (this._open === MOST) {
      this._lose('a worker does not answer any more');
    } else if (!this._disposed) {
      this._open++;
      this._port.postMessage(null);
    }
    return rests;
  }

  dispose(): void {
    this._disposed = true;
    this._waiting.abort();
    this._port.close();
  }

  /** The lock is this page's when the worker has ended. */
  private async _waitForEnd(): Promise<void> {
    const { signal } = this._waiting;
    try {
      await this._locks?.request(this.lock, { signal }, () =>
        this._lose('a worker has ended')
      );
    } catch {
      // Nobody waits any more, or the browser gives no locks: it is asked.
    }
  }

  private _lose(why: string): void {
    if (!this._disposed) {
      this.dispose();
      this._lost(why);
    }
  }

  private readonly _port: MessagePort;
  private readonly _waiting = new AbortController();
  /** Questions that are not answered. */
  private _open = 0;
  /** Of its last answer, and what that was the last time. */
  private _done = 0;
  private _known = 0;
  private _disposed = false;
}

/**
 * The worker's part: it answers whenever it is not in the middle of a step.
 *
 * @param done how many steps it has done so far
 */
export function answerPulse(
  port: MessagePort,
  lock: string,
  done: () => number,
  locks: Locks | undefined = ownLocks
): void {
  const say = (word: Word): void => port.postMessage(word);
  port.onmessage = (): void => say(done());
  locks
    ?.request(lock, () => {
      say('held');
      // As long as the worker lives.
      return new Promise(() => undefined);
    })
    .catch(() => undefined);
}
