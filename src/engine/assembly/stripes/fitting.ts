/**
 * Removal of stripes by fitting: Vo, Atwood, Drakopoulos 2018, algorithm 1.
 *
 * Columns are divided by their polynomial along the angle and multiplied with
 * that polynomial made smooth across columns.
 */
import { columns, count } from '../plan';
import { fitColumns, layOutSavgol } from './savgol';
import { take } from './scratch';
import { layOutSmoothing, smoothPlane } from './smoothing';

/** float32[count][columns] each. */
let fitted: usize = 0;
let smooth: usize = 0;

export function layOutFitting(sigma: f64): void {
  layOutSavgol();
  layOutSmoothing(sigma);
  fitted = take((<usize>count * <usize>columns) << 2);
  smooth = take((<usize>count * <usize>columns) << 2);
}

/** `rows`: float32[count][columns], finite, replaced by the result. */
export function removeByFitting(rows: usize, order: i32, sigma: f64): void {
  if (columns < 2) {
    return;
  }
  fitColumns(rows, order, fitted);
  smoothPlane(fitted, sigma, smooth);
  const own = magnitude(smooth);
  const ratio = own > 0 ? magnitude(fitted) / own : 1;
  const bytes = (<usize>count * <usize>columns) << 2;
  for (let at: usize = 0; at < bytes; at += 4) {
    const part = <f64>load<f32>(rows + at) / <f64>load<f32>(fitted + at);
    const value = <f32>(part * ratio * <f64>load<f32>(smooth + at));
    // Where the polynomial is zero there is nothing to divide by.
    if (isFinite<f32>(value)) {
      store<f32>(rows + at, value);
    }
  }
}

/** Sum of the absolute values. */
function magnitude(values: usize): f64 {
  let sum: f64 = 0;
  const bytes = (<usize>count * <usize>columns) << 2;
  for (let at: usize = 0; at < bytes; at += 4) {
    sum += Math.abs(<f64>load<f32>(values + at));
  }
  return sum;
}
