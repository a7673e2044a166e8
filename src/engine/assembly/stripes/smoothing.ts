/**
 * A Gaussian window in the Fourier plane of a sinogram, as algotom has it: its
 * middle is half a frequency below zero in both directions, so what it makes
 * of the columns and of the rows is complex, and only the real part counts.
 */
import { goodLength } from '../fft';
import { columns, count } from '../plan';
import {
  analyseLines,
  byImaginary,
  byReal,
  layOutTransforms,
  lineAt,
  LINES,
  putColumns,
  putRows,
  realOfBoth,
  startConvolution,
  startKernel,
  takeColumns,
  takeRows
} from './convolution';
import { kernelAt, layOutFrequencies, mostFrequencies, reachOf, setGaussian } from './lowpass';
import { findMean, layOutPadding, paddedRow, padOf } from './padding';
import { take } from './scratch';

/** Columns that are smoothed along the angle together, as far as a kernel reaches: they stay in the nearest cache. */
const BLOCK = 64;

/** uint32 pointers to rows. */
let pointers: usize = 0;
/** float32[count][pitch / 4]: imaginary part of what is smooth along the angle. */
let imaginary: usize = 0;
/** float32[][2]: the kernel along the angle, real and imaginary part. */
let weights: usize = 0;

/** Bytes from a row to the next: an odd number of cache lines, so that a column's do not get into each other's way. */
export function smoothPitch(): usize {
  return (((<usize>columns << 2) + 63) & ~63) | 64;
}

function high(): i32 {
  return count + 2 * padOf(count);
}

function wide(): i32 {
  return columns + 2 * padOf(count);
}

/** Width of the Gaussian along the angle. */
function sigmaAlong(): f64 {
  return <f64>max(min(60, <i32>(0.1 * <f64>columns)), 10);
}

/** Whether few rows around make what is smooth along the angle; else transforms do. */
function isNear(): bool {
  return reachOf(sigmaAlong(), high()) <= padOf(count);
}

/** Length of the transforms across columns. */
function lengthAcross(sigma: f64): i32 {
  return goodLength(<f64>(columns + 2 * reachOf(sigma, wide())));
}

function lengthAlong(): i32 {
  return goodLength(<f64>(2 * high() - 1));
}

export function layOutSmoothing(sigma: f64): void {
  layOutPadding();
  layOutFrequencies(
    max(wide(), high()),
    max(mostFrequencies(sigma, wide()), mostFrequencies(sigmaAlong(), high()))
  );
  layOutTransforms(isNear() ? lengthAcross(sigma) : max(lengthAcross(sigma), lengthAlong()));
  pointers = take(<usize>high() << 2);
  weights = take(<usize>(padOf(count) + 1) << 3);
  imaginary = take(<usize>count * smoothPitch());
}

/** From `rows` to `out`, float32[count][smoothPitch() / 4] both. */
export function smoothPlane(rows: usize, sigma: f64, out: usize): void {
  const pitch = smoothPitch();
  const pad = padOf(count);
  findMean(rows, pitch);
  for (let row = 0; row < high(); row++) {
    store<u32>(pointers + (<usize>row << 2), <u32>paddedRow(rows, row, pad, pitch));
  }
  setGaussian(high(), sigmaAlong(), 0.5, (high() & 1) != 0);
  if (isNear()) {
    addUpAlong(out);
  } else {
    transformAlong(out);
  }
  smoothAcross(sigma, out);
}

/** Real part to `out`, the other to `imaginary`. */
function transformAlong(out: usize): void {
  const pad = padOf(count);
  const pitch = smoothPitch();
  startConvolution(high());
  for (let column = 0; column < columns; column += LINES) {
    putColumns(pointers, high(), column, columns);
    analyseLines(high());
    takeColumns(byReal(), pad, pad + count, out, pitch, column, columns);
    takeColumns(byImaginary(), pad, pad + count, imaginary, pitch, column, columns);
  }
}

/** The same where the kernel reaches no farther than the rows that go on at the ends. */
function addUpAlong(out: usize): void {
  const reach = reachOf(sigmaAlong(), high());
  for (let distance = 0; distance <= reach; distance++) {
    const pair = f32x4.demote_f64x2_zero(kernelAt(distance));
    store<u64>(weights + (<usize>distance << 3), i64x2.extract_lane(pair, 0));
  }
  const pitch = smoothPitch();
  for (let column = 0; column < columns; column += BLOCK) {
    const first = <usize>column << 2;
    const end = <usize>min(column + BLOCK, columns) << 2;
    for (let row = 0; row < count; row++) {
      const line = <usize>row * pitch;
      for (let at = first; at < end; at += 64) {
        addUp(row + padOf(count), reach, at, out + line + at, imaginary + line + at);
      }
    }
  }
}

/** Sixteen columns of a row. */
@inline
function addUp(row: i32, reach: i32, column: usize, real: usize, other: usize): void {
  const middle = pointers + (<usize>row << 2);
  const own = <usize>load<u32>(middle) + column;
  const weight = v128.load_splat<f32>(weights);
  let re0 = f32x4.mul(weight, v128.load(own));
  let re1 = f32x4.mul(weight, v128.load(own, 16));
  let re2 = f32x4.mul(weight, v128.load(own, 32));
  let re3 = f32x4.mul(weight, v128.load(own, 48));
  let im0 = f32x4.splat(0);
  let im1 = f32x4.splat(0);
  let im2 = f32x4.splat(0);
  let im3 = f32x4.splat(0);
  for (let distance: usize = 1; distance <= <usize>reach; distance++) {
    // The real part is even, the imaginary one odd.
    const before = <usize>load<u32>(middle - (distance << 2)) + column;
    const after = <usize>load<u32>(middle + (distance << 2)) + column;
    const even = v128.load_splat<f32>(weights + (distance << 3));
    const odd = v128.load_splat<f32>(weights + (distance << 3), 4);
    const before0 = v128.load(before);
    const after0 = v128.load(after);
    re0 = f32x4.add(re0, f32x4.mul(even, f32x4.add(before0, after0)));
    im0 = f32x4.add(im0, f32x4.mul(odd, f32x4.sub(before0, after0)));
    const before1 = v128.load(before, 16);
    const after1 = v128.load(after, 16);
    re1 = f32x4.add(re1, f32x4.mul(even, f32x4.add(before1, after1)));
    im1 = f32x4.add(im1, f32x4.mul(odd, f32x4.sub(before1, after1)));
    const before2 = v128.load(before, 32);
    const after2 = v128.load(after, 32);
    re2 = f32x4.add(re2, f32x4.mul(even, f32x4.add(before2, after2)));
    im2 = f32x4.add(im2, f32x4.mul(odd, f32x4.sub(before2, after2)));
    const before3 = v128.load(before, 48);
    const after3 = v128.load(after, 48);
    re3 = f32x4.add(re3, f32x4.mul(even, f32x4.add(before3, after3)));
    im3 = f32x4.add(im3, f32x4.mul(odd, f32x4.sub(before3, after3)));
  }
  v128.store(real, re0);
  v128.store(real, re1, 16);
  v128.store(real, re2, 32);
  v128.store(real, re3, 48);
  v128.store(other, im0);
  v128.store(other, im1, 16);
  v128.store(other, im2, 32);
  v128.store(other, im3, 48);
}

/** From `out` and `imaginary` to `out`. */
function smoothAcross(sigma: f64, out: usize): void {
  const pitch = smoothPitch();
  const reach = reachOf(sigma, wide());
  const line = columns + 2 * reach;
  setGaussian(wide(), sigma, 0.5, (wide() & 1) != 0);
  startKernel(lengthAcross(sigma), reach, wide());
  for (let row = 0; row < count; row += LINES) {
    putRows(out, row, count, pitch, columns, reach);
    goOn(reach);
    analyseLines(line);
    putRows(imaginary, row, count, pitch, columns, reach);
    goOn(reach);
    takeRows(realOfBoth(line), reach, out, row, count, pitch, columns);
  }
}

/** Lines go on at both ends with what they end with, and then come round: with the other sign where frequencies are odd multiples of a half. */
function goOn(reach: i32): void {
  const pad = padOf(count);
  for (let i = -reach; i < columns + reach; i++) {
    if (i == 0) {
      i = columns;
    }
    let from = i;
    let sign: f32 = 1;
    if (i < -pad || i >= columns + pad) {
      from += i < 0 ? wide() : -wide();
      sign = wide() & 1 ? -1 : 1;
    }
    const source = lineAt(reach + min(max(from, 0), columns - 1));
    const to = lineAt(reach + i);
    const factor = f32x4.splat(sign);
    v128.store(to, f32x4.mul(factor, v128.load(source)));
    v128.store(to, f32x4.mul(factor, v128.load(source, 16)), 16);
  }
}
