/**
 * A projection rotated about the middle of the image, so that an axis that
 * leans stands upright. Cubic convolution in both directions.
 *
 * R. G. Keys, IEEE Transactions on Acoustics, Speech, and Signal Processing 29
 * (1981) 1153, with a = -1/2.
 */
import { highHalves, highPairs, lowHalves, lowPairs } from './lanes';

/** Weights of the four taps as polynomials of the fraction, highest power first. */
const CUBE: v128 = f32x4(-0.5, 1.5, -1.5, 0.5);
const SQUARE: v128 = f32x4(1, -2.5, 2, -0.5);
const LINEAR: v128 = f32x4(-0.5, 0, 0.5, 0);
const CONSTANT: v128 = f32x4(0, 1, 0, 0);

/** Pixels that there are: [top, bottom) x [left, right) of the image. */
let data: usize = 0;
let top: i32 = 0;
let bottom: i32 = 0;
let left: i32 = 0;
let right: i32 = 0;
let height: i32 = 0;
let width: i32 = 0;

/**
 * Rotate a window of an image.
 *
 * `place` is int32: [top, bottom, left, right] of the pixels at `image`, the
 * same of those wanted at `out` (float32, no overlap), then rows and columns
 * of the full image, beyond which its edge goes on. A pixel depends on its
 * place in the full image and not on the windows, as long as what is there
 * reaches far enough.
 *
 * @param degrees by which the axis leans towards larger columns with increasing row
 */
export function straighten(image: i32, out: i32, place: i32, degrees: f64): void {
  const numbers = <usize>place;
  data = <usize>image;
  top = load<i32>(numbers);
  bottom = load<i32>(numbers, 4);
  left = load<i32>(numbers, 8);
  right = load<i32>(numbers, 12);
  const first = load<i32>(numbers, 16);
  const last = load<i32>(numbers, 20);
  const start = load<i32>(numbers, 24);
  const end = load<i32>(numbers, 28);
  height = load<i32>(numbers, 32);
  width = load<i32>(numbers, 36);
  const angle = degrees * (Math.PI / 180);
  const cosine = Math.cos(angle);
  const sine = Math.sin(angle);
  const middle = 0.5 * <f64>(width - 1);
  const half = 0.5 * <f64>(height - 1);
  let to = <usize>out;
  for (let row = first; row < last; row++) {
    const down = <f64>row - half;
    const x = middle + down * sine;
    const y = half + down * cosine;
    let column = start;
    for (; column + 4 <= end; column += 4, to += 16) {
      const across = <f64>column - middle;
      const a = taps(x + across * cosine, y - across * sine);
      const b = taps(x + (across + 1) * cosine, y - (across + 1) * sine);
      const c = taps(x + (across + 2) * cosine, y - (across + 2) * sine);
      const d = taps(x + (across + 3) * cosine, y - (across + 3) * sine);
      const low = lowPairs(a, b);
      const high = lowPairs(c, d);
      const low2 = highPairs(a, b);
      const high2 = highPairs(c, d);
      v128.store(to, sums(lowHalves(low, high), highHalves(low, high), lowHalves(low2, high2), highHalves(low2, high2)));
    }
    for (; column < end; column++, to += 4) {
      const across = <f64>column - middle;
      const one = taps(x + across * cosine, y - across * sine);
      const sum = sums(
        one,
        v128.shuffle<f32>(one, one, 1, 1, 1, 1),
        v128.shuffle<f32>(one, one, 2, 2, 2, 2),
        v128.shuffle<f32>(one, one, 3, 3, 3, 3)
      );
      store<f32>(to, f32x4.extract_lane(sum, 0));
    }
  }
}

@inline
function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  return f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
}

/** The four columns about a point, each weighted: their sum is its value. */
@inline
function taps(x: f64, y: f64): v128 {
  const column = <i32>Math.floor(x);
  const row = <i32>Math.floor(y);
  const across = weights(<f32>(x - <f64>column));
  const down = weights(<f32>(y - <f64>row));
  let a: v128;
  let b: v128;
  let c: v128;
  let d: v128;
  if (row > top && row + 2 < bottom && column > left && column + 2 < right) {
    const bytes = <usize>(right - left) << 2;
    const from = data + <usize>(row - 1 - top) * bytes + (<usize>(column - 1 - left) << 2);
    a = v128.load(from);
    b = v128.load(from + bytes);
    c = v128.load(from + 2 * bytes);
    d = v128.load(from + 3 * bytes);
  } else {
    a = atEdge(row - 1, column);
    b = atEdge(row, column);
    c = atEdge(row + 1, column);
    d = atEdge(row + 2, column);
  }
  let sum = f32x4.mul(a, v128.shuffle<f32>(down, down, 0, 0, 0, 0));
  sum = f32x4.add(sum, f32x4.mul(b, v128.shuffle<f32>(down, down, 1, 1, 1, 1)));
  sum = f32x4.add(sum, f32x4.mul(c, v128.shuffle<f32>(down, down, 2, 2, 2, 2)));
  sum = f32x4.add(sum, f32x4.mul(d, v128.shuffle<f32>(down, down, 3, 3, 3, 3)));
  return f32x4.mul(sum, across);
}

@inline
function weights(fraction: f32): v128 {
  const f = f32x4.splat(fraction);
  let sum = f32x4.add(f32x4.mul(CUBE, f), SQUARE);
  sum = f32x4.add(f32x4.mul(sum, f), LINEAR);
  return f32x4.add(f32x4.mul(sum, f), CONSTANT);
}

/** Four pixels of a row from `column` - 1 on; beyond the image those of its edge. */
function atEdge(row: i32, column: i32): v128 {
  const y = min(max(within(row, height), top), bottom - 1);
  const line = data + (<usize>(y - top) * <usize>(right - left) << 2);
  let four = f32x4.splat(pixel(line, column - 1));
  four = f32x4.replace_lane(four, 1, pixel(line, column));
  four = f32x4.replace_lane(four, 2, pixel(line, column + 1));
  return f32x4.replace_lane(four, 3, pixel(line, column + 2));
}

@inline
function pixel(line: usize, column: i32): f32 {
  // What the caller has not brought is not read, whatever that makes of the value.
  const x = min(max(within(column, width), left), right - 1);
  return load<f32>(line + (<usize>(x - left) << 2));
}

@inline
function within(index: i32, count: i32): i32 {
  return min(max(index, 0), count - 1);
}
