/**
 * Stripes found as in sorted sinograms, and bridged: Vo, Atwood, Drakopoulos
 * 2018, algorithms 4, 5 and 6 together.
 */
import { columns } from '../plan';
import { bridgeStripes } from './bridge';
import { spareEnds } from './detect';
import { divideRows, findLarge, measureLarge } from './large';

/** Room is that of `large`. `rows`: float32[count][columns], finite, replaced by the result. True when another stage follows. */
export function removeByInterpolation(
  rows: usize,
  snr: f64,
  size: i32,
  drop: f64,
  norm: bool,
  stage: i32
): bool {
  if (columns < 2) {
    return false;
  }
  if (stage == 0) {
    measureLarge(rows, size, 0, drop, true);
    return true;
  }
  // What is left takes less time than an exchange: all columns, whoever's they are.
  findLarge(snr);
  if (norm) {
    divideRows(rows, 0, columns);
  }
  if (spareEnds() > 0) {
    bridgeStripes(rows);
  }
  return false;
}
