/**
 * Polynomials fitted to a window that slides along the angle (Savitzky and
 * Golay 1964), ends mirrored.
 *
 * The window is as long as the sinogram, so it is not added up anew for each
 * row: running sums of the values times powers of their place give every
 * moment of every window.
 */
import { columns, count } from '../plan';
import { take } from './scratch';

/** Powers up to the fourth. */
const POWERS: usize = 5;

/** float64[rows with the mirrored ones + 1][POWERS] */
let sums: usize = 0;
/** float64[3]: of the powers 0, 2 and 4 of the distance from the middle. */
let kernel: usize = 0;

/** Rows of the window: odd. */
function windowRows(): i32 {
  return count & 1 ? count : max(count - 1, 1);
}

export function layOutSavgol(): void {
  sums = take(<usize>(count + windowRows() + 1) * POWERS * 8);
  kernel = take(24);
}

/** Polynomials of `order` through the columns of `rows`, to `out`; float32[count][columns] both. */
export function fitColumns(rows: usize, order: i32, out: usize): void {
  setKernel(order);
  for (let column = 0; column < columns; column++) {
    sumColumn(rows + (<usize>column << 2));
    fitColumn(out + (<usize>column << 2));
  }
}

/** Sum of a power of the distances in the window, which reach from -1/2 to 1/2. */
function moment(power: i32): f64 {
  const length = windowRows();
  let sum: f64 = 0;
  for (let i = -(length >> 1); i <= length >> 1; i++) {
    const distance = <f64>i / <f64>length;
    let product: f64 = 1;
    for (let k = 0; k < power; k++) {
      product *= distance;
    }
    sum += product;
  }
  return sum;
}

/** Least squares: the value in the middle, as even powers of the distance. */
function setKernel(order: i32): void {
  const degree = min(order, windowRows() - 1) >> 1;
  const m0 = moment(0);
  const m2 = moment(2);
  const m4 = moment(4);
  store<f64>(kernel, 0, 8);
  store<f64>(kernel, 0, 16);
  if (degree == 0) {
    store<f64>(kernel, 1 / m0);
  } else if (degree == 1) {
    const determinant = m0 * m4 - m2 * m2;
    store<f64>(kernel, m4 / determinant);
    store<f64>(kernel, -m2 / determinant, 8);
  } else {
    const m6 = moment(6);
    const m8 = moment(8);
    const a = m4 * m8 - m6 * m6;
    const b = m4 * m6 - m2 * m8;
    const c = m2 * m6 - m4 * m4;
    const determinant = m0 * a + m2 * b + m4 * c;
    store<f64>(kernel, a / determinant);
    store<f64>(kernel, b / determinant, 8);
    store<f64>(kernel, c / determinant, 16);
  }
}

/** Running sums of a column that is mirrored around its first and last row. */
function sumColumn(column: usize): void {
  const length = windowRows();
  const half = length >> 1;
  const pitch = <usize>columns << 2;
  const scale = 1 / <f64>length;
  let at = sums;
  memory.fill(at, 0, POWERS * 8);
  for (let i = -half; i < count + half; i++) {
    let inside = abs(i);
    inside = inside < count ? inside : 2 * (count - 1) - inside;
    let value = <f64>load<f32>(column + <usize>inside * pitch);
    const place = (<f64>i - 0.5 * <f64>count) * scale;
    for (let power: usize = 0; power < POWERS; power++) {
      store<f64>(at + ((power + POWERS) << 3), load<f64>(at + (power << 3)) + value);
      value *= place;
    }
    at += POWERS * 8;
  }
}

/** From the sums to the polynomials' values. */
function fitColumn(out: usize): void {
  const length = windowRows();
  const scale = 1 / <f64>length;
  const c0 = load<f64>(kernel);
  const c2 = load<f64>(kernel, 8);
  const c4 = load<f64>(kernel, 16);
  for (let row = 0; row < count; row++) {
    const from = sums + <usize>row * POWERS * 8;
    const to = from + <usize>length * POWERS * 8;
    const s0 = load<f64>(to) - load<f64>(from);
    const s1 = load<f64>(to, 8) - load<f64>(from, 8);
    const s2 = load<f64>(to, 16) - load<f64>(from, 16);
    const s3 = load<f64>(to, 24) - load<f64>(from, 24);
    const s4 = load<f64>(to, 32) - load<f64>(from, 32);
    const v = (<f64>row - 0.5 * <f64>count) * scale;
    const second = s2 - v * (2 * s1 - v * s0);
    const fourth = s4 - v * (4 * s3 - v * (6 * s2 - v * (4 * s1 - v * s0)));
    store<f32>(out + ((<usize>row * <usize>columns) << 2), <f32>(c0 * s0 + c2 * second + c4 * fourth));
  }
}
