/**
 * The points that the axis goes through: edit, add, remove; the line and what is left.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import { TILT_LIMITS } from '../../recipe';
import { button, element } from '../dom';
import { short } from '../format';
import { leansTooFar, withPoint } from './line';
import type { ICentrePoint, IFit } from './line';
import { fieldWithin } from './within-image';
import type { IImageSize } from './within-image';

export interface IPointTable {
  readonly node: HTMLElement;
  /** @param used whether the recipe has this line */
  set(
    points: readonly ICentrePoint[],
    fit: IFit | null,
    here: number,
    used?: boolean
  ): void;
}

export interface IPointTableOptions {
  readonly trans: TranslationBundle;
  readonly change: (points: ICentrePoint[]) => void;
  /** Add a point at the row that is looked at. */
  readonly add: () => void;
  readonly use: () => void;
  /** Look at a row. */
  readonly visit: (row: number) => void;
  /** The image that the points are in; null while nobody knows it. */
  readonly size: () => IImageSize | null;
}

export function pointTable(options: IPointTableOptions): IPointTable {
  const { trans } = options;
  const node = element('div', 'jp-tomo-centre-points');
  const table = document.createElement('table');
  const head = document.createElement('tr');
  for (const title of [
    trans.__('Row'),
    trans.__('Column'),
    trans.__('Off the line'),
    ''
  ]) {
    head.append(element('th', '', title));
  }
  const body = document.createElement('tbody');
  const top = document.createElement('thead');
  top.append(head);
  table.append(top, body);
  const facts = element('p', 'jp-tomo-centre-fit');
  facts.setAttribute('aria-live', 'polite');
  const add = button(
    trans.__('Add point'),
    trans.__('Add the row that is looked at, with the column shown'),
    options.add
  );
  const use = button(
    trans.__('Use'),
    trans.__('Put column and tilt of the line into the recipe'),
    options.use
  );
  use.classList.add('jp-mod-accept');
  const bar = element('div', 'jp-tomo-centre-actions');
  bar.append(add, use);
  node.append(table, facts, bar);
  let shown: readonly ICentrePoint[] = [];
  // Rows stay where they are: somebody may be typing in one.
  const lines: IPointLine[] = [];
  return {
    node,
    set: (points, fit, here, used = false) => {
      shown = points;
      while (lines.length < points.length) {
        const line = pointLine(options, lines.length, () => shown);
        lines.push(line);
        body.append(line.node);
      }
      for (const line of lines.splice(points.length)) {
        line.node.remove();
      }
      lines.forEach((line, index) =>
        line.set(
          points[index],
          // A line goes through any two.
          points.length > 2 ? fit?.residuals[index] : undefined,
          here
        )
      );
      table.hidden = points.length === 0;
      use.disabled = fit === null || used || leansTooFar(fit);
      use.textContent = used ? trans.__('In the recipe') : trans.__('Use');
      facts.textContent = sentence(points, fit, trans);
    }
  };
}

interface IPointLine {
  readonly node: HTMLTableRowElement;
  /** @param off columns by which the point misses the line, when there is one */
  set(point: ICentrePoint, off: number | undefined, here: number): void;
}

/** The row of the point at a place of the table. */
function pointLine(
  { trans, change, visit, size }: IPointTableOptions,
  index: number,
  points: () => readonly ICentrePoint[]
): IPointLine {
  const node = document.createElement('tr');
  const others = (): ICentrePoint[] =>
    points().filter((_, other) => other !== index);
  const rowField = fieldWithin(
    trans.__('Row of point %1', index + 1),
    () => size()?.rows ?? null,
    trans,
    value =>
      change(
        withPoint(others(), { ...points()[index], row: Math.round(value) })
      )
  );
  const columnField = fieldWithin(
    trans.__('Column of point %1', index + 1),
    () => size()?.columns ?? null,
    trans,
    value => change(withPoint(points(), { ...points()[index], column: value })),
    8
  );
  const missed = element('td', 'jp-tomo-centre-off', '');
  const go = button(trans.__('Show'), '', () => visit(points()[index].row));
  const removing = trans.__('Remove point %1', index + 1);
  const remove = button('×', removing, () => change(others()));
  remove.classList.add('jp-mod-square');
  remove.setAttribute('aria-label', removing);
  const actions = document.createElement('td');
  actions.append(go, remove);
  for (const field of [rowField, columnField]) {
    const cell = document.createElement('td');
    cell.append(field.node);
    node.append(cell);
  }
  node.append(missed, actions);
  return {
    node,
    set: ({ row, column }, off, here) => {
      node.className = row === here ? 'jp-mod-here' : '';
      rowField.set(row);
      columnField.set(Number(column.toFixed(3)));
      missed.textContent =
        off === undefined ? '–' : trans.__('%1 px', short(round(off), 2));
      go.title = trans.__('Look at row %1', row);
    }
  };
}

function sentence(
  points: readonly ICentrePoint[],
  fit: IFit | null,
  trans: TranslationBundle
): string {
  if (!fit) {
    return trans.__(
      'Click the sharpest slice near the top of the sample and again near the bottom: the axis goes through both.'
    );
  }
  const column = fit.column.toFixed(2);
  const row = short(Math.round(fit.row * 10) / 10, 6);
  if (points.length === 1) {
    return trans.__(
      'Column %1. One more point at another row gives the tilt.',
      column
    );
  }
  const tilt = fit.tilt.toFixed(3);
  if (leansTooFar(fit)) {
    return trans.__(
      'Tilt %1°: a recipe takes one from %2° to %3°. Correct a point, or choose rows that are further apart.',
      tilt,
      TILT_LIMITS.minimum,
      TILT_LIMITS.maximum
    );
  }
  if (points.length === 2) {
    return trans.__(
      'Column %1 at row %2, tilt %3°. A third point tells how well they agree.',
      column,
      row,
      tilt
    );
  }
  return trans.__(
    'Column %1 at row %2, tilt %3°; the points are off by %4 px (rms).',
    column,
    row,
    tilt,
    short(round(fit.rms), 2)
  );
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
