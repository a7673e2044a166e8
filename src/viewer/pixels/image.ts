/**
 * Images as the viewer holds them.
 */
import type { IFrame } from '../../api';

/** A greyscale image in C order. */
export interface IImage {
  /** rows x columns values; NaN where there is none. */
  readonly data: Float32Array;
  readonly rows: number;
  readonly columns: number;
  /** What the runner says about it. */
  readonly about: Readonly<Record<string, unknown>>;
}

/** A frame that holds no image. */
export class ImageError extends Error {}

/**
 * The values of a frame as float32.
 *
 * @throws ImageError when the frame is not two-dimensional or its body is not
 * as long as its shape says.
 */
export function imageOf(frame: IFrame): IImage {
  const { dtype, shape, encoding, about } = frame.header;
  if (!dtype || shape?.length !== 2 || !shape.every(isSize)) {
    throw new ImageError('The answer holds no image.');
  }
  const [rows, columns] = shape;
  const bytes = { float32: 4, uint16: 2, uint8: 1 }[dtype];
  if (frame.body.byteLength !== rows * columns * bytes) {
    throw new ImageError(
      `The image should have ${rows} x ${columns} values, but ${frame.body.byteLength / bytes} came.`
    );
  }
  const stored = valuesOf(dtype, frame.body);
  const data =
    stored instanceof Float32Array ? stored : Float32Array.from(stored);
  if (encoding === 'linear') {
    const slope = frame.header.slope ?? 1;
    const offset = frame.header.offset ?? 0;
    for (let i = 0; i < data.length; i++) {
      data[i] = offset + slope * data[i];
    }
  }
  return { data, rows, columns, about: about ?? {} };
}

/** The value at a pixel, or null outside the image. */
export function valueAt(image: IImage, x: number, y: number): number | null {
  const column = Math.round(x);
  const row = Math.round(y);
  const inside =
    column >= 0 && row >= 0 && column < image.columns && row < image.rows;
  return inside ? image.data[row * image.columns + column] : null;
}

function valuesOf(
  dtype: 'float32' | 'uint16' | 'uint8',
  body: ArrayBuffer
): Float32Array | Uint16Array | Uint8Array {
  switch (dtype) {
    case 'float32':
      return new Float32Array(body);
    case 'uint16':
      return new Uint16Array(body);
    case 'uint8':
      return new Uint8Array(body);
  }
}

function isSize(value: number): boolean {
  return Number.isInteger(value) && value > 0;
}
