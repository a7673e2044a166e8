/**
 * When the browser does not compute slices, the server does; the browser is
 * tried again by itself, after a while that grows with each failure.
 */
import type { Failure } from '../../api';

/** Milliseconds before the first try, and most. */
const FIRST = 2_000;
const MOST = 120_000;

export class Recovery {
  /** @param now milliseconds, from wherever */
  constructor(private readonly _now: () => number = () => performance.now()) {}

  /** What is wrong; null when nothing is. */
  get trouble(): Failure | null {
    return this._trouble;
  }

  /** Whether it is too early to try again. */
  get isResting(): boolean {
    return this._now() < this._until;
  }

  failed(failure: Failure): void {
    this._trouble = failure;
    this._pause = Math.min(MOST, this._pause ? 2 * this._pause : FIRST);
    this._until = this._now() + this._pause;
  }

  /** It works, or is to be tried at once. */
  reset(): void {
    this._trouble = null;
    this._pause = 0;
    this._until = -Infinity;
  }

  private _trouble: Failure | null = null;
  private _pause = 0;
  private _until = -Infinity;
}
