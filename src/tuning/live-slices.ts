/**
 * Slices that follow the hand: for each change a first look at once, and the
 * whole slice when the changes pause. Of each at most one is under way and one
 * waits; the last one wanted is always shown whole.
 */
import type { IDisposable } from '@lumino/disposable';

import type { IApiClient, IFrame } from '../api';
import { isAbort } from '../api';
import { rowsBeyond } from '../recipe';
import { aboutAngles, aboutRows, aboutTilt, partOfTurn } from './advice';
import { coarseness } from './binning';
import { Haste } from './haste';
import type { ISliceDone, Look } from './messages';
import { release } from './release';
import { Selection } from './selection';
import { Spare } from './spare';
import type { IRow, IWantedSlice } from './wanted';
import {
  checkAxis,
  fits,
  planOf,
  requestKey,
  rowOf,
  rowRequest,
  sliceKey
} from './wanted';
import { isLoss } from './workers';
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
  /** Pixels of the screen for one of the slice, as it is seen now; null: it is not seen. */
  readonly density?: () => number | null;
  /** Memory of a whole slice that is not needed any more once the next one is there; the caller's then. */
  readonly room?: () => Float32Array | null;
  /** A first look, which the whole slice will follow; its values stay until the next one. */
  readonly look: (image: ILiveImage) => void;
  readonly ready: (image: ILiveImage, key: string) => void;
  /** A row came, after so many seconds. */
  readonly fetched?: (seconds: number, transfer: IFrame['transfer']) => void;
  readonly failed: (error: unknown) => void;
  /** The workers were lost over a slice that is not wanted any more. */
  readonly lost?: (error: unknown) => void;
  readonly busy: (busy: boolean) => void;
}

export class LiveSlices implements IDisposable {
  constructor(private readonly _options: ILiveOptions) {}

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** Whether the row is here, or on its way. */
  isNear(wanted: IWantedSlice): boolean {
    return (
      (this._row !== null && fits(this._row, wanted)) ||
      (this._fetching !== null && this._fetchingKey === requestKey(wanted))
    );
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

  /**
   * The whole slice of another recipe, beside what is wanted; null when it
   * needs another row than the one that is here.
   *
   * @throws ApiError when the engine refuses or a worker is lost
   */
  async beside(wanted: IWantedSlice): Promise<ILiveImage | null> {
    const row = this._disposed ? null : this._kept(wanted);
    return row && this._slice('whole', wanted, row, ALL);
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
    this._options.workers.forget();
    this._giveUpRow();
  }

  /** A whole slice that nobody needs any more: its memory is used for the next one, if that comes soon. */
  reuse(data: Float32Array): void {
    this._room.keep(data);
  }

  dispose(): void {
    this.drop();
    this._disposed = true;
    this._leave();
  }

  /** Give all memory back, when nothing is under way that needs it. */
  private _leave(): void {
    if (!this._disposed || this._looking || this._making) {
      return;
    }
    this._giveUpRow();
    this._giveUpLooks();
    this._room.dispose();
  }

  /** The whole slice is painted over them. */
  private _giveUpLooks(): void {
    release(this._shown);
    release(this._spare);
    this._shown = this._spare = null;
  }

  /** A slice of it that has not reached the workers yet is aborted. */
  private _giveUpRow(): void {
    this._selection.clear();
    release(this._row?.sinogram.data);
    this._row = null;
  }

  /**
   * First looks, one after the other, until the last one wanted was looked at.
   * The workers are at the next one while one is painted.
   */
  private async _look(): Promise<void> {
    this._looking = true;
    for (let wanted = this._wanted; wanted;) {
      try {
        const kept = this._kept(wanted);
        if (!kept) {
          this._paint();
        }
        const row = kept ?? (await this._rowOf(wanted));
        const { columns, count } = row.sinogram;
        const density = this._options.density?.() ?? 1;
        const coarse = this._haste.of(
          coarseness(columns, count, WIDE, density),
          count
        );
        if (coarse.bin > 1 && this._wanted === wanted) {
          const room = this._spare;
          this._spare = null;
          const coming = this._slice('first', wanted, row, coarse, room);
          // Should painting fail, nobody waits for it.
          coming.catch(() => undefined);
          this._paint();
          this._came = await coming;
          if (this._settled(wanted, true)) {
            this._paint();
            break;
          }
        } else if (this._settled(wanted, coarse.bin > 1)) {
          break;
        }
      } catch (error) {
        if (!this._failed(wanted, error)) {
          break;
        }
      }
      wanted = this._wanted;
    }
    // Nobody wants it any more: its memory is kept.
    this._paint();
    this._looking = false;
    this._leave();
  }

  /** Show the first look that has come, unless nobody wants one any more. */
  private _paint(): void {
    const image = this._came;
    this._came = null;
    if (!image) {
      return;
    }
    if (this._wanted) {
      this._options.look(image);
      this._keepSpare(this._shown);
      this._shown = image.data;
    } else {
      this._keepSpare(image.data);
    }
  }

  /** Room for the next look; what was kept before is given back, when the pair of them was not needed. */
  private _keepSpare(data: Float32Array | null): void {
    release(this._spare);
    this._spare = data;
  }

  /** Whether this is what is wanted still; the whole slice follows then. */
  private _settled(wanted: object, looked: boolean): boolean {
    if (this._wanted !== wanted) {
      return false;
    }
    this._follow(looked ? PAUSE - (performance.now() - this._asked) : 0);
    return true;
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
      // What is here is used at once: the workers are to begin now.
      const row = this._kept(wanted) ?? (await this._rowOf(wanted));
      const room = this._room.take() ?? this._options.room?.() ?? null;
      const image = await this._slice('whole', wanted, row, ALL, room);
      if (this._wanted === wanted) {
        this._wanted = null;
        this._options.busy(false);
        this._options.ready(image, wanted.key);
        this._giveUpLooks();
      } else {
        again = this._wanted !== null && !this._looking;
        const small = coarseness(row.sinogram.columns, 1, WIDE).bin === 1;
        if (this._wanted && small) {
          // Overtaken, but newer than what is shown.
          this._options.look(image);
        } else {
          this.reuse(image.data);
        }
      }
    } catch (error) {
      again = this._failed(wanted, error);
    } finally {
      this._making = false;
      this._leave();
    }
    if (again && !this._looking) {
      void this._look();
    }
  }

  /** @returns whether it is worth trying again. */
  private _failed(wanted: object, error: unknown): boolean {
    if (this._wanted !== wanted) {
      if (isLoss(error)) {
        this._options.lost?.(error);
      }
      return this._wanted !== null;
    }
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
    coarse: { bin: number; thin: number },
    room: Float32Array | null = null
  ): Promise<ILiveImage> {
    checkAxis(wanted, row);
    const { plan, centre, axis, column, middle } = planOf(wanted, row);
    const done: ISliceDone = await this._options.workers.slice(
      look,
      row,
      coarse,
      plan,
      centre,
      room
    );
    const { data, size, bin, took } = done;
    if (look === 'first') {
      this._haste.took(took);
    }
    const { angles, columns } = row.sinogram;
    const { rotated, left, across, down } = row;
    const ends = [left, left + columns - 1] as const;
    const image = { rows: down, columns: across };
    const said = [
      ...aboutAngles(angles, across),
      ...aboutTilt(rotated, across),
      ...(rotated
        ? aboutRows(rowsBeyond(rotated, wanted.row, ends, image))
        : []),
      partOfTurn(angles, middle - left, columns) ?? []
    ];
    const given = wanted.recipe.regions?.centre;
    const found =
      given?.column === undefined ? (row.search?.warnings ?? []) : [];
    const about = {
      row: wanted.row,
      live: true,
      centre: { ...axis, column, stands: centre + left },
      unit: row.about.unit,
      // The line below the image has room for one: what spoils all slices goes before a step that is skipped.
      warnings: [said, found, row.about.warnings ?? []].flat(2),
      projections: row.about.projections,
      seconds: { slice: took / 1000 },
      rowSeconds: row.about.seconds,
      measuring: row.about.measuring
    };
    return { data, rows: size, columns: size, bin, about };
  }

  /** The projections wanted of the row, when it is here. */
  private _kept(wanted: IWantedSlice): IRow | null {
    return this._row && fits(this._row, wanted)
      ? this._selection.of(wanted.recipe, this._row)
      : null;
  }

  private async _rowOf(wanted: IWantedSlice): Promise<IRow> {
    const key = requestKey(wanted);
    const fetching = new AbortController();
    this._fetching = fetching;
    this._fetchingKey = key;
    const asked = performance.now();
    try {
      const frame = await this._options.api.preview(
        rowRequest(wanted, this._options.purpose),
        fetching.signal
      );
      this._giveUpRow();
      this._row = rowOf(frame, wanted);
      const seconds = (performance.now() - asked) / 1000;
      this._options.fetched?.(seconds, frame.transfer);
      return this._selection.of(wanted.recipe, this._row);
    } finally {
      this._fetching = null;
    }
  }

  /** A row that nobody wants any more is not waited for. */
  private _hurry(): void {
    if (
      this._fetching &&
      this._wanted &&
      requestKey(this._wanted) !== this._fetchingKey
    ) {
      this._fetching.abort();
    }
  }

  private _wanted: (IWantedSlice & { key: string }) | null = null;
  /** As the agent gave it. */
  private _row: IRow | null = null;
  private readonly _selection = new Selection();
  private readonly _haste = new Haste();
  /** The first look that is to be painted. */
  private _came: ILiveImage | null = null;
  /** The one that is shown, and the one before, whose memory is free. */
  private _shown: Float32Array | null = null;
  private _spare: Float32Array | null = null;
  /** Of whole slices. */
  private readonly _room = new Spare();
  private _fetching: AbortController | null = null;
  private _fetchingKey = '';
  /** When the last change came. */
  private _asked = 0;
  private _looking = false;
  private _making = false;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _disposed = false;
}
