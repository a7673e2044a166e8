/**
 * Complex Fourier transforms, four at a time: one in each lane.
 *
 * An element is 32 bytes, four real parts and then four imaginary parts.
 * Stockham's autosort with radix 4, then at most one stage of radix 2 and one
 * of radix 3, from one half of the work space to the other. The sign is
 * exp(-i); with real and imaginary parts exchanged on the way in and out it
 * is the inverse (not divided by the length).
 */
import { allocate, release } from './memory';

export const ELEMENT: usize = 32;
/** Bytes before the tables: the object itself. */
const HEAD: usize = 16;

@unmanaged
export class Fft {
  length: i32;
  /** (cos, sin) of -2 pi k / length, float32, k < length. */
  twiddles: usize;
  /** Two arrays of `length` elements; input goes into the first. */
  work: usize;
}

/** Smallest 2^a or 3*2^a, 16 at least, that is not below `least`. */
export function goodLength(least: f64): i32 {
  let power = 16;
  while (<f64>power < least) {
    power <<= 1;
  }
  const threeQuarters = (power >> 2) * 3;
  return threeQuarters >= 16 && <f64>threeQuarters >= least ? threeQuarters : power;
}

/** Tables and work space for one length; null when there is no memory. */
export function createFft(length: i32): Fft | null {
  const memory = allocate(fftBytes(length));
  return memory ? placeFft(memory, length) : null;
}

/** Bytes of tables and work space. */
export function fftBytes(length: i32): usize {
  return HEAD + (<usize>length << 3) + ((<usize>length * ELEMENT) << 1);
}

/** The same in memory that is the caller's, 16-byte aligned. */
export function placeFft(at: usize, length: i32): Fft {
  const twiddles = at + HEAD;
  for (let k = 0; k < length; k++) {
    const angle = (-2 * Math.PI * <f64>k) / <f64>length;
    store<f32>(twiddles + (<usize>k << 3), <f32>Math.cos(angle));
    store<f32>(twiddles + (<usize>k << 3), <f32>Math.sin(angle), 4);
  }
  const fft = changetype<Fft>(at);
  fft.length = length;
  fft.twiddles = twiddles;
  fft.work = twiddles + (<usize>length << 3);
  return fft;
}

export function releaseFft(fft: Fft | null): void {
  if (fft) {
    release(changetype<usize>(fft));
  }
}

@inline
function turnRe(re: v128, im: v128, cos: v128, sin: v128): v128 {
  return f32x4.sub(f32x4.mul(re, cos), f32x4.mul(im, sin));
}

@inline
function turnIm(re: v128, im: v128, cos: v128, sin: v128): v128 {
  return f32x4.add(f32x4.mul(re, sin), f32x4.mul(im, cos));
}

/** One stage of radix 4: sub-transforms of length 4*m, stride s. */
function radix4(from: usize, to: usize, m: usize, s: usize, twiddles: usize): void {
  const quarter = m * s * ELEMENT;
  const row = s * ELEMENT;
  const step = s << 3;
  let x = from;
  let y = to;
  for (let end = x + row; x < end; x += ELEMENT, y += ELEMENT) {
    const aRe = v128.load(x);
    const aIm = v128.load(x, 16);
    const bRe = v128.load(x + quarter);
    const bIm = v128.load(x + quarter, 16);
    const cRe = v128.load(x + 2 * quarter);
    const cIm = v128.load(x + 2 * quarter, 16);
    const dRe = v128.load(x + 3 * quarter);
    const dIm = v128.load(x + 3 * quarter, 16);
    const sumRe = f32x4.add(aRe, cRe);
    const sumIm = f32x4.add(aIm, cIm);
    const differenceRe = f32x4.sub(aRe, cRe);
    const differenceIm = f32x4.sub(aIm, cIm);
    const oddRe = f32x4.add(bRe, dRe);
    const oddIm = f32x4.add(bIm, dIm);
    const turnedRe = f32x4.sub(bIm, dIm);
    const turnedIm = f32x4.sub(dRe, bRe);
    v128.store(y, f32x4.add(sumRe, oddRe));
    v128.store(y, f32x4.add(sumIm, oddIm), 16);
    v128.store(y + row, f32x4.add(differenceRe, turnedRe));
    v128.store(y + row, f32x4.add(differenceIm, turnedIm), 16);
    v128.store(y + 2 * row, f32x4.sub(sumRe, oddRe));
    v128.store(y + 2 * row, f32x4.sub(sumIm, oddIm), 16);
    v128.store(y + 3 * row, f32x4.sub(differenceRe, turnedRe));
    v128.store(y + 3 * row, f32x4.sub(differenceIm, turnedIm), 16);
  }
  for (let p: usize = 1; p < m; p++) {
    const w1 = twiddles + p * step;
    const w2 = w1 + p * step;
    const w3 = w2 + p * step;
    const cos1 = v128.load_splat<f32>(w1);
    const sin1 = v128.load_splat<f32>(w1, 4);
    const cos2 = v128.load_splat<f32>(w2);
    const sin2 = v128.load_splat<f32>(w2, 4);
    const cos3 = v128.load_splat<f32>(w3);
    const sin3 = v128.load_splat<f32>(w3, 4);
    y = to + 4 * p * row;
    for (let end = x + row; x < end; x += ELEMENT, y += ELEMENT) {
      const aRe = v128.load(x);
      const aIm = v128.load(x, 16);
      const bRe = v128.load(x + quarter);
      const bIm = v128.load(x + quarter, 16);
      const cRe = v128.load(x + 2 * quarter);
      const cIm = v128.load(x + 2 * quarter, 16);
      const dRe = v128.load(x + 3 * quarter);
      const dIm = v128.load(x + 3 * quarter, 16);
      const sumRe = f32x4.add(aRe, cRe);
      const sumIm = f32x4.add(aIm, cIm);
      const differenceRe = f32x4.sub(aRe, cRe);
      const differenceIm = f32x4.sub(aIm, cIm);
      const oddRe = f32x4.add(bRe, dRe);
      const oddIm = f32x4.add(bIm, dIm);
      const turnedRe = f32x4.sub(bIm, dIm);
      const turnedIm = f32x4.sub(dRe, bRe);
      const oneRe = f32x4.add(differenceRe, turnedRe);
      const oneIm = f32x4.add(differenceIm, turnedIm);
      const twoRe = f32x4.sub(sumRe, oddRe);
      const twoIm = f32x4.sub(sumIm, oddIm);
      const threeRe = f32x4.sub(differenceRe, turnedRe);
      const threeIm = f32x4.sub(differenceIm, turnedIm);
      v128.store(y, f32x4.add(sumRe, oddRe));
      v128.store(y, f32x4.add(sumIm, oddIm), 16);
      v128.store(y + row, turnRe(oneRe, oneIm, cos1, sin1));
      v128.store(y + row, turnIm(oneRe, oneIm, cos1, sin1), 16);
      v128.store(y + 2 * row, turnRe(twoRe, twoIm, cos2, sin2));
      v128.store(y + 2 * row, turnIm(twoRe, twoIm, cos2, sin2), 16);
      v128.store(y + 3 * row, turnRe(threeRe, threeIm, cos3, sin3));
      v128.store(y + 3 * row, turnIm(threeRe, threeIm, cos3, sin3), 16);
    }
  }
}

function radix2(from: usize, to: usize, m: usize, s: usize, twiddles: usize): void {
  const half = m * s * ELEMENT;
  const row = s * ELEMENT;
  let x = from;
  for (let p: usize = 0; p < m; p++) {
    const w = twiddles + p * (s << 3);
    const cos = v128.load_splat<f32>(w);
    const sin = v128.load_splat<f32>(w, 4);
    let y = to + 2 * p * row;
    for (let end = x + row; x < end; x += ELEMENT, y += ELEMENT) {
      const aRe = v128.load(x);
      const aIm = v128.load(x, 16);
      const bRe = v128.load(x + half);
      const bIm = v128.load(x + half, 16);
      const re = f32x4.sub(aRe, bRe);
      const im = f32x4.sub(aIm, bIm);
      v128.store(y, f32x4.add(aRe, bRe));
      v128.store(y, f32x4.add(aIm, bIm), 16);
      v128.store(y + row, turnRe(re, im, cos, sin));
      v128.store(y + row, turnIm(re, im, cos, sin), 16);
    }
  }
}

/** The last stage: sub-transforms of length 3. */
function radix3(from: usize, to: usize, s: usize): void {
  const row = s * ELEMENT;
  const half = f32x4.splat(0.5);
  const root = f32x4.splat(<f32>(Math.sqrt(3) / 2));
  for (let q: usize = 0; q < row; q += ELEMENT) {
    const x = from + q;
    const y = to + q;
    const aRe = v128.load(x);
    const aIm = v128.load(x, 16);
    const bRe = v128.load(x + row);
    const bIm = v128.load(x + row, 16);
    const cRe = v128.load(x + 2 * row);
    const cIm = v128.load(x + 2 * row, 16);
    const sumRe = f32x4.add(bRe, cRe);
    const sumIm = f32x4.add(bIm, cIm);
    const middleRe = f32x4.sub(aRe, f32x4.mul(sumRe, half));
    const middleIm = f32x4.sub(aIm, f32x4.mul(sumIm, half));
    const turnedRe = f32x4.mul(f32x4.sub(bIm, cIm), root);
    const turnedIm = f32x4.mul(f32x4.sub(cRe, bRe), root);
    v128.store(y, f32x4.add(aRe, sumRe));
    v128.store(y, f32x4.add(aIm, sumIm), 16);
    v128.store(y + row, f32x4.add(middleRe, turnedRe));
    v128.store(y + row, f32x4.add(middleIm, turnedIm), 16);
    v128.store(y + 2 * row, f32x4.sub(middleRe, turnedRe));
    v128.store(y + 2 * row, f32x4.sub(middleIm, turnedIm), 16);
  }
}

/** Transform what is in the first half of `work`; returns where the result is. */
export function transform(fft: Fft): usize {
  const size = <usize>fft.length * ELEMENT;
  let from = fft.work;
  let to = from + size;
  let rest = <usize>fft.length;
  let stride: usize = 1;
  while ((rest & 3) == 0) {
    rest >>= 2;
    radix4(from, to, rest, stride, fft.twiddles);
    stride <<= 2;
    const other = from;
    from = to;
    to = other;
  }
  if ((rest & 1) == 0) {
    rest >>= 1;
    radix2(from, to, rest, stride, fft.twiddles);
    stride <<= 1;
    const other = from;
    from = to;
    to = other;
  }
  if (rest == 3) {
    radix3(from, to, stride);
    return to;
  }
  return from;
}
