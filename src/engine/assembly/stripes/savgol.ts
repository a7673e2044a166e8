/**
 * Polynomials fitted to a window that slides along the angle (Savitzky and
 * Golay 1964), ends mirrored.
 *
 * The window is as long as the sinogram, so it is not added up anew for each
 * row: as it moves by a row, the moments of what it has tell those around the
 * new middle, and one value comes and one goes. All columns of a block move
 * together, so rows are read as they lie.
 */
import { columns, count } from '../plan';
import { take } from './scratch';

/** Columns that move together: even, and their moments stay in the nearest cache. */
const BLOCK = 128;
/** Bytes of one moment of them. */
const MOMENT: usize = BLOCK << 3;
/** Powers up to the fourth. */
const POWERS: usize = 5;

/** float64[POWERS][BLOCK]: sums of the window's values times powers of their distance from the middle. */
let moments: usize = 0;
/** float64[3]: of the powers 0, 2 and 4 of the distance from the middle. */
let kernel: usize = 0;

/** Rows of the window: odd. */
function windowRows(): i32 {
  return count & 1 ? count : max(count - 1, 1);
}

export function layOutSavgol(): void {
  moments = take(POWERS * MOMENT);
  kernel = take(24);
}

/** Polynomials of `order` through the columns of `rows`, float32[count][columns], to `out`, float32[count][pitch / 4]. */
export function fitColumns(rows: usize, order: i32, out: usize, pitch: usize): void {
  const degree = min(order, windowRows() - 1) >> 1;
  setKernel(degree);
  for (let column = 0; column < columns; column += BLOCK) {
    const wide = min(BLOCK, columns - column);
    const at = <usize>column << 2;
    begin(rows + at, wide, degree);
    evaluate(out + at, wide, degree);
    for (let row = 1; row < count; row++) {
      move(rows + at, row, wide, degree);
      evaluate(out + at + <usize>row * pitch, wide, degree);
    }
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
function setKernel(degree: i32): void {
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

/** A row of the block; rows are mirrored around the first and the last, which come once. */
@inline
function rowAt(block: usize, row: i32): usize {
  const inside = abs(row);
  const mirrored = inside < count ? inside : 2 * (count - 1) - inside;
  return block + <usize>mirrored * (<usize>columns << 2);
}

/** Two values of a row; beyond the last column is whatever is there, and it is not stored. */
@inline
function two(row: usize, at: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(row + (at >> 1)));
}

/** Moments of the window around the first row: as it is mirrored there, the odd ones are 0. */
function begin(block: usize, wide: i32, degree: i32): void {
  memory.fill(moments, 0, POWERS * MOMENT);
  const length = windowRows();
  const end = <usize>wide << 3;
  for (let i = 0; i <= length >> 1; i++) {
    const row = rowAt(block, i);
    const distance = <f64>i / <f64>length;
    const square = f64x2.splat(distance * distance);
    const sides = f64x2.splat(i > 0 ? 2 : 1);
    for (let at: usize = 0; at < end; at += 16) {
      let value = f64x2.mul(sides, two(row, at));
      for (let power: usize = 0; power <= <usize>degree; power++) {
        const sum = moments + at + 2 * power * MOMENT;
        v128.store(sum, f64x2.add(v128.load(sum), value));
        value = f64x2.mul(value, square);
      }
    }
  }
}

/** Move the window from the row before to `row`. */
function move(block: usize, row: i32, wide: i32, degree: i32): void {
  const length = windowRows();
  const half = length >> 1;
  const came = rowAt(block, row + half);
  const gone = rowAt(block, row - half - 1);
  const end = <usize>wide << 3;
  const step = f64x2.splat(1 / <f64>length);
  const minusTwo = f64x2.splat(-2);
  const minusFour = f64x2.splat(-4);
  const three = f64x2.splat(3);
  const six = f64x2.splat(6);
  const ahead = f64x2.splat(<f64>half / <f64>length);
  const behind = f64x2.splat(<f64>(-half - 1) / <f64>length);
  for (let at = moments; at < moments + end; at += 16) {
    let plus = two(came, at - moments);
    let minus = two(gone, at - moments);
    const m0 = v128.load(at);
    v128.store(at, f64x2.add(m0, f64x2.sub(plus, minus)));
    if (degree == 0) {
      continue;
    }
    const m1 = v128.load(at, MOMENT);
    const m2 = v128.load(at, 2 * MOMENT);
    const s0 = f64x2.mul(step, m0);
    plus = f64x2.mul(plus, ahead);
    minus = f64x2.mul(minus, behind);
    v128.store(at, f64x2.add(f64x2.sub(m1, s0), f64x2.sub(plus, minus)), MOMENT);
    plus = f64x2.mul(plus, ahead);
    minus = f64x2.mul(minus, behind);
    const shift2 = f64x2.mul(step, f64x2.add(f64x2.mul(minusTwo, m1), s0));
    v128.store(at, f64x2.add(f64x2.add(m2, shift2), f64x2.sub(plus, minus)), 2 * MOMENT);
    if (degree == 1) {
      continue;
    }
    const m3 = v128.load(at, 3 * MOMENT);
    const m4 = v128.load(at, 4 * MOMENT);
    plus = f64x2.mul(plus, ahead);
    minus = f64x2.mul(minus, behind);
    // s (3 (s m1 - m2) - s s0), and s (-4 m3 + s (6 m2 + s (-4 m1 + s0)))
    const inner = f64x2.mul(three, f64x2.sub(f64x2.mul(step, m1), m2));
    const shift3 = f64x2.mul(step, f64x2.sub(inner, f64x2.mul(step, s0)));
    v128.store(at, f64x2.add(f64x2.add(m3, shift3), f64x2.sub(plus, minus)), 3 * MOMENT);
    plus = f64x2.mul(plus, ahead);
    minus = f64x2.mul(minus, behind);
    const least = f64x2.mul(step, f64x2.add(f64x2.mul(minusFour, m1), s0));
    const middle = f64x2.mul(step, f64x2.add(f64x2.mul(six, m2), least));
    const shift4 = f64x2.mul(step, f64x2.add(f64x2.mul(minusFour, m3), middle));
    v128.store(at, f64x2.add(f64x2.add(m4, shift4), f64x2.sub(plus, minus)), 4 * MOMENT);
  }
}

/** From the moments to the polynomials' values in the middle. */
function evaluate(out: usize, wide: i32, degree: i32): void {
  const c0 = v128.load_splat<f64>(kernel);
  const c2 = v128.load_splat<f64>(kernel, 8);
  const c4 = v128.load_splat<f64>(kernel, 16);
  const end = <usize>wide << 3;
  for (let at: usize = 0; at < end; at += 16) {
    const from = moments + at;
    let sum = f64x2.mul(c0, v128.load(from));
    if (degree > 0) {
      sum = f64x2.add(sum, f64x2.mul(c2, v128.load(from, 2 * MOMENT)));
    }
    if (degree > 1) {
      sum = f64x2.add(sum, f64x2.mul(c4, v128.load(from, 4 * MOMENT)));
    }
    const value = f32x4.demote_f64x2_zero(sum);
    if (at + 16 <= end) {
      store<u64>(out + (at >> 1), i64x2.extract_lane(value, 0));
    } else {
      store<f32>(out + (at >> 1), f32x4.extract_lane(value, 0));
    }
  }
}
