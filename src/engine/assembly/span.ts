/**
 * The columns that an engine works on while a sinogram is processed: all of
 * them, or one of two halves, the other being that of another engine with the
 * same sinogram. Where a step needs what the other one has made, and when it is
 * done, the engines exchange.
 */
import { columns, count } from './plan';
import { isHalf, share } from './share';

/** Sinograms narrower than this are not worth it. */
const NARROWEST = 64;
/** Columns in a cache line of a row: a power of two. */
const LINE = 16;

/** The columns of this engine: from here to before `past`. */
export let from: i32 = 0;
export let past: i32 = 0;
/** First column of the second half; 0: there are no halves. */
let border: i32 = 0;

/** What is to be exchanged: rows of so many bytes for each column. */
let array: usize = 0;
let rows: i32 = 0;
let bytes: usize = 0;
/** It is to be done before work goes on. */
let due: bool = false;

/** Work on all columns. */
export function spanAll(): void {
  border = from = 0;
  past = columns;
  due = false;
}

/** Work on this engine's half of the columns, when it makes half of each slice. */
export function spanHalf(): void {
  spanAll();
  if (isHalf() && columns >= NARROWEST) {
    border = ((columns >> 1) + (LINE >> 1)) & ~(LINE - 1);
    from = share == 0 ? 0 : border;
    past = share == 0 ? border : columns;
  }
}

/** First of the columns of this engine and `halo` around them. */
export function fromWith(halo: i32): i32 {
  return max(0, from - halo);
}

/** The column after the last of these. */
export function pastWith(halo: i32): i32 {
  return min(columns, past + halo);
}

/** The other engine's columns of a sinogram, float32[count][columns], are needed before work goes on. */
export function exchangeColumns(sinogram: usize): void {
  exchange(sinogram, count, 4);
}

/** The other engine's numbers of a list, float64[columns], are. */
export function exchangeList(list: usize): void {
  exchange(list, 1, 8);
}

function exchange(base: usize, height: i32, width: usize): void {
  array = base;
  rows = height;
  bytes = width;
  due = border > 0;
}

/** Whether an exchange was asked for since the last time. */
export function takeDue(): bool {
  const was = due;
  due = false;
  return was;
}

/** Rows to be exchanged. */
export function partRows(): i32 {
  return rows;
}

/** Bytes from one of them to the next. */
export function partStride(): usize {
  return <usize>columns * bytes;
}

/** What half `half` has made of the first of them. */
export function partAt(half: i32): usize {
  return array + (half == 0 ? 0 : <usize>border * bytes);
}

/** Bytes of it. */
export function partBytes(half: i32): usize {
  return <usize>(half == 0 ? border : columns - border) * bytes;
}
