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
  /** How its values were sent; 16 bits are a 65535th of their range apart. */
  readonly sent?: 'uint16';
  /** Of a coarse image: width of its pixels in those of the whole. */
  readonly bin?: number;
  /** Rows and columns of the whole image, when this one is coarse. */
  readonly whole?: readonly [number, number];
  /** Column of the full image with which it begins; 0 when left out. */
  readonly left?: number;
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
  const { dtype, shape, encoding, about, bin, whole } = frame.header;
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
  const coarse =
    bin !== undefined && bin > 1 && whole?.length === 2 && whole.every(isSize);
  return {
    data,
    rows,
    columns,
    about: about ?? {},
    ...(dtype === 'uint16' && { sent: dtype }),
    ...(typeof about?.left === 'number' && { left: about.left }),
    ...(coarse && { bin, whole: [whole[0], whole[1]] })
  };
}

/** A coarse image in the size of the whole one, so that it lies where that will lie. */
export function enlarged(image: IImage): IImage {
  const { bin = 1, whole, columns: narrow } = image;
  if (bin === 1 || !whole) {
    return image;
  }
  const [rows, columns] = whole;
  const data = new Float32Array(rows * columns);
  const line = new Float32Array(columns);
  for (let from = 0; from * bin < rows; from++) {
    for (let x = 0; x < columns; x++) {
      line[x] = image.data[from * narrow + Math.floor(x / bin)];
    }
    const past = Math.min(rows, (from + 1) * bin);
    for (let y = from * bin; y < past; y++) {
      data.set(line, y * columns);
    }
  }
  return { ...image, data, rows, columns };
}

/** Whether an image is a first look at the whole one, which is on its way. */
export function isCoarse({ bin = 1 }: IImage): boolean {
  return bin > 1;
}

/** Images that somebody else than their viewer has. */
const kept = new WeakSet<IImage>();

/** Take an image of a viewer: its memory is not used for another one then. */
export function keep(image: IImage): IImage {
  kept.add(image);
  return image;
}

/** Whether the memory of an image that its viewer shows no more may be used again. */
export function isFree(image: IImage): boolean {
  return image.about.live === true && !kept.has(image);
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
