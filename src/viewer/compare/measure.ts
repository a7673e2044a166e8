/**
 * Two images of one size: their difference, and values along a line. Pure.
 */
import type { IImage } from '../pixels/image';
import { sample } from '../pixels/levels';
import type { ILevels } from '../pixels/paint';

export interface IPoint {
  readonly x: number;
  readonly y: number;
}

/** A line in an image, in pixels; both ends belong to it. */
export interface ILine {
  readonly from: IPoint;
  readonly to: IPoint;
}

export interface IDifference {
  /** a - b; NaN where one of them is none. */
  readonly image: IImage;
  /** Root of the mean square, over pixels that both have; NaN when there are none. */
  readonly rms: number;
  /** Largest magnitude. */
  readonly largest: number;
}

export function isOneSize(a: IImage, b: IImage): boolean {
  return a.rows === b.rows && a.columns === b.columns;
}

/** @throws RangeError when the images differ in size */
export function differenceOf(a: IImage, b: IImage): IDifference {
  if (!isOneSize(a, b)) {
    throw new RangeError(
      `${a.columns} x ${a.rows} and ${b.columns} x ${b.rows} pixels have no difference.`
    );
  }
  const data = new Float32Array(a.data.length);
  let [squares, count, largest] = [0, 0, 0];
  for (let i = 0; i < data.length; i++) {
    const value = a.data[i] - b.data[i];
    data[i] = value;
    if (Number.isFinite(value)) {
      squares += value * value;
      count += 1;
      largest = Math.max(largest, Math.abs(value));
    }
  }
  return {
    image: { data, rows: a.rows, columns: a.columns, about: {} },
    rms: count ? Math.sqrt(squares / count) : NaN,
    largest
  };
}

/** Levels of a difference: zero in the middle, a hundredth of the values beyond. */
export function balancedLevels(image: IImage): ILevels {
  const values = sample(image).map(Math.abs).sort();
  const high = values[Math.floor((values.length - 1) * 0.99)] || 1e-6;
  return { low: -high, high };
}

/** A line over the middle of an image, from side to side but for its edges. */
export function middleLine({ rows, columns }: IImage): ILine {
  const y = (rows - 1) / 2;
  return {
    from: { x: (columns - 1) * 0.15, y },
    to: { x: (columns - 1) * 0.85, y }
  };
}

/** A line that is moved down by so many rows, as far as both of its ends stay in the image. */
export function lowered(
  { from, to }: ILine,
  by: number,
  { rows }: IImage
): ILine {
  const least = -Math.min(from.y, to.y);
  const most = rows - 1 - Math.max(from.y, to.y);
  const down = Math.min(Math.max(by, least), most);
  return {
    from: { ...from, y: from.y + down },
    to: { ...to, y: to.y + down }
  };
}

/** A line, as far from the middle of an image as it was from that of another one. */
export function movedBetween(
  { from, to }: ILine,
  before: IImage,
  { rows, columns }: IImage
): ILine {
  const [dx, dy] = [(columns - before.columns) / 2, (rows - before.rows) / 2];
  return {
    from: { x: from.x + dx, y: from.y + dy },
    to: { x: to.x + dx, y: to.y + dy }
  };
}

/**
 * Values along a line, one a pixel of its length, between pixels by bilinear
 * interpolation; NaN outside the image.
 */
export function profileOf(
  image: IImage,
  { from, to }: ILine
): { at: number[]; values: number[] } {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const steps = Math.max(1, Math.round(length));
  const at: number[] = [];
  const values: number[] = [];
  for (let i = 0; i <= steps; i++) {
    const share = i / steps;
    at.push(share * length);
    values.push(
      interpolated(
        image,
        from.x + share * (to.x - from.x),
        from.y + share * (to.y - from.y)
      )
    );
  }
  return { at, values };
}

function interpolated(image: IImage, x: number, y: number): number {
  const { data, rows, columns } = image;
  if (!(x >= 0 && y >= 0 && x <= columns - 1 && y <= rows - 1)) {
    return NaN;
  }
  const left = Math.min(Math.floor(x), Math.max(columns - 2, 0));
  const top = Math.min(Math.floor(y), Math.max(rows - 2, 0));
  const right = Math.min(left + 1, columns - 1);
  const below = Math.min(top + 1, rows - 1);
  const [dx, dy] = [x - left, y - top];
  const mixed = (row: number): number => {
    const [a, b] = [data[row * columns + left], data[row * columns + right]];
    // A pixel of no weight does not count, even if it is NaN.
    return dx === 0 ? a : dx === 1 ? b : a * (1 - dx) + b * dx;
  };
  return dy === 0
    ? mixed(top)
    : dy === 1
      ? mixed(below)
      : mixed(top) * (1 - dy) + mixed(below) * dy;
}
