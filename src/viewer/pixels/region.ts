/**
 * Which part of an image is painted, and how fine: as arithmetic.
 */
import type { IImage } from './image';
import type { IView } from './view';

/** A part of an image; edges are whole pixels. */
export interface IRegion {
  readonly left: number;
  readonly top: number;
  /** The first pixel that does not belong to it. */
  readonly right: number;
  readonly bottom: number;
  /** Pixels in each direction that are painted as one, with their mean. */
  readonly bin: number;
}

/** Painted pixels up to which an image is painted as a whole: it is moved without being painted again then. */
const SMALL = 1 << 20;

/**
 * What is painted of an image for a view.
 *
 * @param grain width of a pixel of the image in pixels of the view, and where the first begins
 * @param density pixels of the screen for one of the view
 */
export function regionOf(
  { rows, columns }: Pick<IImage, 'rows' | 'columns'>,
  view: IView,
  grain: { readonly size: number; readonly shift: number },
  density: number
): IRegion {
  // Never coarser than the screen.
  const bin = Math.max(1, Math.floor(1 / (density * grain.size)));
  if (Math.ceil(rows / bin) * Math.ceil(columns / bin) <= SMALL) {
    return { left: 0, top: 0, right: columns, bottom: rows, bin };
  }
  const part = (low: number, high: number, size: number): [number, number] => {
    const place = (at: number): number =>
      (at - grain.shift + 0.5) / grain.size / bin;
    const first = Math.max(0, Math.floor(place(low)) * bin);
    return [first, Math.min(size, Math.ceil(place(high)) * bin)];
  };
  const [left, right] = part(view.left, view.right, columns);
  const [top, bottom] = part(view.top, view.bottom, rows);
  return { left, top, right, bottom, bin };
}

/** Whether what is painted has all that is seen, as fine. */
export function contains(painted: IRegion, seen: IRegion): boolean {
  return (
    painted.bin === seen.bin &&
    painted.left <= seen.left &&
    painted.top <= seen.top &&
    painted.right >= seen.right &&
    painted.bottom >= seen.bottom
  );
}

/**
 * Rows `first` to below `past` of what is painted of a region: means of bin x
 * bin pixels, of fewer at the far edges of the image. One that is not a number
 * makes its mean none.
 *
 * @param out room for them
 * @returns the values: the image's own where they are as they are, else `out`'s
 */
export function meansOf(
  { data, columns: pitch }: Pick<IImage, 'data' | 'columns'>,
  { left, top, right, bottom, bin }: IRegion,
  first: number,
  past: number,
  out: Float32Array
): Float32Array {
  if (bin === 1 && left === 0 && right === pitch) {
    return data.subarray((top + first) * pitch, (top + past) * pitch);
  }
  let to = 0;
  for (let row = first; row < past; row++) {
    const y = top + row * bin;
    const high = Math.min(bin, bottom - y);
    const from = y * pitch;
    if (bin === 1) {
      out.set(data.subarray(from + left, from + right), to);
      to += right - left;
      continue;
    }
    let x = left;
    if (bin === 2 && high === 2) {
      // The usual one, twice as fast.
      for (let at = from + left; x + 1 < right; x += 2, at += 2) {
        const below = at + pitch;
        out[to++] =
          0.25 * (data[at] + data[at + 1] + data[below] + data[below + 1]);
      }
    }
    for (; x < right; x += bin) {
      const wide = Math.min(bin, right - x);
      let sum = 0;
      for (let j = 0; j < high; j++) {
        const at = from + j * pitch + x;
        for (let i = 0; i < wide; i++) {
          sum += data[at + i];
        }
      }
      out[to++] = sum / (wide * high);
    }
  }
  return out.subarray(0, to);
}
