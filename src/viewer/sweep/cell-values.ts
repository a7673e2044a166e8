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
          { sweepable: across.sweepable, value: first },
          ...(down && second !== null
            ? [{ sweepable: down.sweepable, value: second }]
            : [])
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
    values: values.map(value => ({
      text: told(value, trans),
      held: isSame(value, sweepable.value)
    }))
  };
}

function cellOf(
  parts: readonly { sweepable: ISweepable; value: SweepValue }[],
  trans: TranslationBundle
): ICellValues {
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
    held: parts.every(({ sweepable, value }) => isSame(value, sweepable.value))
  };
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
      return short(value, 6);
    case 'boolean':
      return value ? trans.__('On') : trans.__('Off');
    default:
      return choiceName(value, trans);
  }
}
