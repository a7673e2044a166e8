/**
 * What the projections of rows take that slices are made of.
 */
import type { IWantedSlice } from '../../tuning';
import { rowKey } from '../../tuning';

/** Of how many rows slices are made. */
export function countRows(wanted: readonly IWantedSlice[]): number {
  return new Set(wanted.map(rowKey)).size;
}

/**
 * Seconds that they take; null when nobody can tell.
 *
 * @param each seconds of one; null: not known
 */
export function rowsPrice(rows: number, each: number | null): number | null {
  // One row alone is waited for as the slice that is shown was.
  return each === null ? (rows > 1 ? null : 0) : rows * each;
}
