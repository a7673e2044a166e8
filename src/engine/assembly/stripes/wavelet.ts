/**
 * Removal of stripes by wavelets and Fourier transform: Muench, Trtik, Marone
 * and Stampanoni 2009.
 *
 * A stripe is sharp across columns and smooth along the angle. At each level
 * that part of the sinogram loses its lowest frequencies along the angle. The
 * transform is linear, so what is lost is put together and subtracted.
 */
import { columns, count } from '../plan';
import {
  analyseLines,
  byReal,
  layOutConvolution,
  LINES,
  MANY,
  putColumns,
  startConvolution,
  takeColumns
} from './convolution';
import {
  halved,
  joinDown,
  joinLine,
  layOutDwt,
  pitchOf,
  setFilters,
  smoothDown,
  splitLine,
  taps
} from './dwt';
import {
  analyse,
  coefficientBytes,
  frequencies,
  layOutFrequencies,
  mostFrequencies,
  setGaussian,
  synthesise,
  weigh
} from './lowpass';
import { findMean, layOutPadding, paddedRow, padOf } from './padding';
import { take } from './scratch';

const MOST_LEVELS = 16;
/** The smoothest level still has about this many rows and columns. */
const LEAST: f64 = 16;

/** int32[MOST_LEVELS + 1] each: rows and columns of a level; 0 is the padded sinogram. */
let heights: usize = 0;
let widths: usize = 0;
/** uint32[MOST_LEVELS + 1]: sharp part of each level. */
let sharps: usize = 0;
/** uint32 pointers to rows. */
let pointers: usize = 0;
let smoothed: usize = 0;
let images: usize = 0;
let others: usize = 0;
let coefficients: usize = 0;
let levels: i32 = 0;
let pad: i32 = 0;

@inline
function heightAt(level: i32): i32 {
  return load<i32>(heights + (<usize>level << 2));
}

@inline
function widthAt(level: i32): i32 {
  return load<i32>(widths + (<usize>level << 2));
}

/** Levels that a sinogram of `rows` and `wide` has, `asked` at most. */
function levelsOf(asked: i32, rows: i32, wide: i32): i32 {
  let most = 0;
  while (<f64>min(rows, wide) >= LEAST * <f64>(2 << most)) {
    most++;
  }
  return min(asked, most);
}

/** `base` is 0 when only the room is measured. */
export function layOutWavelet(asked: i32, sigma: f64, code: i32): void {
  pad = padOf(min(count, columns));
  const rows = count + 2 * pad;
  const wide = columns + 2 * pad;
  levels = levelsOf(asked, rows, wide);
  layOutPadding();
  layOutDwt(code, wide);
  const height = halved(rows);
  const pitch = pitchOf(max(halved(wide), columns)) + 64;
  const most = mostFrequencies(sigma, height);
  layOutFrequencies(height, most);
  if (most > MANY) {
    layOutConvolution(height);
  }
  coefficients = take(coefficientBytes(min(most, MANY), pitch));
  pointers = take(<usize>rows << 2);
  heights = take((MOST_LEVELS + 1) << 2);
  widths = take((MOST_LEVELS + 1) << 2);
  sharps = take((MOST_LEVELS + 1) << 2);
  // A line that is joined may be one longer than it was.
  smoothed = take(<usize>(height + taps) * (pitchOf(wide) + 64));
  images = take(<usize>(height + taps) * pitch);
  others = take(<usize>(height + taps) * pitch);
  bands = take(bandBytes(rows, wide));
}

let bands: usize = 0;

function bandBytes(rows: i32, wide: i32): usize {
  let bytes: usize = 0;
  for (let level = 1; level <= levels; level++) {
    rows = halved(rows);
    wide = halved(wide);
    bytes += <usize>rows * pitchOf(wide) + 256;
  }
  return bytes;
}

/** Sizes and places of the levels. */
function findLevels(): void {
  let band = bands;
  store<i32>(heights, count + 2 * pad);
  store<i32>(widths, columns + 2 * pad);
  for (let level = 1; level <= levels; level++) {
    const at = <usize>level << 2;
    store<i32>(heights + at, halved(heightAt(level - 1)));
    store<i32>(widths + at, halved(widthAt(level - 1)));
    store<u32>(sharps + at, <u32>band);
    band += <usize>heightAt(level) * pitchOf(widthAt(level)) + 256;
  }
}

/** `rows`: float32[count][columns], finite, replaced by the result. */
export function removeByWavelet(rows: usize, sigma: f64, code: i32): void {
  if (levels < 1) {
    return;
  }
  setFilters(code);
  findLevels();
  findMean(rows, <usize>columns << 2);
  for (let row = 0; row < heightAt(0); row++) {
    store<u32>(pointers + (<usize>row << 2), <u32>paddedRow(rows, row, pad, <usize>columns << 2));
  }
  for (let level = 1; level <= levels; level++) {
    takeApart(level);
    keepLow(level, sigma);
  }
  subtract(rows);
}

/** From the rows at `pointers` to a level: its sharp part, and its smooth one at `pointers`. */
function takeApart(level: i32): void {
  const first = level == 1;
  const wide = first ? columns : widthAt(level - 1);
  const pitch = pitchOf(widthAt(0)) + 64;
  smoothDown(pointers, heightAt(level - 1), wide, smoothed, pitch);
  const sharp = <usize>load<u32>(sharps + (<usize>level << 2));
  const less = pitchOf(widthAt(level));
  for (let row = 0; row < heightAt(level); row++) {
    const image = images + <usize>row * less;
    const line = smoothed + <usize>row * pitch;
    splitLine(line, wide, first ? pad : 0, image, sharp + <usize>row * less);
    store<u32>(pointers + (<usize>row << 2), <u32>image);
  }
}

/** Of the sharp part of a level, what is to be removed. */
function keepLow(level: i32, sigma: f64): void {
  const sharp = <usize>load<u32>(sharps + (<usize>level << 2));
  const height = heightAt(level);
  const wide = widthAt(level);
  const pitch = pitchOf(wide);
  // As algotom has it: with an even number of rows the Gaussian is around frequency -1.
  setGaussian(height, sigma, height & 1 ? 0 : 1, false);
  const lines = others;
  for (let row = 0; row < height; row++) {
    store<u32>(lines + (<usize>row << 2), <u32>(sharp + <usize>row * pitch));
  }
  if (frequencies > MANY) {
    startConvolution(height);
    for (let column = 0; column < wide; column += LINES) {
      putColumns(lines, height, column, wide);
      analyseLines(height);
      takeColumns(byReal(), 0, height, sharp, pitch, column, wide);
    }
    return;
  }
  analyse(lines, wide, coefficients, pitch);
  weigh(coefficients, wide, pitch);
  synthesise(coefficients, wide, pitch, 0, height, sharp, pitch);
}

/** Put what is to be removed together, from the smoothest level on. */
function subtract(rows: usize): void {
  let image: usize = 0;
  const long = pitchOf(widthAt(0)) + 64;
  for (let level = levels; level > 0; level--) {
    const sharp = <usize>load<u32>(sharps + (<usize>level << 2));
    const pitch = pitchOf(widthAt(level));
    for (let row = 0; row < heightAt(level); row++) {
      const smooth = image ? image + <usize>row * pitch : 0;
      joinLine(smooth, sharp + <usize>row * pitch, widthAt(level), smoothed + <usize>row * long);
    }
    if (level > 1) {
      image = image == images ? others : images;
      const wide = widthAt(level - 1);
      for (let row = 0; row < heightAt(level - 1); row++) {
        const out = image + <usize>row * pitchOf(wide);
        joinDown(smoothed, long, row, 0, wide, out, false);
      }
    }
  }
  for (let row = 0; row < count; row++) {
    const out = rows + ((<usize>row * <usize>columns) << 2);
    joinDown(smoothed, long, row + pad, <usize>pad << 2, columns, out, true);
  }
}
