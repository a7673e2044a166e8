/**
 * The Fourier plane of the slice, upper half, and the spectra put on it.
 *
 * Rows are frequencies v from -1 to grid / 2 + 2, columns frequencies u from
 * -(grid / 2 + 2) to grid / 2 + 5: what the kernel reaches beyond the plane is
 * folded back afterwards.
 */
import { makeTable, STEPS, WIDTH } from './kernel';
import { allocate, release } from './memory';
import { count, Refusal } from './plan';
import { bins, BLOCK, length, stride, values } from './spectra';
import { rayCos, raySign, raySin } from './views';

/** Rays that are gridded together, block by block, so that they meet in the cache. */
const RAYS: i32 = 16;
/** Bins between two that follow one another: they must not touch the same grid points. */
const HOP = 8;
/** Bytes of a ray's phase. */
const PHASE: usize = 96;
const LEFT = 2;
const MARGIN = 8;

/** Points of the grid in each direction. */
export let grid: i32 = 0;
/** Bytes from one row to the next. */
export let rowStride: usize = 0;
/** complex64[grid / 2 + 4][grid + MARGIN] */
let plane: usize = 0;
let table: usize = 0;
/** A block: byte offsets into the plane, into the table twice, and rotated values. */
let offsets: usize = 0;
let entriesU: usize = 0;
let entriesV: usize = 0;
let rotated: usize = 0;
/** Phases of the rays of a group. */
let phases: usize = 0;

export function releaseGrid(): void {
  release(plane);
  release(table);
  release(offsets);
  release(entriesU);
  release(entriesV);
  release(rotated);
  release(phases);
  plane = table = offsets = entriesU = entriesV = rotated = phases = 0;
}

/** Prepare for a plane of `points` in each direction. */
export function prepareGrid(points: i32, shape: f64): Refusal {
  grid = points;
  rowStride = <usize>(points + MARGIN) << 3;
  // Rounded up so that four rows may be taken at a time.
  plane = allocate(rowStride * <usize>((points >> 1) + 8));
  table = allocate(<usize>((STEPS + 1) * WIDTH) << 2);
  offsets = allocate(BLOCK << 2);
  entriesU = allocate(BLOCK << 2);
  entriesV = allocate(BLOCK << 2);
  rotated = allocate(BLOCK << 3);
  phases = allocate(<usize>RAYS * PHASE);
  if (!plane || !table || !offsets || !entriesU || !entriesV || !rotated || !phases) {
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
 * Put all spectra on the plane, for an axis at column `centre`; `shift` moves
 * the slice by that part of a pixel in x and y.
 */
export function gridSpectra(centre: f64, shift: f64): void {
  memory.fill(plane, 0, rowStride * <usize>((grid >> 1) + 8));
  for (let first = 0; first < count; first += RAYS) {
    const last = min(first + RAYS, count);
    for (let ray = first; ray < last; ray++) {
      startPhase(ray, phases + <usize>(ray - first) * PHASE, centre, shift);
    }
    for (let bin = 0; bin < bins; bin += BLOCK) {
      const used = min(BLOCK, bins - bin);
      for (let ray = first; ray < last; ray++) {
        const corner = prepareBlock(ray, bin, phases + <usize>(ray - first) * PHASE);
        scatter(corner, used);
      }
    }
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
 * Rotate a block of values to the axis and find its grid points. Offsets are
 * relative to the corner that is returned: the point below and left of its
 * first bin, so that 32-bit floats are exact enough.
 */
function prepareBlock(ray: i32, bin: i32, phase: usize): usize {
  const spacing = <f64>grid / <f64>length;
  const stepU = load<f64>(rayCos + (<usize>ray << 3)) * spacing;
  const stepV = load<f64>(raySin + (<usize>ray << 3)) * spacing;
  const firstU = stepU * <f64>bin;
  const firstV = stepV * <f64>bin;
  const cornerU = Math.floor(firstU);
  const cornerV = Math.floor(firstV);
  const u0 = f32x4.splat(<f32>(firstU - cornerU));
  const v0 = f32x4.splat(<f32>(firstV - cornerV));
  const du = f32x4.splat(<f32>stepU);
  const dv = f32x4.splat(<f32>stepV);
  const pitch = i32x4.splat(<i32>rowStride);
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
  let value = values + <usize>ray * stride + (<usize>bin << 3);
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
    const valueRe = v128.shuffle<f32>(low, high, 0, 2, 4, 6);
    const valueIm = v128.shuffle<f32>(low, high, 1, 3, 5, 7);
    const outRe = f32x4.sub(f32x4.mul(valueRe, re), f32x4.mul(valueIm, im));
    const outIm = f32x4.add(f32x4.mul(valueRe, im), f32x4.mul(valueIm, re));
    v128.store(rotated + 2 * k, v128.shuffle<f32>(outRe, outIm, 0, 4, 1, 5));
    v128.store(rotated + 2 * k, v128.shuffle<f32>(outRe, outIm, 2, 6, 3, 7), 16);
    const turned = f32x4.sub(f32x4.mul(re, cos), f32x4.mul(im, sin));
    im = f32x4.add(f32x4.mul(re, sin), f32x4.mul(im, cos));
    re = turned;
  }
  const row = gridRow(<i32>cornerV - 1);
  return row + (<usize>(<i32>cornerU + (grid >> 1) - 1) << 3);
}

@inline
function turnedCos(re: f64, im: f64, step: usize): f64 {
  return re * load<f64>(step) - im * load<f64>(step, 8);
}

@inline
function turnedSin(re: f64, im: f64, step: usize): f64 {
  return re * load<f64>(step, 8) + im * load<f64>(step);
}

/** Add the first `used` values of the prepared block to the plane. */
function scatter(corner: usize, used: i32): void {
  const pitch = rowStride;
  for (let hop = 0; hop < HOP; hop++) {
    for (let k = hop; k < used; k += HOP) {
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

/** Fold what lies beyond the plane back onto it: periodic in u and v, Hermitian in both. */
export function foldPlane(): void {
  const half = grid >> 1;
  for (let v = -1; v <= half + 2; v++) {
    const row = gridRow(v);
    for (let beyond = 1; beyond <= LEFT; beyond++) {
      addPoint(row + (<usize>(grid - beyond) << 3), row - (<usize>beyond << 3), 1);
    }
    for (let beyond = 0; beyond < MARGIN - LEFT; beyond++) {
      addPoint(row + (<usize>beyond << 3), row + (<usize>(grid + beyond) << 3), 1);
    }
  }
  foldRow(1, -1);
  mirrorRow(0);
  foldRow(half - 1, half + 1);
  foldRow(half - 2, half + 2);
  mirrorRow(half);
}

@inline
function addPoint(to: usize, from: usize, sign: f32): void {
  store<f32>(to, load<f32>(to) + load<f32>(from));
  store<f32>(to, load<f32>(to, 4) + sign * load<f32>(from, 4), 4);
}

/** Add the conjugate of row `from` at -u to row `to`. */
function foldRow(to: i32, from: i32): void {
  const target = gridRow(to);
  const source = gridRow(from);
  for (let i = 0; i < grid; i++) {
    const opposite = i == 0 ? 0 : grid - i;
    addPoint(target + (<usize>i << 3), source + (<usize>opposite << 3), -1);
  }
}

/** A row that is its own mirror image: half of it has been gridded. */
function mirrorRow(v: i32): void {
  const row = gridRow(v);
  const half = grid >> 1;
  for (let i = 0; i <= half; i++) {
    const here = row + (<usize>i << 3);
    const there = row + (<usize>(i == 0 ? 0 : grid - i) << 3);
    const re = load<f32>(here) + load<f32>(there);
    const im = load<f32>(here, 4) - load<f32>(there, 4);
    store<f32>(here, re);
    store<f32>(here, im, 4);
    store<f32>(there, re);
    store<f32>(there, -im, 4);
  }
}
