/**
 * One parameter of a sweep: which, and from where to where.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import { numberField } from '../contrast/number-field';
import { element } from '../dom';
import type { ISweepAxis } from './cell-values';
import type { ISweepable } from './parameters';
import { sweepValues } from './values';

/** Digits of the values, in the fields as in the slices. */
const DIGITS = 6;

export class AxisBar {
  /**
   * @param optional whether there may be none
   * @param count how many values are proposed
   * @param changed called when something else is wanted
   */
  constructor(
    private readonly _trans: TranslationBundle,
    sweepables: readonly ISweepable[],
    private readonly _optional: boolean,
    count: number,
    private readonly changed: () => void
  ) {
    const trans = _trans;
    this._count = count;
    this.node = element('div', 'jp-tomo-sweep-axis');
    const label = _optional
      ? trans.__('Second parameter')
      : trans.__('Parameter');
    this._list.className = 'jp-tomo-viewer-choice';
    this._list.title = label;
    this._list.setAttribute('aria-label', label);
    this._list.addEventListener('change', () => {
      const { value } = this._list;
      this._set(value === '' ? null : this._offered[Number(value)]);
      this.changed();
    });
    this._first = this._end(trans.__('First value'), value => {
      this._from = value;
      this._first.set(value);
    });
    this._last = this._end(trans.__('Last value'), value => {
      this._to = value;
      this._last.set(value);
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
    this._refused.setAttribute('aria-live', 'polite');
    this.node.append(this._list, this._range, this._refused);
    this._set(_optional ? null : (sweepables[0] ?? null));
    this.offer(sweepables);
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

  /** Other parameters, or other values of theirs: what was chosen stays, with its numbers. */
  offer(sweepables: readonly ISweepable[]): void {
    this._offered = sweepables;
    this._refused.textContent = '';
    const here = sweepables.filter(({ onServer }) => !onServer);
    const there = sweepables.filter(({ onServer }) => onServer);
    const trans = this._trans;
    this._list.replaceChildren(
      ...(this._optional ? [new Option(trans.__('one parameter'), '')] : []),
      ...(there.length
        ? [
            this._group(trans.__('At once'), here),
            this._group(trans.__('By the server, one by one'), there)
          ]
        : this._options(here))
    );
    const before = this._sweepable;
    const same = before ? placeOf(before, sweepables) : -1;
    if (same >= 0) {
      this._sweepable = sweepables[same];
      this._list.value = String(same);
    } else {
      if (before || !this._optional) {
        this._set(this._optional ? null : (sweepables[0] ?? null));
      }
      this._list.selectedIndex = 0;
    }
  }

  /** Nothing is to be tried. */
  clear(): void {
    this._set(null);
    this._list.selectedIndex = 0;
  }

  /** One end of the range, which refuses what the recipe does not take. */
  private _end(
    label: string,
    take: (value: number) => void
  ): ReturnType<typeof numberField> {
    return numberField(
      label,
      value => {
        take(value);
        this.changed();
      },
      DIGITS,
      {
        refuses: value => value !== null && this._refuses(label, value),
        settled: () => {
          this._refused.textContent = '';
        }
      }
    );
  }

  /** Whether a value is none that the parameter can have; then it is said which it can. */
  private _refuses(label: string, value: number): boolean {
    const sweepable = this._sweepable;
    if (!sweepable || isAllowed(value, sweepable)) {
      return false;
    }
    this._refused.textContent = this._trans.__(
      '%1: %2.',
      label,
      limitsOf(sweepable, this._trans)
    );
    return true;
  }

  private _group(
    label: string,
    sweepables: readonly ISweepable[]
  ): HTMLOptGroupElement {
    const group = document.createElement('optgroup');
    group.label = label;
    group.append(...this._options(sweepables));
    return group;
  }

  private _options(sweepables: readonly ISweepable[]): HTMLOptionElement[] {
    return sweepables.map(
      one => new Option(one.label, String(this._offered.indexOf(one)))
    );
  }

  private _set(sweepable: ISweepable | null): void {
    this._sweepable = sweepable;
    this._refused.textContent = '';
    this._range.hidden = !sweepable || sweepable.choices.length > 0;
    this._list.title = sweepable?.label ?? this._list.ariaLabel ?? '';
    const [from, to] = sweepable?.proposed ?? [0, 1];
    this._from = Number(from.toPrecision(6));
    this._to = Number(to.toPrecision(6));
    this._first.set(this._from);
    this._last.set(this._to);
  }

  private readonly _list = document.createElement('select');
  private readonly _first: ReturnType<typeof numberField>;
  private readonly _last: ReturnType<typeof numberField>;
  private readonly _number: ReturnType<typeof numberField>;
  private readonly _range: HTMLElement;
  private readonly _refused = element('span', 'jp-tomo-sweep-refused');
  private _offered: readonly ISweepable[] = [];
  private _sweepable: ISweepable | null = null;
  private _from = 0;
  private _to = 1;
  private _count: number;
}

function isAllowed(
  value: number,
  { minimum, maximum, above, below }: ISweepable
): boolean {
  return (
    (above ? value > minimum : value >= minimum) &&
    (below ? value < maximum : value <= maximum)
  );
}

/** Which values a parameter can have, in words. */
function limitsOf(
  { minimum, maximum, above, below }: ISweepable,
  trans: TranslationBundle
): string {
  const [least, most] = [minimum, maximum].map(read);
  const low = above
    ? trans.__('more than %1', least)
    : trans.__('at least %1', least);
  const high = below
    ? trans.__('less than %1', most)
    : trans.__('at most %1', most);
  if (maximum === Infinity) {
    return low;
  }
  if (minimum === -Infinity) {
    return high;
  }
  return above || below
    ? trans.__('%1 and %2', low, high)
    : trans.__('from %1 to %2', least, most);
}

/** A limit as people write it: they are round. */
function read(limit: number): string {
  return String(Number(limit.toPrecision(DIGITS))).replace('-', '\u2212');
}

/** Where a parameter is among others, though its step has moved or there are more of its kind; -1: nowhere. */
function placeOf(
  before: ISweepable,
  sweepables: readonly ISweepable[]
): number {
  const plain = ({ label, plain }: ISweepable): string => plain ?? label;
  const tests: ((one: ISweepable) => boolean)[] = [
    one => one.label === before.label,
    one => one.id === before.id && plain(one) === plain(before),
    one => plain(one) === plain(before)
  ];
  return tests.reduce(
    (found, test) => (found < 0 ? sweepables.findIndex(test) : found),
    -1
  );
}
