/**
 * The axis through points that were chosen by eye. Pure.
 */
import { TILT_LIMITS } from '../../recipe';

/** The column of the axis at a row, both of the full image. */
export interface ICentrePoint {
  readonly row: number;
  readonly column: number;
}

/** The axis as recipes state it. */
export interface IAxisLine {
  readonly column: number;
  readonly row: number;
  /** Degrees; positive leans to larger columns further down. */
  readonly tilt: number;
}

/** A line through points, and what is left. */
export interface IFit extends IAxisLine {
  /** Columns by which each point misses the line, in the order of the points. */
  readonly residuals: readonly number[];
  /** Root mean square of them. */
  readonly rms: number;
}

/** Column of an axis at a row. */
export function columnAt(axis: IAxisLine, row: number): number {
  return axis.column + (row - axis.row) * Math.tan(axis.tilt * (Math.PI / 180));
}

/**
 * Least squares through points, with its pivot at their mean row; null without
 * points. Points of one row alone give no tilt.
 */
export function fitLine(points: readonly ICentrePoint[]): IFit | null {
  if (!points.length) {
    return null;
  }
  const mean = (values: number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const row = mean(points.map(point => point.row));
  const column = mean(points.map(point => point.column));
  const spread = points.reduce((sum, point) => sum + (point.row - row) ** 2, 0);
  const slope = spread
    ? points.reduce(
        (sum, point) => sum + (point.row - row) * (point.column - column),
        0
      ) / spread
    : 0;
  const tilt = Math.atan(slope) * (180 / Math.PI);
  const residuals = points.map(
    point => point.column - column - slope * (point.row - row)
  );
  const rms = Math.sqrt(mean(residuals.map(value => value * value)));
  return { column, row, tilt, residuals, rms };
}

/** Whether a line leans by more than a recipe takes. */
export function leansTooFar({ tilt }: IAxisLine): boolean {
  return tilt < TILT_LIMITS.minimum || tilt > TILT_LIMITS.maximum;
}

/** A point put among others: it takes the place of one of the same row; rows rise. */
export function withPoint(
  points: readonly ICentrePoint[],
  point: ICentrePoint
): ICentrePoint[] {
  return [...points.filter(other => other.row !== point.row), point].sort(
    (a, b) => a.row - b.row
  );
}

/** Columns about a middle one: `count` (odd) of them, `step` apart. */
export function columnsAbout(
  middle: number,
  step: number,
  count: number
): number[] {
  const half = (count - 1) / 2;
  return Array.from({ length: count }, (_, i) => middle + (i - half) * step);
}
