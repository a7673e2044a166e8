/**
 * One row of a data set in an engine: slices of it with changing plans. What a
 * change does not touch is not computed again. The slice is equal to the run's
 * to the bit when nothing is binned.
 */
import type { Engine, IGiven } from '../engine';
import { binned, binnedColumn, binnedPlan } from './binning';
import type { ISinogram, ISinogramHead } from './messages';
import { release } from './release';

/**
 * Gives what this half has, to be copied at once, to the other, and `use`s what
 * the other has, which is not there any more afterwards. What `use` gave.
 */
export type Exchange = <T>(
  own: IGiven,
  use: (taken: Float32Array) => T
) => Promise<T>;

/** Half of the columns of a slice, (y, x). */
export interface IHalf {
  /** A view of the engine's memory until the next slice. */
  readonly data: Float32Array;
  /** Width and height of the slice. */
  readonly size: number;
  /** Width of the first half. */
  readonly middle: number;
}

export class LiveRow {
  /**
   * @param engine for this row alone, as long as it is used
   * @param values of the sinogram; asked for when they are needed, and used at once
   * @param share the half of each slice that it makes; null: all
   */
  constructor(
    private readonly _engine: Engine,
    readonly head: ISinogramHead,
    private readonly _values: () => Promise<Float32Array>,
    readonly bin: number = 1,
    private readonly _thin: number = 1,
    private readonly _share: 0 | 1 | null = null
  ) {}

  /**
   * A slice (y, x), a copy of its own.
   *
   * @param plan for the whole sinogram
   * @param centre axis of rotation at this row, in columns of the whole sinogram
   * @throws EngineError when the plan cannot be executed
   */
  async slice(
    plan: Float64Array,
    centre: number
  ): Promise<{ data: Float32Array; size: number }> {
    const axis = await this._take(plan, centre);
    const data = this._engine.image(axis).slice();
    return { data, size: this._engine.imageSize };
  }

  /**
   * Its half of a slice; another engine makes the other half at the same time.
   * Null when the slice is too small for two.
   */
  async half(
    plan: Float64Array,
    centre: number,
    exchange: Exchange
  ): Promise<IHalf | null> {
    const engine = this._engine;
    const axis = await this._take(plan, centre, exchange);
    if (engine.halfColumns === 0) {
      return null;
    }
    const data = await exchange(engine.beginHalf(axis), taken =>
      engine.finishHalf(taken)
    );
    return { data, size: engine.imageSize, middle: engine.halfColumns };
  }

  /** Gives back what is its own: the binned sinogram. */
  dispose(): void {
    release(this._binned?.data);
  }

  /**
   * Bring the engine in line with a plan; the axis in its columns.
   *
   * @param exchange shares the work on the sinogram with the engine of the other half
   */
  private async _take(
    plan: Float64Array,
    centre: number,
    exchange: Exchange | null = null
  ): Promise<number> {
    const engine = this._engine;
    const axis = binnedColumn(centre, this.bin);
    if (this.bin > 1 || this._thin > 1) {
      this._binned ??= binned(
        { ...this.head, data: await this._values() },
        this.bin,
        this._thin
      );
    }
    const coarse = this._binned;
    const fitting = coarse ? binnedPlan(plan, coarse, this.bin) : plan;
    const due = this._taken ? engine.adjust(fitting, axis) : 'configure';
    if (due === 'ready') {
      return axis;
    }
    // What follows may fail.
    this._taken = false;
    const data = coarse?.data ?? (await this._values());
    if (due === 'configure') {
      const { angles } = coarse ?? this.head;
      engine.configure(fitting, angles, this._share);
    }
    engine.sinogram.set(data);
    if (exchange) {
      let own = engine.beginProcess();
      while (own) {
        own = await exchange(own, taken => engine.resumeProcess(taken));
      }
    } else {
      engine.process();
    }
    this._taken = true;
    return axis;
  }

  /** The coarser sinogram, once it is made. */
  private _binned: ISinogram | null = null;
  /** The engine holds this row. */
  private _taken = false;
}

/** A slice that has its left half: in `room` when that is as large. */
export function begun(
  { data, size, middle }: IHalf,
  room: Float32Array | null = null
): Float32Array {
  const slice =
    room?.length === size * size ? room : new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    slice.set(data.subarray(y * middle, (y + 1) * middle), y * size);
  }
  return slice;
}

/** Put the right half of a slice beside its left one. */
export function complete(
  slice: Float32Array,
  { size, middle }: Pick<IHalf, 'size' | 'middle'>,
  right: Float32Array
): void {
  const rest = size - middle;
  for (let y = 0; y < size; y++) {
    const row = right.subarray(y * rest, (y + 1) * rest);
    slice.set(row, y * size + middle);
  }
}
