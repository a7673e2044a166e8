/**
 * A projection over the mirror image of the one half a turn later. Pure.
 */
import { rgba } from '../pixels/colours';
import type { IImage } from '../pixels/image';
import type { ILevels } from '../pixels/paint';
import { columnAt } from './line';
import type { IAxisLine } from './line';

export type OverlayLook = 'red-cyan' | 'difference';

/** Means of bin x bin pixels; what does not fill the last ones is left out. */
export function reduced(image: IImage, bin: number): IImage {
  if (bin <= 1) {
    return image;
  }
  const rows = Math.max(1, Math.floor(image.rows / bin));
  const columns = Math.max(1, Math.floor(image.columns / bin));
  const [high, wide] = [
    Math.min(bin, image.rows),
    Math.min(bin, image.columns)
  ];
  const data = new Float32Array(rows * columns);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      let sum = 0;
      for (let j = 0; j < high; j++) {
        const from = (y * bin + j) * image.columns + x * bin;
        for (let i = 0; i < wide; i++) {
          sum += image.data[from + i];
        }
      }
      data[y * columns + x] = sum / (high * wide);
    }
  }
  return { data, rows, columns, about: image.about };
}

/**
 * Paint both images, the second mirrored about the axis.
 *
 * @param first, opposite of one size, reduced by `bin`
 * @param axis in pixels of the full image
 * @param out as many pixels, little-endian RGBA
 * @returns mean absolute difference where both are seen; NaN where they are nowhere
 */
export function paintOverlay(
  first: IImage,
  opposite: IImage,
  bin: number,
  axis: IAxisLine,
  levels: ILevels,
  look: OverlayLook,
  out: Uint32Array
): number {
  const { rows, columns } = first;
  const { low, high } = levels;
  const factor = high > low ? 255 / (high - low) : 0;
  const shade = (value: number): number => {
    const place = (value - low) * factor;
    // Attenuation: the sample dark, the air bright. NaN is dark, too.
    return place > 0 ? (place < 255 ? 255 - place : 0) : place <= 0 ? 255 : 0;
  };
  let [sum, count] = [0, 0];
  for (let y = 0; y < rows; y++) {
    const at = columnAt(axis, y * bin + (bin - 1) / 2);
    const twice = (2 * (at - (bin - 1) / 2)) / bin;
    for (let x = 0; x < columns; x++) {
      const index = y * columns + x;
      const a = first.data[index];
      const from = twice - x;
      if (from < 0 || from > columns - 1) {
        const grey = shade(a) * 0.5 + 64;
        out[index] = rgba(grey, grey, grey);
        continue;
      }
      const left = Math.floor(from);
      const right = Math.min(left + 1, columns - 1);
      const line = y * columns;
      const part = from - left;
      const b =
        opposite.data[line + left] * (1 - part) +
        opposite.data[line + right] * part;
      const difference = a - b;
      if (Number.isFinite(difference)) {
        sum += Math.abs(difference);
        count++;
      }
      if (look === 'red-cyan') {
        const other = shade(b);
        out[index] = rgba(shade(a), other, other);
      } else {
        const share = Math.max(-1, Math.min(1, (difference * factor) / 64));
        const [more, less] = share > 0 ? [0, share] : [-share, 0];
        out[index] = rgba(
          255 * (1 - more),
          255 * (1 - more - less),
          255 * (1 - less)
        );
      }
    }
  }
  return count ? sum / count : NaN;
}
