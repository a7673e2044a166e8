/**
 * The cells of a grid: which values each of them stands for.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import { choiceName } from '../../choice-names';
import type { IRecipeChange } from '../../tokens';
import { short } from '../format';
import type { ISweepable, SweepValue } from './parameters';

/** Share of a value up to which another one is the same. */
const ALIKE = 1e-5;

/** Values of a row or a column of the grid. */
export interface ISweepAxis {
  readonly sweepable: ISweepable;
  readonly values: readonly SweepValue[];
}

/** A parameter and its values, as they stand at a side of a grid of two. */
export interface IHead {
  readonly name: string;
  readonly values: readonly { readonly text: string; readonly held: boolean }[];
}

/** What a cell is of. */
export interface ICellValues {
  readonly changes: readonly IRecipeChange[];
  /** The value of each parameter. */
  readonly labels: readonly string[];
  /** The same with the names of the parameters. */
  readonly name: string;
  /** These are the values that hold now. */
  readonly held: boolean;
}

/** The cells of a grid, row by row. */
export function cellsOf(
  across: ISweepAxis,
  down: ISweepAxis | null,
  trans: TranslationBundle
): ICellValues[] {
  const rows: (SweepValue | null)[] = down ? [...down.values] : [null];
  return rows.flatMap(second =>
    across.values.map(first =>
      cellOf(
        [
          { axis: across, value: first },
          ...(down && second !== null ? [{ axis: down, value: second }] : [])
        ],
        trans
      )
    )
  );
}

/** The head of the columns or rows that are an axis of the grid. */
export function headOf(
  { sweepable, values }: ISweepAxis,
  trans: TranslationBundle
): IHead {
  return {
    name: sweepable.label,
    values: values.map((value, index) => ({
      text: told(value, trans),
      held: index === heldAt({ sweepable, values })
    }))
  };
}

function cellOf(
  of: readonly { axis: ISweepAxis; value: SweepValue }[],
  trans: TranslationBundle
): ICellValues {
  const parts = of.map(({ axis: { sweepable }, value }) => ({
    sweepable,
    value
  }));
  const labels = parts.map(({ value }) => told(value, trans));
  return {
    changes: [
      // What one has to be stated with may be what the other one tries out.
      ...parts.flatMap(({ sweepable: { besides = [] } }) => besides),
      ...parts.map(({ sweepable: { path }, value }) => ({ path, value }))
    ],
    labels,
    name: parts
      .map(({ sweepable }, index) => `${sweepable.label} ${labels[index]}`)
      .join(', '),
    held: of.every(({ axis, value }) => value === axis.values[heldAt(axis)])
  };
}

/** Which of the values is what holds now: the nearest, as steps may be finer than digits left out; -1: none. */
function heldAt({ values, sweepable: { value: now } }: ISweepAxis): number {
  const away = values.map(value =>
    !isSame(value, now)
      ? Infinity
      : typeof value === 'number'
        ? Math.abs(value - Number(now))
        : 0
  );
  const least = Math.min(...away);
  return least < Infinity ? away.indexOf(least) : -1;
}

/** Digits of a value: six, or as many as three decimals take, as of a column. */
export function digitsOf(value: number): number {
  const whole = Math.floor(Math.log10(Math.max(1, Math.abs(value)))) + 1;
  return Math.min(15, Math.max(6, whole + 3));
}

/** Whether two values are one: numbers are proposed with some digits less. */
export function isSame(one: SweepValue, other: SweepValue): boolean {
  return typeof one === 'number' && typeof other === 'number'
    ? Math.abs(one - other) <= ALIKE * Math.max(Math.abs(one), Math.abs(other))
    : one === other;
}

function told(value: SweepValue, trans: TranslationBundle): string {
  switch (typeof value) {
    case 'number':
      return short(value, digitsOf(value));
    case 'boolean':
      return value ? trans.__('On') : trans.__('Off');
    default:
      return choiceName(value, trans);
  }
}
