/**
 * Phase retrieval from one distance (Paganin et al. 2002): images are filtered
 * by 1 / (1 + spread * k^2), k in radians a pixel, both ways.
 *
 * Along a row by a Fourier transform of the whole row, its ends repeated;
 * across rows by a sum over `reach` rows above and below, with weights for
 * each frequency. Rows are transformed four at a time, one in each lane, and
 * sums have a fixed order: a row has the same bits in every window that holds
 * the rows it needs.
 */
import { createFft, ELEMENT, Fft, goodLength, releaseFft, transform } from './fft';
import { highHalves, highPairs, lowHalves, lowPairs } from './lanes';
import { allocate, allocateZeros, release } from './memory';
import { Refusal } from './plan';
import { makeWeights, releaseWeights, tapsOf, TILE, weightsOf } from './phaseweights';

/** Bytes of a row in a tile: real parts, then imaginary parts of its frequencies. */
const ROW: usize = 64;
/** Rows that are filtered before the next ones are transformed. */
const STRIP: i32 = 64;

let columns: i32 = 0;
let reach: i32 = 0;
let spread: f64 = -1;
let fft: Fft | null = null;
/** Values of four padded rows, one after the other. */
let lines: usize = 0;
/** Frequencies of four rows, as elements of a transform. */
let bins: usize = 0;
/** (cos, sin) of -2 pi k / padded length, float32, up to a quarter turn. */
let turns: usize = 0;
let tiles: i32 = 0;
/** Spectra (tile, row), from row `base` on. */
let spectra: usize = 0;
let capacity: i32 = 0;
/** Filtered ones (tile, row of the strip). */
let filtered: usize = 0;

function clear(): void {
  releaseFft(fft);
  fft = null;
  release(lines);
  release(bins);
  release(turns);
  release(spectra);
  release(filtered);
  releaseWeights();
  lines = bins = turns = spectra = filtered = 0;
  columns = capacity = 0;
}

/**
 * Prepare for images of so many columns; the same again costs nothing. The
 * weights end after `reach` rows.
 */
export function preparePhase(width: i32, strength: f64, rows: i32): i32 {
  if (fft && width == columns && strength == spread && rows == reach) {
    return Refusal.None;
  }
  clear();
  if (width < 1 || width > 32768) {
    return Refusal.Columns;
  }
  if (!(strength >= 0 && strength < Infinity) || rows < 1 || rows > 65536) {
    return Refusal.Step;
  }
  const half = goodLength(max<f64>(<f64>width, 0.5 * <f64>width + <f64>rows));
  const length = 2 * half;
  tiles = half / TILE + 1;
  fft = createFft(half);
  lines = allocate((<usize>length << 2) * 4);
  // Beyond the last frequency there are zeros.
  bins = allocateZeros(<usize>(tiles * TILE) * ELEMENT);
  turns = allocate(<usize>(half / 2 + 1) << 3);
  filtered = allocate(<usize>tiles * <usize>STRIP * ROW);
  if (!fft || !lines || !bins || !turns || !filtered || !makeWeights(length, strength, rows)) {
    clear();
    return Refusal.Memory;
  }
  for (let k = 0; k <= half / 2; k++) {
    const angle = (-2 * Math.PI * <f64>k) / <f64>length;
    store<f32>(turns + (<usize>k << 3), <f32>Math.cos(angle));
    store<f32>(turns + (<usize>k << 3), <f32>Math.sin(angle), 4);
  }
  columns = width;
  spread = strength;
  reach = rows;
  return Refusal.None;
}

/**
 * Filter rows [first, last) of an image (rows, columns); `out` has room for
 * these and must not overlap. Rows beyond the image are like its first and
 * last. Pixels that are not finite count as what is between their neighbours
 * in the row, 1 where there are none. Returns how many of them there were in
 * the rows that were asked for; -1 when it is not prepared or there is no memory.
 */
export function retrievePhase(data: i32, out: i32, rows: i32, first: i32, last: i32): i32 {
  if (!fft || first < 0 || last > rows || first >= last || !takeRoom(last - first)) {
    return -1;
  }
  let gaps = 0;
  let base = first - reach;
  let next = base;
  for (let top = first; top < last; top += STRIP) {
    const bottom = min(top + STRIP, last);
    const start = top - reach;
    if (bottom + reach - base > capacity) {
      move(start - base, next - start);
      base = start;
    }
    gaps += readRows(<usize>data, rows, base, next, bottom + reach, first, last);
    next = bottom + reach;
    for (let tile = 0; tile < tiles; tile++) {
      const from = spectra + (<usize>tile * <usize>capacity + <usize>(top - base)) * ROW;
      sumRows(from, filtered + <usize>(tile * STRIP) * ROW, bottom - top, weightsOf(tile), tapsOf(tile));
    }
    for (let row = top; row < bottom; row += 4) {
      giveRows(<usize>(row - top), <usize>out + ((<usize>(row - first) * <usize>columns) << 2), min(4, bottom - row));
    }
  }
  return gaps;
}

/** Room for the spectra that `wanted` rows need, or some of them at a time. */
function takeRoom(wanted: i32): bool {
  // An odd number of rows, so that tiles do not fall on each other in the cache.
  const needed = (2 * reach + min(wanted, max(STRIP, reach) + STRIP)) | 1;
  if (needed > capacity) {
    release(spectra);
    spectra = allocate(<usize>tiles * <usize>needed * ROW);
    capacity = spectra ? needed : 0;
  }
  return !!spectra;
}

/** Forget the first `by` rows of each tile, keep the `count` after them. */
function move(by: i32, count: i32): void {
  for (let tile = 0; tile < tiles; tile++) {
    const to = spectra + <usize>tile * <usize>capacity * ROW;
    memory.copy(to, to + <usize>by * ROW, <usize>count * ROW);
  }
}

/** Spectra of rows [from, to), those beyond the image as its first and last; counts gaps. */
function readRows(data: usize, rows: i32, base: i32, from: i32, to: i32, first: i32, last: i32): i32 {
  let gaps = 0;
  const end = min(to, rows);
  for (let row = max(from, 0); row < end; row += 4) {
    for (let lane = 0; lane < 4; lane++) {
      const here = min(row + lane, end - 1);
      const found = takeLine(data + ((<usize>here * <usize>columns) << 2), lane);
      gaps += here == row + lane && here >= first && here < last ? found : 0;
    }
    takeSpectra(<usize>(row - base), min(4, end - row));
  }
  for (let row = from; row < min(to, 0); row++) {
    repeat(-base, row - base);
  }
  for (let row = max(from, rows); row < to; row++) {
    repeat(rows - 1 - base, row - base);
  }
  return gaps;
}

function repeat(from: i32, to: i32): void {
  for (let tile = 0; tile < tiles; tile++) {
    const at = spectra + <usize>tile * <usize>capacity * ROW;
    memory.copy(at + <usize>to * ROW, at + <usize>from * ROW, ROW);
  }
}

/** A row into line `lane`, without gaps, its ends repeated; returns how many gaps there were. */
function takeLine(row: usize, lane: i32): i32 {
  const length = <usize>2 * <usize>(<Fft>fft).length;
  const line = lines + ((<usize>lane * length) << 2);
  const end = line + (<usize>columns << 2);
  memory.copy(line, row, end - line);
  let odd = i32x4.splat(0);
  let at = line;
  for (; at + 16 <= end; at += 16) {
    const value = v128.load(at);
    odd = v128.or(odd, f32x4.ne(f32x4.sub(value, value), f32x4.splat(0)));
  }
  let broken = v128.any_true(odd);
  for (; at < end; at += 4) {
    broken = broken || !isFinite<f32>(load<f32>(at));
  }
  const gaps = broken ? bridge(line, end) : 0;
  const middle = end + (((length - <usize>columns) >> 1) << 2);
  fill(end, middle, load<f32>(end - 4));
  fill(middle, line + (length << 2), load<f32>(line));
  return gaps;
}

function fill(from: usize, to: usize, value: f32): void {
  for (; from < to; from += 4) {
    store<f32>(from, value);
  }
}

/** Straight lines across what is not finite. */
function bridge(line: usize, end: usize): i32 {
  let gaps = 0;
  let before: usize = 0;
  for (let at = line; at < end; at += 4) {
    if (isFinite<f32>(load<f32>(at))) {
      before = at;
      continue;
    }
    let after = at;
    while (after < end && !isFinite<f32>(load<f32>(after))) {
      after += 4;
    }
    gaps += <i32>((after - at) >> 2);
    if (before && after < end) {
      const start = load<f32>(before);
      const rise = (load<f32>(after) - start) / <f32>((after - before) >> 2);
      for (; at < after; at += 4) {
        store<f32>(at, start + rise * <f32>((at - before) >> 2));
      }
    } else {
      fill(at, after, before ? load<f32>(before) : after < end ? load<f32>(after) : 1);
    }
    at = after - 4;
  }
  return gaps;
}

/** Spectra of the four lines, twice as large as they are, into the tiles at `slot`. */
function takeSpectra(slot: usize, number: i32): void {
  const half = (<Fft>fft).length;
  const bytes = <usize>half << 3;
  let to = (<Fft>fft).work;
  for (let at = lines; at < lines + bytes; at += 16, to += 2 * ELEMENT) {
    const a = v128.load(at);
    const b = v128.load(at + bytes);
    const c = v128.load(at + 2 * bytes);
    const d = v128.load(at + 3 * bytes);
    const ab = lowPairs(a, b);
    const cd = lowPairs(c, d);
    v128.store(to, lowHalves(ab, cd));
    v128.store(to, highHalves(ab, cd), 16);
    const above = highPairs(a, b);
    const below = highPairs(c, d);
    v128.store(to, lowHalves(above, below), 32);
    v128.store(to, highHalves(above, below), 48);
  }
  const z = transform(<Fft>fft);
  // Even and odd pixels were real and imaginary parts.
  for (let k = 0; k <= half / 2; k++) {
    const a = z + <usize>k * ELEMENT;
    const mirrored = k > 0 ? half - k : 0;
    const b = z + <usize>mirrored * ELEMENT;
    const cos = v128.load_splat<f32>(turns + (<usize>k << 3));
    const sin = v128.load_splat<f32>(turns + (<usize>k << 3), 4);
    const sumRe = f32x4.add(v128.load(a), v128.load(b));
    const sumIm = f32x4.sub(v128.load(a, 16), v128.load(b, 16));
    const restRe = f32x4.sub(v128.load(a), v128.load(b));
    const restIm = f32x4.add(v128.load(a, 16), v128.load(b, 16));
    const oddRe = f32x4.add(f32x4.mul(sin, restRe), f32x4.mul(cos, restIm));
    const oddIm = f32x4.sub(f32x4.mul(sin, restIm), f32x4.mul(cos, restRe));
    const low = bins + <usize>k * ELEMENT;
    const high = bins + <usize>(half - k) * ELEMENT;
    v128.store(high, f32x4.sub(sumRe, oddRe));
    v128.store(high, f32x4.sub(oddIm, sumIm), 16);
    v128.store(low, f32x4.add(sumRe, oddRe));
    v128.store(low, f32x4.add(sumIm, oddIm), 16);
  }
  for (let tile = 0; tile < tiles; tile++) {
    const to = spectra + (<usize>tile * <usize>capacity + slot) * ROW;
    const from = bins + <usize>(tile * TILE) * ELEMENT;
    for (let part: usize = 0; part < 4; part++) {
      // Frequencies 0 to 3 and 4 to 7 of the real parts, then of the imaginary ones.
      const at = from + (part & 1) * 4 * ELEMENT + (part >> 1) * 16;
      const a = v128.load(at);
      const b = v128.load(at, ELEMENT);
      const c = v128.load(at, 2 * ELEMENT);
      const d = v128.load(at, 3 * ELEMENT);
      const ab = lowPairs(a, b);
      const cd = lowPairs(c, d);
      const above = highPairs(a, b);
      const below = highPairs(c, d);
      const row = to + part * 16;
      v128.store(row, lowHalves(ab, cd));
      if (number > 1) {
        v128.store(row, highHalves(ab, cd), ROW);
      }
      if (number > 2) {
        v128.store(row, lowHalves(above, below), 2 * ROW);
      }
      if (number > 3) {
        v128.store(row, highHalves(above, below), 3 * ROW);
      }
    }
  }
}

/** Weighted sums across rows, for the frequencies of one tile. */
function sumRows(from: usize, to: usize, number: i32, weights: usize, taps: i32): void {
  const end = weights + (<usize>(taps + 1) << 5);
  let row = 0;
  for (; row + 2 <= number; row += 2, from += 2 * ROW, to += 2 * ROW) {
    let low = v128.load(weights);
    let high = v128.load(weights, 16);
    let a = f32x4.mul(low, v128.load(from));
    let b = f32x4.mul(high, v128.load(from, 16));
    let c = f32x4.mul(low, v128.load(from, 32));
    let d = f32x4.mul(high, v128.load(from, 48));
    let e = f32x4.mul(low, v128.load(from, 64));
    let f = f32x4.mul(high, v128.load(from, 80));
    let g = f32x4.mul(low, v128.load(from, 96));
    let h = f32x4.mul(high, v128.load(from, 112));
    let above = from - ROW;
    let below = from + ROW;
    for (let at = weights + 32; at < end; at += 32, above -= ROW, below += ROW) {
      low = v128.load(at);
      high = v128.load(at, 16);
      a = f32x4.add(a, f32x4.mul(low, f32x4.add(v128.load(above), v128.load(below))));
      b = f32x4.add(b, f32x4.mul(high, f32x4.add(v128.load(above, 16), v128.load(below, 16))));
      c = f32x4.add(c, f32x4.mul(low, f32x4.add(v128.load(above, 32), v128.load(below, 32))));
      d = f32x4.add(d, f32x4.mul(high, f32x4.add(v128.load(above, 48), v128.load(below, 48))));
      e = f32x4.add(e, f32x4.mul(low, f32x4.add(v128.load(above, 64), v128.load(below, 64))));
      f = f32x4.add(f, f32x4.mul(high, f32x4.add(v128.load(above, 80), v128.load(below, 80))));
      g = f32x4.add(g, f32x4.mul(low, f32x4.add(v128.load(above, 96), v128.load(below, 96))));
      h = f32x4.add(h, f32x4.mul(high, f32x4.add(v128.load(above, 112), v128.load(below, 112))));
    }
    v128.store(to, a);
    v128.store(to, b, 16);
    v128.store(to, c, 32);
    v128.store(to, d, 48);
    v128.store(to, e, 64);
    v128.store(to, f, 80);
    v128.store(to, g, 96);
    v128.store(to, h, 112);
  }
  if (row < number) {
    for (let part: usize = 0; part < ROW; part += 16) {
      const own = weights + (part & 16);
      let sum = f32x4.mul(v128.load(own), v128.load(from + part));
      let above = from + part - ROW;
      let below = from + part + ROW;
      for (let at = own + 32; at < end; at += 32, above -= ROW, below += ROW) {
        sum = f32x4.add(sum, f32x4.mul(v128.load(at), f32x4.add(v128.load(above), v128.load(below))));
      }
      v128.store(to + part, sum);
    }
  }
}

/** Pixels of up to four rows from row `slot` of the strip on. */
function giveRows(slot: usize, out: usize, number: i32): void {
  const half = (<Fft>fft).length;
  for (let tile = 0; tile < tiles; tile++) {
    const from = filtered + (<usize>(tile * STRIP) + slot) * ROW;
    const to = bins + <usize>(tile * TILE) * ELEMENT;
    for (let part: usize = 0; part < 4; part++) {
      const row = from + part * 16;
      const at = to + (part & 1) * 4 * ELEMENT + (part >> 1) * 16;
      // The strip is a multiple of four rows, so all of them can be read.
      const a = v128.load(row);
      const b = v128.load(row, ROW);
      const c = v128.load(row, 2 * ROW);
      const d = v128.load(row, 3 * ROW);
      const ab = lowPairs(a, b);
      const cd = lowPairs(c, d);
      const above = highPairs(a, b);
      const below = highPairs(c, d);
      v128.store(at, lowHalves(ab, cd));
      v128.store(at, highHalves(ab, cd), ELEMENT);
      v128.store(at, lowHalves(above, below), 2 * ELEMENT);
      v128.store(at, highHalves(above, below), 3 * ELEMENT);
    }
  }
  const z = (<Fft>fft).work;
  for (let k = 0; k <= half / 2; k++) {
    const a = bins + <usize>k * ELEMENT;
    const b = bins + <usize>(half - k) * ELEMENT;
    const cos = v128.load_splat<f32>(turns + (<usize>k << 3));
    const sin = v128.load_splat<f32>(turns + (<usize>k << 3), 4);
    const sumRe = f32x4.add(v128.load(a), v128.load(b));
    const sumIm = f32x4.sub(v128.load(a, 16), v128.load(b, 16));
    const restRe = f32x4.sub(v128.load(a), v128.load(b));
    const restIm = f32x4.add(v128.load(a, 16), v128.load(b, 16));
    const oddRe = f32x4.sub(f32x4.mul(sin, restRe), f32x4.mul(cos, restIm));
    const oddIm = f32x4.add(f32x4.mul(sin, restIm), f32x4.mul(cos, restRe));
    // Parts are exchanged, as the transform goes the other way.
    if (k) {
      const high = z + <usize>(half - k) * ELEMENT;
      v128.store(high, f32x4.sub(oddIm, sumIm));
      v128.store(high, f32x4.sub(sumRe, oddRe), 16);
    }
    const low = z + <usize>k * ELEMENT;
    v128.store(low, f32x4.add(sumIm, oddIm));
    v128.store(low, f32x4.add(sumRe, oddRe), 16);
  }
  const bytes = <usize>half << 3;
  let from = transform(<Fft>fft);
  for (let at = lines; at < lines + bytes; at += 16, from += 2 * ELEMENT) {
    const a = v128.load(from, 16);
    const b = v128.load(from);
    const c = v128.load(from, 48);
    const d = v128.load(from, 32);
    const ab = lowPairs(a, b);
    const cd = lowPairs(c, d);
    const above = highPairs(a, b);
    const below = highPairs(c, d);
    v128.store(at, lowHalves(ab, cd));
    v128.store(at + bytes, highHalves(ab, cd));
    v128.store(at + 2 * bytes, lowHalves(above, below));
    v128.store(at + 3 * bytes, highHalves(above, below));
  }
  const row = <usize>columns << 2;
  for (let lane: usize = 0; lane < <usize>number; lane++) {
    memory.copy(out + lane * row, lines + lane * bytes, row);
  }
}
