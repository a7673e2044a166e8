/**
 * The Fourier plane of the slice, upper half, and the spectra put on it.
 *
 * Rows are frequencies v from -1 to grid / 2 + 2, columns frequencies u from
 * -(grid / 2 + 2) to grid / 2 + 5: what the kernel reaches beyond the plane is
 * folded back afterwards.
 */
import { highPairs, lowPairs } from './lanes';
import { makeTable, STEP_BITS, STEPS, WIDTH } from './kernel';
import { allocate, allocateZeros, release } from './memory';
import { columns, count, Refusal } from './plan';
import { firstBin, high, isHalf, low } from './share';
import { bins, BLOCK, blockOf, filter, length, RAYS } from './spectra';
import { rayCos, raySign, raySin } from './views';

/** Bins between two that follow one another: they must not touch the same grid points. */
const HOP = 8;
/** Bytes of a plane that a cache does not hold anyhow. */
const LARGE: usize = 16 << 20;
/** Points of the largest tile: beyond, the rays are too far apart to share one. */
const TILE = 6144;
/** Bytes of a ray's phase, of its first bin and the one after its last, and of its steps from bin to bin. */
const PHASE: usize = 128;
/** Points before and after a row, which the kernel reaches. */
export const LEFT = 2;
export const MARGIN = 8;

/** Points of the grid in each direction. */
export let grid: i32 = 0;
/** Bytes from one row to the next. */
export let rowStride: usize = 0;
/** complex64[grid / 2 + 8][grid + MARGIN], or those rows that a half reaches. */
export let plane: usize = 0;
/** Its first row. */
let planeFirst: i32 = -1;
let table: usize = 0;
/** complex64[TILE]: what a group of rays adds to a piece of the plane; zero in between. */
let tile: usize = 0;
/** First point of the tile, its rows, and bytes from one to the next. */
let tileU: i32 = 0;
let tileV: i32 = 0;
let tileRows: i32 = 0;
let tilePitch: usize = 0;
/**
 * What is prepared of a block of a ray: int32[BLOCK] each where its values go
 * and the entries of the table in u and v, as addresses; complex64[BLOCK] the values.
 */
let block: usize = 0;
const ENTRIES_U: usize = BLOCK << 2;
const ENTRIES_V: usize = BLOCK << 3;
const VALUES: usize = BLOCK * 12;
/** Bits of a position after the point, and how far an entry's are from where its address has them. */
const FRACTION = 22;
const ENTRY = FRACTION - STEP_BITS - 4;
const HALF_ENTRY = 1 << (FRACTION - STEP_BITS - 1);
/** Phases of the rays of a group. */
let phases: usize = 0;

export function releaseGrid(): void {
  release(plane);
  release(table);
  release(tile);
  release(block);
  release(phases);
  plane = table = tile = block = phases = 0;
}

/** Prepare for a plane of `points` in each direction; half an engine needs `half` bytes of it. */
export function prepareGrid(points: i32, shape: f64, half: usize): Refusal {
  grid = points;
  rowStride = <usize>(points + MARGIN) << 3;
  planeFirst = max(low - 4, -1);
  const rows = min(high + 4, planeEnd()) - planeFirst;
  // Between slices, half an engine has the sinogram here.
  const least = isHalf() ? max(half, (<usize>count * <usize>columns) << 2) : 0;
  plane = allocate(max(rowStride * <usize>rows, least));
  table = allocate(<usize>(STEPS * WIDTH) << 2);
  tile = allocateZeros(<usize>(TILE + 4) << 3);
  block = allocate(BLOCK * 20);
  phases = allocate(<usize>RAYS * PHASE);
  if (!plane || !table || !tile || !block || !phases) {
    return Refusal.Memory;
  }
  makeTable(table, shape);
  return Refusal.None;
}

/** The row after the plane's last; four rows may be taken at a time. */
function planeEnd(): i32 {
  return (grid >> 1) + 7;
}

/** First point (u = -grid / 2) of row `v`. */
export function gridRow(v: i32): usize {
  return plane + <usize>(v - planeFirst) * rowStride + (LEFT << 3);
}

/**
 * Put what spectra have at frequencies in v from `from` to below `to` on the
 * plane, whose rows there are cleared first, for an axis at column `centre`;
 * `shift` moves the slice by that part of a pixel in x and y.
 */
export function gridSpectra(centre: f64, shift: f64, from: i32, to: i32): void {
  const cleared = max(from - 4, -1);
  const rows = min(to + 4, planeEnd()) - cleared;
  memory.fill(gridRow(cleared) - (LEFT << 3), 0, rowStride * <usize>rows);
  const large = rowStride * <usize>(grid >> 1) > LARGE;
  for (let first = 0; first < count; first += RAYS) {
    const last = min(first + RAYS, count);
    for (let ray = first; ray < last; ray++) {
      const phase = phases + <usize>(ray - first) * PHASE;
      startPhase(ray, phase, centre, shift);
      store<i32>(phase, firstBin(ray, from, grid, length, bins), 96);
      store<i32>(phase, to > grid >> 1 ? bins : firstBin(ray, to, grid, length, bins), 100);
    }
    for (let bin = 0; bin < bins; bin += BLOCK) {
      const used = min(BLOCK, bins - bin);
      const tiled = large && placeTile(first, last, bin, bin + used - 1);
      const pitch = tiled ? tilePitch : rowStride;
      const origin = tiled
        ? tile - <usize>tileV * pitch - (<usize>tileU << 3)
        : gridRow(0) + (<usize>(grid >> 1) << 3);
      for (let ray = first; ray < last; ray++) {
        const phase = phases + <usize>(ray - first) * PHASE;
        const begin = max(load<i32>(phase, 96) - bin, 0);
        const end = min(load<i32>(phase, 100) - bin, used);
        if (begin >= end) {
          multiply(phase, phase, phase + 80);
          continue;
        }
        prepareBlock(ray, bin, phase, origin, pitch);
        scatter(begin, end, pitch);
      }
      if (tiled) {
        addTile();
      }
    }
  }
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
  const spacing = (<f64>grid / <f64>length) * 4294967296;
  store<i64>(phase, <i64>(load<f64>(rayCos + at) * spacing), 104);
  store<i64>(phase, <i64>(load<f64>(raySin + at) * spacing), 112);
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
 * with `pitch` bytes from row to row; `origin` is where the plane's middle
 * would be there. Positions are relative to the point below and left of the
 * first bin, so that 32 bits are exact enough.
 */
function prepareBlock(ray: i32, bin: i32, phase: usize, origin: usize, pitch: usize): void {
  const stepU = load<i64>(phase, 104);
  const stepV = load<i64>(phase, 112);
  const firstU = stepU * <i64>bin;
  const firstV = stepV * <i64>bin;
  const corner = origin + <usize>(<i32>(firstV >> 32) - 1) * pitch + (<usize>(<i32>(firstU >> 32) - 1) << 3);
  let u = positions(firstU, stepU);
  let v = positions(firstV, stepV);
  const fourU = i32x4.splat(<i32>((4 * stepU) >> (32 - FRACTION)));
  const fourV = i32x4.splat(<i32>((4 * stepV) >> (32 - FRACTION)));
  const point = i32x4.splat(<i32>corner);
  const entries = i32x4.splat(<i32>table);
  const row = i32x4.splat(<i32>pitch);
  const whole = i32x4.splat(~7);
  const part = i32x4.splat((STEPS - 1) << 4);

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

  let from = blockOf(ray, bin);
  let window = filter + (<usize>bin << 2);
  let out = block;
  let value = block + VALUES;
  for (const end = out + (BLOCK << 2); out < end; out += 16) {
    v128.store(
      out,
      i32x4.add(
        i32x4.add(point, v128.and(i32x4.shr_s(u, FRACTION - 3), whole)),
        i32x4.mul(i32x4.shr_s(v, FRACTION), row)
      )
    );
    v128.store(out, i32x4.add(entries, v128.and(i32x4.shr_s(u, ENTRY), part)), ENTRIES_U);
    v128.store(out, i32x4.add(entries, v128.and(i32x4.shr_s(v, ENTRY), part)), ENTRIES_V);
    u = i32x4.add(u, fourU);
    v = i32x4.add(v, fourV);

    const low = v128.load(from);
    const high = v128.load(from, 16);
    const weight = v128.load(window);
    const valueRe = f32x4.mul(v128.shuffle<f32>(low, high, 0, 2, 4, 6), weight);
    const valueIm = f32x4.mul(v128.shuffle<f32>(low, high, 1, 3, 5, 7), weight);
    const outRe = f32x4.sub(f32x4.mul(valueRe, re), f32x4.mul(valueIm, im));
    const outIm = f32x4.add(f32x4.mul(valueRe, im), f32x4.mul(valueIm, re));
    v128.store(value, lowPairs(outRe, outIm));
    v128.store(value, highPairs(outRe, outIm), 16);
    const turned = f32x4.sub(f32x4.mul(re, cos), f32x4.mul(im, sin));
    im = f32x4.add(f32x4.mul(re, sin), f32x4.mul(im, cos));
    re = turned;
    from += 32;
    window += 16;
    value += 32;
  }
}

/**
 * The first four of positions `step` apart, within a grid point of what was cut
 * off; half an entry of the table further, as they are cut off to entries.
 */
@inline
function positions(first: i64, step: i64): v128 {
  const start = <i32>((first & 0xffffffff) >> (32 - FRACTION)) + HALF_ENTRY;
  return i32x4.add(
    i32x4.splat(start),
    i32x4.mul(i32x4.splat(<i32>(step >> (32 - FRACTION))), i32x4(0, 1, 2, 3))
  );
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
function scatter(begin: i32, end: i32, pitch: usize): void {
  const stop = block + (<usize>end << 2);
  const twice = pitch << 1;
  const thrice = twice + pitch;
  for (let hop = begin; hop < begin + HOP; hop++) {
    let value = block + VALUES + (<usize>hop << 3);
    for (let at = block + (<usize>hop << 2); at < stop; at += HOP << 2) {
      const point = <usize>load<u32>(at);
      const kernel = v128.load(load<u32>(at, ENTRIES_U));
      const entry = <usize>load<u32>(at, ENTRIES_V);
      const pair = v128.load_splat<f64>(value);
      value += HOP << 3;
      const left = f32x4.mul(pair, v128.shuffle<f32>(kernel, kernel, 0, 0, 1, 1));
      const right = f32x4.mul(pair, v128.shuffle<f32>(kernel, kernel, 2, 2, 3, 3));
      addRow(point, left, right, v128.load_splat<f32>(entry));
      addRow(point + pitch, left, right, v128.load_splat<f32>(entry, 4));
      addRow(point + twice, left, right, v128.load_splat<f32>(entry, 8));
      addRow(point + thrice, left, right, v128.load_splat<f32>(entry, 12));
    }
  }
}

@inline
function addRow(point: usize, left: v128, right: v128, weight: v128): void {
  v128.store(point, f32x4.add(v128.load(point), f32x4.mul(left, weight)));
  v128.store(point, f32x4.add(v128.load(point, 16), f32x4.mul(right, weight)), 16);
}
