/**
 * A slice in two halves, on two engines: what they exchange. Rows that both
 * have reached are added.
 *
 * All of it is in the plane's memory: transformed rows at first, of which the
 * other half's columns are taken; then this half's columns of them, packed,
 * the picture, and these columns of the other's rows.
 */
import { grid, gridRow, plane, rowStride } from './grid';
import { addRow, makeColumns, makeRows, middleColumn, padded, size } from './image';
import { border, share, SHARED } from './share';

function firstRow(half: i32): i32 {
  return half == 0 ? 0 : border - SHARED;
}

/** Rows of a plane of `points` that half `half` makes. */
function rowsOf(half: i32, points: i32): i32 {
  return half == 0 ? border + SHARED : (points >> 1) + 1 - firstRow(half);
}

/** First column of what half `half` keeps, and how many. */
function firstColumn(half: i32): i32 {
  return half == 0 ? 0 : middleColumn();
}

function columnsOf(half: i32): i32 {
  return half == 0 ? middleColumn() : padded() - middleColumn();
}

/** Bytes of a packed row of this half. */
function pitch(): usize {
  return <usize>columnsOf(share) << 3;
}

/** Bytes of the packed rows of half `half` in this half's columns. */
function packed(half: i32, points: i32): usize {
  return <usize>rowsOf(half, points) * pitch();
}

/** Bytes of the picture: float32[size][columns of the half]. */
function pictureBytes(): usize {
  const wide = share == 0 ? middleColumn() : size - middleColumn();
  return (((<usize>size * <usize>wide) << 2) + 15) & ~15;
}

/** Bytes that this half needs of a plane of `points`. */
export function bytesOfHalf(points: i32): usize {
  return packed(share, points) + pictureBytes() + packed(1 - share, points);
}

export function halfPicture(): usize {
  return plane + packed(share, grid);
}

/** Rows that half `half` (0 or 1) gives to the other. */
export function rowsGiven(half: i32): i32 {
  return rowsOf(half, grid);
}

/** Bytes of one of them. */
export function bytesGiven(half: i32): usize {
  return <usize>columnsOf(1 - half) << 3;
}

/** Grid and transform the rows of this half; what the other half needs of the first, `rowStride` before that of the next. */
export function beginHalf(centre: f64): usize {
  makeRows(centre);
  return gridRow(firstRow(share)) + (<usize>firstColumn(1 - share) << 3);
}

/** What the other half needs has been taken: where what it gives is to go, row by row. */
export function takeHalf(): usize {
  const bytes = pitch();
  let from = gridRow(firstRow(share)) + (<usize>firstColumn(share) << 3);
  let to = plane;
  for (let row = 0; row < rowsOf(share, grid); row++) {
    memory.copy(to, from, bytes);
    from += rowStride;
    to += bytes;
  }
  return halfPicture() + pictureBytes();
}

/** Finish this half with what the other gave: float32[size][columns of the half]. */
export function finishHalf(): usize {
  const bytes = pitch();
  const given = halfPicture() + pictureBytes();
  const own = firstRow(share);
  const other = firstRow(1 - share);
  for (let row = border - SHARED; row < border + SHARED; row++) {
    addRow(plane + <usize>(row - own) * bytes, given + <usize>(row - other) * bytes, bytes);
  }
  // Rows beyond those that both have are the other's alone.
  return share == 0
    ? makeColumns(0, middleColumn(), plane, border + SHARED, given + <usize>(2 * SHARED) * bytes, bytes)
    : makeColumns(middleColumn(), size, given, border - SHARED, plane, bytes);
}
