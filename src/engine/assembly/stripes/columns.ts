/**
 * The low frequencies of a sinogram's columns in double precision: what is
 * sorted afterwards must not get its order from rounding.
 */
import { even, frequencies, offset } from './lowpass';
import { take } from './scratch';

/** Bytes of the columns that are taken together: one cache line of a row. */
const TILE: usize = 64;
/** The kernel ends where what is left is this part of it. */
const REST: f64 = 1e-11;
/** Rows that are added up together. */
const TOGETHER = 4;

/** float64[2 height] each: over one turn. */
let cosines: usize = 0;
let sines: usize = 0;
/** float64[height][2]: two columns that go on at both ends as far as the kernel reaches. */
let pair: usize = 0;
/** float64[height][2]: their low part. */
let low: usize = 0;
/** float64[height / 2 + 1][2][4]: of four columns the sums and differences of rows as far from both ends. */
let folded: usize = 0;
/** float64[frequencies][2][4]: weighed coefficients of these columns, of cosines and of sines. */
let coefficients: usize = 0;
/** float32[height][TILE / 4]: columns, then their low part. */
let tile: usize = 0;
/** float64[height and more], and its middle: a weight for the distance of two rows. */
let kernel: usize = 0;
let middle: usize = 0;

function kernelBytes(height: i32): usize {
  return <usize>(height + 4 * TOGETHER) << 3;
}

export function layOutColumns(height: i32): void {
  const bytes = <usize>height << 4;
  cosines = take(bytes);
  sines = take(bytes);
  pair = take(2 * bytes + (2 * TOGETHER << 4));
  low = take(bytes + (TOGETHER << 4));
  folded = take(<usize>((height >> 1) + 1) << 6);
  // One frequency more, as they are taken two by two.
  coefficients = take(<usize>((height >> 1) + 2) << 6);
  tile = take(<usize>height * TILE);
  kernel = take(kernelBytes(height));
}

/**
 * Rows `first` to before `past` of the low part, with the even weights, as they
 * stand; or by their kernel, which reaches `reach` rows (0: there is none).
 *
 * rows: uint32[height] pointers; out: float32[past - first][pitch / 4].
 */
export function lowOfColumns(
  rows: usize,
  height: i32,
  first: i32,
  past: i32,
  out: usize,
  pitch: usize,
  reach: i32
): void {
  setTables(height);
  const begin = pair + (<usize>reach << 4);
  for (let column: usize = 0; column < pitch; column += TILE) {
    const wide = min(TILE, pitch - column);
    for (let row: usize = 0; row < <usize>height; row++) {
      const from = <usize>load<u32>(rows + (row << 2)) + column;
      memory.copy(tile + row * TILE, from, wide);
    }
    if (reach > 0) {
      for (let two: usize = 0; two < wide; two += 8) {
        loadPair(tile + two, height, begin);
        goRound(begin, height, reach);
        convolve(begin, first, past, reach);
        storePair(tile + two, first, past);
      }
    } else {
      for (let four: usize = 0; four < wide; four += 16) {
        fold(tile + four, height);
        for (let k = 0; k < frequencies; k += 2) {
          analyseTwo(k, height);
        }
        addUp(tile + four, height, first, past);
      }
    }
    for (let row: usize = 0; row < <usize>(past - first); row++) {
      memory.copy(out + row * pitch + column, tile + row * TILE, wide);
    }
  }
}

function setTables(height: i32): void {
  for (let i = 0; i < 2 * height; i++) {
    const angle = (Math.PI * <f64>i) / <f64>height;
    store<f64>(cosines + (<usize>i << 3), Math.cos(angle));
    store<f64>(sines + (<usize>i << 3), Math.sin(angle));
  }
}

/** Two columns of the tile. */
function loadPair(from: usize, height: i32, to: usize): void {
  for (let row: usize = 0; row < <usize>height; row++) {
    const two = v128.load64_zero(from + row * TILE);
    v128.store(to + (row << 4), f64x2.promote_low_f32x4(two));
  }
}

/** The low part in the place of the columns, from the tile's first row on. */
function storePair(to: usize, first: i32, past: i32): void {
  for (let row: usize = 0; row < <usize>(past - first); row++) {
    const two = f32x4.demote_f64x2_zero(v128.load(low + ((<usize>first + row) << 4)));
    store<u64>(to + row * TILE, i64x2.extract_lane(two, 0));
  }
}

/** Make the kernel of the weights; the distance beyond which it is nothing. */
export function makeKernel(height: i32): i32 {
  setTables(height);
  memory.fill(kernel, 0, kernelBytes(height));
  const turn = 2 * height;
  const most = height >> 1;
  middle = kernel + (<usize>(most + TOGETHER) << 3);
  let total: f64 = 0;
  for (let distance = 0; distance <= most; distance++) {
    const step = (2 * distance) % turn;
    let place = offset > 0 ? distance : 0;
    let sum: f64 = 0;
    for (let k: usize = 0; k < <usize>frequencies; k++) {
      sum += load<f64>(even + (k << 3)) * load<f64>(cosines + (<usize>place << 3));
      place += step;
      place -= place >= turn ? turn : 0;
    }
    store<f64>(middle + (<usize>distance << 3), sum);
    total += Math.abs(sum);
  }
  let reach = most;
  for (let rest: f64 = 0; reach > 0; reach--) {
    const at = middle + (<usize>reach << 3);
    rest += Math.abs(load<f64>(at));
    if (rest > REST * total) {
      break;
    }
    store<f64>(at, 0);
  }
  for (let distance = 1; distance <= reach; distance++) {
    // Half way round is the same row on both sides.
    const value = 2 * distance < height ? load<f64>(middle + (<usize>distance << 3)) : 0;
    store<f64>(middle - (<usize>distance << 3), value);
  }
  return reach;
}

/** The columns come round, with the other sign where frequencies are odd multiples of a half. */
function goRound(begin: usize, height: i32, reach: i32): void {
  const sign = f64x2.splat(offset > 0 ? -1 : 1);
  const long = <usize>height << 4;
  const past = begin + long;
  for (let at: usize = 0; at < <usize>(reach + TOGETHER) << 4; at += 16) {
    v128.store(past + at, f64x2.mul(sign, v128.load(begin + at)));
  }
  for (let at = <usize>reach << 4; at > 0; at -= 16) {
    v128.store(begin - at, f64x2.mul(sign, v128.load(past - at)));
  }
}

function convolve(begin: usize, first: i32, past: i32, reach: i32): void {
  const bytes = <usize>(2 * reach + TOGETHER) << 4;
  for (let row = first; row < past; row += TOGETHER) {
    let sum0 = f64x2.splat(0);
    let sum1 = f64x2.splat(0);
    let sum2 = f64x2.splat(0);
    let sum3 = f64x2.splat(0);
    let weight = middle + (<usize>reach << 3);
    const from = begin + (<usize>row << 4) - (<usize>reach << 4);
    for (let at = from; at < from + bytes; at += 16) {
      const two = v128.load(at);
      sum0 = f64x2.add(sum0, f64x2.mul(two, v128.load_splat<f64>(weight)));
      sum1 = f64x2.add(sum1, f64x2.mul(two, v128.load_splat<f64>(weight, 8)));
      sum2 = f64x2.add(sum2, f64x2.mul(two, v128.load_splat<f64>(weight, 16)));
      sum3 = f64x2.add(sum3, f64x2.mul(two, v128.load_splat<f64>(weight, 24)));
      weight -= 8;
    }
    const to = low + (<usize>row << 4);
    v128.store(to, sum0);
    v128.store(to, sum1, 16);
    v128.store(to, sum2, 32);
    v128.store(to, sum3, 48);
  }
}

/**
 * Four columns of the tile, folded in the middle: a cosine is there what it is
 * as far from the end, and a sine the opposite of it; or the other way round
 * where frequencies are odd multiples of a half.
 */
function fold(from: usize, height: i32): void {
  const sign = f64x2.splat(offset > 0 ? -1 : 1);
  const none = f64x2.splat(0);
  for (let row = 0; 2 * row <= height; row++) {
    const near = v128.load(from + <usize>row * TILE);
    const near0 = f64x2.promote_low_f32x4(near);
    const near1 = f64x2.promote_low_f32x4(v128.shuffle<f32>(near, near, 2, 3, 0, 1));
    let far0 = none;
    let far1 = none;
    // The first row and the one in the middle have no other.
    if (row > 0 && 2 * row < height) {
      const far = v128.load(from + <usize>(height - row) * TILE);
      far0 = f64x2.mul(sign, f64x2.promote_low_f32x4(far));
      far1 = f64x2.mul(
        sign,
        f64x2.promote_low_f32x4(v128.shuffle<f32>(far, far, 2, 3, 0, 1))
      );
    }
    const to = folded + (<usize>row << 6);
    v128.store(to, f64x2.add(near0, far0));
    v128.store(to, f64x2.add(near1, far1), 16);
    v128.store(to, f64x2.sub(near0, far0), 32);
    v128.store(to, f64x2.sub(near1, far1), 48);
  }
}

/** Weighed coefficients of the frequencies k and k + 1, which may be one too many. */
function analyseTwo(k: i32, height: i32): void {
  const turn = 2 * height;
  const step = 2 * k + i32(offset > 0);
  const stepToo = (step + 2) % turn;
  let place = 0;
  let placeToo = 0;
  let cos0 = f64x2.splat(0);
  let cos1 = f64x2.splat(0);
  let sin0 = f64x2.splat(0);
  let sin1 = f64x2.splat(0);
  let cos2 = f64x2.splat(0);
  let cos3 = f64x2.splat(0);
  let sin2 = f64x2.splat(0);
  let sin3 = f64x2.splat(0);
  const end = folded + (<usize>((height >> 1) + 1) << 6);
  for (let at = folded; at < end; at += 64) {
    const even0 = v128.load(at);
    const even1 = v128.load(at, 16);
    const odd0 = v128.load(at, 32);
    const odd1 = v128.load(at, 48);
    const cos = v128.load_splat<f64>(cosines + (<usize>place << 3));
    const sin = v128.load_splat<f64>(sines + (<usize>place << 3));
    cos0 = f64x2.add(cos0, f64x2.mul(even0, cos));
    cos1 = f64x2.add(cos1, f64x2.mul(even1, cos));
    sin0 = f64x2.add(sin0, f64x2.mul(odd0, sin));
    sin1 = f64x2.add(sin1, f64x2.mul(odd1, sin));
    const cosToo = v128.load_splat<f64>(cosines + (<usize>placeToo << 3));
    const sinToo = v128.load_splat<f64>(sines + (<usize>placeToo << 3));
    cos2 = f64x2.add(cos2, f64x2.mul(even0, cosToo));
    cos3 = f64x2.add(cos3, f64x2.mul(even1, cosToo));
    sin2 = f64x2.add(sin2, f64x2.mul(odd0, sinToo));
    sin3 = f64x2.add(sin3, f64x2.mul(odd1, sinToo));
    place += step;
    place -= place >= turn ? turn : 0;
    placeToo += stepToo;
    placeToo -= placeToo >= turn ? turn : 0;
  }
  const to = coefficients + (<usize>k << 6);
  const weight = v128.load_splat<f64>(even + (<usize>k << 3));
  v128.store(to, f64x2.mul(cos0, weight));
  v128.store(to, f64x2.mul(cos1, weight), 16);
  v128.store(to, f64x2.mul(sin0, weight), 32);
  v128.store(to, f64x2.mul(sin1, weight), 48);
  if (k + 1 < frequencies) {
    const weightToo = v128.load_splat<f64>(even + (<usize>k << 3), 8);
    v128.store(to, f64x2.mul(cos2, weightToo), 64);
    v128.store(to, f64x2.mul(cos3, weightToo), 80);
    v128.store(to, f64x2.mul(sin2, weightToo), 96);
    v128.store(to, f64x2.mul(sin3, weightToo), 112);
  }
}

/** The low part in the place of the four columns, from the tile's first row on. */
function addUp(to: usize, height: i32, first: i32, past: i32): void {
  const turn = 2 * height;
  const half = i32(offset > 0);
  const end = coefficients + (<usize>frequencies << 6);
  // Of two rows as far from both ends one lies before `past` at least.
  for (let row = min(first, height - past + 1); 2 * row <= height; row++) {
    const step = 2 * row;
    let place = half * row;
    let cos0 = f64x2.splat(0);
    let cos1 = f64x2.splat(0);
    let sin0 = f64x2.splat(0);
    let sin1 = f64x2.splat(0);
    for (let at = coefficients; at < end; at += 64) {
      const cos = v128.load_splat<f64>(cosines + (<usize>place << 3));
      const sin = v128.load_splat<f64>(sines + (<usize>place << 3));
      cos0 = f64x2.add(cos0, f64x2.mul(v128.load(at), cos));
      cos1 = f64x2.add(cos1, f64x2.mul(v128.load(at, 16), cos));
      sin0 = f64x2.add(sin0, f64x2.mul(v128.load(at, 32), sin));
      sin1 = f64x2.add(sin1, f64x2.mul(v128.load(at, 48), sin));
      place += step;
      place -= place >= turn ? turn : 0;
    }
    if (row >= first && row < past) {
      const near = to + <usize>(row - first) * TILE;
      storeLow(near, f64x2.add(cos0, sin0), f64x2.add(cos1, sin1));
    }
    const other = height - row;
    if (row > 0 && 2 * row < height && other >= first && other < past) {
      const far = to + <usize>(other - first) * TILE;
      if (half) {
        storeLow(far, f64x2.sub(sin0, cos0), f64x2.sub(sin1, cos1));
      } else {
        storeLow(far, f64x2.sub(cos0, sin0), f64x2.sub(cos1, sin1));
      }
    }
  }
}

@inline
function storeLow(to: usize, a: v128, b: v128): void {
  const low0 = f32x4.demote_f64x2_zero(a);
  const low1 = f32x4.demote_f64x2_zero(b);
  v128.store(to, v128.shuffle<f32>(low0, low1, 0, 1, 4, 5));
}
