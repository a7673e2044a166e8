/**
 * The Fourier plane of the slice, upper half, and the spectra put on it.
 *
 * Rows are frequencies v from -1 to grid / 2 + 2, columns frequencies u from
 * -(grid / 2 + 2) to grid / 2 + 5: what the kernel reaches beyond the plane is
 * folded back afterwards.
 */
import { makeTable, STEPS, WIDTH } from './kernel';
import { allocate, allocateZeros, release } from './memory';
import { count, Refusal } from './plan';
import { bins, BLOCK, blockOf, filter, length, RAYS } from './spectra';
import { rayCos, raySign, raySin } from './views';

/** Bins between two that follow one another: they must not touch the same grid points. */
const HOP = 8;
/** Bytes of a plane that a cache does not hold anyhow. */
const LARGE: usize = 16 << 20;
/** Points of the largest tile: beyond, the rays are too far apart to share one. */
const TILE = 6144;
/** Bytes of a ray's phase, and of its first bin and the one after its last. */
const PHASE: usize = 112;
/** Points before and after a row, which the kernel reaches. */
export const LEFT = 2;
export const MARGIN = 8;

/** Points of the grid in each direction. */
export let grid: i32 = 0;
/** Bytes from one row to the next. */
export let rowStride: usize = 0;
/** complex64[grid / 2 + 4][grid + MARGIN] */
let plane: usize = 0;
let table: usize = 0;
/** complex64[TILE]: what a group of rays adds to a piece of the plane; zero in between. */
let tile: usize = 0;
/** First point of the tile, its rows, and bytes from one to the next. */
let tileU: i32 = 0;
let tileV: i32 = 0;
let tileRows: i32 = 0;
let tilePitch: usize = 0;
/** A block: byte offsets into the plane, into the table twice, and rotated values. */
let offsets: usize = 0;
let entriesU: usize = 0;
let entriesV: usize = 0;
let rotated: usize = 0;
/** Grid point at or before the first bin of the block. */
let cornerU: i32 = 0;
let cornerV: i32 = 0;
/** Phases of the rays of a group. */
let phases: usize = 0;

export function releaseGrid(): void {
  release(plane);
  release(table);
  release(tile);
  release(offsets);
  release(entriesU);
  release(entriesV);
  release(rotated);
  release(phases);
  plane = table = tile = offsets = entriesU = entriesV = rotated = phases = 0;
}

/** Prepare for a plane of `points` in each direction. */
export function prepareGrid(points: i32, shape: f64): Refusal {
  grid = points;
  rowStride = <usize>(points + MARGIN) << 3;
  // Rounded up so that four rows may be taken at a time.
  plane = allocate(rowStride * <usize>((points >> 1) + 8));
  table = allocate(<usize>((STEPS + 1) * WIDTH) << 2);
  tile = allocateZeros(<usize>(TILE + 4) << 3);
  offsets = allocate(BLOCK << 2);
  entriesU = allocate(BLOCK << 2);
  entriesV = allocate(BLOCK << 2);
  rotated = allocate(BLOCK << 3);
  phases = allocate(<usize>RAYS * PHASE);
  if (!plane || !table || !tile || !offsets || !entriesU || !entriesV || !rotated || !phases) {
    return Refusal.Memory;
  }
  makeTable(table, shape);
  return Refusal.None;
}

/** First point (u = -grid / 2) of row `v`. */
export function gridRow(v: i32): usize {
  return plane + <usize>(v + 1) * rowStride + (LEFT << 3);
}

/**
 * Put what spectra have at frequencies from `low` to below `high` in v on the
 * plane, for an axis at column `centre`; `shift` moves the slice by that part
 * of a pixel in x and y. Rows within four of `low` and `high` are cleared, too.
 */
export function gridSpectra(centre: f64, shift: f64, low: i32, high: i32): void {
  const top = (grid >> 1) + 7;
  const clear = max(low - 4, -1);
  memory.fill(gridRow(clear) - (LEFT << 3), 0, rowStride * <usize>(min(high + 4, top) - clear));
  const large = rowStride * <usize>(grid >> 1) > LARGE;
  for (let first = 0; first < count; first += RAYS) {
    const last = min(first + RAYS, count);
    for (let ray = first; ray < last; ray++) {
      const phase = phases + <usize>(ray - first) * PHASE;
      startPhase(ray, phase, centre, shift);
      store<i32>(phase, firstBin(ray, low), 96);
      store<i32>(phase, high > grid >> 1 ? bins : firstBin(ray, high), 100);
    }
    for (let bin = 0; bin < bins; bin += BLOCK) {
      const used = min(BLOCK, bins - bin);
      const tiled = large && placeTile(first, last, bin, bin + used - 1);
      const pitch = tiled ? tilePitch : rowStride;
      const origin = tiled ? tile : gridRow(0) + (<usize>(grid >> 1) << 3);
      const fromU = tiled ? tileU : 0;
      const fromV = tiled ? tileV : 0;
      for (let ray = first; ray < last; ray++) {
        const phase = phases + <usize>(ray - first) * PHASE;
        const begin = max(load<i32>(phase, 96) - bin, 0);
        const end = min(load<i32>(phase, 100) - bin, used);
        if (begin >= end) {
          multiply(phase, phase, phase + 80);
          continue;
        }
        prepareBlock(ray, bin, phase, pitch);
        const corner = origin + <usize>(cornerV - 1 - fromV) * pitch;
        scatter(corner + (<usize>(cornerU - 1 - fromU) << 3), begin, end, pitch);
      }
      if (tiled) {
        addTile();
      }
    }
  }
}

/** The first bin of a ray whose frequency in v is not below `v`; at most the number of bins. */
function firstBin(ray: i32, v: i32): i32 {
  if (v <= 0) {
    return 0;
  }
  const step = (load<f64>(raySin + (<usize>ray << 3)) * <f64>grid) / <f64>length;
  return step * <f64>bins > <f64>v ? <i32>Math.ceil(<f64>v / step) : bins;
}

/**
 * Place the tile around the bins `bin` to `end` of some rays; false when they
 * are too far apart. The plane is many times larger than a cache and its rows
 * lie far apart, the tile is neither.
 */
function placeTile(first: i32, last: i32, bin: i32, end: i32): bool {
  const spacing = <f64>grid / <f64>length;
  const near = <f64>bin * spacing;
  const far = <f64>end * spacing;
  const cosFirst = load<f64>(rayCos + (<usize>first << 3));
  const cosLast = load<f64>(rayCos + (<usize>(last - 1) << 3));
  const sinFirst = load<f64>(raySin + (<usize>first << 3));
  const sinLast = load<f64>(raySin + (<usize>(last - 1) << 3));
  const upright = cosFirst > 0 && cosLast < 0;
  const left = <i32>Math.floor(min(cosLast * near, cosLast * far));
  const right = <i32>Math.floor(max(cosFirst * near, cosFirst * far));
  const bottom = <i32>Math.floor(min(sinFirst, sinLast) * near);
  const top = <i32>Math.floor((upright ? 1 : max(sinFirst, sinLast)) * far);
  // The kernel reaches one point before and two after; one more for rounding.
  tileU = left - 2;
  tileV = bottom - 2;
  tileRows = top - bottom + 6;
  const points = (right - left + 7) & ~1;
  tilePitch = <usize>points << 3;
  return (<i64>points) * (<i64>tileRows) <= <i64>TILE;
}

/** Add the tile to the plane, and clear it. */
function addTile(): void {
  let from = tile;
  let row = gridRow(tileV) + (<usize>(tileU + (grid >> 1)) << 3);
  for (let v = 0; v < tileRows; v++) {
    for (let at: usize = 0; at < tilePitch; at += 16) {
      const value = v128.load(from + at);
      if (v128.any_true(value)) {
        v128.store(row + at, f32x4.add(v128.load(row + at), value));
        v128.store(from + at, f32x4.splat(0));
      }
    }
    from += tilePitch;
    row += rowStride;
  }
}

/**
 * Six complex float64: the phase at the next block, and its steps over one to
 * four bins and over a block.
 */
function startPhase(ray: i32, phase: usize, centre: f64, shift: f64): void {
  const at = <usize>ray << 3;
  const column = load<f64>(raySign + at) * centre + shift * (load<f64>(rayCos + at) + load<f64>(raySin + at));
  const step = (2 * Math.PI * column) / <f64>length;
  store<f64>(phase, 1);
  store<f64>(phase, 0, 8);
  store<f64>(phase, Math.cos(step), 16);
  store<f64>(phase, Math.sin(step), 24);
  multiply(phase + 32, phase + 16, phase + 16);
  multiply(phase + 48, phase + 32, phase + 16);
  multiply(phase + 64, phase + 32, phase + 32);
  multiply(phase + 80, phase + 64, phase + 64);
  for (let bins = 8; bins < BLOCK; bins <<= 1) {
    multiply(phase + 80, phase + 80, phase + 80);
  }
}

/** Complex product, float64. */
@inline
function multiply(out: usize, a: usize, b: usize): void {
  const re = load<f64>(a) * load<f64>(b) - load<f64>(a, 8) * load<f64>(b, 8);
  const im = load<f64>(a) * load<f64>(b, 8) + load<f64>(a, 8) * load<f64>(b);
  store<f64>(out, re);
  store<f64>(out, im, 8);
}

/**
 * Rotate a block of values to the axis and find its grid points, in memory
 * with `pitch` bytes from row to row. Offsets are relative to the point below
 * and left of the first bin's corner, so that 32-bit floats are exact enough.
 */
function prepareBlock(ray: i32, bin: i32, phase: usize, rowPitch: usize): void {
  const spacing = <f64>grid / <f64>length;
  const stepU = load<f64>(rayCos + (<usize>ray << 3)) * spacing;
  const stepV = load<f64>(raySin + (<usize>ray << 3)) * spacing;
  const firstU = stepU * <f64>bin;
  const firstV = stepV * <f64>bin;
  cornerU = <i32>Math.floor(firstU);
  cornerV = <i32>Math.floor(firstV);
  const u0 = f32x4.splat(<f32>(firstU - <f64>cornerU));
  const v0 = f32x4.splat(<f32>(firstV - <f64>cornerV));
  const du = f32x4.splat(<f32>stepU);
  const dv = f32x4.splat(<f32>stepV);
  const pitch = i32x4.splat(<i32>rowPitch);
  const fine = f32x4.splat(<f32>STEPS);
  const half = f32x4.splat(0.5);

  const first = load<f64>(phase);
  const second = load<f64>(phase, 8);
  let re = f32x4.splat(<f32>first);
  let im = f32x4.splat(<f32>second);
  re = f32x4.replace_lane(re, 1, <f32>turnedCos(first, second, phase + 16));
  im = f32x4.replace_lane(im, 1, <f32>turnedSin(first, second, phase + 16));
  re = f32x4.replace_lane(re, 2, <f32>turnedCos(first, second, phase + 32));
  im = f32x4.replace_lane(im, 2, <f32>turnedSin(first, second, phase + 32));
  re = f32x4.replace_lane(re, 3, <f32>turnedCos(first, second, phase + 48));
  im = f32x4.replace_lane(im, 3, <f32>turnedSin(first, second, phase + 48));
  const cos = f32x4.splat(<f32>load<f64>(phase, 64));
  const sin = f32x4.splat(<f32>load<f64>(phase, 72));
  multiply(phase, phase, phase + 80);

  let index = f32x4(0, 1, 2, 3);
  const four = f32x4.splat(4);
  let value = blockOf(ray, bin);
  const window = filter + (<usize>bin << 2);
  for (let k: usize = 0; k < <usize>BLOCK << 2; k += 16) {
    const u = f32x4.add(u0, f32x4.mul(index, du));
    const v = f32x4.add(v0, f32x4.mul(index, dv));
    const floorU = f32x4.floor(u);
    const floorV = f32x4.floor(v);
    const entryU = i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.mul(f32x4.sub(u, floorU), fine), half));
    const entryV = i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.mul(f32x4.sub(v, floorV), fine), half));
    const pointU = i32x4.trunc_sat_f32x4_s(floorU);
    const pointV = i32x4.trunc_sat_f32x4_s(floorV);
    v128.store(offsets + k, i32x4.add(i32x4.shl(pointU, 3), i32x4.mul(pointV, pitch)));
    v128.store(entriesU + k, i32x4.shl(entryU, 4));
    v128.store(entriesV + k, i32x4.shl(entryV, 4));
    index = f32x4.add(index, four);

    const low = v128.load(value);
    const high = v128.load(value, 16);
    value += 32;
    const weight = v128.load(window + k);
    const valueRe = f32x4.mul(v128.shuffle<f32>(low, high, 0, 2, 4, 6), weight);
    const valueIm = f32x4.mul(v128.shuffle<f32>(low, high, 1, 3, 5, 7), weight);
    const outRe = f32x4.sub(f32x4.mul(valueRe, re), f32x4.mul(valueIm, im));
    const outIm = f32x4.add(f32x4.mul(valueRe, im), f32x4.mul(valueIm, re));
    v128.store(rotated + 2 * k, v128.shuffle<f32>(outRe, outIm, 0, 4, 1, 5));
    v128.store(rotated + 2 * k, v128.shuffle<f32>(outRe, outIm, 2, 6, 3, 7), 16);
    const turned = f32x4.sub(f32x4.mul(re, cos), f32x4.mul(im, sin));
    im = f32x4.add(f32x4.mul(re, sin), f32x4.mul(im, cos));
    re = turned;
  }
}

@inline
function turnedCos(re: f64, im: f64, step: usize): f64 {
  return re * load<f64>(step) - im * load<f64>(step, 8);
}

@inline
function turnedSin(re: f64, im: f64, step: usize): f64 {
  return re * load<f64>(step, 8) + im * load<f64>(step);
}

/** Add the values `begin` to below `end` of the prepared block to the plane or the tile. */
function scatter(corner: usize, begin: i32, end: i32, pitch: usize): void {
  for (let hop = 0; hop < HOP; hop++) {
    for (let k = begin + hop; k < end; k += HOP) {
      const at = <usize>k << 2;
      const point = corner + load<i32>(offsets + at);
      const kernel = v128.load(table + load<u32>(entriesU + at));
      const entry = table + load<u32>(entriesV + at);
      const value = v128.load_splat<f64>(rotated + 2 * at);
      const left = f32x4.mul(value, v128.shuffle<f32>(kernel, kernel, 0, 0, 1, 1));
      const right = f32x4.mul(value, v128.shuffle<f32>(kernel, kernel, 2, 2, 3, 3));
      addRow(point, left, right, v128.load_splat<f32>(entry));
      addRow(point + pitch, left, right, v128.load_splat<f32>(entry, 4));
      addRow(point + 2 * pitch, left, right, v128.load_splat<f32>(entry, 8));
      addRow(point + 3 * pitch, left, right, v128.load_splat<f32>(entry, 12));
    }
  }
}

@inline
function addRow(point: usize, left: v128, right: v128, weight: v128): void {
  v128.store(point, f32x4.add(v128.load(point), f32x4.mul(left, weight)));
  v128.store(point, f32x4.add(v128.load(point, 16), f32x4.mul(right, weight)), 16);
}
