/**
 * All stripes: Vo, Atwood, Drakopoulos 2018, algorithms 6, 5 and 3 one after
 * the other. Neither 5 nor 3 changes the order in a column, so it is sorted
 * once.
 */
import { columns } from '../plan';
import { layOutDead, removeDead } from './dead';
import { layOutLarge, removeLargeSorted } from './large';
import { smoothRanks } from './medians';
import { putBack, ranked } from './ranks';

export function layOutAll(large: i32, small: i32): void {
  layOutDead(large);
  layOutLarge(max(large, small));
}

/** `rows`: float32[count][columns], finite, replaced by the result; sizes are odd. */
export function removeAll(rows: usize, snr: f64, large: i32, small: i32, drop: f64): void {
  if (columns < 2) {
    return;
  }
  removeDead(rows, snr, large);
  removeLargeSorted(rows, snr, large, drop);
  smoothRanks(ranked, ranked, small);
  putBack(ranked, rows);
}
