/**
 * The low frequencies of a sinogram's columns in double precision: what is
 * sorted afterwards must not get its order from rounding.
 */
import { take } from './scratch';
import { even, frequencies, offset } from './lowpass';

/** float64[2 height] each: over one turn. */
let cosines: usize = 0;
let sines: usize = 0;
/** float64[height][2] each: two columns, and their low part. */
let pair: usize = 0;
let low: usize = 0;

export function layOutColumns(height: i32): void {
  const bytes = <usize>height << 4;
  cosines = take(bytes);
  sines = take(bytes);
  pair = take(bytes);
  low = take(bytes);
}

/**
 * Rows `first` to before `past` of the low part, with the even weights.
 *
 * rows: uint32[height] pointers; out: float32[past - first][pitch / 4], whole pairs.
 */
export function lowOfColumns(
  rows: usize,
  height: i32,
  width: i32,
  first: i32,
  past: i32,
  out: usize,
  pitch: usize
): void {
  for (let i = 0; i < 2 * height; i++) {
    const angle = (Math.PI * <f64>i) / <f64>height;
    store<f64>(cosines + (<usize>i << 3), Math.cos(angle));
    store<f64>(sines + (<usize>i << 3), Math.sin(angle));
  }
  for (let column: usize = 0; column < <usize>width << 2; column += 8) {
    for (let row: usize = 0; row < <usize>height; row++) {
      const at = <usize>load<u32>(rows + (row << 2)) + column;
      v128.store(pair + (row << 4), f64x2.promote_low_f32x4(v128.load64_zero(at)));
    }
    memory.fill(low, 0, <usize>height << 4);
    for (let k = 0; k < frequencies; k++) {
      addFrequency(k, height, first, past);
    }
    for (let row = first; row < past; row++) {
      const two = f32x4.demote_f64x2_zero(v128.load(low + (<usize>row << 4)));
      store<u64>(out + <usize>(row - first) * pitch + column, i64x2.extract_lane(two, 0));
    }
  }
}

function addFrequency(k: i32, height: i32, first: i32, past: i32): void {
  const turn = 2 * height;
  const step = 2 * k + i32(offset > 0);
  let cosSum = f64x2.splat(0);
  let sinSum = f64x2.splat(0);
  let place = 0;
  for (let row: usize = 0; row < <usize>height << 4; row += 16) {
    const two = v128.load(pair + row);
    cosSum = f64x2.add(cosSum, f64x2.mul(two, v128.load_splat<f64>(cosines + (<usize>place << 3))));
    sinSum = f64x2.add(sinSum, f64x2.mul(two, v128.load_splat<f64>(sines + (<usize>place << 3))));
    place += step;
    place -= place >= turn ? turn : 0;
  }
  const weight = v128.load_splat<f64>(even + (<usize>k << 3));
  cosSum = f64x2.mul(cosSum, weight);
  sinSum = f64x2.mul(sinSum, weight);
  place = (step * first) % turn;
  for (let row = <usize>first << 4; row < <usize>past << 4; row += 16) {
    const cos = v128.load_splat<f64>(cosines + (<usize>place << 3));
    const sin = v128.load_splat<f64>(sines + (<usize>place << 3));
    const sum = f64x2.add(f64x2.mul(cosSum, cos), f64x2.mul(sinSum, sin));
    v128.store(low + row, f64x2.add(v128.load(low + row), sum));
    place += step;
    place -= place >= turn ? turn : 0;
  }
}
