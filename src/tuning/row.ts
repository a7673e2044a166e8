/**
 * One row of a data set in an engine: slices of it with changing plans. What a
 * change does not touch is not computed again. The slice is equal to the run's
 * to the bit when nothing is binned.
 */
import type { Engine } from '../engine';
import { binned, binnedColumn, binnedPlan } from './binning';
import type { ISinogram } from './messages';

/** Gives what this half has to the other, and what the other has. */
export type Exchange = (own: Float32Array) => Promise<Float32Array>;

/** Half of the columns of a slice, (y, x). */
export interface IHalf {
  readonly data: Float32Array;
  /** Width and height of the slice. */
  readonly size: number;
  /** Width of the first half. */
  readonly middle: number;
}

export class LiveRow {
  /** @param engine for this row alone, as long as it is used */
  constructor(
    private readonly _engine: Engine,
    whole: ISinogram,
    readonly bin: number = 1,
    thin: number = 1
  ) {
    const { data, ...sinogram } = binned(whole, bin, thin);
    this._sinogram = sinogram;
    this._data = data;
  }

  /** Which data these are. */
  get key(): string {
    return this._sinogram.key;
  }

  /**
   * A slice (y, x), a copy of its own.
   *
   * @param plan for the whole sinogram
   * @param centre axis of rotation at this row, in columns of the whole sinogram
   * @throws EngineError when the plan cannot be executed
   */
  slice(
    plan: Float64Array,
    centre: number
  ): { data: Float32Array; size: number } {
    const axis = this._take(plan, centre);
    const data = this._engine.image(axis).slice();
    return { data, size: this._engine.imageSize };
  }

  /**
   * Half of a slice, a copy of its own; another engine makes the other half at
   * the same time. Null when the slice is too small for two.
   */
  async half(
    plan: Float64Array,
    centre: number,
    which: 0 | 1,
    exchange: Exchange
  ): Promise<IHalf | null> {
    const engine = this._engine;
    const axis = this._take(plan, centre);
    if (engine.halfColumns === 0) {
      return null;
    }
    const other = await exchange(engine.beginHalf(which, axis).slice());
    const data = engine.finishHalf(which, other).slice();
    return { data, size: engine.imageSize, middle: engine.halfColumns };
  }

  /** Bring the engine in line with a plan; the axis in its columns. */
  private _take(plan: Float64Array, centre: number): number {
    const engine = this._engine;
    const fitting =
      this.bin === 1 && plan[1] === this._sinogram.count
        ? plan
        : binnedPlan(plan, this._sinogram, this.bin);
    const axis = binnedColumn(centre, this.bin);
    if (!this._data && engine.adjust(fitting, axis)) {
      return axis;
    }
    // While the engine has the data, there is no second copy.
    const data = this._data ?? engine.sinogram.slice();
    this._data = data;
    engine.configure(fitting, this._sinogram.angles);
    engine.sinogram.set(data);
    engine.process();
    this._data = null;
    return axis;
  }

  private readonly _sinogram: Omit<ISinogram, 'data'>;
  private _data: Float32Array | null;
}

/** A slice from its two halves. */
export function joined(left: IHalf, right: Float32Array): Float32Array {
  const { size, middle } = left;
  const data = new Float32Array(size * size);
  const rest = size - middle;
  for (let y = 0; y < size; y++) {
    const at = y * size;
    data.set(left.data.subarray(y * middle, (y + 1) * middle), at);
    data.set(right.subarray(y * rest, (y + 1) * rest), at + middle);
  }
  return data;
}
