/**
 * Median of the square around each pixel, a row of an image at a time.
 *
 * The columns of the square are sorted first, four at a time, and each serves
 * all the squares that it is part of. What lies beyond the image is the pixel
 * at its edge; NaN counts as 0.
 */
import { allocate, release } from './memory';

/** Columns before the first of a line, so that a square may begin there. */
const BEFORE: usize = 4;
const AFTER: usize = 8;
/** Scratch of the 13 values that are left of a square of 5. */
const LEFT = 13;

let columns: i32 = 0;
let rows: i32 = 0;
let size: i32 = 0;
let image: usize = 0;
/** Bytes from one line of sorted columns to the next. */
let pitch: usize = 0;
/** float32[size][BEFORE + columns + AFTER]: the columns of the square, sorted. */
let lines: usize = 0;
/** float32[5][4] and float32[LEFT][4] */
let scratch: usize = 0;
/** float32[columns rounded up to 4]: the medians of a row. */
export let medians: usize = 0;

/** Prepare for an image; `side` is 3 or 5. False when there is no memory. */
export function startMedian(data: usize, height: i32, width: i32, side: i32): bool {
  image = data;
  rows = height;
  columns = width;
  size = side;
  pitch = (BEFORE + <usize>((width + 3) & ~3) + AFTER) << 2;
  lines = allocate(pitch * <usize>size);
  scratch = allocate((5 + LEFT) << 4);
  medians = allocate((<usize>width + 4) << 2);
  return !!lines && !!scratch && !!medians;
}

export function endMedian(): void {
  release(lines);
  release(scratch);
  release(medians);
  lines = scratch = medians = 0;
}

/** Compute `medians` of a row. */
export function medianRow(row: i32): void {
  if (size == 3) {
    sortColumns3(row);
  } else {
    sortColumns5(row);
  }
  for (let line = 0; line < size; line++) {
    extend(lines + <usize>line * pitch + (BEFORE << 2));
  }
  for (let column = 0; column < columns; column += 4) {
    const at = lines + ((BEFORE + <usize>column) << 2);
    v128.store(medians + (<usize>column << 2), size == 3 ? median9(at) : median25(at));
  }
}

/** Repeat the first and the last column of a line beyond its ends. */
function extend(line: usize): void {
  const first = load<f32>(line);
  const past = line + (<usize>columns << 2);
  const last = load<f32>(past - 4);
  store<f32>(line - 4, first);
  store<f32>(line - 8, first);
  store<f32>(past, last);
  store<f32>(past, last, 4);
}

@inline
function pixelRow(row: i32): usize {
  const inside = min(max(row, 0), rows - 1);
  return image + ((<usize>inside * <usize>columns) << 2);
}

@inline
function pixels(at: usize): v128 {
  const value = v128.load(at);
  return v128.and(value, f32x4.eq(value, value));
}

function sortColumns3(row: i32): void {
  let a = pixelRow(row - 1);
  let b = pixelRow(row);
  let c = pixelRow(row + 1);
  let out = lines + (BEFORE << 2);
  for (let column = 0; column < columns; column += 4) {
    const va = pixels(a);
    const vb = pixels(b);
    const vc = pixels(c);
    const low = f32x4.pmin(va, vb);
    const high = f32x4.pmax(va, vb);
    const rest = f32x4.pmin(high, vc);
    v128.store(out, f32x4.pmin(low, rest));
    v128.store(out + pitch, f32x4.pmax(low, rest));
    v128.store(out + 2 * pitch, f32x4.pmax(high, vc));
    a += 16;
    b += 16;
    c += 16;
    out += 16;
  }
}

@inline
function median3(a: v128, b: v128, c: v128): v128 {
  return f32x4.pmax(f32x4.pmin(a, b), f32x4.pmin(f32x4.pmax(a, b), c));
}

/** Median of 3 x 3: the middle of the greatest low, the middle middle and the least high. */
@inline
function median9(at: usize): v128 {
  const middle = at + pitch;
  const high = middle + pitch;
  const lows = f32x4.pmax(f32x4.pmax(v128.load(at - 4), v128.load(at)), v128.load(at, 4));
  const highs = f32x4.pmin(f32x4.pmin(v128.load(high - 4), v128.load(high)), v128.load(high, 4));
  return median3(lows, median3(v128.load(middle - 4), v128.load(middle), v128.load(middle, 4)), highs);
}

function sortColumns5(row: i32): void {
  const a = pixelRow(row - 2);
  const b = pixelRow(row - 1);
  const c = pixelRow(row);
  const d = pixelRow(row + 1);
  const e = pixelRow(row + 2);
  const out = lines + (BEFORE << 2);
  for (let column = 0; column < columns; column += 4) {
    const at = <usize>column << 2;
    sort5(pixels(a + at), pixels(b + at), pixels(c + at), pixels(d + at), pixels(e + at), out + at, pitch);
  }
}

/** Sort five values (nine exchanges); they go to `out`, `step` bytes apart. */
@inline
function sort5(a: v128, b: v128, c: v128, d: v128, e: v128, out: usize, step: usize): void {
  const ab = f32x4.pmin(a, b);
  const ba = f32x4.pmax(a, b);
  const de = f32x4.pmin(d, e);
  const ed = f32x4.pmax(d, e);
  // c among d and e
  const c1 = f32x4.pmin(c, ed);
  const top = f32x4.pmax(c, ed);
  const c2 = f32x4.pmin(c1, de);
  const mid = f32x4.pmax(c1, de);
  // c2 <= mid <= top and ab <= ba: merge
  const low1 = f32x4.pmin(ab, c2);
  const low2 = f32x4.pmax(ab, c2);
  const high1 = f32x4.pmax(ba, top);
  const high2 = f32x4.pmin(ba, top);
  const x = f32x4.pmin(low2, mid);
  const y = f32x4.pmax(low2, mid);
  const p = f32x4.pmin(x, high2);
  const q = f32x4.pmax(x, high2);
  v128.store(out, low1);
  v128.store(out + step, p);
  v128.store(out + 2 * step, f32x4.pmin(y, q));
  v128.store(out + 3 * step, f32x4.pmax(y, q));
  v128.store(out + 4 * step, high1);
}

/**
 * Median of 5 x 5. With columns and then rows sorted, six values must lie
 * below the median and six above; it is the median of the other thirteen.
 */
function median25(at: usize): v128 {
  const five = scratch;
  const rest = scratch + 80;
  sortLine(at);
  keep(rest, five, 3, 4);
  sortLine(at + pitch);
  keep(rest + 32, five, 2, 4);
  sortLine(at + 2 * pitch);
  keep(rest + 80, five, 1, 3);
  sortLine(at + 3 * pitch);
  keep(rest + 128, five, 0, 2);
  sortLine(at + 4 * pitch);
  keep(rest + 176, five, 0, 1);
  // Throw the least and the greatest of what is surely enough away, take one more, and again.
  let first = rest;
  for (let number: usize = 8; number >= 4; number--) {
    const last = first + ((number - 1) << 4);
    extremes(first, last);
    // The least stands first; the next value takes the place of the greatest.
    first += 16;
    const next = rest + ((<usize>8 + (8 - number)) << 4);
    v128.store(last, v128.load(next));
  }
  return median3(v128.load(first), v128.load(first, 16), v128.load(first, 32));
}

function sortLine(at: usize): void {
  sort5(v128.load(at - 8), v128.load(at - 4), v128.load(at), v128.load(at, 4), v128.load(at, 8), scratch, 16);
}

@inline
function keep(out: usize, from: usize, first: usize, last: usize): void {
  for (let i = first; i <= last; i++) {
    v128.store(out + ((i - first) << 4), v128.load(from + (i << 4)));
  }
}

/** Exchange so that the least stands at `first` and the greatest at `last`. */
@inline
function extremes(first: usize, last: usize): void {
  let least = v128.load(first);
  let greatest = least;
  least = f32x4.pmin(v128.load(last), greatest);
  greatest = f32x4.pmax(v128.load(last), greatest);
  for (let at = first + 16; at < last; at += 16) {
    const value = v128.load(at);
    const upper = f32x4.pmax(least, value);
    least = f32x4.pmin(least, value);
    v128.store(at, f32x4.pmin(upper, greatest));
    greatest = f32x4.pmax(upper, greatest);
  }
  v128.store(first, least);
  v128.store(last, greatest);
}
