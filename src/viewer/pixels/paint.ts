/**
 * Values to pixels, by script.
 */
import { rgba } from './colours';

/** The values that get the first and the last colour. */
export interface ILevels {
  readonly low: number;
  readonly high: number;
}

/** The colour of what is not a number: in none of the maps. */
export const NAN_COLOUR = rgba(255, 0, 200);

/** Colours for a difference of one. Equal levels: a step, not a division by zero. */
export function factorOf({ low, high }: ILevels, colours: number): number {
  return high > low ? colours / (high - low) : Number.MAX_SAFE_INTEGER;
}

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
  // Signed, as the processor has them: a fifth less time.
  const pixels = new Int32Array(out.buffer, out.byteOffset, out.length);
  const colours = new Int32Array(table.buffer, table.byteOffset, table.length);
  const none = NAN_COLOUR | 0;
  const last = colours.length - 1;
  const count = data.length;
  const factor = factorOf({ low, high }, colours.length);
  for (let i = 0; i < count; i++) {
    const place = (data[i] - low) * factor;
    if (place >= 0) {
      pixels[i] = place < last ? colours[place | 0] : colours[last];
    } else {
      pixels[i] = place < 0 ? colours[0] : none;
    }
  }
}
