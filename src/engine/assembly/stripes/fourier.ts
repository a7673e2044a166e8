/**
 * Removal of stripes in the Fourier plane: Raven 1998.
 *
 * A Butterworth window acts across columns on the few frequencies along the
 * angle around zero. The rest of the plane stays, so only these are
 * transformed, and what they lose is subtracted.
 */
import { ELEMENT } from '../fft';
import { columns, count } from '../plan';
import { layOutConvolution, lineAt, lossOfComplex, startConvolution } from './convolution';
import {
  analyse,
  coefficientBytes,
  even,
  layOutFrequencies,
  odd,
  setFrequencies,
  synthesise
} from './lowpass';
import { findMean, layOutPadding, paddedRow, padOf } from './padding';
import { take } from './scratch';

/** Lines that are transformed together: they are complex. */
const TOGETHER = 4;

/** uint32[rows with the padding] */
let pointers: usize = 0;
/** float32[frequencies][2][pitch / 4]: along the angle; of the real loss; of the imaginary one. */
let coefficients: usize = 0;
let real: usize = 0;
let imaginary: usize = 0;
/** float32[count][pitch / 4] each. */
let realLoss: usize = 0;
let imaginaryLoss: usize = 0;

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
  layOutFrequencies(max(high(), wide()), max(most, (wide() >> 1) + 1));
  layOutConvolution(wide());
  pointers = take(<usize>high() << 2);
  coefficients = take(coefficientBytes(most, pitch()));
  real = take(coefficientBytes(most, pitch()));
  imaginary = take(coefficientBytes(most, pitch()));
  realLoss = take(<usize>count * pitch());
  imaginaryLoss = take(<usize>count * pitch());
}

/** `rows`: float32[count][columns], finite, replaced by the result. */
export function removeByFourier(rows: usize, cutoff: f64, order: f64, asked: i32): void {
  if (columns < 2) {
    return;
  }
  const pad = padOf(min(count, columns));
  const most = reach(asked);
  const number = most + 2;
  findMean(rows, <usize>columns << 2);
  for (let row = 0; row < high(); row++) {
    store<u32>(pointers + (<usize>row << 2), <u32>paddedRow(rows, row, pad, <usize>columns << 2));
  }
  setFrequencies(high(), number);
  analyse(pointers, columns, coefficients, pitch());
  memory.fill(real, 0, coefficientBytes(number, pitch()));
  memory.fill(imaginary, 0, coefficientBytes(number, pitch()));
  setButterworth(cutoff, order);
  startConvolution(wide());
  // As algotom has it: with an even number of rows the middle is frequency -1.
  const middle = high() & 1 ? 0 : -1;
  for (let first = middle - most; first <= middle + most; first += TOGETHER) {
    const past = min(first + TOGETHER, middle + most + 1);
    for (let lane = 0; lane < TOGETHER; lane++) {
      // There may be no more.
      putLine(min(first + lane, past - 1), pad, lane);
    }
    const lines = lossOfComplex(wide());
    for (let frequency = first; frequency < past; frequency++) {
      addLoss(lines + (<usize>(frequency - first) << 2), frequency, pad);
    }
  }
  setFrequencies(high(), number);
  synthesise(real, columns, pitch(), pad, pad + count, realLoss, pitch());
  synthesise(imaginary, columns, pitch(), pad, pad + count, imaginaryLoss, pitch());
  subtract(rows);
}

/** What stays across columns, as weights of their frequencies. */
function setButterworth(cutoff: f64, order: f64): void {
  const long = wide();
  setFrequencies(long, (long >> 1) + 1);
  // As above, with an even number of columns the middle is frequency -1.
  const middle = long & 1 ? 0 : -1;
  for (let k = 0; k <= long >> 1; k++) {
    const plus = 2 * k < long ? butterworth(<f64>(k - middle), cutoff, order) : 0;
    const minus = k > 0 ? butterworth(<f64>(k + middle), cutoff, order) : 0;
    store<f64>(even + (<usize>k << 3), (plus + minus) / <f64>long);
    store<f64>(odd + (<usize>k << 3), (plus - minus) / <f64>long);
  }
}

function butterworth(frequency: f64, cutoff: f64, order: f64): f64 {
  return 1 / (1 + Math.pow(Math.abs(frequency) / cutoff, 2 * order));
}

/** Coefficients of a frequency along the angle, with the ends continued. */
function putLine(frequency: i32, pad: i32, lane: i32): void {
  const from = coefficients + 2 * <usize>abs(frequency) * pitch();
  const sign: f32 = frequency < 0 ? 1 : -1;
  let to = lineAt(0) + (<usize>lane << 2);
  for (let i = 0; i < wide(); i++, to += ELEMENT) {
    const column = <usize>min(max(i - pad, 0), columns - 1) << 2;
    store<f32>(to, load<f32>(from + column));
    store<f32>(to, sign * load<f32>(from + pitch() + column), 16);
  }
}

/** Add what a line loses, imaginary part first, to the coefficients of the losses. */
function addLoss(line: usize, frequency: i32, pad: i32): void {
  const at: usize = 2 * <usize>abs(frequency) * pitch();
  const sign: f32 = frequency < 0 ? -1 : 1;
  const share = <f32>(1 / <f64>high());
  for (let column = 0; column < columns; column++) {
    const from = line + <usize>(column + pad) * ELEMENT;
    const re = share * load<f32>(from, 16);
    const im = share * load<f32>(from);
    const place = at + (<usize>column << 2);
    add(real + place, re);
    add(real + place + pitch(), -sign * im);
    add(imaginary + place, im);
    add(imaginary + place + pitch(), sign * re);
  }
}

@inline
function add(at: usize, value: f32): void {
  store<f32>(at, load<f32>(at) + value);
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
