/**
 * When the browser does not compute slices, the server does; the browser is
 * tried again by itself, after a while that grows with each failure.
 */
import type { IDisposable } from '@lumino/disposable';

import type { Failure } from '../../api';

/** Milliseconds before the first try, and most. */
const FIRST = 2_000;
const MOST = 120_000;

export class Recovery implements IDisposable {
  /** @param again it is time to try again */
  constructor(private readonly _again: () => void) {}

  /** What is wrong; null when nothing is. */
  get trouble(): Failure | null {
    return this._trouble;
  }

  /** Whether it is too early to try again. */
  get isResting(): boolean {
    return this._timer !== undefined;
  }

  failed(failure: Failure): void {
    this._trouble = failure;
    this._pause = Math.min(MOST, this._pause ? 2 * this._pause : FIRST);
    this._rest();
    this._timer = setTimeout(() => {
      this._timer = undefined;
      this._again();
    }, this._pause);
  }

  /** It works, or is to be tried at once. */
  reset(): void {
    this._trouble = null;
    this._pause = 0;
    this._rest();
  }

  /** It is not tried by itself any more. */
  hold(): void {
    this._rest();
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    this._rest();
  }

  private _rest(): void {
    clearTimeout(this._timer);
    this._timer = undefined;
  }

  private _trouble: Failure | null = null;
  private _pause = 0;
  /** Runs for as long as it is too early. */
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _disposed = false;
}
