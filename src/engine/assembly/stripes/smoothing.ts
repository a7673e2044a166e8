/**
 * A Gaussian window in the Fourier plane of a sinogram, as algotom has it: its
 * middle is half a frequency below zero in both directions, so the columns
 * and the angle cannot be treated one after the other as real numbers.
 */
import { columns, count } from '../plan';
import {
  analyse,
  coefficientBytes,
  even,
  frequencies,
  layOutFrequencies,
  mostFrequencies,
  odd,
  setGaussian,
  synthesise,
  weigh,
  weighImaginary
} from './lowpass';
import { findMean, layOutPadding, paddedRow, padOf } from './padding';
import { take } from './scratch';

/** uint32 pointers to lines. */
let pointers: usize = 0;
/** float32[columns][rows with the padding]: the other way round; then the result. */
let turned: usize = 0;
/** float32[frequencies][2][rows]: across columns. */
let across: usize = 0;
/** float32[rows][2 frequencies]: the same, a row after the other. */
let table: usize = 0;
/** float32[frequencies][2][2 frequencies]: along the angle, twice. */
let along: usize = 0;
let alongToo: usize = 0;
/** float32[count][2 frequencies] each. */
let real: usize = 0;
let imaginary: usize = 0;

function pad(): i32 {
  return padOf(count);
}

function high(): i32 {
  return count + 2 * pad();
}

function wide(): i32 {
  return columns + 2 * pad();
}

function bytesOf(width: i32): usize {
  return <usize>((width + 3) & ~3) << 2;
}

/** Width of the Gaussian along the angle. */
function sigmaAlong(): f64 {
  return <f64>max(min(60, <i32>(0.1 * <f64>columns)), 10);
}

export function layOutSmoothing(sigma: f64): void {
  const mostAcross = mostFrequencies(sigma, wide());
  const mostAlong = mostFrequencies(sigmaAlong(), high());
  const lines = bytesOf(2 * mostAcross);
  layOutPadding();
  layOutFrequencies(max(wide(), high()), max(mostAcross, mostAlong));
  pointers = take(<usize>max(wide(), high()) << 2);
  turned = take(<usize>columns * bytesOf(high()));
  across = take(coefficientBytes(mostAcross, bytesOf(high())));
  table = take(<usize>high() * lines);
  along = take(coefficientBytes(mostAlong, lines));
  alongToo = take(coefficientBytes(mostAlong, lines));
  real = take(<usize>count * lines);
  imaginary = take(<usize>count * lines);
}

/** From `rows` to `out`, float32[count][columns] both, which may be the same. */
export function smoothPlane(rows: usize, sigma: f64, out: usize): void {
  findMean(rows);
  turnRound(rows);
  for (let i = 0; i < wide(); i++) {
    const column = <usize>min(max(i - pad(), 0), columns - 1);
    store<u32>(pointers + (<usize>i << 2), <u32>(turned + column * bytesOf(high())));
  }
  setGaussian(wide(), sigma, 0.5, (wide() & 1) != 0);
  analyse(pointers, high(), across, bytesOf(high()));
  const number = frequencies;
  smoothAlong(2 * number);
  setGaussian(wide(), sigma, 0.5, (wide() & 1) != 0);
  combine(number);
  synthesise(across, count, bytesOf(high()), pad(), pad() + columns, turned, bytesOf(high()));
  for (let row: usize = 0; row < <usize>count; row++) {
    for (let column: usize = 0; column < <usize>columns; column++) {
      const value = load<f32>(turned + column * bytesOf(high()) + (row << 2));
      store<f32>(out + ((row * <usize>columns + column) << 2), value);
    }
  }
}

/** Columns become lines, with the padding at their ends. */
function turnRound(rows: usize): void {
  for (let row = 0; row < high(); row++) {
    const from = paddedRow(rows, row, pad());
    const to = turned + (<usize>row << 2);
    for (let column: usize = 0; column < <usize>columns; column++) {
      store<f32>(to + column * bytesOf(high()), load<f32>(from + (column << 2)));
    }
  }
}

/** Low frequencies along the angle of the `lines` of `across`: real and imaginary part. */
function smoothAlong(lines: i32): void {
  const pitch = bytesOf(lines);
  for (let row: usize = 0; row < <usize>high(); row++) {
    const to = table + row * pitch;
    store<u32>(pointers + (row << 2), <u32>to);
    for (let line: usize = 0; line < <usize>lines; line++) {
      store<f32>(to + (line << 2), load<f32>(across + line * bytesOf(high()) + (row << 2)));
    }
  }
  setGaussian(high(), sigmaAlong(), 0.5, (high() & 1) != 0);
  analyse(pointers, lines, along, pitch);
  memory.copy(alongToo, along, coefficientBytes(frequencies, pitch));
  weigh(along, lines, pitch);
  synthesise(along, lines, pitch, pad(), pad() + count, real, pitch);
  weighImaginary(alongToo, lines, pitch);
  synthesise(alongToo, lines, pitch, pad(), pad() + count, imaginary, pitch);
}

/** Coefficients across columns of what is left, weighed. */
function combine(number: i32): void {
  const pitch = bytesOf(2 * number);
  for (let k: usize = 0; k < <usize>number; k++) {
    const both = <f32>load<f64>(even + (k << 3));
    const unlike = <f32>load<f64>(odd + (k << 3));
    const cos = across + 2 * k * bytesOf(high());
    const sin = cos + bytesOf(high());
    for (let row: usize = 0; row < <usize>count; row++) {
      const at = row * pitch + (k << 3);
      const value = both * load<f32>(real + at) + unlike * load<f32>(imaginary + at, 4);
      const other = both * load<f32>(real + at, 4) - unlike * load<f32>(imaginary + at);
      store<f32>(cos + (row << 2), value);
      store<f32>(sin + (row << 2), other);
    }
  }
}
