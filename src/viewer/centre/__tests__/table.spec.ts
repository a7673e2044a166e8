import { nullTranslator } from '@jupyterlab/translation';

import { fitLine } from '../line';
import type { ICentrePoint } from '../line';
import { foundCentre } from '../recipe-axis';
import { CentreSearch } from '../search';
import { pointTable } from '../table';

// These are files beside the page.
jest.mock('../../../tuning/urls', () => ({}));

const SIZE = { rows: 96, columns: 256 };
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
    visit: () => undefined,
    size: () => SIZE
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
    visit: () => undefined,
    size: () => SIZE
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

it.each([
  ['Column of point 1', '9999', 'From 0 to 255: the image ends there.'],
  ['Column of point 2', '-3', 'From 0 to 255: the image ends there.'],
  ['Row of point 1', '300', 'From 0 to 95: the image ends there.'],
  ['Row of point 2', 'middle', 'This is not a number.']
])('refuses %s %s in words', (label, text, why) => {
  const change = jest.fn();
  const table = pointTable({
    trans: nullTranslator.load('jupyterlab_tomo'),
    change,
    add: () => undefined,
    use: () => undefined,
    visit: () => undefined,
    size: () => SIZE
  });
  table.set(POINTS, fitLine(POINTS), 10);
  const field = table.node.querySelector<HTMLInputElement>(
    `[aria-label="${label}"]`
  )!;
  const enter = (value: string): void => {
    field.value = value;
    field.dispatchEvent(new Event('input'));
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }));
  };
  enter(text);
  expect([field.title, field.validationMessage]).toEqual([why, why]);
  expect(field.getAttribute('aria-invalid')).toBe('true');
  expect(change).not.toHaveBeenCalled();
  // What can be taken is, and nothing is said any more.
  enter('95');
  expect(change).toHaveBeenCalledTimes(1);
  expect([field.title, field.validationMessage]).toEqual([label, '']);
});

it('does not use a line that leans by more than a recipe takes, and says so', () => {
  const table = pointTable({
    trans: nullTranslator.load('jupyterlab_tomo'),
    change: () => undefined,
    add: () => undefined,
    use: () => undefined,
    visit: () => undefined,
    size: () => SIZE
  });
  const search = new CentreSearch();
  search.begin(10, 100, '2');
  const lean = (by: number): void => {
    search.set([
      { row: 10, column: 100 },
      { row: 11, column: 100 + by }
    ]);
    table.set(search.points, search.fit, 10);
  };
  const use = table.node.querySelector<HTMLButtonElement>('.jp-mod-accept');
  for (const by of [0.3, -0.3]) {
    lean(by);
    expect(use?.disabled).toBe(true);
    expect(table.node.textContent).toContain('a recipe takes one from -10° to');
    expect(foundCentre(search, { version: 1 })).toBeNull();
  }
  lean(0.17);
  expect(use?.disabled).toBe(false);
  expect(foundCentre(search, { version: 1 })).toMatchObject({ row: 10.5 });
});
