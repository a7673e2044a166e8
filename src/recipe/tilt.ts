/**
 * A leaning axis: from which tilt on projections are rotated so that it stands
 * upright, and where it stands then. `tomo_runner/tilt.py` does the same; a
 * fixture holds both to the same answers.
 */
import adviceFile from './advice.json';

const RADIANS = Math.PI / 180;

interface ILeaningAxis {
  readonly column: number;
  readonly row: number;
  readonly tilt: number;
}

/** Pixels of the full image. */
interface ISize {
  readonly rows: number;
  readonly columns: number;
}

/** By how many degrees the projections of so large an image are rotated about its middle. */
export interface IRotation extends ISize {
  readonly degrees: number;
}

/** Rows by which a point at the edge of the image leaves its slice as the sample turns. */
export function rowsOff(tilt: number, columns: number): number {
  return (columns / 2) * Math.sin(Math.abs(tilt) * RADIANS);
}

/** Whether a tilt is more than a column of the axis for each row. */
export function isRotated(tilt: number, columns: number): boolean {
  return rowsOff(tilt, columns) > adviceFile.tilt.rows;
}

/** Column of the axis of projections as they are, at a row. */
export function columnAt(axis: ILeaningAxis, row: number): number {
  return axis.column + (row - axis.row) * Math.tan(axis.tilt * RADIANS);
}

/**
 * Column of the axis in projections that were rotated about the middle of the
 * image; the same in all rows.
 *
 * @param degrees by which they were
 */
export function uprightColumn(
  axis: ILeaningAxis,
  degrees: number,
  { rows, columns }: ISize
): number {
  const middle = (columns - 1) / 2;
  const column = columnAt(axis, (rows - 1) / 2);
  return middle + (column - middle) * Math.cos(degrees * RADIANS);
}

/**
 * Rows above or below the image that a row of rotated projections would need.
 *
 * @param first column of the row, and `last` the last one
 */
export function rowsBeyond(
  degrees: number,
  row: number,
  [first, last]: readonly [number, number],
  { rows, columns }: ISize
): number {
  const middle = (columns - 1) / 2;
  const half = (rows - 1) / 2;
  const down = half + (row - half) * Math.cos(degrees * RADIANS);
  const ends = [first, last].map(
    column => down - (column - middle) * Math.sin(degrees * RADIANS)
  );
  return Math.max(0, -Math.min(...ends), Math.max(...ends) - (rows - 1));
}

/** Where the slice of a row of rotated projections is in those as measured: its row in a column. */
export function rowAcross(
  row: number,
  column: number,
  { degrees, rows, columns }: IRotation
): number {
  const half = (rows - 1) / 2;
  const angle = degrees * RADIANS;
  const right = column - (columns - 1) / 2;
  return half + (row - half) / Math.cos(angle) - right * Math.tan(angle);
}

/** The row of rotated projections that a point of those as measured belongs to. */
export function rowThrough(
  point: { readonly x: number; readonly y: number },
  { degrees, rows, columns }: IRotation
): number {
  const half = (rows - 1) / 2;
  const angle = degrees * RADIANS;
  const right = point.x - (columns - 1) / 2;
  return half + (point.y - half) * Math.cos(angle) + right * Math.sin(angle);
}
