/**
 * A slice in two halves, on two engines: what they exchange. Rows that both
 * have reached are added.
 */
import { grid, gridRow } from './grid';
import { makeColumns, makeRows, middleColumn, padded, size } from './image';
import { allocate, release } from './memory';
import { Refusal } from './plan';
import { border, isHalf, share, SHARED } from './share';

/** complex64[rows][columns] that one half has and the other needs. */
let exchange: usize = 0;

export function releaseHalves(): void {
  release(exchange);
  exchange = 0;
}

export function prepareHalves(): Refusal {
  if (!isHalf()) {
    return Refusal.None;
  }
  exchange = allocate(max(bytesGiven(0), bytesGiven(1)));
  return exchange ? Refusal.None : Refusal.Memory;
}

function firstRow(half: i32): i32 {
  return half == 0 ? 0 : border - SHARED;
}

function rowsOf(half: i32): i32 {
  return half == 0 ? border + SHARED : (grid >> 1) + 1 - firstRow(half);
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

/** Grid and transform the rows of this half; what the other half needs. */
export function beginHalf(centre: f64): usize {
  makeRows(centre);
  const other = 1 - share;
  const bytes = (<usize>columnsOf(other)) << 3;
  let to = exchange;
  for (let row = 0; row < rowsOf(share); row++) {
    const from = gridRow(firstRow(share) + row) + (<usize>firstColumn(other) << 3);
    memory.copy(to, from, bytes);
    to += bytes;
  }
  return exchange;
}

/** Finish this half with what the other gave: float32[size][columns of the half]. */
export function finishHalf(): usize {
  const bytes = (<usize>columnsOf(share)) << 3;
  const other = firstRow(1 - share);
  const column = <usize>firstColumn(share) << 3;
  for (let row = border - SHARED; row < border + SHARED; row++) {
    add(gridRow(row) + column, exchange + <usize>(row - other) * bytes, bytes);
  }
  const past = share == 0 ? middleColumn() : size;
  // Rows beyond those that both have are the other's alone.
  return share == 0
    ? makeColumns(0, past, exchange + <usize>(2 * SHARED) * bytes, border + SHARED, grid)
    : makeColumns(firstColumn(1), past, exchange, 0, border - SHARED);
}

/** `bytes` is a multiple of 16: eight columns are 64 bytes. */
function add(to: usize, from: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(to + at, f32x4.add(v128.load(to + at), v128.load(from + at)));
  }
}
