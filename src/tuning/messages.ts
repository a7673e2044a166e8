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

export type ToWorker =
  | { readonly kind: 'start'; readonly module: WebAssembly.Module }
  | {
      readonly kind: 'load';
      readonly sinogram: ISinogram;
      /** Columns that become one, and steps through the projections. */
      readonly bin: number;
      readonly thin: number;
    }
  | {
      readonly kind: 'slice';
      readonly id: number;
      readonly key: string;
      /** For the whole sinogram, as `compilePlan` gives it. */
      readonly plan: Float64Array;
      /** Axis of rotation at the row, in columns of the whole sinogram. */
      readonly centre: number;
    };

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
      readonly kind: 'failed';
      readonly id: number;
      readonly code: string;
      readonly message: string;
      readonly where: string;
      readonly hint: string;
    };
