/**
 * What passes by itself is tried again without a click: a connection that was
 * cut, a server that is started again, data that are being written, a proxy or
 * an agent that ended.
 */
import type { IDisposable } from '@lumino/disposable';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Failure } from '../api';

/** Milliseconds before the first try, and most between two. */
const FIRST = 1_000;
const MOST = 30_000;
/** Tried until they are over. */
const PASSING = new Set([
  'network',
  'proxy-down',
  'proxy-unavailable',
  'data-being-written'
]);
/** Ended by something, perhaps by what was asked of them: one more try. */
const ENDED = new Set(['agent-died', 'proxy-died']);

export class Again implements IDisposable {
  constructor(private readonly _retry: () => void) {
    window.addEventListener('online', this._online);
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** Whether it will be tried again. */
  get waits(): boolean {
    return this._waits;
  }

  /**
   * Something failed: try it again after a while, if that is of use.
   *
   * @returns the failure, with a hint that says so
   */
  after(failure: Failure, trans: TranslationBundle): Failure {
    window.clearTimeout(this._timer);
    const passes = PASSING.has(failure.code);
    const isFresh = ENDED.has(failure.code) && !this._ended;
    this._ended ||= isFresh;
    this._waits = !this._disposed && (passes || isFresh);
    if (!this._waits) {
      return failure;
    }
    this._pause = Math.min(MOST, 2 * this._pause || FIRST);
    this._timer = window.setTimeout(() => this._now(), this._pause);
    const hint = `${failure.hint} ${trans.__('It is tried again by itself.')}`;
    return { ...failure, hint: hint.trim() };
  }

  /** It works. */
  reset(): void {
    window.clearTimeout(this._timer);
    this._waits = this._ended = false;
    this._pause = 0;
  }

  dispose(): void {
    this.reset();
    this._disposed = true;
    window.removeEventListener('online', this._online);
  }

  private readonly _online = (): void => {
    if (this._waits) {
      this._now();
    }
  };

  private _now(): void {
    window.clearTimeout(this._timer);
    this._waits = false;
    this._retry();
  }

  private _timer = 0;
  private _waits = false;
  /** One more try was made for what had ended. */
  private _ended = false;
  /** Before the last try; 0 when nothing failed. */
  private _pause = 0;
  private _disposed = false;
}
