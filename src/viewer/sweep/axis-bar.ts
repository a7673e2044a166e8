/**
 * One parameter of a sweep: which, and from where to where.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import { numberField } from '../contrast/number-field';
import { choice, element } from '../dom';
import type { ISweepable, SweepValue } from './parameters';
import { sweepValues } from './parameters';

/** Values of a row or a column of the grid. */
export interface ISweepAxis {
  readonly sweepable: ISweepable;
  readonly values: readonly SweepValue[];
}

export class AxisBar {
  /**
   * @param optional whether there may be none
   * @param count how many values are proposed
   * @param changed called when something else is wanted
   */
  constructor(
    trans: TranslationBundle,
    sweepables: readonly ISweepable[],
    optional: boolean,
    count: number,
    private readonly changed: () => void
  ) {
    this._count = count;
    this.node = element('div', 'jp-tomo-sweep-axis');
    const options = sweepables.map(
      ({ label }, index) => [String(index), label] as const
    );
    const list = choice<string>(
      optional ? trans.__('Second parameter') : trans.__('Parameter'),
      optional ? [['', trans.__('one parameter')], ...options] : options,
      value => this._choose(value === '' ? null : sweepables[Number(value)])
    );
    this._first = numberField(trans.__('First value'), value => {
      this._from = value;
      this._first.set(value);
      this.changed();
    });
    this._last = numberField(trans.__('Last value'), value => {
      this._to = value;
      this._last.set(value);
      this.changed();
    });
    this._number = numberField(trans.__('How many'), value => {
      this._count = Math.min(25, Math.max(2, Math.round(value)));
      this._number.set(this._count);
      this.changed();
    });
    this._range = element('span', 'jp-tomo-sweep-range');
    this._range.append(
      this._first.node,
      element('span', '', trans.__('to')),
      this._last.node,
      element('span', '', '×'),
      this._number.node
    );
    this._number.set(count);
    this.node.append(list, this._range);
    this._set(optional ? null : (sweepables[0] ?? null));
  }

  readonly node: HTMLElement;

  /** What is to be tried; null for nothing. */
  get axis(): ISweepAxis | null {
    const sweepable = this._sweepable;
    return (
      sweepable && {
        sweepable,
        values: sweepValues(sweepable, this._from, this._to, this._count)
      }
    );
  }

  private _choose(sweepable: ISweepable | null): void {
    this._set(sweepable);
    this.changed();
  }

  private _set(sweepable: ISweepable | null): void {
    this._sweepable = sweepable;
    this._range.hidden = !sweepable || sweepable.choices.length > 0;
    const [from, to] = sweepable?.proposed ?? [0, 1];
    this._from = Number(from.toPrecision(6));
    this._to = Number(to.toPrecision(6));
    this._first.set(this._from);
    this._last.set(this._to);
  }

  private readonly _first: ReturnType<typeof numberField>;
  private readonly _last: ReturnType<typeof numberField>;
  private readonly _number: ReturnType<typeof numberField>;
  private readonly _range: HTMLElement;
  private _sweepable: ISweepable | null = null;
  private _from = 0;
  private _to = 1;
  private _count: number;
}
