/**
 * Discrete wavelet transform in two dimensions, as far as vertical stripes
 * need it: what is smooth along the angle, smooth or sharp across columns.
 *
 * Lines are mirrored at their ends (c b a | a b c); lengths are
 * (n + taps - 1) / 2. Sharp along the angle does not occur: a correction is
 * put together as if those parts were zero.
 */
import { mirrored } from '../median';
import { MOST_TAPS, waveletFilter } from './daubechies';
import { take } from './scratch';

export let taps: i32 = 0;
/** float32[taps] each: low-pass and high-pass filter for taking apart. */
let low: usize = 0;
let high: usize = 0;
/** float32 each: even and odd positions of a line, continued on both sides. */
let evens: usize = 0;
let odds: usize = 0;

/** Room for lines that become `most` long. */
export function layOutDwt(code: i32, most: i32): void {
  taps = waveletFilter(code).length;
  low = take(MOST_TAPS << 2);
  high = take(MOST_TAPS << 2);
  evens = take((<usize>most + 2 * MOST_TAPS) << 2);
  odds = take((<usize>most + 2 * MOST_TAPS) << 2);
}

export function setFilters(code: i32): void {
  const filter = waveletFilter(code);
  for (let i = 0; i < taps; i++) {
    const sign: f64 = i & 1 ? 1 : -1;
    store<f32>(low + (<usize>i << 2), <f32>filter[i]);
    store<f32>(high + (<usize>i << 2), <f32>(sign * filter[taps - 1 - i]));
  }
}

/** Length of what a line of `length` becomes. */
export function halved(length: i32): i32 {
  return (length + taps - 1) >> 1;
}

/** Bytes of a line of `width`, whole vectors. */
export function pitchOf(width: i32): usize {
  return <usize>((width + 3) & ~3) << 2;
}

/** Smooth along the angle: rows (uint32[height] pointers) of `width` to `halved(height)` rows. */
export function smoothDown(rows: usize, height: i32, width: i32, out: usize, pitch: usize): void {
  const less = halved(height);
  for (let row = 0; row < less; row++) {
    const to = out + <usize>row * pitch;
    for (let column: usize = 0; column < <usize>width << 2; column += 64) {
      let sum0 = f32x4.splat(0);
      let sum1 = f32x4.splat(0);
      let sum2 = f32x4.splat(0);
      let sum3 = f32x4.splat(0);
      for (let tap = 0; tap < taps; tap++) {
        const index = 2 * row + 1 - tap;
        const inside = index >= 0 && index < height ? index : mirrored(index, height);
        const at = <usize>load<u32>(rows + (<usize>inside << 2)) + column;
        const weight = v128.load_splat<f32>(low + (<usize>tap << 2));
        sum0 = f32x4.add(sum0, f32x4.mul(v128.load(at), weight));
        sum1 = f32x4.add(sum1, f32x4.mul(v128.load(at, 16), weight));
        sum2 = f32x4.add(sum2, f32x4.mul(v128.load(at, 32), weight));
        sum3 = f32x4.add(sum3, f32x4.mul(v128.load(at, 48), weight));
      }
      storeFour(to + column, (<usize>width << 2) - column, sum0, sum1, sum2, sum3);
    }
  }
}

/** Store the vectors of which a part lies within `left` bytes. */
@inline
function storeFour(to: usize, left: usize, a: v128, b: v128, c: v128, d: v128): void {
  v128.store(to, a);
  if (left > 16) {
    v128.store(to, b, 16);
  }
  if (left > 32) {
    v128.store(to, c, 32);
  }
  if (left > 48) {
    v128.store(to, d, 48);
  }
}

/**
 * A line of `width` with `pad` more of its end values on both sides, apart:
 * smooth to `smooth`, sharp to `sharp`, `halved(width + 2 pad)` each.
 */
export function splitLine(line: usize, width: i32, pad: i32, smooth: usize, sharp: usize): void {
  const long = width + 2 * pad;
  const less = halved(long);
  const before = taps >> 1;
  for (let i = -before; i < less; i++) {
    const at = <usize>(i + before) << 2;
    store<f32>(evens + at, valueAt(line, width, pad, long, 2 * i));
    store<f32>(odds + at, valueAt(line, width, pad, long, 2 * i + 1));
  }
  for (let k = 0; k < less; k += 4) {
    let smooths = f32x4.splat(0);
    let sharps = f32x4.splat(0);
    const at = <usize>(k + before) << 2;
    for (let i: usize = 0; i < <usize>before << 2; i += 4) {
      const even = v128.load(evens + at - i);
      const odd = v128.load(odds + at - i);
      const tap = i << 1;
      smooths = f32x4.add(
        smooths,
        f32x4.add(
          f32x4.mul(odd, v128.load_splat<f32>(low + tap)),
          f32x4.mul(even, v128.load_splat<f32>(low + tap, 4))
        )
      );
      sharps = f32x4.add(
        sharps,
        f32x4.add(
          f32x4.mul(odd, v128.load_splat<f32>(high + tap)),
          f32x4.mul(even, v128.load_splat<f32>(high + tap, 4))
        )
      );
    }
    v128.store(smooth + (<usize>k << 2), smooths);
    v128.store(sharp + (<usize>k << 2), sharps);
  }
}

@inline
function valueAt(line: usize, width: i32, pad: i32, long: i32, index: i32): f32 {
  const inside = index >= 0 && index < long ? index : mirrored(index, long);
  return load<f32>(line + (<usize>min(max(inside - pad, 0), width - 1) << 2));
}

/** A line of `2 length - taps + 2` from its smooth part (0: none) and its sharp one. */
export function joinLine(smooth: usize, sharp: usize, length: i32, out: usize): void {
  const pairs = (2 * length - taps + 2) >> 1;
  for (let m = 0; m < pairs; m += 4) {
    let even = f32x4.splat(0);
    let odd = f32x4.splat(0);
    const at = <usize>m << 2;
    for (let t: usize = 0; t < <usize>taps << 1; t += 4) {
      const sharps = v128.load(sharp + at + t);
      const tap = t << 1;
      even = f32x4.add(even, f32x4.mul(sharps, v128.load_splat<f32>(high + tap, 4)));
      odd = f32x4.add(odd, f32x4.mul(sharps, v128.load_splat<f32>(high + tap)));
      if (smooth) {
        const smooths = v128.load(smooth + at + t);
        even = f32x4.add(even, f32x4.mul(smooths, v128.load_splat<f32>(low + tap, 4)));
        odd = f32x4.add(odd, f32x4.mul(smooths, v128.load_splat<f32>(low + tap)));
      }
    }
    const to = out + (<usize>m << 3);
    v128.store(to, v128.shuffle<f32>(even, odd, 0, 4, 1, 5));
    v128.store(to, v128.shuffle<f32>(even, odd, 2, 6, 3, 7), 16);
  }
}

/**
 * Row `row` of what rows that are smooth along the angle (`pitch` bytes apart)
 * become; subtracted from `out` or stored there, `width` numbers from byte
 * `skip` of the rows on.
 */
export function joinDown(
  rows: usize,
  pitch: usize,
  row: i32,
  skip: usize,
  width: i32,
  out: usize,
  subtract: bool
): void {
  const first = rows + <usize>(row >> 1) * pitch + skip;
  const filter = low + (row & 1 ? 0 : 4);
  let column: usize = 0;
  for (; column < <usize>width << 2; column += 16) {
    let sum = f32x4.splat(0);
    let at = first + column;
    for (let t: usize = 0; t < <usize>taps << 2; t += 8) {
      sum = f32x4.add(sum, f32x4.mul(v128.load(at), v128.load_splat<f32>(filter + t)));
      at += pitch;
    }
    if (!subtract) {
      v128.store(out + column, sum);
    } else if (column + 16 <= <usize>width << 2) {
      v128.store(out + column, f32x4.sub(v128.load(out + column), sum));
    } else {
      subtractPart(out + column, sum, ((<usize>width << 2) - column) >> 2);
    }
  }
}

function subtractPart(out: usize, sum: v128, number: usize): void {
  store<f32>(out, load<f32>(out) - f32x4.extract_lane(sum, 0));
  if (number > 1) {
    store<f32>(out, load<f32>(out, 4) - f32x4.extract_lane(sum, 1), 4);
  }
  if (number > 2) {
    store<f32>(out, load<f32>(out, 8) - f32x4.extract_lane(sum, 2), 8);
  }
}
