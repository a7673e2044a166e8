/**
 * Slices of one row for several recipes: what a grid of choices is made of.
 * They are binned to the width at which they are shown.
 */
import type { IDisposable } from '@lumino/disposable';

import type { IApiClient } from '../api';
import type { ILiveImage } from './live-slices';
import { release } from './release';
import { Selection } from './selection';
import { smallSlice } from './small-slice';
import { Spare } from './spare';
import type { IRow, IWantedSlice } from './wanted';
import { fits, rowOf, rowRequest } from './wanted';
import type { EngineWorkers } from './workers';

export interface ISweepOptions {
  readonly api: IApiClient;
  readonly workers: EngineWorkers;
  /** Purpose of the requests, of this sweep alone. */
  readonly purpose: string;
}

export class Sweep implements IDisposable {
  constructor(private readonly _options: ISweepOptions) {}

  get isDisposed(): boolean {
    return this._disposed;
  }

  /**
   * Compute one slice; the row stays for the next.
   *
   * @param width pixels at which it is shown
   * @throws ApiError when the row cannot be had, or the engine refuses.
   */
  async slice(
    wanted: IWantedSlice,
    width: number,
    signal: AbortSignal
  ): Promise<ILiveImage> {
    const row = await this._rowOf(wanted, signal);
    const { workers } = this._options;
    return smallSlice(workers, row, wanted, width, this._spare);
  }

  dispose(): void {
    this._disposed = true;
    this._giveUpRow();
    this._spare.dispose();
  }

  private _giveUpRow(): void {
    this._selection.clear();
    release(this._row?.sinogram.data);
    this._row = null;
  }

  private async _rowOf(
    wanted: IWantedSlice,
    signal: AbortSignal
  ): Promise<IRow> {
    if (!this._row || !fits(this._row, wanted)) {
      const request = rowRequest(wanted, this._options.purpose);
      const frame = await this._options.api.preview(request, signal);
      const row = rowOf(frame, wanted);
      signal.throwIfAborted();
      this._giveUpRow();
      this._row = row;
    }
    return this._selection.of(wanted.recipe, this._row);
  }

  private _row: IRow | null = null;
  private readonly _selection = new Selection();
  /** Cells are made of whole slices where they cannot be made binned. */
  private readonly _spare = new Spare();
  private _disposed = false;
}
