/**
 * Slices one after the other: each of them comes, or fails, by itself.
 */
import type { IDisposable } from '@lumino/disposable';

import type { ILiveImage, IWantedSlice } from '../../tuning';
import type { ISliceSource } from './slice-source';

/** A slice that is wanted, and who takes it. */
export interface IQueued {
  readonly wanted: IWantedSlice;
  readonly ready: (image: ILiveImage) => void;
  readonly failed: (error: unknown) => void;
}

export class SliceQueue implements IDisposable {
  /** @param width pixels at which slices are shown */
  constructor(
    private readonly _source: ISliceSource,
    private readonly _width: () => number
  ) {}

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** How many slices are to come. */
  get left(): number {
    return this._waiting.length + (this._busy ? 1 : 0);
  }

  /** These follow what waits already. */
  add(more: readonly IQueued[]): void {
    this._waiting.push(...more);
    if (!this._turn && !this._disposed) {
      this._turn = new AbortController();
      void this._run(this._turn.signal);
    }
  }

  /** None of them is wanted any more. */
  stop(): void {
    this._waiting = [];
    this._busy = false;
    this._turn?.abort();
    this._turn = null;
  }

  dispose(): void {
    this._disposed = true;
    this.stop();
  }

  private async _run(signal: AbortSignal): Promise<void> {
    for (let next = this._waiting.shift(); next; next = this._waiting.shift()) {
      this._busy = true;
      try {
        const image = await this._source.slice(
          next.wanted,
          this._width(),
          signal
        );
        if (signal.aborted) {
          return;
        }
        this._busy = false;
        next.ready(image);
      } catch (error) {
        if (signal.aborted) {
          return;
        }
        this._busy = false;
        next.failed(error);
      }
    }
    this._turn = null;
  }

  private _waiting: IQueued[] = [];
  /** A slice is under way. */
  private _busy = false;
  private _turn: AbortController | null = null;
  private _disposed = false;
}
