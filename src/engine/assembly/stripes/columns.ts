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
/** float64[height][2]: two columns; where the kernel is used, they go on at both ends as far as it reaches. */
let pair: usize = 0;
/** float64[height][2]: their low part. */
let low: usize = 0;
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
    for (let two: usize = 0; two < wide; two += 8) {
      loadPair(tile + two, height, begin);
      if (reach > 0) {
        goRound(begin, height, reach);
        convolve(begin, first, past, reach);
      } else {
        memory.fill(low, 0, <usize>height << 4);
        for (let k = 0; k < frequencies; k++) {
          addFrequency(k, height, first, past);
        }
      }
      storePair(tile + two, first, past);
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
