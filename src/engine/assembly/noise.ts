/** Noise of an image, from what it differs by from its local median. */
import { endMedian, medianRow, medians, startMedian } from './localmedian';
import { allocate, release } from './memory';

/** Standard deviation of a normal distribution over its median absolute deviation. */
const SIGMA: f64 = 1.4826;
const HIGH_BITS = 16;
const LOW_BITS = 15;

/**
 * 1.4826 x the median of abs(data - median of `size` x `size`), `size` 3 or 5.
 * Pixels that are not finite are left out. NaN when none is left, or when
 * there is no memory for it.
 */
export function noise(data: i32, rows: i32, columns: i32, size: i32): f64 {
  const rest = allocate((<usize>rows * <usize>columns) << 2);
  const histogram = allocate(4 << HIGH_BITS);
  let result: f64 = NaN;
  const possible = (size == 3 || size == 5) && rows > 0 && columns > 0 && !!rest && !!histogram;
  if (possible && startMedian(<usize>data, rows, columns, size)) {
    const number = differences(<usize>data, rest, rows, columns);
    if (number > 0) {
      const low = selectBits(rest, number, (number - 1) >> 1, histogram);
      const high = selectBits(rest, number, number >> 1, histogram);
      result = SIGMA * 0.5 * (<f64>reinterpret<f32>(low) + <f64>reinterpret<f32>(high));
    }
  }
  endMedian();
  release(rest);
  release(histogram);
  return result;
}

/** Absolute differences that are finite, packed; returns how many. */
function differences(data: usize, out: usize, rows: i32, columns: i32): i32 {
  let to = out;
  for (let row = 0; row < rows; row++) {
    medianRow(row);
    const from = data + ((<usize>row * <usize>columns) << 2);
    for (let at: usize = 0; at < <usize>columns << 2; at += 4) {
      const difference = Mathf.abs(load<f32>(from + at) - load<f32>(medians + at));
      store<f32>(to, difference);
      to += isFinite<f32>(difference) ? 4 : 0;
    }
  }
  return <i32>((to - out) >> 2);
}

/** Bits of the `rank`-th smallest of non-negative floats, which sort as their bits do. */
function selectBits(values: usize, number: i32, rank: i32, histogram: usize): u32 {
  memory.fill(histogram, 0, 4 << HIGH_BITS);
  const end = values + (<usize>number << 2);
  for (let at = values; at < end; at += 4) {
    add(histogram + (<usize>(load<u32>(at) >> LOW_BITS) << 2));
  }
  let before: i32 = 0;
  let high: u32 = 0;
  while (before + load<i32>(histogram + (<usize>high << 2)) <= rank) {
    before += load<i32>(histogram + (<usize>high << 2));
    high++;
  }
  memory.fill(histogram, 0, 4 << LOW_BITS);
  for (let at = values; at < end; at += 4) {
    const bits = load<u32>(at);
    if (bits >> LOW_BITS == high) {
      add(histogram + (<usize>(bits & ((1 << LOW_BITS) - 1)) << 2));
    }
  }
  let low: u32 = 0;
  while (before + load<i32>(histogram + (<usize>low << 2)) <= rank) {
    before += load<i32>(histogram + (<usize>low << 2));
    low++;
  }
  return (high << LOW_BITS) | low;
}

@inline
function add(place: usize): void {
  store<u32>(place, load<u32>(place) + 1);
}
