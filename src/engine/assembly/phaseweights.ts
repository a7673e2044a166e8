/**
 * Weights across rows for phase retrieval: for each frequency along a row the
 * inverse transform of 1 / (1 + spread * (kx^2 + ky^2)), cut off where it is
 * next to nothing. Their sum is what the filter is at ky = 0.
 */
import { allocate, release } from './memory';

/** Frequencies whose weights are as many. */
export const TILE: i32 = 8;
/** Decay lengths after which weights are left out: e^-10 is 0.00005. */
const LENGTHS: f64 = 10;
/** Rows at least: the filter has an edge at the highest frequency, which rings. */
const LEAST: i32 = 16;

let table: usize = 0;
/** For each tile (where its weights begin, how many follow the first). */
let index: usize = 0;

export function releaseWeights(): void {
  release(table);
  release(index);
  table = index = 0;
}

export function weightsOf(tile: i32): usize {
  return table + <usize>load<u32>(index + (<usize>tile << 3));
}

export function tapsOf(tile: i32): i32 {
  return load<i32>(index + (<usize>tile << 3), 4);
}

/** Higher frequencies decay faster: the rows that those from `kx` on reach. */
function reachOf(kx: f64, spread: f64, reach: i32): i32 {
  const decay = Math.sqrt(1 / spread + kx * kx);
  return min(reach, max(LEAST, <i32>Math.ceil(LENGTHS / decay)));
}

/** Samples of the filter across rows, for the weights of so many rows. */
function samplesFor(taps: i32): i32 {
  let samples = 128;
  while (samples < 4 * (taps + 1)) {
    samples <<= 1;
  }
  return samples;
}

/** For rows of `length` pixels, which are a full turn; false when there is no memory. */
export function makeWeights(length: i32, spread: f64, reach: i32): bool {
  const tiles = length / 2 / TILE + 1;
  const step = (2 * Math.PI) / <f64>length;
  index = allocate(<usize>tiles << 3);
  if (!index) {
    return false;
  }
  let bytes: usize = 0;
  for (let tile = 0; tile < tiles; tile++) {
    const taps = reachOf(step * <f64>(tile * TILE), spread, reach);
    store<u32>(index + (<usize>tile << 3), <u32>bytes);
    store<i32>(index + (<usize>tile << 3), taps, 4);
    bytes += <usize>(taps + 1) * <usize>(TILE << 2);
  }
  const most = samplesFor(tapsOf(0));
  const cosines = allocate(<usize>most << 3);
  const filter = allocate(<usize>(most / 2 + 1) << 3);
  const weights = allocate(<usize>(tapsOf(0) + 1) << 3);
  table = allocate(bytes);
  const possible = !!cosines && !!filter && !!weights && !!table;
  if (possible) {
    for (let i = 0; i < most; i++) {
      store<f64>(cosines + (<usize>i << 3), Math.cos((2 * Math.PI * <f64>i) / <f64>most));
    }
    for (let tile = 0; tile < tiles; tile++) {
      for (let part = 0; part < TILE; part++) {
        const kx = step * <f64>(tile * TILE + part);
        decompose(1 + spread * kx * kx, spread, tapsOf(tile), cosines, most, filter, weights);
        // Neither of the two transforms is divided by its length.
        put(weightsOf(tile) + (<usize>part << 2), weights, tapsOf(tile), 0.5 / <f64>length);
      }
    }
  }
  release(cosines);
  release(filter);
  release(weights);
  return possible;
}

/** Weights of 1 / (level + spread * ky^2), scaled so that their sum is 1 / level. */
function decompose(
  level: f64,
  spread: f64,
  taps: i32,
  cosines: usize,
  most: i32,
  filter: usize,
  weights: usize
): void {
  const samples = samplesFor(taps);
  const half = samples / 2;
  for (let m = 0; m <= half; m++) {
    const ky = (2 * Math.PI * <f64>m) / <f64>samples;
    // The ends are there once, what is between them twice.
    const times: f64 = m == 0 || m == half ? 1 : 2;
    store<f64>(filter + (<usize>m << 3), times / (level + spread * ky * ky));
  }
  const stride = most / samples;
  let total: f64 = 0;
  for (let j = 0; j <= taps; j++) {
    let sum: f64 = 0;
    let at = 0;
    for (let m = 0; m <= half; m++) {
      sum += load<f64>(filter + (<usize>m << 3)) * load<f64>(cosines + (<usize>at << 3));
      at = (at + j * stride) & (most - 1);
    }
    // What follows alternates in sign: half of the last weight stands for it.
    sum = j == taps ? 0.5 * sum : sum;
    store<f64>(weights + (<usize>j << 3), sum);
    total += j ? 2 * sum : sum;
  }
  const scale = 1 / (level * total);
  for (let j = 0; j <= taps; j++) {
    const at = weights + (<usize>j << 3);
    store<f64>(at, load<f64>(at) * scale);
  }
}

/** One frequency's weights into its place among those of the tile. */
function put(to: usize, weights: usize, taps: i32, factor: f64): void {
  for (let j = 0; j <= taps; j++, to += <usize>(TILE << 2)) {
    store<f32>(to, <f32>(load<f64>(weights + (<usize>j << 3)) * factor));
  }
}
