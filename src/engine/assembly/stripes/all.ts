/**
 * All stripes: Vo, Atwood, Drakopoulos 2018, algorithms 6, 5 and 3 one after
 * the other. Neither 5 nor 3 changes the order in a column, so it is sorted
 * once.
 */
import { columns } from '../plan';
import { exchangeColumns, from, past } from '../span';
import { bridgeDead, layOutDead, measureDead } from './dead';
import { layOutLarge, measureLarge, removeLargeSorted } from './large';
import { smoothRanks } from './medians';
import { putBack, ranked } from './ranks';

export function layOutAll(large: i32, small: i32): void {
  layOutDead(large, false);
  layOutLarge(max(large, small));
}

/** `rows`: float32[count][columns], finite, replaced by the result; sizes are odd. True when another stage follows. */
export function removeAll(
  rows: usize,
  snr: f64,
  large: i32,
  small: i32,
  drop: f64,
  stage: i32
): bool {
  if (columns < 2) {
    return false;
  }
  const halo = small >> 1;
  if (stage == 0) {
    measureDead(rows);
    return true;
  }
  if (stage == 1) {
    bridgeDead(rows, snr, large);
    measureLarge(rows, large, halo, drop, false);
    return true;
  }
  removeLargeSorted(snr, halo);
  smoothRanks(ranked, ranked, small, from, past);
  putBack(ranked, rows, from, past);
  exchangeColumns(rows);
  return false;
}
