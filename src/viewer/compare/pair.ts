/**
 * Two images of which one place is one place in both: of one size, or slices
 * about one axis, which are cut to what both have of it. Pure.
 */
import type { IImage } from '../pixels/image';
import { isOneSize } from './measure';
import type { ISide } from './subject';

/** An image, and what its middle is. */
export interface IAbout {
  readonly image: IImage;
  readonly of: Pick<ISide['of'], 'middle'>;
}

/** A and B as they are laid over each other. */
export interface IPair<B = IImage> {
  readonly a: IImage;
  readonly b: B;
  /** Whether one of them is a part of the slice that it was. */
  readonly isCut: boolean;
}

/** Parts of slices, by their slice: they are asked for again and again. */
const parts = new WeakMap<IImage, IImage>();

/** Whether one place in both images is one place, as far as their sizes say. */
export function arePair(a: IAbout, b: IAbout): boolean {
  return (
    isOneSize(a.image, b.image) ||
    (a.of.middle !== '' &&
      a.of.middle === b.of.middle &&
      // Half a pixel would have to be made up.
      (a.image.rows - b.image.rows) % 2 === 0 &&
      (a.image.columns - b.image.columns) % 2 === 0)
  );
}

/** Both images, as large as each other; null: one place in them is not one place. */
export function pairOf(a: IAbout, b: IAbout): IPair | null {
  if (!arePair(a, b)) {
    return null;
  }
  const rows = Math.min(a.image.rows, b.image.rows);
  const columns = Math.min(a.image.columns, b.image.columns);
  return {
    a: middleOf(a.image, rows, columns),
    b: middleOf(b.image, rows, columns),
    isCut: !isOneSize(a.image, b.image)
  };
}

/** So many pixels about the middle; the image itself, if it has no others. */
function middleOf(image: IImage, rows: number, columns: number): IImage {
  if (image.rows === rows && image.columns === columns) {
    return image;
  }
  const known = parts.get(image);
  if (known?.rows === rows && known.columns === columns) {
    return known;
  }
  const data = new Float32Array(rows * columns);
  const top = (image.rows - rows) / 2;
  const left = (image.columns - columns) / 2;
  for (let row = 0; row < rows; row++) {
    const from = (top + row) * image.columns + left;
    data.set(image.data.subarray(from, from + columns), row * columns);
  }
  const part = { ...image, data, rows, columns };
  parts.set(image, part);
  return part;
}
