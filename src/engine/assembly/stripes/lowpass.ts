/**
 * The low frequencies along the angle, column by column.
 *
 * Stripe filters change a few frequencies only, so those are computed one by
 * one and no length needs to be a power of two. A frequency f and its
 * opposite come together: of the coefficient C - iS of f, with a weight for
 * what is even in f and one for what is odd,
 * even (C cos + S sin) is the real part, and odd (C sin - S cos) the imaginary.
 */
import { take } from './scratch';

/** A Gaussian is zero beyond this many sigmas. */
const REACH: f64 = 5.7;

/** Rows that are transformed. */
let height: i32 = 0;
/** Frequencies are k + offset, in periods over the height. */
export let offset: f64 = 0;
/** How many of them have weights. */
export let frequencies: i32 = 0;
/** float32[2 height] each: over one turn. */
let cosines: usize = 0;
let sines: usize = 0;
/** float64[frequencies] each. */
export let even: usize = 0;
export let odd: usize = 0;
/** float32[rows][8] and float32[frequencies][2][8]: eight columns, which lie far apart, together. */
let rowTile: usize = 0;
let tile: usize = 0;

/** Frequencies that a Gaussian of `sigma` may need over `rows`. */
export function mostFrequencies(sigma: f64, rows: i32): i32 {
  return min(<i32>(REACH * sigma) + 3, (rows >> 1) + 1);
}

/**
 * Rows beyond which the kernel of a Gaussian of `sigma` over `rows` is nothing:
 * as it is narrow here where it is wide there, unless it is cut off there.
 */
export function reachOf(sigma: f64, rows: i32): i32 {
  const most = rows >> 1;
  if (mostFrequencies(sigma, rows) > most) {
    return most;
  }
  return min(most, <i32>Math.ceil((REACH * <f64>rows) / (2 * Math.PI * sigma)));
}

export function layOutFrequencies(rows: i32, most: i32): void {
  cosines = take(<usize>rows << 3);
  sines = take(<usize>rows << 3);
  even = take(<usize>most << 3);
  odd = take(<usize>most << 3);
  rowTile = take(<usize>rows << 5);
  // One frequency more, as they are taken two by two.
  tile = take(<usize>(most + 1) << 6);
}

/** Bytes of the coefficients of `width` columns. */
export function coefficientBytes(most: i32, pitch: usize): usize {
  return 2 * <usize>most * pitch;
}

/**
 * A Gaussian around frequency -`shift`, for transforms over `rows`, as weights;
 * with `half`, frequencies are odd multiples of a half.
 */
export function setGaussian(rows: i32, sigma: f64, shift: f64, half: bool): void {
  setGaussianOf(rows, sigma, shift, half, mostFrequencies(sigma, rows));
}

/** The same with `most` frequencies, or all that there are. */
export function setGaussianOf(rows: i32, sigma: f64, shift: f64, half: bool, most: i32): void {
  setHeight(rows);
  offset = half ? 0.5 : 0;
  frequencies = 0;
  const end = 0.5 * <f64>rows;
  for (let k = 0; k < most; k++) {
    const frequency = <f64>k + offset;
    if (frequency > end) {
      break;
    }
    const plus = frequency < end ? gaussian(frequency + shift, sigma) : 0;
    const minus = frequency > 0 ? gaussian(shift - frequency, sigma) : 0;
    store<f64>(even + (<usize>k << 3), (plus + minus) / <f64>rows);
    store<f64>(odd + (<usize>k << 3), (plus - minus) / <f64>rows);
    frequencies++;
  }
}

/** The frequencies 0 to before `number`, over `rows`, without weights. */
export function setFrequencies(rows: i32, number: i32): void {
  setHeight(rows);
  offset = 0;
  frequencies = number;
}

function gaussian(x: f64, sigma: f64): f64 {
  const part = x / sigma;
  return Math.exp(-0.5 * part * part);
}

/** The kernel of the weights' window, `distance` rows from its middle: real and imaginary part. */
export function kernelAt(distance: i32): v128 {
  let re: f64 = 0;
  let im: f64 = 0;
  let place = (stepOf(0) * distance) % (2 * height);
  const step = (2 * distance) % (2 * height);
  for (let k: usize = 0; k < <usize>frequencies; k++) {
    const at = <usize>place << 2;
    re += load<f64>(even + (k << 3)) * <f64>load<f32>(cosines + at);
    im += load<f64>(odd + (k << 3)) * <f64>load<f32>(sines + at);
    place += step;
    place -= place >= 2 * height ? 2 * height : 0;
  }
  return f64x2(re, im);
}

function setHeight(rows: i32): void {
  height = rows;
  for (let i = 0; i < 2 * rows; i++) {
    const angle = (Math.PI * <f64>i) / <f64>rows;
    store<f32>(cosines + (<usize>i << 2), <f32>Math.cos(angle));
    store<f32>(sines + (<usize>i << 2), <f32>Math.sin(angle));
  }
}

/** Place in the tables from one row to the next, for frequency k. */
@inline
function stepOf(k: i32): i32 {
  return 2 * k + i32(offset > 0);
}

/**
 * Coefficients of `width` columns, rounded up to 4.
 *
 * rows: uint32[height] pointers to the rows; out: float32[frequencies][2][pitch / 4], C and S.
 */
export function analyse(rows: usize, width: i32, out: usize, pitch: usize): void {
  for (let column: usize = 0; column < <usize>width << 2; column += 32) {
    // Eight columns, or the last four again where there are no more.
    const wide: usize = column + 16 < <usize>width << 2 ? 16 : 0;
    for (let row: usize = 0; row < <usize>height; row++) {
      const at = <usize>load<u32>(rows + (row << 2)) + column;
      v128.store(rowTile + (row << 5), v128.load(at));
      v128.store(rowTile + (row << 5), v128.load(at + wide), 16);
    }
    for (let k = 0; k < frequencies; k += 2) {
      analyseTwo(k);
    }
    for (let k: usize = 0; k < <usize>frequencies; k++) {
      const from = tile + (k << 6);
      const to = out + 2 * k * pitch + column;
      v128.store(to, v128.load(from));
      v128.store(to + wide, v128.load(from, 16));
      v128.store(to + pitch, v128.load(from, 32));
      v128.store(to + pitch + wide, v128.load(from, 48));
    }
  }
}

/** C and S of the frequencies k and k + 1, which may be one too many, of the eight columns. */
@inline
function analyseTwo(k: i32): void {
  const turn = 2 * height;
  const step = stepOf(k);
  const stepToo = stepOf(k + 1) % turn;
  let place = 0;
  let placeToo = 0;
  let cos0 = f32x4.splat(0);
  let cos1 = f32x4.splat(0);
  let sin0 = f32x4.splat(0);
  let sin1 = f32x4.splat(0);
  let cos2 = f32x4.splat(0);
  let cos3 = f32x4.splat(0);
  let sin2 = f32x4.splat(0);
  let sin3 = f32x4.splat(0);
  for (let at = rowTile; at < rowTile + (<usize>height << 5); at += 32) {
    const first = v128.load(at);
    const second = v128.load(at, 16);
    const cos = v128.load_splat<f32>(cosines + (<usize>place << 2));
    const sin = v128.load_splat<f32>(sines + (<usize>place << 2));
    cos0 = f32x4.add(cos0, f32x4.mul(first, cos));
    cos1 = f32x4.add(cos1, f32x4.mul(second, cos));
    sin0 = f32x4.add(sin0, f32x4.mul(first, sin));
    sin1 = f32x4.add(sin1, f32x4.mul(second, sin));
    const cosToo = v128.load_splat<f32>(cosines + (<usize>placeToo << 2));
    const sinToo = v128.load_splat<f32>(sines + (<usize>placeToo << 2));
    cos2 = f32x4.add(cos2, f32x4.mul(first, cosToo));
    cos3 = f32x4.add(cos3, f32x4.mul(second, cosToo));
    sin2 = f32x4.add(sin2, f32x4.mul(first, sinToo));
    sin3 = f32x4.add(sin3, f32x4.mul(second, sinToo));
    place += step;
    place -= place >= turn ? turn : 0;
    placeToo += stepToo;
    placeToo -= placeToo >= turn ? turn : 0;
  }
  const to = tile + (<usize>k << 6);
  v128.store(to, cos0);
  v128.store(to, cos1, 16);
  v128.store(to, sin0, 32);
  v128.store(to, sin1, 48);
  v128.store(to, cos2, 64);
  v128.store(to, cos3, 80);
  v128.store(to, sin2, 96);
  v128.store(to, sin3, 112);
}

/** Multiply coefficients with the even weights: then they are what `synthesise` adds up. */
export function weigh(coefficients: usize, width: i32, pitch: usize): void {
  for (let k: usize = 0; k < <usize>frequencies; k++) {
    const weight = f32x4.splat(<f32>load<f64>(even + (k << 3)));
    for (let line: usize = 0; line < 2; line++) {
      const at = coefficients + (2 * k + line) * pitch;
      for (let column: usize = 0; column < <usize>width << 2; column += 16) {
        v128.store(at + column, f32x4.mul(v128.load(at + column), weight));
      }
    }
  }
}

/** Rows `first` to before `past` of the sum of weighed coefficients; float32[past - first][outPitch / 4]. */
export function synthesise(
  coefficients: usize,
  width: i32,
  pitch: usize,
  first: i32,
  past: i32,
  out: usize,
  outPitch: usize
): void {
  for (let column: usize = 0; column < <usize>width << 2; column += 32) {
    const wide: usize = column + 16 < <usize>width << 2 ? 16 : 0;
    for (let k: usize = 0; k < <usize>frequencies; k++) {
      const to = tile + (k << 6);
      const from = coefficients + 2 * k * pitch + column;
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from + wide), 16);
      v128.store(to, v128.load(from + pitch), 32);
      v128.store(to, v128.load(from + pitch + wide), 48);
    }
    let to = out + column;
    for (let row = first; row < past; row += 2) {
      synthesiseTwo(row, to, wide, row + 1 < past ? outPitch : 0);
      to += 2 * outPitch;
    }
  }
}

/** Eight columns of a row, and of the next one where there is one, `next` bytes further. */
@inline
function synthesiseTwo(row: i32, to: usize, wide: usize, next: usize): void {
  const turn = 2 * height;
  const rowToo = next ? row + 1 : row;
  let place = (stepOf(0) * row) % turn;
  let placeToo = (stepOf(0) * rowToo) % turn;
  const step = (2 * row) % turn;
  const stepToo = (2 * rowToo) % turn;
  let sum0 = f32x4.splat(0);
  let sum1 = f32x4.splat(0);
  let sum2 = f32x4.splat(0);
  let sum3 = f32x4.splat(0);
  for (let at = tile; at < tile + (<usize>frequencies << 6); at += 64) {
    const cos = v128.load_splat<f32>(cosines + (<usize>place << 2));
    const sin = v128.load_splat<f32>(sines + (<usize>place << 2));
    const cosToo = v128.load_splat<f32>(cosines + (<usize>placeToo << 2));
    const sinToo = v128.load_splat<f32>(sines + (<usize>placeToo << 2));
    const even0 = v128.load(at);
    const even1 = v128.load(at, 16);
    const odd0 = v128.load(at, 32);
    const odd1 = v128.load(at, 48);
    sum0 = f32x4.add(f32x4.add(sum0, f32x4.mul(even0, cos)), f32x4.mul(odd0, sin));
    sum1 = f32x4.add(f32x4.add(sum1, f32x4.mul(even1, cos)), f32x4.mul(odd1, sin));
    sum2 = f32x4.add(f32x4.add(sum2, f32x4.mul(even0, cosToo)), f32x4.mul(odd0, sinToo));
    sum3 = f32x4.add(f32x4.add(sum3, f32x4.mul(even1, cosToo)), f32x4.mul(odd1, sinToo));
    place += step;
    place -= place >= turn ? turn : 0;
    placeToo += stepToo;
    placeToo -= placeToo >= turn ? turn : 0;
  }
  v128.store(to + next, sum2);
  v128.store(to + next + wide, sum3);
  v128.store(to, sum0);
  v128.store(to + wide, sum1);
}
