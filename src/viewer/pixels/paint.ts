/**
 * Values to pixels: the inner loop of every contrast change.
 */
import { rgba } from './colours';

/** The values that get the first and the last colour. */
export interface ILevels {
  readonly low: number;
  readonly high: number;
}

/** The colour of what is not a number: in none of the maps. */
export const NAN_COLOUR = rgba(255, 0, 200);

/**
 * Paint values through a colour table.
 *
 * @param data values, any length
 * @param out as many pixels, little-endian RGBA
 * @param table colours from `low` to `high`; values beyond get the end colours
 */
export function paint(
  data: Float32Array,
  out: Uint32Array,
  table: Uint32Array,
  { low, high }: ILevels
): void {
  const last = table.length - 1;
  const count = data.length;
  // Equal levels: a step, not a division by zero.
  const factor =
    high > low ? table.length / (high - low) : Number.MAX_SAFE_INTEGER;
  for (let i = 0; i < count; i++) {
    const place = (data[i] - low) * factor;
    if (place >= 0) {
      out[i] = place < last ? table[place | 0] : table[last];
    } else {
      out[i] = place < 0 ? table[0] : NAN_COLOUR;
    }
  }
}
