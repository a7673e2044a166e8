/** How a sinogram is continued beyond its first and last row: by the mean of each column. */
import { columns, count } from '../plan';
import { take } from './scratch';

const MOST: i32 = 150;

/** A tenth of `extent`, 150 at most. */
export function padOf(extent: i32): i32 {
  return min(MOST, <i32>(0.1 * <f64>extent));
}

/** float32[columns and 16 more] */
let mean: usize = 0;
/** float64[columns, rounded up to 2] */
let sums: usize = 0;

export function layOutPadding(): void {
  mean = take((<usize>columns << 2) + 64);
  sums = take(<usize>(columns + 1) << 3);
}

/** Of rows `pitch` bytes apart. */
export function findMean(rows: usize, pitch: usize): void {
  memory.fill(sums, 0, <usize>columns << 3);
  for (let row: usize = 0; row < <usize>count; row++) {
    const at = rows + row * pitch;
    for (let column: usize = 0; column < <usize>columns; column += 2) {
      const sum = sums + (column << 3);
      const two = f64x2.promote_low_f32x4(v128.load64_zero(at + (column << 2)));
      v128.store(sum, f64x2.add(v128.load(sum), two));
    }
  }
  for (let column: usize = 0; column < <usize>columns; column++) {
    store<f32>(mean + (column << 2), <f32>(load<f64>(sums + (column << 3)) / <f64>count));
  }
}

/** Pointer to a row of the sinogram with `pad` more on both sides, `pitch` bytes apart. */
@inline
export function paddedRow(rows: usize, row: i32, pad: i32, pitch: usize): usize {
  const inside = row - pad;
  return inside >= 0 && inside < count ? rows + <usize>inside * pitch : mean;
}
