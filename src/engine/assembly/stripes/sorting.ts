/**
 * Removal of stripes by sorting: Vo, Atwood, Drakopoulos 2018, algorithm 3.
 *
 * Each column is sorted along the angle, the sorted sinogram gets a median
 * across columns (ends mirrored), and the values go back to where they were
 * taken from.
 */
import { columns } from '../plan';
import { exchangeColumns, from, fromWith, past, pastWith } from '../span';
import { layOutMedians, smoothRanks } from './medians';
import { layOutRanks, putBack, rankColumns, ranked } from './ranks';

export function layOutSorting(size: i32): void {
  layOutRanks();
  layOutMedians(size);
}

/** `rows`: float32[count][columns], finite, replaced by the result; `size` is odd. */
export function removeBySorting(rows: usize, size: i32): void {
  if (columns > 1) {
    removeSorted(rows, size);
    exchangeColumns(rows);
  }
}

/** The same with the room of another filter, that of the ranks and medians; this engine's columns alone. */
export function removeSorted(rows: usize, size: i32): void {
  rankColumns(rows, fromWith(size >> 1), pastWith(size >> 1));
  smoothRanks(ranked, ranked, size, from, past);
  putBack(ranked, rows, from, past);
}
