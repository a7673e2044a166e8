/**
 * The heads of a grid of two parameters: their names once, and the values over
 * the columns and before the rows.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import { element } from '../dom';
import type { IHead } from './cell-values';

/** Lines of the grid before the first slice: name and value. */
const LINES = 2;

export function headNodes(
  columns: IHead,
  rows: IHead,
  trans: TranslationBundle
): HTMLElement[] {
  const corner = head('jp-mod-corner', '');
  corner.style.gridArea = `1 / 1 / ${LINES + 1} / ${LINES + 1}`;
  const above = named('jp-mod-above', columns);
  above.style.gridArea = `1 / ${LINES + 1} / 2 / span ${columns.values.length}`;
  const before = named('jp-mod-before', rows);
  before.style.gridArea = `${LINES + 1} / 1 / span ${rows.values.length} / 2`;
  return [
    corner,
    above,
    before,
    ...valued('jp-mod-column', columns, trans, index => [LINES, index]),
    ...valued('jp-mod-row', rows, trans, index => [index, LINES])
  ];
}

/** What a screen reader says of each slice has both names and values. */
function head(kind: string, text: string): HTMLElement {
  const node = element('div', `jp-tomo-sweep-head ${kind}`);
  node.setAttribute('aria-hidden', 'true');
  node.append(element('span', '', text));
  return node;
}

function named(kind: string, { name }: IHead): HTMLElement {
  const node = head(`jp-mod-name ${kind}`, name);
  node.title = name;
  return node;
}

/** @param at line of the grid in which a value stands, down and across */
function valued(
  kind: string,
  { values }: IHead,
  trans: TranslationBundle,
  at: (line: number) => [number, number]
): HTMLElement[] {
  return values.map(({ text, held }, index) => {
    const node = head(kind, text);
    node.title = held ? `${text} ${trans.__('(now)')}` : text;
    node.classList.toggle('jp-mod-held', held);
    const [row, column] = at(LINES + 1 + index);
    node.style.gridArea = `${row} / ${column}`;
    return node;
  });
}
