/**
 * Removal of stripes by filtering: Vo, Atwood, Drakopoulos 2018, algorithm 2.
 *
 * Each column is parted into low and high frequencies along the angle. The
 * low ones get a median across columns, sorted or as they are; the high ones
 * stay.
 */
import { columns, count } from '../plan';
import { exchangeColumns, from, fromWith, past, pastWith } from '../span';
import { layOutColumns, lowOfColumns, makeKernel } from './columns';
import { layOutFrequencies, mostFrequencies, setGaussianOf } from './lowpass';
import { layOutMedians, smoothRows } from './medians';
import { padOf } from './padding';
import { layOutRanks } from './ranks';
import { take } from './scratch';
import { removeSorted } from './sorting';

/** A frequency takes as long as this many rows of the kernel on each side. */
const DEARER = 2;

/** uint32 pointers to the rows, mirrored ends included. */
let pointers: usize = 0;
/** float32[count][columns rounded up to 4], of as many columns as are parted. */
let low: usize = 0;
/** float32[count][columns] */
let high: usize = 0;

export function layOutFiltering(sigma: f64, size: i32, sort: bool): void {
  const rows = count + 2 * padOf(count);
  if (sort) {
    layOutRanks();
  }
  layOutMedians(size);
  layOutFrequencies(rows, (rows >> 1) + 1);
  pointers = take(<usize>rows << 2);
  layOutColumns(rows);
  low = take(<usize>count * (<usize>((columns + 3) & ~3) << 2));
  high = take((<usize>count * <usize>columns) << 2);
}

/** `rows`: float32[count][columns], finite, replaced by the result; `size` is odd. */
export function removeByFiltering(rows: usize, sigma: f64, size: i32, sort: bool): void {
  if (columns < 2) {
    return;
  }
  part(rows, sigma, fromWith(size >> 1), pastWith(size >> 1));
  if (sort) {
    removeSorted(rows, size);
  } else {
    smoothRows(rows, size);
  }
  for (let row = 0; row < count; row++) {
    const at = (<usize>row * <usize>columns) << 2;
    for (let place = at + (<usize>from << 2); place < at + (<usize>past << 2); place += 4) {
      store<f32>(rows + place, load<f32>(rows + place) + load<f32>(high + place));
    }
  }
  exchangeColumns(rows);
}

/** Low frequencies of the columns `first` to before `end` stay in `rows`, the others go to `high`. */
function part(rows: usize, sigma: f64, first: i32, end: i32): void {
  const pad = padOf(count);
  const height = count + 2 * pad;
  const line = <usize>columns << 2;
  const begin = <usize>first << 2;
  const bytes = <usize>(end - first) << 2;
  const pitch = (bytes + 15) & ~15;
  for (let row = 0; row < height; row++) {
    // Mirrored around the first and the last row, which come once.
    const inside = Math.abs(row - pad);
    const mirrored = inside < count ? inside : 2 * (count - 1) - inside;
    store<u32>(pointers + (<usize>row << 2), <u32>(rows + <usize>mirrored * line + begin));
  }
  // The Gaussian stands half a frequency below zero, as algotom has it.
  const most = mostFrequencies(sigma, height);
  const odd = (height & 1) != 0;
  setGaussianOf(height, sigma, 0.5, odd, height);
  let reach = makeKernel(height);
  if (reach > DEARER * most) {
    reach = 0;
    setGaussianOf(height, sigma, 0.5, odd, most);
  }
  lowOfColumns(pointers, height, pad, pad + count, low, pitch, reach);
  for (let row: usize = 0; row < <usize>count; row++) {
    const source = low + row * pitch;
    const to = rows + row * line + begin;
    const rest = high + row * line + begin;
    for (let at: usize = 0; at < bytes; at += 4) {
      const smooth = load<f32>(source + at);
      store<f32>(rest + at, load<f32>(to + at) - smooth);
      store<f32>(to + at, smooth);
    }
  }
}
