/**
 * A slice in two halves, on two engines with the same spectra.
 *
 * One grids low frequencies in v, the other high ones, and each transforms its
 * rows; they exchange what the other needs, and each transforms half of the
 * columns. Rows that both have reached are added.
 */
import { grid, gridRow } from './grid';
import { makeColumns, makeRows, padded, size, STRIP } from './image';
import { allocate, release } from './memory';

/** Slices narrower than this are not worth it. */
const NARROWEST = 128;
/** Part of the rows that is the first half's: samples lie densest there. */
const LOW: f64 = 0.31;
/** Rows beside the border that both halves reach. */
const SHARED = 4;

/** complex64[rows][columns] that one half has and the other needs. */
let exchange: usize = 0;
let exchangeSize: usize = 0;

export function releaseHalves(): void {
  release(exchange);
  exchange = 0;
  exchangeSize = 0;
}

/** Columns of the slice's first half; 0 when it has none. */
export function middleColumn(): i32 {
  return size < NARROWEST ? 0 : ((size >> 1) / STRIP) * STRIP;
}

function border(): i32 {
  return <i32>(0.25 * LOW * <f64>(grid >> 1)) << 2;
}

function firstRow(half: i32): i32 {
  return half == 0 ? 0 : border() - SHARED;
}

function rowsOf(half: i32): i32 {
  return half == 0 ? border() + SHARED : (grid >> 1) + 1 - firstRow(half);
}

/** First column of what half `half` keeps, and how many. */
function firstColumn(half: i32): i32 {
  return half == 0 ? 0 : middleColumn();
}

function columnsOf(half: i32): i32 {
  return half == 0 ? middleColumn() : padded() - middleColumn();
}

/** Bytes that half `half` (0 or 1) gives to the other. */
export function bytesGiven(half: i32): usize {
  return (<usize>rowsOf(half) * <usize>columnsOf(1 - half)) << 3;
}

/** Grid and transform the rows of a half; what the other half needs, or 0 when there is no memory. */
export function beginHalf(centre: f64, half: i32): usize {
  const room = max(bytesGiven(0), bytesGiven(1));
  if (exchangeSize < room) {
    releaseHalves();
    exchange = allocate(room);
    if (!exchange) {
      return 0;
    }
    exchangeSize = room;
  }
  makeRows(centre, half == 0 ? 0 : border(), half == 0 ? border() : grid);
  const bytes = (<usize>columnsOf(1 - half)) << 3;
  let to = exchange;
  for (let row = 0; row < rowsOf(half); row++) {
    const from = gridRow(firstRow(half) + row) + (<usize>firstColumn(1 - half) << 3);
    memory.copy(to, from, bytes);
    to += bytes;
  }
  return exchange;
}

/** Finish half `half` with what the other gave: float32[size][columns of the half]. */
export function finishHalf(half: i32): usize {
  const bytes = (<usize>columnsOf(half)) << 3;
  const other = firstRow(1 - half);
  let from = exchange;
  for (let row = other; row < other + rowsOf(1 - half); row++) {
    const to = gridRow(row) + (<usize>firstColumn(half) << 3);
    const own = row - firstRow(half);
    if (own >= 0 && own < rowsOf(half)) {
      add(to, from, bytes);
    } else {
      memory.copy(to, from, bytes);
    }
    from += bytes;
  }
  return half == 0 ? makeColumns(0, middleColumn()) : makeColumns(middleColumn(), size);
}

/** `bytes` is a multiple of 16: eight columns are 64 bytes. */
function add(to: usize, from: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(to + at, f32x4.add(v128.load(to + at), v128.load(from + at)));
  }
}
