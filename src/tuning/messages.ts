/** What passes between the page and its workers. Arrays are handed over, not copied. */

/** A sinogram and what belongs to it. */
export interface ISinogram {
  /** Which data these are; a worker keeps one. */
  readonly key: string;
  /** Attenuation, (projection, column) in acquisition order. */
  readonly data: Float32Array;
  readonly count: number;
  readonly columns: number;
  /** Degrees, in acquisition order. */
  readonly angles: Float64Array;
}

/** First looks are binned; a worker keeps an engine for each. */
export type Look = 'first' | 'whole' | 'sweep';

export type ToWorker =
  | {
      readonly kind: 'start';
      readonly module: WebAssembly.Module;
      /** Where the other worker listens, for halves of slices. */
      readonly peer: MessagePort;
    }
  | {
      readonly kind: 'load';
      readonly look: Look;
      readonly sinogram: ISinogram;
      /** Columns that become one, and steps through the projections. */
      readonly bin: number;
      readonly thin: number;
    }
  | {
      readonly kind: 'slice';
      readonly id: number;
      readonly look: Look;
      /** Which half of the columns this worker makes; null: all. */
      readonly half: IHalfAsked | null;
      readonly key: string;
      /** For the whole sinogram, as `compilePlan` gives it. */
      readonly plan: Float64Array;
      /** Axis of rotation at the row, in columns of the whole sinogram. */
      readonly centre: number;
    };

/** A half of a slice. */
export interface IHalfAsked {
  /** The first one puts the slice together. */
  readonly which: 0 | 1;
  /** The same number for both workers, and for no other slice. */
  readonly pair: number;
}

/** From worker to worker. */
export interface IBetweenWorkers {
  readonly pair: number;
  /** What the other half needs; and the second half itself, for the first worker. */
  readonly what: 'rows' | 'columns';
  readonly data: Float32Array;
}

export interface ISliceDone {
  readonly kind: 'done';
  readonly id: number;
  /** (y, x), size x size. */
  readonly data: Float32Array;
  readonly size: number;
  /** Width of one of its pixels in columns of the whole sinogram. */
  readonly bin: number;
  /** Milliseconds. */
  readonly took: number;
}

export type FromWorker =
  | ISliceDone
  | {
      /** Its half has gone to the other worker. */
      readonly kind: 'given';
      readonly id: number;
    }
  | {
      readonly kind: 'failed';
      readonly id: number;
      readonly code: string;
      readonly message: string;
      readonly where: string;
      readonly hint: string;
    };
