/**
 * Levels of a difference: zero is in the middle, whichever of them is moved.
 */
import type { ILevels } from '../pixels/paint';
import { ContrastModel } from './model';

export class BalancedContrast extends ContrastModel {
  override setLevels({ low, high }: ILevels, automatic: boolean): void {
    const before = this.levels;
    const moved = [
      ...(low === before.low ? [] : [Math.abs(low)]),
      ...(high === before.high ? [] : [Math.abs(high)])
    ];
    const half = moved.length ? Math.max(...moved) : before.high;
    super.setLevels({ low: -half, high: half }, automatic);
  }
}
