/** Memory of a whole slice that nobody needs any more, for the next one. */
import type { IDisposable } from '@lumino/disposable';

import { release } from './release';

/** Milliseconds for which it is kept: then nobody makes slices. */
const KEEP = 1000;

export class Spare implements IDisposable {
  get isDisposed(): boolean {
    return this._disposed;
  }

  /** Nobody needs this array any more. */
  keep(data: Float32Array): void {
    release(this.take());
    if (this._disposed) {
      release(data);
      return;
    }
    this._data = data;
    this._timer = setTimeout(() => release(this.take()), KEEP);
  }

  /** What is there; it is the caller's then. */
  take(): Float32Array | null {
    clearTimeout(this._timer);
    const data = this._data;
    this._data = null;
    return data;
  }

  /** Give it back, and whatever comes later. */
  dispose(): void {
    this._disposed = true;
    release(this.take());
  }

  private _data: Float32Array | null = null;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _disposed = false;
}
