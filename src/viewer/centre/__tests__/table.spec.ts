import { nullTranslator } from '@jupyterlab/translation';

import { fitLine } from '../line';
import type { ICentrePoint } from '../line';
import { pointTable } from '../table';

const POINTS: ICentrePoint[] = [
  { row: 10, column: 100 },
  { row: 50, column: 102 }
];

it('leaves alone the field in which somebody types', () => {
  let points = POINTS;
  const changed: ICentrePoint[][] = [];
  const table = pointTable({
    trans: nullTranslator.load('jupyterlab_tomo'),
    change: next => {
      changed.push(next);
      points = next;
      show(50);
    },
    add: () => undefined,
    use: () => undefined,
    visit: () => undefined
  });
  const show = (here: number): void => table.set(points, fitLine(points), here);
  document.body.append(table.node);
  show(10);
  const field = (label: string): HTMLInputElement => {
    const found = table.node.querySelector(`[aria-label="${label}"]`);
    if (!(found instanceof HTMLInputElement)) {
      throw new Error(`Nothing is labelled ${label}.`);
    }
    return found;
  };
  const column = field('Column of point 2');
  column.focus();
  column.value = '103.5';
  column.dispatchEvent(new Event('input'));
  // A slice has come, another row is looked at.
  show(50);
  expect(document.activeElement).toBe(column);
  expect(column.value).toBe('103.5');
  expect(table.node.querySelector('.jp-mod-here input')).toBe(
    field('Row of point 2')
  );
  // On to the next field: the value is taken, and the focus stays where it went.
  field('Row of point 1').focus();
  expect(changed).toEqual([[POINTS[0], { row: 50, column: 103.5 }]]);
  expect(document.activeElement).toBe(field('Row of point 1'));
  table.node
    .querySelector<HTMLButtonElement>('[aria-label="Remove point 1"]')
    ?.click();
  expect(changed[1]).toEqual([{ row: 50, column: 103.5 }]);
  expect(table.node.querySelectorAll('tbody tr')).toHaveLength(1);
  expect(field('Column of point 1').value).toBe('103.5');
  table.node.remove();
});

it('says how far points miss the line when there are more than two, and what is in the recipe', () => {
  const table = pointTable({
    trans: nullTranslator.load('jupyterlab_tomo'),
    change: () => undefined,
    add: () => undefined,
    use: () => undefined,
    visit: () => undefined
  });
  const missed = (): (string | null)[] =>
    [...table.node.querySelectorAll('.jp-tomo-centre-off')].map(
      ({ textContent }) => textContent
    );
  table.set(POINTS, fitLine(POINTS), 10);
  expect(missed()).toEqual(['–', '–']);
  expect(table.node.textContent).toContain('A third point tells');
  const three = [...POINTS, { row: 90, column: 105 }];
  table.set(three, fitLine(three), 10, true);
  expect(missed()).toEqual(['0.17 px', '−0.33 px', '0.17 px']);
  expect(table.node.textContent).toContain('off by 0.24 px (rms)');
  const use = table.node.querySelector<HTMLButtonElement>('.jp-mod-accept');
  expect([use?.textContent, use?.disabled]).toEqual(['In the recipe', true]);
});
