/**
 * Slices of one row for several recipes, one after the other: what a grid of
 * choices is made of. They are binned to the width at which they are shown.
 */
import type { IDisposable } from '@lumino/disposable';

import type { IApiClient } from '../api';
import type { ILiveImage } from './live-slices';
import type { IRow, IWantedSlice } from './wanted';
import { planOf, rowKey, rowOf, rowRequest } from './wanted';
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
   * Compute slices; a newer call ends an older one.
   *
   * @param width pixels at which they are shown
   * @param show takes each slice as it comes
   * @returns whether all of them came
   */
  async run(
    wanted: readonly IWantedSlice[],
    width: number,
    show: (index: number, image: ILiveImage) => void
  ): Promise<boolean> {
    this.stop();
    const turn = new AbortController();
    this._turn = turn;
    for (const [index, one] of wanted.entries()) {
      const row = await this._rowOf(one, turn.signal);
      const bin = Math.max(1, Math.floor(row.sinogram.columns / width));
      const { plan, centre } = planOf(one, row);
      // The key tells the worker how it was binned, too.
      const source = {
        ...row,
        sinogram: { ...row.sinogram, key: `${row.sinogram.key} ${bin}` }
      };
      const done = await this._options.workers.slice(
        'sweep',
        source,
        { bin, thin: 1 },
        plan,
        centre
      );
      if (turn.signal.aborted) {
        return false;
      }
      const { data, size } = done;
      show(index, { data, rows: size, columns: size, bin, about: row.about });
    }
    return true;
  }

  /** No slice is wanted any more. */
  stop(): void {
    this._turn?.abort();
    this._turn = null;
  }

  dispose(): void {
    this._disposed = true;
    this.stop();
    this._row = null;
  }

  private async _rowOf(
    wanted: IWantedSlice,
    signal: AbortSignal
  ): Promise<IRow> {
    const key = rowKey(wanted);
    if (this._row?.sinogram.key !== key) {
      const request = rowRequest(wanted, this._options.purpose);
      this._row = rowOf(await this._options.api.preview(request, signal), key);
    }
    return this._row;
  }

  private _turn: AbortController | null = null;
  private _row: IRow | null = null;
  private _disposed = false;
}
