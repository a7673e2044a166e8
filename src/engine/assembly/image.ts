/** From the Fourier plane to the slice. */
import { createFft, ELEMENT, Fft, goodLength, releaseFft, transform } from './fft';
import { foldPlane } from './fold';
import { grid, gridRow, gridSpectra, prepareGrid, releaseGrid, rowStride } from './grid';
import { bytesOfHalf, halfPicture } from './halves';
import { kernelShape, kernelTransform } from './kernel';
import { highHalves, highPairs, lowHalves, lowPairs } from './lanes';
import { allocate, release } from './memory';
import { columns, mask, Refusal, scale } from './plan';
import { border, high, isHalf, low, SHARED } from './share';
import { longerSide, redundant } from './views';

/** Grid points for each pixel of the slice. */
const OVERSAMPLING: f64 = 1.5;

/** Columns that are taken and stored together: their rows are far apart in memory. */
export const STRIP = 64;

/** Pixels of the slice in each direction. */
export let size: i32 = 0;
/** float32[size][size, or columns of the half, which is in the plane's memory] */
let picture: usize = 0;
/** Where it has memory of its own. */
let ownPicture: usize = 0;
/** float32[size rounded up to 8]: one over the kernel's transform; times the scale, in x. */
let correctionX: usize = 0;
let correctionY: usize = 0;
/** complex64[STRIP / 8][grid / 2 + 1][8]: columns of the plane, eight together. */
let turned: usize = 0;
/** float32[size][STRIP]: finished columns, before they go to the slice. */
let strip: usize = 0;
/** complex64[2 SHARED][padded()]: rows of the first part that the second reaches, too; a whole slice's. */
let reached: usize = 0;
let fft: Fft | null = null;

export function releaseImage(): void {
  releaseGrid();
  releaseFft(fft);
  fft = null;
  release(ownPicture);
  release(correctionX);
  release(correctionY);
  release(turned);
  release(strip);
  release(reached);
  picture = ownPicture = correctionX = correctionY = turned = strip = reached = 0;
}

/** Columns of the slice's first half; 0 when it is made whole. */
export function middleColumn(): i32 {
  return isHalf() ? ((size >> 1) / STRIP) * STRIP : 0;
}

/** Columns of the plane that transformed rows have. */
export function padded(): i32 {
  return (size + 7) & ~7;
}

/** Grid points in each direction for slices of `pixels`. */
export function gridPoints(pixels: i32): i32 {
  return goodLength(OVERSAMPLING * <f64>pixels);
}

/** Prepare for slices of `pixels` in each direction. */
export function prepareImage(pixels: i32): Refusal {
  size = pixels;
  const points = gridPoints(pixels);
  const shape = kernelShape(<f64>points, <f64>pixels);
  const refusal = prepareGrid(points, shape, isHalf() ? bytesOfHalf(points) : 0);
  if (refusal) {
    return refusal;
  }
  fft = createFft(points);
  picture = isHalf() ? halfPicture() : (ownPicture = allocate((<usize>size * <usize>size) << 2));
  turned = allocate((<usize>((points >> 1) + 1) * STRIP) << 3);
  strip = allocate((<usize>size * STRIP) << 2);
  correctionX = allocate(<usize>padded() << 2);
  correctionY = allocate(<usize>padded() << 2);
  reached = allocate((<usize>(2 * SHARED) * <usize>padded()) << 3);
  if (!fft || !reached || !picture || !correctionX || !correctionY || !turned || !strip) {
    return Refusal.Memory;
  }
  for (let i = 0; i < padded(); i++) {
    const factor = 1 / kernelTransform(<f64>(i - (size >> 1)), <f64>points, shape);
    store<f32>(correctionX + (<usize>i << 2), <f32>(factor * scale));
    store<f32>(correctionY + (<usize>i << 2), <f32>factor);
  }
  return Refusal.None;
}

/** Slice for an axis at column `centre`: float32[size][size]. */
export function makeImage(centre: f64): usize {
  makeRows(centre);
  return makeColumns(0, size, gridRow(0), (grid >> 1) + 1, 0, rowStride);
}

/** The part of the plane that this engine's frequencies reach, transformed by rows. */
export function makeRows(centre: f64): void {
  if (isHalf() || border == 0) {
    makePart(centre, low, high);
    return;
  }
  // As two engines would.
  makePart(centre, low, border);
  const bytes = <usize>padded() << 3;
  for (let i = 0; i < 2 * SHARED; i++) {
    memory.copy(reached + <usize>i * bytes, gridRow(border - SHARED + i), bytes);
  }
  makePart(centre, border, high);
  for (let i = 0; i < 2 * SHARED; i++) {
    addRow(gridRow(border - SHARED + i), reached + <usize>i * bytes, bytes);
  }
}

/** Rows that frequencies from `from` to below `to` in v reach. */
function makePart(centre: f64, from: i32, to: i32): void {
  // An even number of pixels has its middle between two of them.
  gridSpectra(centre, (size & 1) == 0 ? 0.5 : 0, from, to);
  foldPlane(from, to);
  const past = min(to + SHARED, (grid >> 1) + 1);
  for (let v = max(from - SHARED, 0); v < past; v += 4) {
    transformRows(v);
  }
}

/** Add a row that the other part has reached, too; `bytes` is a multiple of 16. */
export function addRow(to: usize, from: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(to + at, f32x4.add(v128.load(to + at), v128.load(from + at)));
  }
}

/**
 * Columns `from` (divisible by STRIP) to below `to` of the slice: float32[size][to - from].
 *
 * @param lower rows 0 to below `split` of these columns of the plane, complex64, `pitch` bytes apart
 * @param upper the rows from `split` on
 */
export function makeColumns(from: i32, to: i32, lower: usize, split: i32, upper: usize, pitch: usize): usize {
  const end = (grid >> 1) + 1;
  for (let column = 0; column < to - from; column += STRIP) {
    const number = min(STRIP, to - from - column);
    const at = <usize>column << 3;
    loadStrip(lower + at, pitch, 0, min(split, end), number);
    loadStrip(upper + at, pitch, split, end, number);
    for (let x = 0; x < number; x += 8) {
      transformColumns(x, from + column + x);
    }
    storeStrip(column, number, to - from);
  }
  maskImage(from, to);
  return picture;
}

/** Position in a transform of pixel `i` of the slice. */
@inline
function wrapped(i: i32): i32 {
  const position = i - (size >> 1);
  return position < 0 ? position + grid : position;
}

/** Inverse transform of four rows of the plane; the pixels of the slice replace its beginning. */
function transformRows(v: i32): void {
  const a = gridRow(v);
  const middle = <usize>(grid >> 1) << 3;
  const work = fft!.work;
  loadRows(work, a + middle, grid >> 1);
  loadRows(work + <usize>(grid >> 1) * ELEMENT, a, grid >> 1);
  const done = transform(fft!);
  const wide = padded();
  let out = a;
  for (let i = 0; i < wide; i += 2) {
    const first = done + <usize>wrapped(i) * ELEMENT;
    const second = done + <usize>wrapped(i + 1) * ELEMENT;
    // Real and imaginary part were exchanged.
    const im0 = v128.load(first);
    const re0 = v128.load(first, 16);
    const im1 = v128.load(second);
    const re1 = v128.load(second, 16);
    const low0 = lowPairs(re0, im0);
    const high0 = highPairs(re0, im0);
    const low1 = lowPairs(re1, im1);
    const high1 = highPairs(re1, im1);
    v128.store(out, lowHalves(low0, low1));
    v128.store(out + rowStride, highHalves(low0, low1));
    v128.store(out + 2 * rowStride, lowHalves(high0, high1));
    v128.store(out + 3 * rowStride, highHalves(high0, high1));
    out += 16;
  }
}

/** `points` of four rows into the lanes, real and imaginary part exchanged. */
function loadRows(out: usize, from: usize, points: i32): void {
  for (let i = 0; i < points; i += 2) {
    const a = v128.load(from);
    const b = v128.load(from + rowStride);
    const c = v128.load(from + 2 * rowStride);
    const d = v128.load(from + 3 * rowStride);
    const lowAB = lowPairs(a, b);
    const lowCD = lowPairs(c, d);
    const highAB = highPairs(a, b);
    const highCD = highPairs(c, d);
    v128.store(out, highHalves(lowAB, lowCD));
    v128.store(out, lowHalves(lowAB, lowCD), 16);
    v128.store(out, highHalves(highAB, highCD), 32);
    v128.store(out, lowHalves(highAB, highCD), 48);
    from += 16;
    out += 2 * ELEMENT;
  }
}

/** Bytes of eight columns of `turned`. */
function eightColumns(): usize {
  return <usize>((grid >> 1) + 1) << 6;
}

/** `number` columns of rows `first` to below `past` of the plane into `turned`; they begin at `from`, `pitch` bytes apart. */
function loadStrip(from: usize, pitch: usize, first: i32, past: i32, number: i32): void {
  const bytes = <usize>((number + 7) & ~7) << 3;
  for (let v = first; v < past; v++) {
    let to = turned + (<usize>v << 6);
    for (let at: usize = 0; at < bytes; at += 64) {
      v128.store(to, v128.load(from + at));
      v128.store(to, v128.load(from + at, 16), 16);
      v128.store(to, v128.load(from + at, 32), 32);
      v128.store(to, v128.load(from + at, 48), 48);
      to += eightColumns();
    }
    from += pitch;
  }
}

/**
 * Inverse transform of eight columns from column `x` of the strip on, two real
 * ones as one complex; `column` is their place in the slice.
 */
function transformColumns(x: i32, column: i32): void {
  const half = grid >> 1;
  const work = fft!.work;
  let from = turned + <usize>(x >> 3) * eightColumns();
  let here = work;
  let mirror = work + <usize>grid * ELEMENT;
  for (let v = 0; v <= half; v++) {
    const p = v128.load(from);
    const q = v128.load(from, 16);
    const r = v128.load(from, 32);
    const s = v128.load(from, 48);
    const lowPQ = lowPairs(p, q);
    const lowRS = lowPairs(r, s);
    const highPQ = highPairs(p, q);
    const highRS = highPairs(r, s);
    const aRe = lowHalves(lowPQ, lowRS);
    const aIm = highHalves(lowPQ, lowRS);
    const bRe = lowHalves(highPQ, highRS);
    const bIm = highHalves(highPQ, highRS);
    if (v > 0 && v < half) {
      v128.store(mirror, f32x4.sub(bRe, aIm));
      v128.store(mirror, f32x4.add(aRe, bIm), 16);
    }
    v128.store(here, f32x4.add(aIm, bRe));
    v128.store(here, f32x4.sub(aRe, bIm), 16);
    here += ELEMENT;
    mirror -= ELEMENT;
    from += 64;
  }
  storeColumns(transform(fft!), column, strip + (<usize>x << 2));
}

/** Eight columns into the strip, corrected for the kernel. */
function storeColumns(done: usize, x: i32, out: usize): void {
  const leftX = v128.load(correctionX + (<usize>x << 2));
  const rightX = v128.load(correctionX + (<usize>x << 2), 16);
  for (let y = 0; y < size; y++) {
    const from = done + <usize>wrapped(y) * ELEMENT;
    const weight = v128.load_splat<f32>(correctionY + (<usize>y << 2));
    const even = f32x4.mul(v128.load(from, 16), weight);
    const odd = f32x4.mul(v128.load(from), weight);
    v128.store(out, f32x4.mul(lowPairs(even, odd), leftX));
    v128.store(out, f32x4.mul(highPairs(even, odd), rightX), 16);
    out += STRIP << 2;
  }
}

/** The strip's `number` columns into a picture of `wide` columns, from column `first` on. */
function storeStrip(first: i32, number: i32, wide: i32): void {
  let from = strip;
  let to = picture + (<usize>first << 2);
  for (let y = 0; y < size; y++) {
    if (number == STRIP) {
      for (let at: usize = 0; at < <usize>STRIP << 2; at += 64) {
        v128.store(to + at, v128.load(from + at));
        v128.store(to + at, v128.load(from + at, 16), 16);
        v128.store(to + at, v128.load(from + at, 32), 32);
        v128.store(to + at, v128.load(from + at, 48), 48);
      }
    } else {
      memory.copy(to, from, <usize>number << 2);
    }
    from += STRIP << 2;
    to += <usize>wide << 2;
  }
}

/** Radius of the field of view in pixels. */
function fieldRadius(): f64 {
  const picture = 0.5 * <f64>max(size, columns);
  return redundant ? min(longerSide(), picture) : 0.5 * <f64>columns;
}

/** Zero outside the disc, in columns `from` to below `to`; the slice is centred on the axis. */
function maskImage(from: i32, to: i32): void {
  if (mask <= 0) {
    return;
  }
  const wide = to - from;
  const radius = mask * fieldRadius();
  const middle = 0.5 * <f64>(size - 1);
  for (let y = 0; y < size; y++) {
    const row = picture + ((<usize>y * <usize>wide) << 2);
    const height = <f64>y - middle;
    const square = radius * radius - height * height;
    const chord = Math.sqrt(max<f64>(square, 0));
    const begin = <i32>max<f64>(Math.ceil(middle - chord), 0);
    const end = <i32>min<f64>(Math.floor(middle + chord) + 1, <f64>size);
    const first = min(max(begin - from, 0), wide);
    const past = square < 0 ? first : min(max(end - from, first), wide);
    memory.fill(row, 0, <usize>first << 2);
    memory.fill(row + (<usize>past << 2), 0, <usize>(wide - past) << 2);
  }
}
