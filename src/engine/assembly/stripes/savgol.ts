/**
 * Polynomials fitted to a window that slides along the angle (Savitzky and
 * Golay 1964), ends mirrored.
 *
 * The window is as long as the sinogram, so it is not added up anew for each
 * row: running sums of the values times powers of their place give every
 * moment of every window. Columns go two by two.
 */
import { columns, count } from '../plan';
import { take } from './scratch';

/** Powers up to the fourth. */
const POWERS: usize = 5;

/** Bytes of the sums of a row: of two columns. */
const SUMS: usize = POWERS << 4;

/** float64[rows with the mirrored ones + 1][POWERS][2] */
let sums: usize = 0;
/** float64[3]: of the powers 0, 2 and 4 of the distance from the middle. */
let kernel: usize = 0;

/** Rows of the window: odd. */
function windowRows(): i32 {
  return count & 1 ? count : max(count - 1, 1);
}

export function layOutSavgol(): void {
  sums = take(<usize>(count + windowRows() + 1) * SUMS);
  kernel = take(24);
}

/** Polynomials of `order` through the columns of `rows`, to `out`; float32[count][columns] both. */
export function fitColumns(rows: usize, order: i32, out: usize): void {
  setKernel(order);
  for (let column = 0; column < columns; column += 2) {
    sumPair(rows + (<usize>column << 2));
    fitPair(out + (<usize>column << 2), column + 1 < columns);
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

/** Running sums of two columns that are mirrored around their first and last row. */
function sumPair(column: usize): void {
  const length = windowRows();
  const half = length >> 1;
  const pitch = <usize>columns << 2;
  const scale = 1 / <f64>length;
  let at = sums;
  memory.fill(at, 0, SUMS);
  for (let i = -half; i < count + half; i++) {
    let inside = abs(i);
    inside = inside < count ? inside : 2 * (count - 1) - inside;
    // Beyond the last column is whatever is there; it is not stored.
    let value = f64x2.promote_low_f32x4(v128.load64_zero(column + <usize>inside * pitch));
    const place = f64x2.splat((<f64>i - 0.5 * <f64>count) * scale);
    for (let power: usize = 0; power < SUMS; power += 16) {
      v128.store(at + power + SUMS, f64x2.add(v128.load(at + power), value));
      value = f64x2.mul(value, place);
    }
    at += SUMS;
  }
}

/** The sum of a power over a window. */
@inline
function part(from: usize, to: usize, power: usize): v128 {
  return f64x2.sub(v128.load(to + (power << 4)), v128.load(from + (power << 4)));
}

/** From the sums to the polynomials' values. */
function fitPair(out: usize, both: bool): void {
  const length = windowRows();
  const scale = 1 / <f64>length;
  const c0 = v128.load_splat<f64>(kernel);
  const c2 = v128.load_splat<f64>(kernel, 8);
  const c4 = v128.load_splat<f64>(kernel, 16);
  const two = f64x2.splat(2);
  const four = f64x2.splat(4);
  const six = f64x2.splat(6);
  for (let row = 0; row < count; row++) {
    const from = sums + <usize>row * SUMS;
    const to = from + <usize>length * SUMS;
    const s0 = part(from, to, 0);
    const s1 = part(from, to, 1);
    const s2 = part(from, to, 2);
    const s3 = part(from, to, 3);
    const s4 = part(from, to, 4);
    const v = f64x2.splat((<f64>row - 0.5 * <f64>count) * scale);
    const vs0 = f64x2.mul(v, s0);
    // s2 - v (2 s1 - v s0), and s4 - v (4 s3 - v (6 s2 - v (4 s1 - v s0)))
    const second = f64x2.sub(s2, f64x2.mul(v, f64x2.sub(f64x2.mul(two, s1), vs0)));
    const inner = f64x2.mul(v, f64x2.sub(f64x2.mul(four, s1), vs0));
    const outer = f64x2.mul(v, f64x2.sub(f64x2.mul(six, s2), inner));
    const fourth = f64x2.sub(s4, f64x2.mul(v, f64x2.sub(f64x2.mul(four, s3), outer)));
    const value = f32x4.demote_f64x2_zero(
      f64x2.add(f64x2.add(f64x2.mul(c0, s0), f64x2.mul(c2, second)), f64x2.mul(c4, fourth))
    );
    const at = out + ((<usize>row * <usize>columns) << 2);
    if (both) {
      store<u64>(at, i64x2.extract_lane(value, 0));
    } else {
      store<f32>(at, f32x4.extract_lane(value, 0));
    }
  }
}
