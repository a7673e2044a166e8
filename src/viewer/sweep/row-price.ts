/**
 * What the projections of rows take that slices are made of.
 */
import type { IWantedSlice } from '../../tuning';
import { rowKey } from '../../tuning';

/** Seconds that the server takes for projections. */
export interface IRowCost {
  /** Of a row whose noise and dose are known. */
  readonly row: number;
  /** For noise and dose, which are measured once for all rows, and anew for each choice of filters. */
  readonly measures: number;
}

/** One slice of each row that slices are made of. */
export function oneOfEachRow(
  wanted: readonly IWantedSlice[]
): readonly IWantedSlice[] {
  return oneOfEach(wanted, rowKey);
}

/**
 * Seconds that rows take; null when nobody can tell.
 *
 * @param rows a slice of each time that a row is made
 * @param cost null: not known
 */
export function rowsPrice(
  rows: readonly IWantedSlice[],
  cost: IRowCost | null
): number | null {
  if (!cost) {
    // One row alone is waited for as the slice that is shown was.
    return rows.length > 1 ? null : 0;
  }
  const filters = oneOfEach(rows, measuresKey).length;
  // Those of the slice that is shown are there; which of several they are, nobody knows.
  const measured = filters > 1 ? filters : 0;
  return rows.length * cost.row + measured * cost.measures;
}

/** What noise and dose are kept by on the server. */
function measuresKey({ base, recipe }: IWantedSlice): string {
  const { dataset, regions, filters } = recipe;
  return JSON.stringify([base, dataset, regions?.air, filters]);
}

function oneOfEach(
  wanted: readonly IWantedSlice[],
  key: (one: IWantedSlice) => string
): readonly IWantedSlice[] {
  return [...new Map(wanted.map(one => [key(one), one])).values()];
}
