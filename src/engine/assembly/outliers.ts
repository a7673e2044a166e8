/** Spots: pixels far from the median around them. */
import { endMedian, medianRow, medians, startMedian } from './localmedian';

const BRIGHT = 1;
const DARK = 2;

/**
 * Replace pixels farther than `threshold` from the median of `size` x `size`
 * (3 or 5) by that median. `out` must not overlap `data`. Returns how many
 * were replaced; -1 when there is no memory for it or the size is another.
 */
export function removeOutliers(
  data: i32,
  out: i32,
  rows: i32,
  columns: i32,
  size: i32,
  threshold: f64,
  kind: i32
): i32 {
  if (
    (size != 3 && size != 5) ||
    rows < 1 ||
    columns < 1 ||
    !startMedian(<usize>data, rows, columns, size)
  ) {
    endMedian();
    return -1;
  }
  const above = f32x4.splat(kind & BRIGHT ? <f32>threshold : Infinity);
  const below = f32x4.splat(kind & DARK ? -(<f32>threshold) : -Infinity);
  const bytes = (<usize>columns) << 2;
  let replaced = 0;
  for (let row = 0; row < rows; row++) {
    medianRow(row);
    const from = <usize>data + <usize>row * bytes;
    const to = <usize>out + <usize>row * bytes;
    let at: usize = 0;
    for (; at + 16 <= bytes; at += 16) {
      const value = v128.load(from + at);
      const median = v128.load(medians + at);
      const difference = f32x4.sub(value, median);
      const far = v128.or(
        f32x4.gt(difference, above),
        f32x4.lt(difference, below)
      );
      v128.store(to + at, v128.bitselect(median, value, far));
      replaced += popcnt<i32>(i32x4.bitmask(far));
    }
    for (; at < bytes; at += 4) {
      const value = load<f32>(from + at);
      const median = load<f32>(medians + at);
      const difference = value - median;
      const far =
        difference > f32x4.extract_lane(above, 0) ||
        difference < f32x4.extract_lane(below, 0);
      store<f32>(to + at, far ? median : value);
      replaced += i32(far);
    }
  }
  endMedian();
  return replaced;
}
