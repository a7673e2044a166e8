/**
 * One row of a data set in an engine: slices of it with changing plans. What a
 * change does not touch is not computed again: stripe filters only when they
 * changed. The slice is equal to the run's to the bit when nothing is binned.
 */
import type { Engine } from '../engine';
import { binned, binnedColumn, binnedPlan } from './binning';
import type { ISinogram } from './messages';

/** Numbers of a plan before its steps; the last of them counts the steps. */
const HEAD = 11;

interface IProcessed {
  /** The steps that it went through. */
  readonly steps: string;
  /** (projection, column), sorted by angle. */
  readonly data: Float32Array;
  readonly angles: Float64Array;
}

export class LiveRow {
  constructor(
    private readonly _engine: Engine,
    whole: ISinogram,
    readonly bin: number = 1,
    thin: number = 1
  ) {
    this._sinogram = binned(whole, bin, thin);
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
    const fitting =
      this.bin === 1 && plan[1] === this._sinogram.count
        ? plan
        : binnedPlan(plan, this._sinogram, this.bin);
    this._load(fitting);
    const data = this._engine.image(binnedColumn(centre, this.bin)).slice();
    return { data, size: this._engine.imageSize };
  }

  private _load(plan: Float64Array): void {
    const engine = this._engine;
    const steps = plan.subarray(HEAD).join();
    if (this._processed?.steps === steps) {
      const rest = plan.slice(0, HEAD);
      rest[HEAD - 1] = 0;
      engine.configure(rest, this._processed.angles);
      engine.sinogram.set(this._processed.data);
      engine.process();
      return;
    }
    this._processed = null;
    engine.configure(plan, this._sinogram.angles);
    engine.sinogram.set(this._sinogram.data);
    engine.process();
    const { order } = engine;
    this._processed = {
      steps,
      data: engine.processed.slice(),
      angles: Float64Array.from(order, index => this._sinogram.angles[index])
    };
  }

  private readonly _sinogram: ISinogram;
  private _processed: IProcessed | null = null;
}
