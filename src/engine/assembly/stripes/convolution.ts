/**
 * Windows over the frequencies of lines, by Fourier transforms: what acts on
 * many frequencies would take too long one by one.
 *
 * A window on lines of any length is a circular convolution with a kernel;
 * with as many zeros beside it that is one without end, in a length that the
 * transforms have. A kernel is complex where its window is not the same on
 * both sides of frequency 0: its real part is even, so the spectrum of that is
 * real, and its imaginary part is odd, so that of this is imaginary.
 */
import { ELEMENT, Fft, fftBytes, goodLength, placeFft, transform } from '../fft';
import { highHalves, highPairs, lowHalves, lowPairs } from '../lanes';
import { kernelAt } from './lowpass';
import { take } from './scratch';

/** Frequencies beyond which transforms take less time than one after the other. */
export const MANY = 32;
/** Lines that are transformed together. */
export const LINES = 8;

let fft: Fft = changetype<Fft>(0);
let place: usize = 0;
/** A spectrum that is needed more than once; elements as in the transforms. */
let kept: usize = 0;
/** float32[length][2]: spectra of the kernel's real and imaginary part. */
let kernel: usize = 0;

function lengthFor(line: i32): i32 {
  return goodLength(<f64>(2 * line - 1));
}

/** Room for lines of `line` values at most. */
export function layOutConvolution(line: i32): void {
  layOutTransforms(lengthFor(line));
}

/** Room for transforms of `length`. */
export function layOutTransforms(length: i32): void {
  place = take(fftBytes(length));
  kept = take(<usize>length * ELEMENT);
  kernel = take(<usize>length << 3);
}

/** Take the window that `lowpass` has, for lines of `line` values. */
export function startConvolution(line: i32): void {
  startKernel(lengthFor(line), line - 1, 0);
}

/** Take it in transforms of `length` as far as its kernel reaches; of what comes round after `period` one side is enough. */
export function startKernel(length: i32, reach: i32, period: i32): void {
  // What the last filter left here is not ours.
  fft = placeFft(place, length);
  memory.fill(fft.work, 0, <usize>length * ELEMENT);
  for (let distance = 0; distance <= reach; distance++) {
    // Real part in the first lane, imaginary part in the second.
    const pair = f32x4.demote_f64x2_zero(kernelAt(distance));
    store<u64>(lineAt(distance), i64x2.extract_lane(pair, 0));
    if (distance > 0 && 2 * distance != period) {
      const mirrored = f32x4.mul(pair, f32x4(1, -1, 1, 1));
      store<u64>(lineAt(length - distance), i64x2.extract_lane(mirrored, 0));
    }
  }
  const spectrum = transform(fft);
  const share = <f32>(1 / <f64>length);
  for (let k: usize = 0; k < <usize>length; k++) {
    const at = spectrum + k * ELEMENT;
    store<f32>(kernel + (k << 3), share * load<f32>(at));
    store<f32>(kernel + (k << 3), share * load<f32>(at, 20), 4);
  }
}

/**
 * Where value `i` of the lines is to be put: of the first four of them, and 16
 * bytes further of the others, or of their imaginary parts.
 */
@inline
export function lineAt(i: i32): usize {
  return fft.work + <usize>i * ELEMENT;
}

/** Transform the lines that were put there, of `line` values, and keep that. */
export function analyseLines(line: i32): void {
  memory.copy(kept, transformed(line), <usize>fft.length * ELEMENT);
}

function transformed(line: i32): usize {
  memory.fill(lineAt(line), 0, <usize>(fft.length - line) * ELEMENT);
  return transform(fft);
}

/** Lines with the real part of the kernel, the second four first. */
export function byReal(): usize {
  let out = fft.work;
  for (let k: usize = 0; k < <usize>fft.length; k++, out += ELEMENT) {
    const at = kept + k * ELEMENT;
    const weight = v128.load_splat<f32>(kernel + (k << 3));
    v128.store(out, f32x4.mul(v128.load(at, 16), weight));
    v128.store(out, f32x4.mul(v128.load(at), weight), 16);
  }
  return transform(fft);
}

/** Lines with the imaginary part of the kernel, as real numbers, the second four first. */
export function byImaginary(): usize {
  let out = fft.work;
  for (let k: usize = 0; k < <usize>fft.length; k++, out += ELEMENT) {
    const at = kept + k * ELEMENT;
    const weight = v128.load_splat<f32>(kernel + (k << 3), 4);
    v128.store(out, f32x4.mul(v128.load(at), weight));
    v128.store(out, f32x4.neg(f32x4.mul(v128.load(at, 16), weight)), 16);
  }
  return transform(fft);
}

/**
 * The real part of what the kernel makes of complex lines, the second four
 * first: the real parts are kept, the imaginary ones have been put there.
 */
export function realOfBoth(line: i32): usize {
  const spectrum = transformed(line);
  const size = <usize>fft.length * ELEMENT;
  for (let at: usize = 0; at < size; at += ELEMENT) {
    const real = v128.load_splat<f32>(kernel + (at >> 2));
    const imaginary = v128.load_splat<f32>(kernel + (at >> 2), 4);
    const re = f32x4.add(
      f32x4.mul(v128.load(kept + at), real),
      f32x4.mul(v128.load(spectrum + at, 16), imaginary)
    );
    const im = f32x4.sub(
      f32x4.mul(v128.load(kept + at, 16), real),
      f32x4.mul(v128.load(spectrum + at), imaginary)
    );
    v128.store(kept + at, im);
    v128.store(kept + at, re, 16);
  }
  memory.copy(fft.work, kept, size);
  return transform(fft);
}

/** What the window takes from four complex lines, the imaginary parts first. */
export function lossOfComplex(line: i32): usize {
  analyseLines(line);
  const all = f32x4.splat(<f32>(1 / <f64>fft.length));
  let out = fft.work;
  for (let k: usize = 0; k < <usize>fft.length; k++, out += ELEMENT) {
    const at = kept + k * ELEMENT;
    const real = v128.load_splat<f32>(kernel + (k << 3));
    const imaginary = v128.load_splat<f32>(kernel + (k << 3), 4);
    const weight = f32x4.add(f32x4.sub(all, real), imaginary);
    v128.store(out, f32x4.mul(v128.load(at, 16), weight));
    v128.store(out, f32x4.mul(v128.load(at), weight), 16);
  }
  return transform(fft);
}

/** Columns `column` to at most 7 further of rows, put where lines go; those from `width` on are 0. */
export function putColumns(rows: usize, height: i32, column: i32, width: i32): void {
  const left = width - column;
  const at = <usize>column << 2;
  let out = lineAt(0);
  for (let row: usize = 0; row < <usize>height; row++, out += ELEMENT) {
    const from = <usize>load<u32>(rows + (row << 2)) + at;
    v128.store(out, firstOf(from, left));
    v128.store(out, firstOf(from + 16, left - 4), 16);
  }
}

/** The first `number` of four values: what lies beyond is not there, and may be anything. */
@inline
function firstOf(from: usize, number: i32): v128 {
  if (number >= 4) {
    return v128.load(from);
  }
  let four = f32x4.splat(0);
  if (number > 0) {
    four = f32x4.replace_lane(four, 0, load<f32>(from));
  }
  if (number > 1) {
    four = f32x4.replace_lane(four, 1, load<f32>(from, 4));
  }
  return number > 2 ? f32x4.replace_lane(four, 2, load<f32>(from, 8)) : four;
}

/** Values `first` to before `past` of the lines back to columns of rows `pitch` bytes apart. */
export function takeColumns(
  lines: usize,
  first: i32,
  past: i32,
  out: usize,
  pitch: usize,
  column: i32,
  width: i32
): void {
  const left = width - column;
  let to = out + (<usize>column << 2);
  let from = lines + <usize>first * ELEMENT;
  for (let row = first; row < past; row++, from += ELEMENT, to += pitch) {
    if (left >= LINES) {
      v128.store(to, v128.load(from, 16));
      v128.store(to, v128.load(from), 16);
      continue;
    }
    for (let i = 0; i < left; i++) {
      store<f32>(to + (<usize>i << 2), load<f32>(from + (<usize>(i ^ 4) << 2)));
    }
  }
}

/** Rows `row` to 7 further, `pitch` bytes apart and whole vectors, put where lines go from value `place` on; the last is repeated. */
export function putRows(rows: usize, row: i32, count: i32, pitch: usize, width: i32, place: i32): void {
  for (let column = 0; column < width; column += 4) {
    const at = rows + (<usize>column << 2);
    const out = lineAt(place + column);
    putFour(at, row, count, pitch, out);
    putFour(at, row + 4, count, pitch, out + 16);
  }
}

@inline
function rowAt(rows: usize, row: i32, count: i32, pitch: usize): usize {
  return rows + <usize>min(row, count - 1) * pitch;
}

/** Four columns of four rows. */
@inline
function putFour(rows: usize, row: i32, count: i32, pitch: usize, out: usize): void {
  const a = v128.load(rowAt(rows, row, count, pitch));
  const b = v128.load(rowAt(rows, row + 1, count, pitch));
  const c = v128.load(rowAt(rows, row + 2, count, pitch));
  const d = v128.load(rowAt(rows, row + 3, count, pitch));
  const lowAB = lowPairs(a, b);
  const lowCD = lowPairs(c, d);
  const highAB = highPairs(a, b);
  const highCD = highPairs(c, d);
  v128.store(out, lowHalves(lowAB, lowCD));
  v128.store(out + ELEMENT, highHalves(lowAB, lowCD));
  v128.store(out + 2 * ELEMENT, lowHalves(highAB, highCD));
  v128.store(out + 3 * ELEMENT, highHalves(highAB, highCD));
}

/** Values from `place` on of the lines, the second four first, back to rows that are whole vectors. */
export function takeRows(
  lines: usize,
  place: i32,
  rows: usize,
  row: i32,
  count: i32,
  pitch: usize,
  width: i32
): void {
  for (let column = 0; column < width; column += 4) {
    const from = lines + <usize>(place + column) * ELEMENT;
    const to = rows + <usize>row * pitch + (<usize>column << 2);
    takeFour(from + 16, to, pitch, count - row);
    takeFour(from, to + 4 * pitch, pitch, count - row - 4);
  }
}

/** Four columns to four rows, or as many as there are. */
@inline
function takeFour(lines: usize, to: usize, pitch: usize, many: i32): void {
  const a = v128.load(lines);
  const b = v128.load(lines + ELEMENT);
  const c = v128.load(lines + 2 * ELEMENT);
  const d = v128.load(lines + 3 * ELEMENT);
  const lowAB = lowPairs(a, b);
  const lowCD = lowPairs(c, d);
  const highAB = highPairs(a, b);
  const highCD = highPairs(c, d);
  if (many > 0) {
    v128.store(to, lowHalves(lowAB, lowCD));
  }
  if (many > 1) {
    v128.store(to + pitch, highHalves(lowAB, lowCD));
  }
  if (many > 2) {
    v128.store(to + 2 * pitch, lowHalves(highAB, highCD));
  }
  if (many > 3) {
    v128.store(to + 3 * pitch, highHalves(highAB, highCD));
  }
}
