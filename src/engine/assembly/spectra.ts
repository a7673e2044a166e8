/**
 * Spectra of the projections.
 *
 * Eight rays a batch: two real projections are one complex transform, and
 * there are four of those in the lanes. Spectra do not depend on where the
 * axis is, but for the redundancy weights of more than half a turn.
 */
import { createFft, ELEMENT, Fft, goodLength, releaseFft, transform } from './fft';
import { highHalves, highPairs, lowHalves, lowPairs } from './lanes';
import { allocate, allocateZeros, release } from './memory';
import { centre, columns, count, cutoff, edgeCode, filterCode, Refusal } from './plan';
import { firstBin, high, isHalf, low } from './share';
import { columnWeight, partly, rayGain, rayRow, raySign, rayWeight, redundant } from './views';
import { makeFilter } from './window';

const TAPER = 1;
/** Columns that the value at an end is the mean of. */
const EDGE_COLUMNS = 4;
/** Bins are gridded in blocks of this many. */
export const BLOCK = 64;
/** Rays are gridded in groups of this many, so that they meet in the cache. */
export const RAYS = 16;
/** Bytes of a block of a ray. */
const BLOCK_BYTES: usize = BLOCK << 3;

let fft: Fft | null = null;
/** float32[length / 2 + 1, rounded up to blocks]: ramp times window. */
export let filter: usize = 0;
/** float32[taperLength]: 1 to 0 beyond the ends. */
let taper: usize = 0;
let taperLength: i32 = 0;
let empty: usize = 0;
/** Length of the transforms. */
export let length: i32 = 0;
/** Bins that the filter keeps. */
export let bins: i32 = 0;
/** Unfiltered, complex64[rays / RAYS][blocks of the group][RAYS][BLOCK], rounded up: in the order of the gridding. */
export let values: usize = 0;
/** int32[rays / RAYS][3]: first block of a group, the one after its last, and where block 0 would be in `values`. */
let groups: usize = 0;
const GROUP: usize = 12;

export function releaseSpectra(): void {
  releaseFft(fft);
  fft = null;
  release(filter);
  release(taper);
  release(empty);
  release(values);
  release(groups);
  filter = taper = empty = values = groups = 0;
}

/** Prepare for transforms of `reach` columns at least, and a plane of `points`. */
export function prepareSpectra(reach: f64, points: i32): Refusal {
  length = spectraLength(reach);
  fft = createFft(length);
  const half = length >> 1;
  filter = allocateZeros(<usize>(half + 1 + BLOCK) << 2);
  taperLength = (length - columns) >> 2;
  taper = allocate((<usize>taperLength + 1) << 2);
  empty = allocateZeros((<usize>columns + 4) << 2);
  if (!fft || !filter || !taper || !empty) {
    return Refusal.Memory;
  }
  refilter();
  for (let i = 0; i < taperLength; i++) {
    const part = (<f64>i + 1) / (<f64>taperLength + 1);
    store<f32>(taper + (<usize>i << 2), <f32>(0.5 + 0.5 * Math.cos(Math.PI * part)));
  }
  groups = allocate(<usize>((count + RAYS - 1) / RAYS) * GROUP);
  if (!groups) {
    return Refusal.Memory;
  }
  const bytes = placeGroups(points);
  // Before there are spectra, half an engine takes the sinogram here.
  const least = isHalf() ? (<usize>count * <usize>columns) << 2 : 0;
  values = allocateZeros(max(bytes, least));
  return values ? Refusal.None : Refusal.Memory;
}

/** Find the blocks that this engine grids of each group of rays; the bytes of all. */
function placeGroups(points: i32): usize {
  const every = (length >> 1) + 1;
  let bytes: usize = 0;
  for (let ray = 0; ray < count; ray += RAYS) {
    let first = every;
    let past = 0;
    for (let one = ray; one < min(ray + RAYS, count); one++) {
      first = min(first, firstBin(one, low, points, length, every));
      past = max(past, high > points >> 1 ? every : firstBin(one, high, points, length, every));
    }
    const from = first / BLOCK;
    const end = max((past + BLOCK - 1) / BLOCK, from);
    const group = groups + <usize>(ray / RAYS) * GROUP;
    store<i32>(group, from);
    store<i32>(group, end, 4);
    store<usize>(group, bytes - <usize>from * BLOCK_BYTES * RAYS, 8);
    bytes += <usize>(end - from) * BLOCK_BYTES * RAYS;
  }
  return bytes;
}

/** Take the plan's filter: the spectra are kept without it. */
export function refilter(): void {
  bins = makeFilter(fft!, filterCode, cutoff, filter);
}

/** Length of the transforms when `reach` columns must not come round. */
export function spectraLength(reach: f64): i32 {
  return goodLength(max<f64>(reach, 2 * <f64>columns));
}

/** Values of a block: BLOCK bins of a ray from bin `bin` on. */
@inline
export function blockOf(ray: i32, bin: i32): usize {
  const group = values + load<usize>(groups + <usize>(ray / RAYS) * GROUP, 8);
  return group + (<usize>(bin / BLOCK) * RAYS + <usize>(ray % RAYS)) * BLOCK_BYTES;
}

/** Spectra of a sinogram, float32[count][columns], sorted by angle. */
export function makeSpectra(sinogram: usize): void {
  for (let ray = 0; ray < count; ray += 8) {
    loadBatch(sinogram, ray);
    storeBatch(transform(fft!), ray);
  }
}

function rowOf(sinogram: usize, ray: i32): usize {
  if (ray >= count) {
    return empty;
  }
  return sinogram + ((<usize>load<i32>(rayRow + (<usize>ray << 2)) * <usize>columns) << 2);
}

/** Eight rows into the lanes, weighted, with the ends continued. */
function loadBatch(sinogram: usize, ray: i32): void {
  const work = fft!.work;
  const a = rowOf(sinogram, ray);
  const b = rowOf(sinogram, ray + 1);
  const c = rowOf(sinogram, ray + 2);
  const d = rowOf(sinogram, ray + 3);
  const e = rowOf(sinogram, ray + 4);
  const f = rowOf(sinogram, ray + 5);
  const g = rowOf(sinogram, ray + 6);
  const h = rowOf(sinogram, ray + 7);
  if (partly) {
    loadParts(work, ray, a, b, c, d, e, f, g, h);
  } else {
    loadWhole(work, a, b, c, d, e, f, g, h);
  }
  const out = work + <usize>columns * ELEMENT;
  memory.fill(out, 0, <usize>(length - columns) * ELEMENT);
  if (edgeCode == TAPER) {
    continueEnds(work);
  }
}

/** All rows with the same weights of the columns. */
function loadWhole(
  work: usize,
  a: usize,
  b: usize,
  c: usize,
  d: usize,
  e: usize,
  f: usize,
  g: usize,
  h: usize
): void {
  let out = work;
  // The last columns may be read beyond a row; what comes of it is overwritten.
  for (let column = 0; column < columns; column += 4) {
    const at = <usize>column << 2;
    const weight = v128.load(columnWeight + at);
    put4(
      out,
      f32x4.mul(v128.load(a + at), weight),
      f32x4.mul(v128.load(c + at), weight),
      f32x4.mul(v128.load(e + at), weight),
      f32x4.mul(v128.load(g + at), weight)
    );
    put4(
      out + 16,
      f32x4.mul(v128.load(b + at), weight),
      f32x4.mul(v128.load(d + at), weight),
      f32x4.mul(v128.load(f + at), weight),
      f32x4.mul(v128.load(h + at), weight)
    );
    out += 4 * ELEMENT;
  }
}

/** Each row with what its ray gains by the columns. */
function loadParts(
  work: usize,
  ray: i32,
  a: usize,
  b: usize,
  c: usize,
  d: usize,
  e: usize,
  f: usize,
  g: usize,
  h: usize
): void {
  const gainA = gainOf(ray);
  const gainB = gainOf(ray + 1);
  const gainC = gainOf(ray + 2);
  const gainD = gainOf(ray + 3);
  const gainE = gainOf(ray + 4);
  const gainF = gainOf(ray + 5);
  const gainG = gainOf(ray + 6);
  const gainH = gainOf(ray + 7);
  let out = work;
  for (let column = 0; column < columns; column += 4) {
    const at = <usize>column << 2;
    const side = v128.load(columnWeight + at);
    put4(
      out,
      gained(a + at, gainA, side),
      gained(c + at, gainC, side),
      gained(e + at, gainE, side),
      gained(g + at, gainG, side)
    );
    put4(
      out + 16,
      gained(b + at, gainB, side),
      gained(d + at, gainD, side),
      gained(f + at, gainF, side),
      gained(h + at, gainH, side)
    );
    out += 4 * ELEMENT;
  }
}

function gainOf(ray: i32): v128 {
  return f32x4.splat(ray < count ? <f32>load<f64>(rayGain + (<usize>ray << 3)) : 0);
}

@inline
function gained(row: usize, gain: v128, side: v128): v128 {
  const values = v128.load(row);
  return f32x4.add(values, f32x4.mul(values, f32x4.mul(gain, side)));
}

/** Four columns of four rows; column i goes to `out` + i elements. */
@inline
function put4(out: usize, va: v128, vb: v128, vc: v128, vd: v128): void {
  const lowAB = lowPairs(va, vb);
  const lowCD = lowPairs(vc, vd);
  const highAB = highPairs(va, vb);
  const highCD = highPairs(vc, vd);
  v128.store(out, lowHalves(lowAB, lowCD));
  v128.store(out + ELEMENT, highHalves(lowAB, lowCD));
  v128.store(out + 2 * ELEMENT, lowHalves(highAB, highCD));
  v128.store(out + 3 * ELEMENT, highHalves(highAB, highCD));
}

function continueEnds(work: usize): void {
  const mean = min(EDGE_COLUMNS, columns);
  let leftRe = f32x4.splat(0);
  let leftIm = f32x4.splat(0);
  let rightRe = f32x4.splat(0);
  let rightIm = f32x4.splat(0);
  for (let i = 0; i < mean; i++) {
    const first = work + <usize>i * ELEMENT;
    const last = work + <usize>(columns - 1 - i) * ELEMENT;
    leftRe = f32x4.add(leftRe, v128.load(first));
    leftIm = f32x4.add(leftIm, v128.load(first, 16));
    rightRe = f32x4.add(rightRe, v128.load(last));
    rightIm = f32x4.add(rightIm, v128.load(last, 16));
  }
  const share = <f32>(1 / <f64>mean);
  // Where the other half of the turn takes over, nothing is continued.
  const left = redundant && centre < 0.5 * <f64>(columns - 1) ? <f32>0 : share;
  const right = redundant && centre > 0.5 * <f64>(columns - 1) ? <f32>0 : share;
  leftRe = f32x4.mul(leftRe, f32x4.splat(left));
  leftIm = f32x4.mul(leftIm, f32x4.splat(left));
  rightRe = f32x4.mul(rightRe, f32x4.splat(right));
  rightIm = f32x4.mul(rightIm, f32x4.splat(right));
  let after = work + <usize>columns * ELEMENT;
  let before = work + <usize>(length - 1) * ELEMENT;
  for (let i = 0; i < taperLength; i++) {
    const part = v128.load_splat<f32>(taper + (<usize>i << 2));
    v128.store(after, f32x4.mul(rightRe, part));
    v128.store(after, f32x4.mul(rightIm, part), 16);
    v128.store(before, f32x4.mul(leftRe, part));
    v128.store(before, f32x4.mul(leftIm, part), 16);
    after += ELEMENT;
    before -= ELEMENT;
  }
}

/** A number of the rays ray, ray + 2, ray + 4 and ray + 6, in lanes. */
function ofRays(table: usize, ray: i32): v128 {
  const at = table + (<usize>ray << 3);
  const last = count - 1 - ray;
  let lanes = f32x4.splat(last >= 0 ? <f32>load<f64>(at) : 0);
  lanes = f32x4.replace_lane(lanes, 1, last >= 2 ? <f32>load<f64>(at, 16) : 0);
  lanes = f32x4.replace_lane(lanes, 2, last >= 4 ? <f32>load<f64>(at, 32) : 0);
  return f32x4.replace_lane(lanes, 3, last >= 6 ? <f32>load<f64>(at, 48) : 0);
}

/** Take the two real projections of each lane apart, weigh, and store by ray. */
function storeBatch(spectrum: usize, ray: i32): void {
  const half = f32x4.splat(0.5);
  const evenRe = f32x4.mul(ofRays(rayWeight, ray), half);
  const oddRe = f32x4.mul(ofRays(rayWeight, ray + 1), half);
  // Mirror images have the conjugate spectrum.
  const evenIm = f32x4.mul(evenRe, ofRays(raySign, ray));
  const oddIm = f32x4.mul(oddRe, ofRays(raySign, ray + 1));
  const mirror = spectrum + <usize>length * ELEMENT;
  const group = groups + <usize>(ray / RAYS) * GROUP;
  const first = load<i32>(group) * BLOCK;
  const past = min(load<i32>(group, 4) * BLOCK, (length >> 1) + 1);
  let out = blockOf(ray, first);
  for (let k = first; k < past; k += 2) {
    const here = spectrum + <usize>k * ELEMENT;
    const there = k == 0 ? spectrum : mirror - <usize>k * ELEMENT;
    const next = mirror - <usize>(k + 1) * ELEMENT;
    const re0 = v128.load(here);
    const im0 = v128.load(here, 16);
    const mirrorRe0 = v128.load(there);
    const mirrorIm0 = v128.load(there, 16);
    const re1 = v128.load(here, 32);
    const im1 = v128.load(here, 48);
    const mirrorRe1 = v128.load(next);
    const mirrorIm1 = v128.load(next, 16);
    store2(
      out,
      f32x4.mul(f32x4.add(re0, mirrorRe0), evenRe),
      f32x4.mul(f32x4.sub(im0, mirrorIm0), evenIm),
      f32x4.mul(f32x4.add(re1, mirrorRe1), evenRe),
      f32x4.mul(f32x4.sub(im1, mirrorIm1), evenIm)
    );
    store2(
      out + BLOCK_BYTES,
      f32x4.mul(f32x4.add(im0, mirrorIm0), oddRe),
      f32x4.mul(f32x4.sub(mirrorRe0, re0), oddIm),
      f32x4.mul(f32x4.add(im1, mirrorIm1), oddRe),
      f32x4.mul(f32x4.sub(mirrorRe1, re1), oddIm)
    );
    out += (k & (BLOCK - 1)) == BLOCK - 2 ? 16 + BLOCK_BYTES * (RAYS - 1) : 16;
  }
}

/** Two complex bins of the four lanes to four rays, two rays apart. */
@inline
function store2(out: usize, re0: v128, im0: v128, re1: v128, im1: v128): void {
  const low0 = lowPairs(re0, im0);
  const high0 = highPairs(re0, im0);
  const low1 = lowPairs(re1, im1);
  const high1 = highPairs(re1, im1);
  v128.store(out, lowHalves(low0, low1));
  v128.store(out + 2 * BLOCK_BYTES, highHalves(low0, low1));
  v128.store(out + 4 * BLOCK_BYTES, lowHalves(high0, high1));
  v128.store(out + 6 * BLOCK_BYTES, highHalves(high0, high1));
}
