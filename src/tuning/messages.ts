/** What passes between the page and its workers. Arrays are handed over, not copied, and used again. */

/** What belongs to a sinogram. */
export interface ISinogramHead {
  /** Which data these are. */
  readonly key: string;
  readonly count: number;
  readonly columns: number;
  /** Degrees, in acquisition order. */
  readonly angles: Float64Array;
}

/** A sinogram and what belongs to it. */
export interface ISinogram extends ISinogramHead {
  /** Attenuation, (projection, column) in acquisition order. */
  readonly data: Float32Array;
}

/** First looks are binned; a worker keeps an engine for each. */
export type Look = 'first' | 'whole' | 'sweep';

export type ToWorker =
  | {
      readonly kind: 'start';
      readonly module: WebAssembly.Module;
      /** Where the other worker listens, for halves of slices. */
      readonly peer: MessagePort;
      /** Which half of each slice this worker makes; the first one puts it together. */
      readonly half: 0 | 1;
      /** Where it is asked whether it lives. */
      readonly pulse: MessagePort;
      /** Name of the lock that it holds as long as it lives. */
      readonly lock: string;
    }
  | {
      readonly kind: 'load';
      readonly look: Look;
      readonly head: ISinogramHead;
      /** Columns that become one, and steps through the projections. */
      readonly bin: number;
      readonly thin: number;
    }
  | {
      /** Values of a sinogram, with a new row or as they were wanted. */
      readonly kind: 'sinogram';
      readonly key: string;
      /** Null when the page has no such row any more. */
      readonly data: Float32Array | null;
    }
  | {
      readonly kind: 'slice';
      readonly id: number;
      readonly look: Look;
      /** The same number for both workers, and for no other slice. */
      readonly pair: number;
      readonly key: string;
      /** For the whole sinogram, as `compilePlan` gives it. */
      readonly plan: Float64Array;
      /** Axis of rotation at the row, in columns of the whole sinogram. */
      readonly centre: number;
      /** For the slice, when it is as large. */
      readonly room: Float32Array | null;
    };

/** From worker to worker. */
export type IBetweenWorkers =
  | {
      readonly pair: number;
      /** What the other half needs before it goes on; and the second half itself, for the first worker. */
      readonly what: 'rows' | 'columns';
      readonly data: Float32Array;
    }
  | {
      /** An array that was given is not needed any more. */
      readonly what: 'room';
      readonly data: Float32Array;
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
      /** The values of a sinogram are needed; a worker keeps them for a short while. */
      readonly kind: 'want';
      readonly key: string;
    }
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
