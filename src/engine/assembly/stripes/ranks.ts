/**
 * The columns of a sinogram in ascending order along the angle, and back.
 *
 * Equal values keep their order. What works on sorted sinograms (Vo, Atwood,
 * Drakopoulos 2018) works on `ranked`, four ranks at a time.
 *
 * The order is kept from one sinogram to the next: a column that it sorts
 * again, as it does all while a parameter after the sorting changes, is not
 * sorted anew.
 */
import { highHalves, highPairs, lowHalves, lowPairs } from '../lanes';
import { allocateZeros, release } from '../memory';
import { columns, count } from '../plan';
import { fromOrderedBits, HISTOGRAM, putKey, sortKeys, startKeys } from './radix';
import { take } from './scratch';

/** Columns that are sorted together: one cache line of a row. */
const TILE = 16;

/** float32[count / 4 rounded up][columns][4]: four ranks of a column side by side. */
export let ranked: usize = 0;
/** int32[columns][count rounded up to 4]: row that each rank came from; 0 before the first time. */
let sources: usize = 0;
/** uint64[count] twice: key and row. */
let keys: usize = 0;
let spare: usize = 0;
/** uint32[4][256] */
let histogram: usize = 0;
/** float32[count][TILE] */
let tile: usize = 0;

/** Ranks rounded up to whole blocks; those beyond the last repeat it. */
export function ranks(): i32 {
  return (count + 3) & ~3;
}

/** Bytes of the blocks of four ranks: an odd number of cache lines, so that a column's do not get into each other's way. */
export function blockBytes(): usize {
  return (((<usize>columns << 4) + 63) & ~63) | 64;
}

/** Make room for the order, or keep what there is; false when there is no memory. */
export function prepareOrder(): bool {
  if (!sources) {
    sources = allocateZeros((<usize>ranks() * <usize>columns) << 2);
  }
  return sources != 0;
}

export function releaseOrder(): void {
  release(sources);
  sources = 0;
}

export function layOutRanks(): void {
  ranked = take(<usize>(ranks() >> 2) * blockBytes());
  keys = take(<usize>ranks() << 3);
  spare = take(<usize>ranks() << 3);
  histogram = take(HISTOGRAM);
  tile = take(<usize>ranks() * TILE * 4);
}

/** The first column of the next tile: tiles begin at multiples of their width. */
@inline
function pastTile(first: i32, past: i32): i32 {
  return min(past, (first & ~(TILE - 1)) + TILE);
}

/** Sort the columns `from` to before `past` of `rows` (float32[count][columns], finite). */
export function rankColumns(rows: usize, from: i32, past: i32): void {
  for (let first = from; first < past; first = pastTile(first, past)) {
    const wide = pastTile(first, past) - first;
    loadTile(rows, first, wide);
    for (let column = 0; column < wide; column++) {
      const values = tile + <usize>column * <usize>count * 4;
      if (!takeAsBefore(first + column, values)) {
        sortColumn(first + column, values);
      }
    }
  }
}

/** The columns `from` to before `past` of `values`, laid out as `ranked`, to the rows that the ranks came from. */
export function putBack(values: usize, rows: usize, from: i32, past: i32): void {
  for (let first = from; first < past; first = pastTile(first, past)) {
    storeTile(values, rows, first, pastTile(first, past) - first);
  }
}

/** The same for one column. */
export function putColumnBack(values: usize, rows: usize, column: i32): void {
  const source = sources + <usize>column * (<usize>ranks() << 2);
  const pitch = <usize>columns << 2;
  const at = rows + (<usize>column << 2);
  for (let rank = 0; rank < count; rank++) {
    const row = <usize>load<i32>(source + (<usize>rank << 2));
    store<f32>(at + row * pitch, load<f32>(rankAt(values, rank, column)));
  }
}

/** Place of a rank of a column in an array laid out as `ranked`. */
@inline
export function rankAt(values: usize, rank: i32, column: i32): usize {
  return values + <usize>(rank >> 2) * blockBytes() + (<usize>column << 4) + (<usize>(rank & 3) << 2);
}

/** Turn the order of a column round: its values are about to change sign. */
export function reverseRanks(column: i32): void {
  const source = sources + <usize>column * (<usize>ranks() << 2);
  for (let low = 0, high = count - 1; low < high; low++, high--) {
    exchange(rankAt(ranked, low, column), rankAt(ranked, high, column));
    exchange(source + (<usize>low << 2), source + (<usize>high << 2));
  }
  for (let rank = count; rank < ranks(); rank++) {
    store<f32>(rankAt(ranked, rank, column), load<f32>(rankAt(ranked, count - 1, column)));
  }
}

@inline
function exchange(a: usize, b: usize): void {
  const kept = load<u32>(a);
  store<u32>(a, load<u32>(b));
  store<u32>(b, kept);
}

/** Columns of a tile, one after the other. */
function loadTile(rows: usize, first: i32, wide: i32): void {
  const pitch = <usize>columns << 2;
  const height = <usize>count << 2;
  const from = rows + (<usize>first << 2);
  const whole = wide & ~3;
  let row: usize = 0;
  for (; row + 4 <= <usize>count; row += 4) {
    const at = from + row * pitch;
    const to = tile + (row << 2);
    for (let column: usize = 0; column < <usize>whole; column += 4) {
      turnFour(at + (column << 2), pitch, to + column * height, height);
    }
  }
  // What fills no block of four by four.
  const ends = row;
  for (row = 0; row < <usize>count; row++) {
    const at = from + row * pitch;
    const to = tile + (row << 2);
    for (let column = row < ends ? <usize>whole : 0; column < <usize>wide; column++) {
      store<f32>(to + column * height, load<f32>(at + (column << 2)));
    }
  }
}

/** Four rows of four columns as four columns. */
@inline
function turnFour(from: usize, pitch: usize, to: usize, height: usize): void {
  const a = v128.load(from);
  const b = v128.load(from + pitch);
  const c = v128.load(from + 2 * pitch);
  const d = v128.load(from + 3 * pitch);
  const lowAB = lowPairs(a, b);
  const lowCD = lowPairs(c, d);
  const highAB = highPairs(a, b);
  const highCD = highPairs(c, d);
  v128.store(to, lowHalves(lowAB, lowCD));
  v128.store(to + height, highHalves(lowAB, lowCD));
  v128.store(to + 2 * height, lowHalves(highAB, highCD));
  v128.store(to + 3 * height, highHalves(highAB, highCD));
}

/** Values of a column to `ranked` in the order that is kept; false when they are not sorted by it. */
function takeAsBefore(column: i32, values: usize): bool {
  const block = blockBytes();
  const source = sources + <usize>column * (<usize>ranks() << 2);
  let out = ranked + (<usize>column << 4);
  let before: f32 = -Infinity;
  let rowBefore = -1;
  // Strictly ascending in value and row, so each row comes once whatever was kept.
  for (let rank = 0; rank < count; rank++) {
    const row = load<i32>(source + (<usize>rank << 2));
    const value = load<f32>(values + (<usize>row << 2)) + 0;
    if (!(value > before || (value == before && row > rowBefore))) {
      return false;
    }
    store<f32>(out + (<usize>(rank & 3) << 2), value);
    before = value;
    rowBefore = row;
    if ((rank & 3) == 3) {
      out += block;
    }
  }
  for (let rank = count; rank < ranks(); rank++) {
    store<f32>(rankAt(ranked, rank, column), before);
  }
  return true;
}

/** Stable radix sort of a column: values to `ranked`, rows to `sources`. */
function sortColumn(column: i32, values: usize): void {
  startKeys(histogram);
  for (let row = 0; row < count; row++) {
    putKey(keys, row, load<f32>(values + (<usize>row << 2)), histogram);
  }
  const from = sortKeys(keys, spare, count, histogram);
  const block = blockBytes();
  let out = ranked + (<usize>column << 4);
  const source = sources + <usize>column * (<usize>ranks() << 2);
  for (let rank = 0; rank < ranks(); rank += 4) {
    for (let lane = 0; lane < 4; lane++) {
      // Ranks beyond the last repeat it; they are never put back.
      const entry = load<u64>(from + (<usize>min(rank + lane, count - 1) << 3));
      store<f32>(out + (<usize>lane << 2), fromOrderedBits(<u32>(entry >> 32)));
      store<i32>(source + (<usize>(rank + lane) << 2), <i32>entry);
    }
    out += block;
  }
}

/** Put the columns of a tile back into acquisition by angle. */
function storeTile(values: usize, rows: usize, first: i32, wide: i32): void {
  const block = blockBytes();
  for (let column = 0; column < wide; column++) {
    let from = values + (<usize>(first + column) << 4);
    const source = sources + <usize>(first + column) * (<usize>ranks() << 2);
    const to = tile + (<usize>column << 2);
    for (let rank = 0; rank < count; rank += 4) {
      const many = min(4, count - rank);
      for (let lane = 0; lane < many; lane++) {
        const row = <usize>load<i32>(source + (<usize>(rank + lane) << 2));
        store<f32>(to + (row << 6), load<f32>(from + (<usize>lane << 2)));
      }
      from += block;
    }
  }
  const pitch = <usize>columns << 2;
  for (let row = 0; row < count; row++) {
    memory.copy(rows + <usize>row * pitch + (<usize>first << 2), tile + (<usize>row << 6), <usize>wide << 2);
  }
}
