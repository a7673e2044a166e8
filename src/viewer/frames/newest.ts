/**
 * Newest wins: of many requests, the last one is always answered.
 */
import type { IDisposable } from '@lumino/disposable';

/** What is asked for, and under which key it is kept. */
export interface IWanted<T> {
  readonly key: string;
  /** @param look takes what is there before the answer, as a coarse one. */
  fetch(signal: AbortSignal, look: (value: T) => void): Promise<T>;
}

export interface INewestOptions<T, W extends IWanted<T>> {
  /** What is already there. */
  cached(key: string): T | undefined;
  /** Called with every answer that is still of use, and last with the last one wanted. */
  ready(value: T, wanted: W): void;
  /** Something came before the answer. */
  look?(value: T, wanted: W): void;
  failed(error: unknown, wanted: W): void;
  /** Work began or ended. */
  busy(busy: boolean): void;
}

/**
 * At most one request is on its way and one waits. A newer one replaces the
 * waiting one; the one on its way is let finish (its answer is shown on the way)
 * or, with `hurry`, aborted because nobody wants its answer.
 */
export class Newest<
  T,
  W extends IWanted<T> = IWanted<T>
> implements IDisposable {
  constructor(private readonly options: INewestOptions<T, W>) {}

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** Ask; answers at once from the cache. */
  ask(wanted: W, hurry: boolean = false): void {
    if (this._disposed) {
      return;
    }
    const kept = this.options.cached(wanted.key);
    if (kept !== undefined) {
      this.drop();
      this.options.ready(kept, wanted);
      return;
    }
    if (
      this._running?.wanted.key === wanted.key &&
      !this._running.abort.signal.aborted
    ) {
      this._waiting = null;
      return;
    }
    if (!this._running) {
      void this._run(wanted);
      return;
    }
    this._waiting = wanted;
    if (hurry) {
      this._running.abort.abort();
    }
  }

  /** Nothing is wanted any more. */
  drop(): void {
    this._waiting = null;
    this._running?.abort.abort();
  }

  dispose(): void {
    this._disposed = true;
    this.drop();
  }

  private async _run(wanted: W): Promise<void> {
    const abort = new AbortController();
    this._running = { wanted, abort };
    this.options.busy(true);
    try {
      const value = await wanted.fetch(abort.signal, early => {
        if (!abort.signal.aborted) {
          this.options.look?.(early, wanted);
        }
      });
      if (!abort.signal.aborted) {
        this.options.ready(value, wanted);
      }
    } catch (error) {
      // A failure that is already overtaken is of no interest.
      if (!abort.signal.aborted && !this._waiting) {
        this.options.failed(error, wanted);
      }
    }
    this._running = null;
    const next = this._waiting;
    this._waiting = null;
    if (next && !this._disposed) {
      void this._run(next);
    } else if (!this._disposed) {
      this.options.busy(false);
    }
  }

  private _running: { wanted: W; abort: AbortController } | null = null;
  private _waiting: W | null = null;
  private _disposed = false;
}
