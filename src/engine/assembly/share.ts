/**
 * What an engine makes of each slice: all of it, or one of two halves.
 *
 * Of two engines with the same sinogram, one grids low frequencies in v, the
 * other high ones, and each transforms its rows; they exchange what the other
 * needs, and each transforms half of the columns. An engine keeps what its
 * half needs, and nothing else. An engine that makes all of a slice grids the
 * two parts one after the other, so that sums are rounded alike.
 */
import { raySin } from './views';

/** Slices narrower than this are not worth it. */
const NARROWEST = 128;
/** Part of the rows that is the first half's: samples lie densest there. */
const LOW: f64 = 0.31;
/** Rows beside the border that both halves reach. */
export const SHARED = 4;
const WHOLE = -1;

/** What the host wants of the next configuration: half 0 or 1, or everything. */
let asked: i32 = WHOLE;
/** Half 0 or 1 of each slice; WHOLE: everything. */
export let share: i32 = WHOLE;
/** Frequencies in v that are gridded, from `low` to below `high`, which is the grid's size where there is no end. */
export let low: i32 = 0;
export let high: i32 = 0;
/** The first row of the second half: low ones are the first half's. 0: a slice has no halves. */
export let border: i32 = 0;

export function askFor(half: i32): void {
  asked = half == 0 || half == 1 ? half : WHOLE;
}

/** Share slices of `pixels` with a plane of `points` in each direction. */
export function prepareShare(pixels: i32, points: i32): void {
  const whole = pixels < NARROWEST;
  share = whole ? WHOLE : asked;
  border = whole ? 0 : <i32>(0.25 * LOW * <f64>(points >> 1)) << 2;
  low = share == 1 ? border : 0;
  high = share == 0 ? border : points;
}

@inline
export function isHalf(): bool {
  return share != WHOLE;
}

/** The first of `bins` of a ray whose frequency in v is not below `v`; at most their number. */
export function firstBin(ray: i32, v: i32, points: i32, length: i32, bins: i32): i32 {
  if (v <= 0) {
    return 0;
  }
  const step = (load<f64>(raySin + (<usize>ray << 3)) * <f64>points) / <f64>length;
  return step * <f64>bins > <f64>v ? <i32>Math.ceil(<f64>v / step) : bins;
}
