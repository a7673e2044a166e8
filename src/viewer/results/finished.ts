/**
 * Rows of a result that are there.
 */
export type Runs = readonly (readonly [number, number])[];

/** The row of the runs [first, past last) nearest to a row; null when there is none. */
export function nearestFinished(runs: Runs, row: number): number | null {
  let best: number | null = null;
  for (const [first, past] of runs) {
    if (past <= first) {
      continue;
    }
    const inside = Math.min(Math.max(row, first), past - 1);
    if (best === null || Math.abs(inside - row) < Math.abs(best - row)) {
      best = inside;
    }
  }
  return best;
}

/** How many rows are there. */
export function countFinished(runs: Runs): number {
  return runs.reduce(
    (sum, [first, past]) => sum + Math.max(past - first, 0),
    0
  );
}
