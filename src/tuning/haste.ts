/**
 * How many projections a first look does without so that it follows the hand:
 * what a filter takes on a machine nobody knows before it was tried.
 */

/** Milliseconds of the workers for a look: above, the hand waits; below, twice as many projections would not make it wait. */
const SLOW = 35;
const FAST = 14;
/** Looks in a row that say so: one alone may be the first of a row, or have shared the processor. */
const SEVERAL = 3;
/** Of those that a look has otherwise, at most every so many-th is used. */
const MOST = 4;
/** With fewer projections than this, streaks hide what is tuned. */
const FEWEST = 180;

export class Haste {
  /** A first look took so many milliseconds. */
  took(milliseconds: number): void {
    this._slow = milliseconds > SLOW ? this._slow + 1 : 0;
    this._fast = milliseconds < FAST ? this._fast + 1 : 0;
    if (this._slow >= SEVERAL && this._every < MOST) {
      this._turn(2 * this._every);
    } else if (this._fast >= SEVERAL && this._every > 1) {
      this._turn(this._every / 2);
    }
  }

  /** How coarse the next look of `count` projections is, of which every `thin`-th would be enough. */
  of<T extends { readonly bin: number; readonly thin: number }>(
    coarse: T,
    count: number
  ): T {
    let every = coarse.bin === 1 ? 1 : this._every;
    while (every > 1 && count / (coarse.thin * every) < FEWEST) {
      every /= 2;
    }
    return every === 1 ? coarse : { ...coarse, thin: coarse.thin * every };
  }

  private _turn(every: number): void {
    this._every = every;
    this._slow = this._fast = 0;
  }

  private _every = 1;
  private _slow = 0;
  private _fast = 0;
}
