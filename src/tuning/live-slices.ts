/**
 * Slices that follow the hand: for each change a first look at once, and the
 * whole slice when the changes pause. Of each at most one is under way and one
 * waits; the last one wanted is always shown whole.
 */
import type { IDisposable } from '@lumino/disposable';

import type { IApiClient } from '../api';
import { ApiError, isAbort } from '../api';
import { coarseness } from './binning';
import type { ISliceDone, Look } from './messages';
import type { IRow, IWantedSlice } from './wanted';
import { planOf, rowKey, rowOf, rowRequest, sliceKey } from './wanted';
import type { EngineWorkers } from './workers';

/** Milliseconds without a change before the whole slice is computed. */
const PAUSE = 25;
/** Slices wider than this are looked at binned first. */
export const WIDE = 1024;
const ALL = { bin: 1, thin: 1 } as const;

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
    this._asked = performance.now();
    this._options.busy(true);
    clearTimeout(this._timer);
    if (this._looking) {
      this._hurry();
    } else {
      void this._look();
    }
  }

  /** Nothing is wanted any more. */
  drop(): void {
    if (this._wanted) {
      this._wanted = null;
      this._options.busy(false);
    }
    this._fetching?.abort();
    clearTimeout(this._timer);
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

  /** First looks, one after the other, until the last one wanted was looked at. */
  private async _look(): Promise<void> {
    this._looking = true;
    for (let wanted = this._wanted; wanted;) {
      try {
        const row = await this._rowOf(wanted);
        const { columns, count } = row.sinogram;
        const coarse = coarseness(columns, count, WIDE);
        if (coarse.bin > 1 && this._wanted === wanted) {
          const image = await this._slice('first', wanted, row, coarse);
          if (this._wanted) {
            this._options.look(image);
          }
        }
        if (this._wanted === wanted) {
          const pause = PAUSE - (performance.now() - this._asked);
          this._follow(coarse.bin > 1 ? pause : 0);
          break;
        }
      } catch (error) {
        if (!this._failed(wanted, error)) {
          break;
        }
      }
      wanted = this._wanted;
    }
    this._looking = false;
  }

  /** The whole slice, when nothing changes for a while. */
  private _follow(pause: number): void {
    clearTimeout(this._timer);
    if (pause > 0) {
      this._timer = setTimeout(() => this._follow(0), pause);
    } else if (!this._making) {
      void this._whole();
    }
  }

  private async _whole(): Promise<void> {
    const wanted = this._wanted;
    if (!wanted) {
      return;
    }
    this._making = true;
    let again = false;
    try {
      const row = await this._rowOf(wanted);
      const image = await this._slice('whole', wanted, row, ALL);
      if (this._wanted === wanted) {
        this._wanted = null;
        this._options.busy(false);
        this._options.ready(image, wanted.key);
      } else {
        again = this._wanted !== null && !this._looking;
        const small = coarseness(row.sinogram.columns, 1, WIDE).bin === 1;
        if (this._wanted && small) {
          // Overtaken, but newer than what is shown.
          this._options.look(image);
        }
      }
    } catch (error) {
      again = this._failed(wanted, error);
    } finally {
      this._making = false;
    }
    if (again && !this._looking) {
      void this._look();
    }
  }

  /** @returns whether it is worth trying again. */
  private _failed(wanted: object, error: unknown): boolean {
    if (this._wanted !== wanted) {
      return this._wanted !== null;
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
      live: true,
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
  /** When the last change came. */
  private _asked = 0;
  private _looking = false;
  private _making = false;
  private _retried = false;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _disposed = false;
}
