/**
 * Running medians of wide windows, whose time hardly depends on the width.
 *
 * A row is sorted once. What is in the window are bits in the order of the
 * values, so as one value comes and one goes the median moves by one bit at
 * most. Equal values keep the order of their columns, so a median has the
 * same bits whatever the range.
 */
import { mirrored } from '../median';
import { columns } from '../plan';
import { HISTOGRAM, putKey, sortKeys, startKeys } from './radix';
import { take } from './scratch';

/** Windows wider than this are wide: others take less time value by value. */
export const WIDE = 75;

/** uint64[columns with those around] each. */
let keys: usize = 0;
let spare: usize = 0;
let histogram: usize = 0;
/** float32[columns with those around]: a row, and the same sorted. */
let line: usize = 0;
let sorted: usize = 0;
/** uint32[columns with those around]: places in the sorted row. */
let places: usize = 0;
/** uint64: a bit for each place. */
let bits: usize = 0;

export function layOutWideMedians(size: i32): void {
  const most = <usize>(columns + size);
  keys = take(most << 3);
  spare = take(most << 3);
  histogram = take(HISTOGRAM);
  line = take(most << 2);
  sorted = take(most << 2);
  places = take(most << 2);
  bits = take(bitBytes(<i32>most));
}

function bitBytes(number: i32): usize {
  return <usize>((number + 63) >> 6) << 3;
}

/** As `runningMedian`, of four rows at once: rows, out: float32[columns][4]. */
export function wideMedian(rows: usize, out: usize, size: i32, first: i32, past: i32): void {
  if (first >= past) {
    return;
  }
  for (let lane: usize = 0; lane < 16; lane += 4) {
    sortRow(rows + lane, first - (size >> 1), past - first + size - 1);
    slide(out + lane + (<usize>first << 4), size, past - first);
  }
}

/** Values from column `begin` on, and where each of them is in their order. */
function sortRow(row: usize, begin: i32, number: i32): void {
  startKeys(histogram);
  for (let i = 0; i < number; i++) {
    const column = begin + i;
    const inside = column >= 0 && column < columns ? column : mirrored(column, columns);
    const value = load<f32>(row + (<usize>inside << 4));
    store<f32>(line + (<usize>i << 2), value);
    putKey(keys, i, value, histogram);
  }
  const from = sortKeys(keys, spare, number, histogram);
  for (let place = 0; place < number; place++) {
    const i = <usize>load<u32>(from + (<usize>place << 3));
    store<u32>(places + (i << 2), place);
    store<f32>(sorted + (<usize>place << 2), load<f32>(line + (i << 2)));
  }
  memory.fill(bits, 0, bitBytes(number));
}

function slide(out: usize, size: i32, number: i32): void {
  for (let i = 0; i < size; i++) {
    flip(load<u32>(places + (<usize>i << 2)));
  }
  let middle = following(-1);
  for (let i = 0; i < size >> 1; i++) {
    middle = following(middle);
  }
  store<f32>(out, load<f32>(sorted + (<usize>middle << 2)));
  for (let i = 1; i < number; i++) {
    const gone = load<i32>(places + (<usize>(i - 1) << 2));
    const came = load<i32>(places + (<usize>(i + size - 1) << 2));
    flip(gone);
    flip(came);
    if (came < middle) {
      middle = gone < middle ? middle : preceding(middle);
    } else if (gone <= middle) {
      middle = following(middle);
    }
    store<f32>(out + (<usize>i << 4), load<f32>(sorted + (<usize>middle << 2)));
  }
}

@inline
function flip(place: i32): void {
  const at = bits + (<usize>(place >> 6) << 3);
  store<u64>(at, load<u64>(at) ^ (<u64>1 << <u64>(place & 63)));
}

/** The next place with a bit; there is one. */
@inline
function following(place: i32): i32 {
  const next = place + 1;
  let at = next >> 6;
  let word = load<u64>(bits + (<usize>at << 3)) & (<u64>-1 << <u64>(next & 63));
  while (!word) {
    word = load<u64>(bits + (<usize>++at << 3));
  }
  return (at << 6) + <i32>ctz(word);
}

/** The place with a bit before; there is one. */
@inline
function preceding(place: i32): i32 {
  let at = place >> 6;
  let word = load<u64>(bits + (<usize>at << 3)) & ((<u64>1 << <u64>(place & 63)) - 1);
  while (!word) {
    word = load<u64>(bits + (<usize>--at << 3));
  }
  return (at << 6) + 63 - <i32>clz(word);
}
