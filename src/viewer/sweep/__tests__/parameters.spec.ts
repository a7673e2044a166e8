import type { Recipe } from '../../../recipe';
import { sweepables, sweepValues, withValues } from '../parameters';
import { cellsOf } from '../sweep-view';

const RECIPE = {
  version: 1,
  dataset: { path: 'scan' },
  regions: { centre: { column: 399.4 } },
  filters: [{ name: 'outliers' }, { name: 'stripes-sorting', size: 21 }],
  reconstruction: { tool: 'builtin', method: 'gridding', parameters: {} }
} as unknown as Recipe;

const all = sweepables(RECIPE, 399.4, 835, 'Centre');
const find = (id: string): (typeof all)[number] => {
  const found = all.find(each => each.id === id);
  if (!found) {
    throw new Error(`${id} is not offered: ${all.map(each => each.id).join()}`);
  }
  return found;
};

it('offers what only the engine sees, under the names of the panel', () => {
  expect(all[0]).toMatchObject({
    id: 'regions.centre.column',
    label: 'Centre',
    value: 399.4
  });
  expect(find('filters.1.size')).toMatchObject({ value: 21, integer: true });
  expect(find('filters.1.size').label).toMatch(/^Stripes: sorting: /);
  expect(
    find('reconstruction.parameters.filter').choices.length
  ).toBeGreaterThan(2);
  // Outliers are taken from projections, which the browser does not have.
  expect(all.some(each => each.id.startsWith('filters.0.'))).toBe(false);
});

it('proposes values around what holds now', () => {
  const [first, last] = find('regions.centre.column').proposed;
  const values = sweepValues(find('regions.centre.column'), first, last, 9);
  expect(values).toEqual([
    395.4, 396.4, 397.4, 398.4, 399.4, 400.4, 401.4, 402.4, 403.4
  ]);
});

it('keeps to whole numbers and to the range, each value once', () => {
  const size = find('filters.1.size');
  expect(sweepValues(size, 1, 3, 9)).toEqual([
    ...new Set(
      [1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 2.75, 3].map(value =>
        Math.round(Math.max(size.minimum, value))
      )
    )
  ]);
  const column = find('regions.centre.column');
  expect(sweepValues(column, -10, 10, 3)).toEqual([0, 10]);
});

it('takes all values of a choice', () => {
  const filter = find('reconstruction.parameters.filter');
  expect(sweepValues(filter, 0, 1, 2)).toEqual(filter.choices);
});

it('makes recipes that differ in the value alone', () => {
  const changed = withValues(RECIPE, [
    { path: ['filters', 1, 'size'], value: 31 }
  ]);
  expect(changed.filters?.[1]).toMatchObject({ size: 31 });
  expect({
    ...changed,
    filters: RECIPE.filters
  }).toEqual(RECIPE);
});

it('says what a recipe does not take', () => {
  expect(() =>
    withValues(RECIPE, [{ path: ['filters', 1, 'size'], value: 'wide' }])
  ).toThrow(/size/);
});

it('lays out two parameters row by row, and marks what holds now', () => {
  const across = {
    sweepable: find('regions.centre.column'),
    values: [1, 399.4]
  };
  const down = { sweepable: find('filters.1.size'), values: [21, 31] };
  const cells = cellsOf(across, down);
  expect(cells.map(cell => cell.label)).toEqual([
    '1 · 21',
    '399.4 · 21',
    '1 · 31',
    '399.4 · 31'
  ]);
  expect(cells.map(cell => cell.held)).toEqual([false, true, false, false]);
  expect(cells[2]?.changes).toEqual([
    { path: ['regions', 'centre', 'column'], value: 1 },
    { path: ['filters', 1, 'size'], value: 31 }
  ]);
});
