/** One engine: an instance of `engine.wasm` with a memory of its own, for one thread. */
import { checkShape, given, take, type IGiven, type IPieces } from './exchange';
import { isEngineExports, type IEngineExports } from './exports';
import { EngineError, refusal } from './failure';

/** Which pixels are spots. */
export type SpotKind = 'bright' | 'dark' | 'both';

const KINDS: Readonly<Record<SpotKind, number>> = {
  bright: 1,
  dark: 2,
  both: 3
};

/** What `attenuate` may be given beside the counts. */
export interface IAttenuation {
  /** As many values as the counts; 0 when left out. */
  readonly dark?: Float32Array;
  /** As many values as the counts; 1 when left out. */
  readonly flat?: Float32Array;
  /** Factor on the transmission; 1 when left out. */
  readonly dose?: number;
  /** Least transmission; 0.001 when left out. */
  readonly floor?: number;
  /** Take minus the natural logarithm; true when left out. */
  readonly log?: boolean;
}

/**
 * Sinograms to slices, and the pixel-wise steps.
 *
 * Arrays that methods return are views of the engine's memory unless it says
 * otherwise: take them anew after each call, and copy what is to stay.
 */
export class Engine {
  /** Make an engine from the bytes of `engine.wasm`, or from its compiled module. */
  static async instantiate(
    source: BufferSource | WebAssembly.Module
  ): Promise<Engine> {
    const module =
      source instanceof WebAssembly.Module
        ? source
        : await WebAssembly.compile(source);
    const { exports } = await WebAssembly.instantiate(module, {});
    if (!isEngineExports(exports)) {
      throw new EngineError(
        'engine-module',
        'This is not the module of the engine.',
        '',
        'Build again.'
      );
    }
    return new Engine(exports);
  }

  private constructor(private readonly _exports: IEngineExports) {}

  /**
   * Prepare for a plan (from `compilePlan`) and its angles (degrees,
   * acquisition order).
   *
   * @param half of each slice that this engine makes, the other one being made
   * by another engine; null: all of it. Small slices are made whole anyhow.
   * @throws EngineError when the plan cannot be executed; the engine is empty then.
   */
  configure(
    plan: Float64Array,
    angles: Float64Array,
    half: 0 | 1 | null = null
  ): void {
    this._plan = null;
    this._begun = false;
    if (plan.length > 1 && angles.length !== plan[1]) {
      throw new EngineError(
        'engine-angles',
        `There are ${angles.length} angles for ${plan[1]} projections.`,
        'dataset.angles',
        'Give one angle for each projection.'
      );
    }
    const atPlan = this._room('plan', plan.byteLength);
    const atAngles = this._room('angles', angles.byteLength);
    new Float64Array(this._exports.memory.buffer, atPlan, plan.length).set(
      plan
    );
    new Float64Array(this._exports.memory.buffer, atAngles, angles.length).set(
      angles
    );
    this._exports.share(half ?? -1);
    check(this._exports.configure(atPlan, plan.length, atAngles));
    this._half = this._exports.halfColumns() > 0 ? half : null;
    this._plan = plan.slice();
    this._centre = plan[3];
    this._transformed = false;
  }

  /** Projections of the plan. */
  get count(): number {
    return this._configured()[1];
  }

  /** Columns of the plan's sinogram. */
  get columns(): number {
    return this._configured()[2];
  }

  /** Width and height of a slice in pixels. */
  get imageSize(): number {
    this._configured();
    return this._exports.imageSize();
  }

  /**
   * (projection, column) in acquisition order, to be written to: attenuation.
   * Half an engine has room for it until there are spectra, and loses it then.
   */
  get sinogram(): Float32Array {
    return this._floats(this._exports.sinogram(), this.count * this.columns);
  }

  /** Sort by angle and run the sinogram steps. NaN and infinities count as 0. */
  process(): void {
    this._configured();
    check(this._exports.process());
    this._transformed = false;
  }

  /**
   * Begin to process, by two engines with the same plan and sinogram: each
   * makes what it can of its half of the columns. What the other one needs
   * before it goes on; null when all is processed. The sinogram is that of
   * `process`, to the bit.
   */
  beginProcess(): IGiven | null {
    this._configured();
    this._transformed = false;
    return this._processed(this._exports.beginProcess());
  }

  /** Go on with what the other engine gave: what it needs next; null when all is processed. */
  resumeProcess(data: Float32Array): IGiven | null {
    this._configured();
    take(this._part(this._half === 0 ? 1 : 0), data);
    return this._processed(this._exports.resumeProcess());
  }

  /** (projection, column), sorted by angle, after `process`; half an engine loses it with the next slice. */
  get processed(): Float32Array {
    return this._floats(this._exports.processed(), this.count * this.columns);
  }

  /** Acquisition index of each row of `processed`. */
  get order(): Int32Array {
    const { count } = this;
    return new Int32Array(
      this._exports.memory.buffer,
      this._exports.order() >>> 0,
      count
    );
  }

  /** Compute the filtered spectra; `image` does it when it was not done. */
  spectra(): void {
    check(this._exports.spectra());
    this._transformed = true;
  }

  /**
   * Take another plan for the same sinogram, and do again what it needs:
   * filter, cut-off, mask and centre cost no more than a slice. `centre` is the
   * axis of the slices that follow. The slices are those of an engine
   * configured anew, to the bit.
   *
   * @returns what is left to be done before a slice: nothing ('ready'), the
   * same sinogram to be written again and processed ('sinogram'), or all of
   * it ('configure'), and then nothing has changed
   */
  adjust(
    plan: Float64Array,
    centre: number
  ): 'ready' | 'sinogram' | 'configure' {
    if (!this._plan) {
      return 'configure';
    }
    const at = this._room('plan', plan.byteLength);
    new Float64Array(this._exports.memory.buffer, at, plan.length).set(plan);
    const redo = this._exports.adjust(at, plan.length, centre);
    if (redo === -2) {
      this._plan = null;
      throw refusal(14);
    }
    if (redo < 0) {
      return 'configure';
    }
    this._plan = plan.slice();
    this._centre = centre;
    this._transformed = redo === 0;
    return redo === 2 ? 'sinogram' : 'ready';
  }

  /**
   * Slice (y, x) of the processed sinogram, centred on the axis of rotation at
   * column `centre` of the sinogram; the plan's when left out. Spectra are
   * computed once after `process`, for the axis that is asked for first.
   */
  image(centre?: number): Float32Array {
    if (this._half !== null) {
      throw refusal(15);
    }
    const axis = this._transform(centre);
    const pointer = this._exports.image(axis);
    if (pointer === 0) {
      throw refusal(5);
    }
    return this._floats(pointer, this.imageSize ** 2);
  }

  /** Columns of the first half of a slice, when this engine makes one; 0: it makes all of it. */
  get halfColumns(): number {
    this._configured();
    return this._exports.halfColumns();
  }

  /**
   * Begin a half of a slice; the other one is made by another engine with
   * the same plan and sinogram. What that one needs of this.
   */
  beginHalf(centre?: number): IGiven {
    const half = this._half;
    if (half === null) {
      throw refusal(15);
    }
    const axis = this._transform(centre);
    const pointer = this._exports.beginHalf(axis);
    if (pointer === 0) {
      throw refusal(5);
    }
    this._begun = true;
    const { rows, columns } = this._exchanged(half);
    return given({
      memory: this._exports.memory,
      pointer,
      rows,
      columns,
      stride: this._exports.halfStride()
    });
  }

  /**
   * Finish a half with what `beginHalf` of the other engine gave: its columns
   * of the slice (y, x), a view until the next slice.
   */
  finishHalf(data: Float32Array): Float32Array {
    const { imageSize, halfColumns, _half: half } = this;
    if (half === null || !this._begun) {
      throw refusal(15);
    }
    const { rows, columns } = this._exchanged(half === 0 ? 1 : 0);
    checkShape(data, rows, columns);
    this._floats(this._exports.takeHalf(), data.length).set(data);
    this._begun = false;
    const wide = half === 0 ? halfColumns : imageSize - halfColumns;
    return this._floats(this._exports.finishHalf(), imageSize * wide);
  }

  /**
   * Replace pixels farther than `threshold` from the median of `size` x `size`
   * (3 or 5) around them by it. Returns a new array and the count replaced.
   */
  removeOutliers(
    data: Float32Array,
    rows: number,
    columns: number,
    size: number,
    threshold: number,
    kind: SpotKind = 'bright'
  ): { data: Float32Array; replaced: number } {
    checkShape(data, rows, columns);
    checkSize(size);
    const source = this._put('image', data);
    const target = this._room('result', data.byteLength);
    const replaced = this._exports.removeOutliers(
      source,
      target,
      rows,
      columns,
      size,
      threshold,
      KINDS[kind]
    );
    if (replaced < 0) {
      throw refusal(14);
    }
    return { data: this._floats(target, data.length).slice(), replaced };
  }

  /** Standard deviation of the noise of an image; NaN when no pixel is finite. */
  noise(data: Float32Array, rows: number, columns: number, size = 3): number {
    checkShape(data, rows, columns);
    checkSize(size);
    return this._exports.noise(this._put('image', data), rows, columns, size);
  }

  /**
   * (data - dark) / (flat - dark) * dose, at least the floor, and -ln of it.
   * Returns a new array and how many pixels were not positive and finite.
   */
  attenuate(
    data: Float32Array,
    options: IAttenuation = {}
  ): { data: Float32Array; floored: number } {
    const { dark, flat, dose = 1, floor = 0.001, log = true } = options;
    for (const reference of [dark, flat]) {
      if (reference) {
        checkShape(reference, data.length, 1);
      }
    }
    const source = this._put('image', data);
    const floored = this._exports.attenuate(
      source,
      source,
      dark ? this._put('dark', dark) : 0,
      flat ? this._put('flat', flat) : 0,
      data.length,
      dose,
      floor,
      log ? 1 : 0
    );
    return { data: this._floats(source, data.length).slice(), floored };
  }

  /** uint16 as float32, in a new array. */
  widen(data: Uint16Array): Float32Array {
    const source = this._room('raw', data.byteLength);
    const target = this._room('image', 4 * data.length);
    new Uint16Array(this._exports.memory.buffer, source, data.length).set(data);
    this._exports.widen(source, target, data.length);
    return this._floats(target, data.length).slice();
  }

  /** Size of the engine's memory. */
  get memoryBytes(): number {
    return this._exports.memory.buffer.byteLength;
  }

  /** What a half gives the other: rows, and values of one. */
  private _exchanged(half: 0 | 1): { rows: number; columns: number } {
    return {
      rows: this._exports.halfRows(half),
      columns: this._exports.halfBytes(half) / 4
    };
  }

  /** What half `half` has made of the columns while they are processed, or is to be put there. */
  private _part(half: 0 | 1): IPieces {
    return {
      memory: this._exports.memory,
      pointer: this._exports.partAt(half),
      rows: this._exports.partRows(),
      columns: this._exports.partBytes(half) / 4,
      stride: this._exports.partStride()
    };
  }

  /** What the other engine needs after a part of the process; null: it was the last. */
  private _processed(due: number): IGiven | null {
    if (due < 0) {
      throw refusal(15);
    }
    return due === 0 ? null : given(this._part(this._half ?? 0));
  }

  /** Spectra for the axis at `centre`, when they are due; that axis. */
  private _transform(centre?: number): number {
    const axis = centre ?? this._configured()[3];
    if (!this._transformed) {
      if (axis !== this._centre) {
        check(this._exports.recentre(axis));
        this._centre = axis;
      }
      this.spectra();
    }
    return axis;
  }

  private _configured(): Float64Array {
    if (!this._plan) {
      throw refusal(15);
    }
    return this._plan;
  }

  private _floats(pointer: number, length: number): Float32Array {
    return new Float32Array(this._exports.memory.buffer, pointer >>> 0, length);
  }

  private _put(name: string, data: Float32Array): number {
    const pointer = this._room(name, data.byteLength);
    this._floats(pointer, data.length).set(data);
    return pointer;
  }

  /** Scratch memory that is kept from call to call, and grows. */
  private _room(name: string, bytes: number): number {
    const have = this._scratch.get(name);
    if (have && have.bytes >= bytes) {
      return have.pointer;
    }
    if (have) {
      this._exports.release(have.pointer);
      this._scratch.delete(name);
    }
    const pointer = this._exports.allocate(bytes) >>> 0;
    if (pointer === 0) {
      throw refusal(14);
    }
    this._scratch.set(name, { pointer, bytes });
    return pointer;
  }

  private readonly _scratch = new Map<
    string,
    { pointer: number; bytes: number }
  >();
  private _plan: Float64Array | null = null;
  private _centre = 0;
  /** Which half of each slice it makes; null: all. */
  private _half: 0 | 1 | null = null;
  private _transformed = false;
  /** Between `beginHalf` and `finishHalf`. */
  private _begun = false;
}

function check(code: number): void {
  if (code !== 0) {
    throw refusal(code);
  }
}

function checkSize(size: number): void {
  if (size !== 3 && size !== 5) {
    throw new EngineError(
      'engine-median',
      `The engine has no median of ${size} x ${size}.`,
      'filters.outliers.size',
      'Choose 3 or 5.'
    );
  }
}
