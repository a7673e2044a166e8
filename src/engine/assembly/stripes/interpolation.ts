/**
 * Stripes found as in sorted sinograms, and bridged: Vo, Atwood, Drakopoulos
 * 2018, algorithms 4, 5 and 6 together.
 */
import { columns } from '../plan';
import { bridgeStripes } from './bridge';
import { spareEnds } from './detect';
import { divideRows, findLarge } from './large';

/** Room is that of `large`. `rows`: float32[count][columns], finite, replaced by the result. */
export function removeByInterpolation(
  rows: usize,
  snr: f64,
  size: i32,
  drop: f64,
  norm: bool
): void {
  if (columns < 2) {
    return;
  }
  findLarge(rows, snr, size, drop, true);
  if (norm) {
    divideRows(rows);
  }
  if (spareEnds() > 0) {
    bridgeStripes(rows);
  }
}
