/** Counts to transmission and attenuation. */

/**
 * Natural logarithm of positive normal float32, within 2 units in the last
 * place. Own arithmetic instead of a library's, so that all processors agree.
 *
 * x = 2^e (1 + f) with 1 + f from sqrt(1/2) to sqrt(2). With s = f / (2 + f),
 * log(1 + f) = f - (f^2 / 2 - s (f^2 / 2 + r)), r = 2/3 s^2 + 2/5 s^4 + ...
 */
@inline
function logarithm(x: v128): v128 {
  const bits = i32x4.sub(x, i32x4.splat(0x3f3504f3));
  const exponent = i32x4.shr_s(bits, 23);
  const mantissa = i32x4.add(v128.and(bits, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const e = f32x4.convert_i32x4_s(exponent);
  const f = f32x4.sub(mantissa, f32x4.splat(1));
  const s = f32x4.div(f, f32x4.add(f, f32x4.splat(2)));
  const square = f32x4.mul(s, s);
  let r = f32x4.splat(<f32>(2.0 / 9.0));
  r = f32x4.add(f32x4.mul(r, square), f32x4.splat(<f32>(2.0 / 7.0)));
  r = f32x4.add(f32x4.mul(r, square), f32x4.splat(<f32>(2.0 / 5.0)));
  r = f32x4.add(f32x4.mul(r, square), f32x4.splat(<f32>(2.0 / 3.0)));
  r = f32x4.mul(r, square);
  const half = f32x4.mul(f32x4.mul(f, f), f32x4.splat(0.5));
  const low = f32x4.mul(e, f32x4.splat(LN2_LOW));
  const high = f32x4.mul(e, f32x4.splat(LN2_HIGH));
  const correction = f32x4.add(f32x4.mul(s, f32x4.add(half, r)), low);
  return f32x4.add(high, f32x4.sub(f, f32x4.sub(half, correction)));
}

/** ln 2 in 16 bits, so that its product with an exponent is exact, and the rest. */
const LN2_HIGH: f32 = 0.69314575195312500;
const LN2_LOW: f32 = 1.4286067653301870e-6;
const LEAST_NORMAL: f64 = 1.17549435e-38;

/** Value at `pointer`, or `fallback` when there is no array. */
@inline
function loadOr(pointer: usize, at: usize, fallback: v128): v128 {
  return pointer ? v128.load(pointer + at) : fallback;
}

let bad: i32 = 0;

@inline
function four(data: usize, dark: usize, flat: usize, at: usize, dose: v128, floor: v128, log: bool, lanes: i32): v128 {
  const offset = loadOr(dark, at, f32x4.splat(0));
  const beam = f32x4.sub(loadOr(flat, at, f32x4.splat(1)), offset);
  const value = f32x4.mul(f32x4.div(f32x4.sub(v128.load(data + at), offset), beam), dose);
  // A pixel without beam divides by zero: neither infinity nor NaN is a transmission.
  const finite = f32x4.lt(f32x4.abs(value), f32x4.splat(Infinity));
  const good = v128.and(f32x4.gt(value, f32x4.splat(0)), finite);
  bad += popcnt<i32>(~i32x4.bitmask(good) & lanes);
  const least = f32x4.pmax(value, floor);
  if (log) {
    return f32x4.neg(logarithm(v128.bitselect(least, floor, good)));
  }
  return v128.bitselect(least, f32x4.pmax(floor, f32x4.splat(0)), finite);
}

function run(data: usize, out: usize, dark: usize, flat: usize, count: i32, dose: f64, floor: f64, log: bool): void {
  const factor = f32x4.splat(<f32>dose);
  const least = f32x4.splat(<f32>(log ? max<f64>(floor, LEAST_NORMAL) : floor));
  const end = <usize>count << 2;
  let at: usize = 0;
  for (; at + 16 <= end; at += 16) {
    v128.store(out + at, four(data, dark, flat, at, factor, least, log, 15));
  }
  const rest = <i32>((end - at) >> 2);
  if (rest) {
    const last = four(data, dark, flat, at, factor, least, log, (1 << rest) - 1);
    store<f32>(out + at, f32x4.extract_lane(last, 0));
    if (rest > 1) {
      store<f32>(out + at, f32x4.extract_lane(last, 1), 4);
    }
    if (rest > 2) {
      store<f32>(out + at, f32x4.extract_lane(last, 2), 8);
    }
  }
}

/**
 * (data - dark) / (flat - dark) * dose, at least `floor`, and -ln of it when
 * `log` is 1. `out` may be `data`. Returns how many pixels were not positive
 * and finite before. With the logarithm these became the floor; without, only
 * those that were not finite change, to the floor or zero if that is higher.
 */
export function attenuate(
  data: i32,
  out: i32,
  dark: i32,
  flat: i32,
  count: i32,
  dose: f64,
  floor: f64,
  log: i32
): i32 {
  bad = 0;
  if (log) {
    run(<usize>data, <usize>out, <usize>dark, <usize>flat, count, dose, floor, true);
  } else {
    run(<usize>data, <usize>out, <usize>dark, <usize>flat, count, dose, floor, false);
  }
  return bad;
}

/** uint16 to float32; the arrays must not overlap. */
export function widen(data: i32, out: i32, count: i32): void {
  let from = <usize>data;
  let to = <usize>out;
  const end = to + (<usize>count << 2);
  for (; to + 32 <= end; to += 32, from += 16) {
    const eight = v128.load(from);
    v128.store(to, f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(eight)));
    v128.store(to, f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(eight)), 16);
  }
  for (; to < end; to += 4, from += 2) {
    store<f32>(to, <f32>load<u16>(from));
  }
}
