/**
 * Slices that follow the hand: for each change a first look at once, and the
 * whole slice when the changes pause. At most one look is under way and one
 * waits; the last one wanted is always shown whole.
 */
import type { IDisposable } from '@lumino/disposable';

import type { IApiClient } from '../api';
import { ApiError, isAbort } from '../api';
import { coarseness } from './binning';
import type { ISliceDone } from './messages';
import type { IRow, IWantedSlice } from './wanted';
import { planOf, rowKey, rowOf, rowRequest, sliceKey } from './wanted';
import type { EngineWorkers, Look } from './workers';

/** Milliseconds without a change before the whole slice is computed. */
const PAUSE = 20;
/** Slices wider than this are looked at binned first. */
export const WIDE = 1024;

/** A slice as it is shown. */
export interface ILiveImage {
  readonly data: Float32Array;
  readonly rows: number;
  readonly columns: number;
  /** Width of a pixel in columns of the sinogram: 1 when it is whole. */
  readonly bin: number;
  readonly about: Readonly<Record<string, unknown>>;
}

export interface ILiveOptions {
  readonly api: IApiClient;
  readonly workers: EngineWorkers;
  /** Purpose of the requests, of this viewer alone. */
  readonly purpose: string;
  /** A first look, which the whole slice will follow. */
  readonly look: (image: ILiveImage) => void;
  readonly ready: (image: ILiveImage, key: string) => void;
  readonly failed: (error: unknown) => void;
  readonly busy: (busy: boolean) => void;
}

export class LiveSlices implements IDisposable {
  constructor(private readonly _options: ILiveOptions) {}

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** What the slice is wanted of now. */
  ask(wanted: IWantedSlice): void {
    const key = sliceKey(wanted);
    if (this._disposed || key === this._wanted?.key) {
      return;
    }
    this._wanted = { ...wanted, key };
    this._changed = performance.now();
    this._options.busy(true);
    void this._work();
  }

  /** Nothing is wanted any more. */
  drop(): void {
    this._wanted = null;
    this._fetching?.abort();
    clearTimeout(this._timer);
    this._options.busy(false);
  }

  /** Ask the agent again for the row, whatever is kept. */
  forget(): void {
    this.drop();
    this._row = null;
  }

  dispose(): void {
    this.drop();
    this._disposed = true;
    this._row = null;
  }

  /** One thing after the other, until what is wanted now is shown whole. */
  private async _work(): Promise<void> {
    clearTimeout(this._timer);
    if (this._working) {
      this._hurry();
      return;
    }
    this._working = true;
    try {
      while (this._wanted) {
        const wanted = this._wanted;
        if (!(await this._step(wanted))) {
          break;
        }
      }
    } finally {
      this._working = false;
    }
  }

  /** @returns whether to go on at once. */
  private async _step(
    wanted: IWantedSlice & { key: string }
  ): Promise<boolean> {
    try {
      const row = await this._rowOf(wanted);
      if (this._wanted !== wanted) {
        return true;
      }
      const coarse = coarseness(row.sinogram.columns, row.sinogram.count, WIDE);
      if (coarse.bin > 1 && this._looked !== wanted.key) {
        const image = await this._slice('first', wanted, row, coarse);
        this._looked = wanted.key;
        if (this._wanted) {
          this._options.look(image);
        }
        return this._wanted === wanted ? this._paused(wanted) : true;
      }
      const image = await this._slice('whole', wanted, row, {
        bin: 1,
        thin: 1
      });
      if (this._wanted === wanted) {
        this._wanted = null;
        this._looked = '';
        this._options.busy(false);
        this._options.ready(image, wanted.key);
      } else if (this._wanted) {
        // Overtaken, but newer than what is shown.
        this._options.look(image);
      }
      return true;
    } catch (error) {
      return this._failed(wanted, error);
    }
  }

  /** Wait for the pause; a change in it goes first. */
  private _paused(wanted: object): boolean {
    const left = PAUSE - (performance.now() - this._changed);
    if (left <= 0) {
      return true;
    }
    this._timer = setTimeout(() => {
      if (this._wanted === wanted) {
        void this._work();
      }
    }, left);
    return false;
  }

  private _failed(wanted: object, error: unknown): boolean {
    if (this._wanted !== wanted) {
      return true;
    }
    const lost =
      error instanceof ApiError && error.failure.code === 'worker-lost';
    if (lost && !this._retried) {
      this._retried = true;
      return true;
    }
    this._retried = false;
    this._wanted = null;
    this._options.busy(false);
    if (!isAbort(error)) {
      this._options.failed(error);
    }
    return false;
  }

  private async _slice(
    look: Look,
    wanted: IWantedSlice,
    row: IRow,
    coarse: { bin: number; thin: number }
  ): Promise<ILiveImage> {
    const { plan, centre, axis, column } = planOf(wanted, row);
    const done: ISliceDone = await this._options.workers.slice(
      look,
      row,
      coarse,
      plan,
      centre
    );
    this._retried = false;
    const { data, size, bin, took } = done;
    const about = {
      row: wanted.row,
      centre: { ...axis, column },
      unit: row.about.unit,
      warnings: row.about.warnings,
      seconds: { slice: took / 1000 }
    };
    return { data, rows: size, columns: size, bin, about };
  }

  private async _rowOf(wanted: IWantedSlice): Promise<IRow> {
    const key = rowKey(wanted);
    if (this._row?.sinogram.key === key) {
      return this._row;
    }
    const fetching = new AbortController();
    this._fetching = fetching;
    this._fetchingKey = key;
    try {
      const frame = await this._options.api.preview(
        rowRequest(wanted, this._options.purpose),
        fetching.signal
      );
      this._row = rowOf(frame, key);
      return this._row;
    } finally {
      this._fetching = null;
    }
  }

  /** A row that nobody wants any more is not waited for. */
  private _hurry(): void {
    if (
      this._fetching &&
      this._wanted &&
      rowKey(this._wanted) !== this._fetchingKey
    ) {
      this._fetching.abort();
    }
  }

  private _wanted: (IWantedSlice & { key: string }) | null = null;
  private _row: IRow | null = null;
  private _fetching: AbortController | null = null;
  private _fetchingKey = '';
  private _working = false;
  private _retried = false;
  /** Key of the last first look. */
  private _looked = '';
  private _changed = 0;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _disposed = false;
}
