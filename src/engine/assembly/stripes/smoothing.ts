/**
 * A Gaussian window in the Fourier plane of a sinogram, as algotom has it: its
 * middle is half a frequency below zero in both directions, so what it makes
 * of the columns and of the rows is complex, and only the real part counts.
 */
import { columns, count } from '../plan';
import {
  analyseLines,
  byImaginary,
  byReal,
  layOutConvolution,
  LINES,
  putColumns,
  putRows,
  realOfBoth,
  startConvolution,
  takeColumns,
  takeRows
} from './convolution';
import { layOutFrequencies, mostFrequencies, setGaussian } from './lowpass';
import { findMean, layOutPadding, paddedRow, padOf } from './padding';
import { take } from './scratch';

/** uint32 pointers to rows. */
let pointers: usize = 0;
/** float32[count][columns]: imaginary part of what is smooth along the angle. */
let imaginary: usize = 0;

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

export function layOutSmoothing(sigma: f64): void {
  layOutPadding();
  layOutFrequencies(
    max(wide(), high()),
    max(mostFrequencies(sigma, wide()), mostFrequencies(sigmaAlong(), high()))
  );
  layOutConvolution(max(wide(), high()));
  pointers = take(<usize>high() << 2);
  imaginary = take((<usize>count * <usize>columns) << 2);
}

/** From `rows` to `out`, float32[count][columns] both, which may be the same. */
export function smoothPlane(rows: usize, sigma: f64, out: usize): void {
  findMean(rows);
  smoothAlong(rows, out);
  smoothAcross(sigma, out);
}

/** Real part to `out`, the other to `imaginary`. */
function smoothAlong(rows: usize, out: usize): void {
  const pad = padOf(count);
  const pitch = <usize>columns << 2;
  for (let row = 0; row < high(); row++) {
    store<u32>(pointers + (<usize>row << 2), <u32>paddedRow(rows, row, pad));
  }
  setGaussian(high(), sigmaAlong(), 0.5, (high() & 1) != 0);
  startConvolution(high());
  for (let column = 0; column < columns; column += LINES) {
    putColumns(pointers, high(), column, columns);
    analyseLines(high());
    takeColumns(byReal(), pad, pad + count, out, pitch, column, columns);
    takeColumns(byImaginary(), pad, pad + count, imaginary, pitch, column, columns);
  }
}

/** From `out` and `imaginary` to `out`. */
function smoothAcross(sigma: f64, out: usize): void {
  const pad = padOf(count);
  const pitch = <usize>columns << 2;
  setGaussian(wide(), sigma, 0.5, (wide() & 1) != 0);
  startConvolution(wide());
  for (let row = 0; row < count; row += LINES) {
    putRows(out, row, count, pitch, columns, pad);
    analyseLines(wide());
    putRows(imaginary, row, count, pitch, columns, pad);
    takeRows(realOfBoth(wide()), pad, out, row, count, pitch, columns);
  }
}
