/**
 * Histograms and automatic levels.
 */
import type { IImage } from './image';
import type { ILevels } from './paint';

/** Counts of finite values between `low` and `high`, in bins of equal width. */
export interface IHistogram extends ILevels {
  readonly counts: Uint32Array;
  /** Values that are not a number or infinite, in the whole image. */
  readonly missing: number;
}

/** Where values are taken from: all of the image, or the disc that fills it. */
export type Scope = 'all' | 'disc';

/** At most so many values are sorted for percentiles. */
const SAMPLE = 1 << 17;
/** Values that are counted at a time: a function that is called again is soon compiled, and leaves no garbage. */
const PIECE = 1 << 15;

/**
 * Finite values of an image, evenly sampled, in rising order.
 */
export function sample(
  image: IImage,
  scope: Scope = 'all',
  most: number = SAMPLE
): Float32Array {
  const { data, rows, columns } = image;
  const step = Math.max(1, Math.ceil(data.length / most));
  const kept = new Float32Array(Math.ceil(data.length / step));
  const y0 = (rows - 1) / 2;
  const x0 = (columns - 1) / 2;
  const reach = scope === 'disc' ? 0.98 : Infinity;
  let count = 0;
  for (let i = 0; i < data.length; i += step) {
    const value = data[i];
    if (!Number.isFinite(value)) {
      continue;
    }
    if (scope === 'disc') {
      const y = (Math.floor(i / columns) - y0) / (rows / 2);
      const x = ((i % columns) - x0) / (columns / 2);
      if (x * x + y * y > reach * reach) {
        continue;
      }
    }
    kept[count++] = value;
  }
  return kept.subarray(0, count).sort();
}

/** The value below which `share` (0 to 1) of sorted values lie, interpolated; NaN for none. */
export function quantile(sorted: Float32Array, share: number): number {
  if (sorted.length === 0) {
    return NaN;
  }
  const place = share * (sorted.length - 1);
  const from = Math.floor(place);
  const to = Math.min(from + 1, sorted.length - 1);
  return sorted[from] + (sorted[to] - sorted[from]) * (place - from);
}

/**
 * Levels that hold the central `share` of the values.
 */
export function automaticLevels(
  image: IImage,
  scope: Scope,
  share: number = 0.998
): ILevels {
  const sorted = sample(image, scope);
  const low = quantile(sorted, (1 - share) / 2);
  const high = quantile(sorted, (1 + share) / 2);
  if (high > low) {
    return { low, high };
  }
  return Number.isFinite(low)
    ? { low: low - 0.5, high: low + 0.5 }
    : { low: 0, high: 1 };
}

/**
 * Histogram over the finite values.
 *
 * @param within bounds of the histogram; left out: 0.02 to 99.98 % of the
 * values, widened by a tenth, so that a few spots do not squeeze the rest
 */
export function histogram(
  image: IImage,
  scope: Scope = 'all',
  bins: number = 192,
  within?: ILevels
): IHistogram {
  const { low, high } = within ?? bounds(image, scope);
  const counts = new Uint32Array(bins);
  const { data } = image;
  let missing = 0;
  for (let from = 0; from < data.length; from += PIECE) {
    const part = data.subarray(from, from + PIECE);
    missing += countInto(counts, part, low, high);
  }
  return { low, high, counts, missing };
}

/**
 * Add values to the counts of a histogram.
 *
 * @returns how many are not a number or infinite
 */
function countInto(
  counts: Uint32Array,
  data: Float32Array,
  low: number,
  high: number
): number {
  const bins = counts.length;
  const factor = bins / (high - low);
  let missing = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    // Infinity - Infinity is not a number either.
    if (value - value !== 0) {
      missing++;
    }
    const place = (value - low) * factor;
    if (place >= 0 && place < bins) {
      counts[place | 0]++;
    } else if (value === high) {
      counts[bins - 1]++;
    }
  }
  return missing;
}

function bounds(image: IImage, scope: Scope): ILevels {
  const { low, high } = automaticLevels(image, scope, 0.9996);
  const margin = (high - low) / 10;
  return { low: low - margin, high: high + margin };
}
