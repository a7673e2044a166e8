/**
 * Removal of stripes in the Fourier plane: Raven 1998.
 *
 * A Butterworth window acts across columns on the few frequencies along the
 * angle around zero. The rest of the plane stays, so only these are
 * transformed, and what they lose is subtracted.
 */
import { columns, count } from '../plan';
import {
  analyse,
  coefficientBytes,
  layOutFrequencies,
  setFrequencies,
  synthesise
} from './lowpass';
import { findMean, layOutPadding, paddedRow, padOf } from './padding';
import { take } from './scratch';

/** The window is zero below this. */
const LEAST: f64 = 1e-7;

/** uint32[rows with the padding] */
let pointers: usize = 0;
/** float32[frequencies][2][pitch / 4]: along the angle; of the real loss; of the imaginary one. */
let coefficients: usize = 0;
let real: usize = 0;
let imaginary: usize = 0;
/** float32[count][pitch / 4] each. */
let realLoss: usize = 0;
let imaginaryLoss: usize = 0;
/** float64[columns with the padding] each. */
let lineRe: usize = 0;
let lineIm: usize = 0;
let lowRe: usize = 0;
let lowIm: usize = 0;
let cosines: usize = 0;
let sines: usize = 0;

function pitch(): usize {
  return <usize>((columns + 3) & ~3) << 2;
}

/** Columns with the padding. */
function wide(): i32 {
  return columns + 2 * padOf(min(count, columns));
}

/** Rows with the padding. */
function high(): i32 {
  return count + 2 * padOf(min(count, columns));
}

/** Frequencies along the angle on both sides of the middle one. */
function reach(asked: i32): i32 {
  return min(asked, (high() - 1) >> 1);
}

export function layOutFourier(rows: i32): void {
  const most = reach(rows) + 2;
  layOutPadding();
  layOutFrequencies(high(), most);
  pointers = take(<usize>high() << 2);
  coefficients = take(coefficientBytes(most, pitch()));
  real = take(coefficientBytes(most, pitch()));
  imaginary = take(coefficientBytes(most, pitch()));
  realLoss = take(<usize>count * pitch());
  imaginaryLoss = take(<usize>count * pitch());
  const line = <usize>wide() << 3;
  lineRe = take(line);
  lineIm = take(line);
  lowRe = take(line);
  lowIm = take(line);
  cosines = take(line);
  sines = take(line);
}

/** `rows`: float32[count][columns], finite, replaced by the result. */
export function removeByFourier(rows: usize, cutoff: f64, order: f64, asked: i32): void {
  if (columns < 2) {
    return;
  }
  const pad = padOf(min(count, columns));
  const most = reach(asked);
  const number = most + 2;
  findMean(rows);
  for (let row = 0; row < high(); row++) {
    store<u32>(pointers + (<usize>row << 2), <u32>paddedRow(rows, row, pad));
  }
  setFrequencies(high(), number);
  analyse(pointers, columns, coefficients, pitch());
  memory.fill(real, 0, coefficientBytes(number, pitch()));
  memory.fill(imaginary, 0, coefficientBytes(number, pitch()));
  setTables();
  // As algotom has it: with an even number of rows the middle is frequency -1.
  const middle = high() & 1 ? 0 : -1;
  for (let frequency = middle - most; frequency <= middle + most; frequency++) {
    loadLine(frequency, pad);
    findLow(cutoff, order);
    addLoss(frequency, pad);
  }
  synthesise(real, columns, pitch(), pad, pad + count, realLoss, pitch());
  synthesise(imaginary, columns, pitch(), pad, pad + count, imaginaryLoss, pitch());
  subtract(rows);
}

function setTables(): void {
  for (let i = 0; i < wide(); i++) {
    const angle = (2 * Math.PI * <f64>i) / <f64>wide();
    store<f64>(cosines + (<usize>i << 3), Math.cos(angle));
    store<f64>(sines + (<usize>i << 3), Math.sin(angle));
  }
}

/** Coefficients of a frequency along the angle, with the ends continued. */
function loadLine(frequency: i32, pad: i32): void {
  const from = coefficients + 2 * <usize>abs(frequency) * pitch();
  const sign: f64 = frequency < 0 ? 1 : -1;
  for (let i = 0; i < wide(); i++) {
    const column = <usize>min(max(i - pad, 0), columns - 1) << 2;
    store<f64>(lineRe + (<usize>i << 3), <f64>load<f32>(from + column));
    store<f64>(lineIm + (<usize>i << 3), sign * <f64>load<f32>(from + pitch() + column));
  }
}

/** Part of the line that the window lets through. */
function findLow(cutoff: f64, order: f64): void {
  memory.fill(lowRe, 0, <usize>wide() << 3);
  memory.fill(lowIm, 0, <usize>wide() << 3);
  const middle = wide() & 1 ? 0 : -1;
  const last = (wide() - 1) >> 1;
  for (let frequency = -(wide() >> 1); frequency <= last; frequency++) {
    const weight = 1 / (1 + Math.pow(Math.abs(<f64>(frequency - middle)) / cutoff, 2 * order));
    if (weight >= LEAST) {
      addFrequency(frequency, weight / <f64>wide());
    }
  }
}

/** Add a frequency of the line, times `weight`. */
function addFrequency(frequency: i32, weight: f64): void {
  const step = frequency < 0 ? frequency + wide() : frequency;
  let re: f64 = 0;
  let im: f64 = 0;
  let place = 0;
  for (let i: usize = 0; i < <usize>wide() << 3; i += 8) {
    const cos = load<f64>(cosines + (<usize>place << 3));
    const sin = load<f64>(sines + (<usize>place << 3));
    re += load<f64>(lineRe + i) * cos + load<f64>(lineIm + i) * sin;
    im += load<f64>(lineIm + i) * cos - load<f64>(lineRe + i) * sin;
    place += step;
    place -= place >= wide() ? wide() : 0;
  }
  re *= weight;
  im *= weight;
  place = 0;
  for (let i: usize = 0; i < <usize>wide() << 3; i += 8) {
    const cos = load<f64>(cosines + (<usize>place << 3));
    const sin = load<f64>(sines + (<usize>place << 3));
    store<f64>(lowRe + i, load<f64>(lowRe + i) + re * cos - im * sin);
    store<f64>(lowIm + i, load<f64>(lowIm + i) + re * sin + im * cos);
    place += step;
    place -= place >= wide() ? wide() : 0;
  }
}

/** Add what the line loses to the coefficients of the losses. */
function addLoss(frequency: i32, pad: i32): void {
  const at: usize = 2 * <usize>abs(frequency) * pitch();
  const sign: f64 = frequency < 0 ? -1 : 1;
  const share = 1 / <f64>high();
  for (let column = 0; column < columns; column++) {
    const i = <usize>(column + pad) << 3;
    const re = share * (load<f64>(lineRe + i) - load<f64>(lowRe + i));
    const im = share * (load<f64>(lineIm + i) - load<f64>(lowIm + i));
    const place = at + (<usize>column << 2);
    add(real + place, re);
    add(real + place + pitch(), -sign * im);
    add(imaginary + place, im);
    add(imaginary + place + pitch(), sign * re);
  }
}

@inline
function add(at: usize, value: f64): void {
  store<f32>(at, load<f32>(at) + <f32>value);
}

/**
 * What is left is complex where the middle is not frequency 0; its magnitude
 * is taken, with the sign of the real part.
 */
function subtract(rows: usize): void {
  for (let row: usize = 0; row < <usize>count; row++) {
    const loss = realLoss + row * pitch();
    const other = imaginaryLoss + row * pitch();
    const to = rows + ((row * <usize>columns) << 2);
    for (let at: usize = 0; at < <usize>columns << 2; at += 4) {
      const re = <f64>load<f32>(to + at) - <f64>load<f32>(loss + at);
      const im = <f64>load<f32>(other + at);
      store<f32>(to + at, <f32>(Math.sqrt(re * re + im * im) * (re < 0 ? -1 : 1)));
    }
  }
}
