/**
 * Removal of stripes by fitting: Vo, Atwood, Drakopoulos 2018, algorithm 1.
 *
 * Columns are divided by their polynomial along the angle and multiplied with
 * that polynomial made smooth across columns.
 */
import { columns, count } from '../plan';
import { fitColumns, layOutSavgol } from './savgol';
import { take } from './scratch';
import { layOutSmoothing, smoothPitch, smoothPlane } from './smoothing';

/** float32[count][smoothPitch() / 4] each. */
let fitted: usize = 0;
let smooth: usize = 0;

export function layOutFitting(sigma: f64): void {
  layOutSavgol();
  layOutSmoothing(sigma);
  fitted = take(<usize>count * smoothPitch());
  smooth = take(<usize>count * smoothPitch());
}

/** `rows`: float32[count][columns], finite, replaced by the result. */
export function removeByFitting(rows: usize, order: i32, sigma: f64): void {
  if (columns < 2) {
    return;
  }
  fitColumns(rows, order, fitted, smoothPitch());
  smoothPlane(fitted, sigma, smooth);
  const own = magnitude(smooth);
  const ratio = own > 0 ? magnitude(fitted) / own : 1;
  const long = <usize>columns << 2;
  for (let row: usize = 0; row < <usize>count; row++) {
    replace(rows + row * long, row * smoothPitch(), ratio);
  }
}

/** A row of the result in the place of what it was. */
function replace(row: usize, place: usize, ratio: f64): void {
  const factor = f64x2.splat(ratio);
  const limit = f32x4.splat(Infinity);
  const end = <usize>columns << 2;
  for (let at: usize = 0; at < end; at += 8) {
    const whole = at + 8 <= end;
    const was = v128.load64_zero(row + at);
    const fit = f64x2.promote_low_f32x4(v128.load64_zero(fitted + place + at));
    const level = f64x2.promote_low_f32x4(v128.load64_zero(smooth + place + at));
    const part = f64x2.div(f64x2.promote_low_f32x4(was), fit);
    const product = f64x2.mul(f64x2.mul(part, factor), level);
    const value = f32x4.demote_f64x2_zero(product);
    // Where the polynomial is zero there is nothing to divide by.
    const result = v128.bitselect(value, was, f32x4.lt(f32x4.abs(value), limit));
    if (whole) {
      store<u64>(row + at, i64x2.extract_lane(result, 0));
    } else {
      store<f32>(row + at, f32x4.extract_lane(result, 0));
    }
  }
}

/** Sum of the absolute values. */
function magnitude(values: usize): f64 {
  let sums = f64x2.splat(0);
  let rest: f64 = 0;
  const end = <usize>columns << 2;
  for (let row: usize = 0; row < <usize>count; row++) {
    const line = values + row * smoothPitch();
    let at: usize = 0;
    for (; at + 8 <= end; at += 8) {
      const two = f64x2.promote_low_f32x4(v128.load64_zero(line + at));
      sums = f64x2.add(sums, f64x2.abs(two));
    }
    if (at < end) {
      rest += Math.abs(<f64>load<f32>(line + at));
    }
  }
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1) + rest;
}
