import type { Recipe } from '../../../recipe';
import {
  RECIPE,
  SlowSource,
  choose,
  labels,
  list,
  open,
  press,
  session,
  settle,
  useSweeps,
  view
} from './sweeps';

// What only a page has.
jest.mock('../../../tuning/urls', () => ({}));

useSweeps();

describe('while the recipe is edited', () => {
  const filters = [{ name: 'stripes-sorting', size: 21 }];
  const recipe = { ...RECIPE, filters } as unknown as Recipe;

  it('makes its slices anew, of the parameter and the numbers that were chosen', async () => {
    const source = new SlowSource();
    open(source, recipe);
    await choose('Parameter', 'Stripes: sorting: Size');
    expect(labels()).toContain('21 (now)');
    const before = source.asked.length;
    // Another filter takes its place in the list.
    session().edit({
      path: ['filters'],
      value: [{ name: 'stripes-dead' }, { name: 'stripes-sorting', size: 11 }]
    });
    await settle(200);
    expect(list('Parameter').selectedOptions[0].text).toBe(
      'Stripes: sorting: Size'
    );
    expect(labels()[0]).toBe('11 (now)');
    expect(labels()).toContain('21');
    expect(source.asked.length).toBeGreaterThan(before);
    const cells = view().node.querySelectorAll<HTMLElement>(
      '.jp-tomo-sweep-take'
    );
    cells[1].click();
    expect(session().edits.at(-1)).toEqual([
      { path: ['filters', 1, 'size'], value: 13 }
    ]);
  });

  it('takes the first parameter when the chosen one is gone', async () => {
    open(new SlowSource(), recipe);
    await choose('Parameter', 'Stripes: sorting: Size');
    session().edit({ path: ['filters'], value: [] });
    await settle(200);
    expect(list('Parameter').selectedOptions[0].text).toBe(
      'Centre of rotation'
    );
    expect(labels()[4]).toBe('262.351 (now)');
  });

  it('follows the row, and leaves alone what slices do not depend on', async () => {
    const source = new SlowSource();
    open(source, recipe);
    await settle();
    const [first] = source.asked;
    session().edit({ path: ['output', 'folder'], value: 'elsewhere/' });
    await settle(200);
    expect(source.asked).toEqual([first]);
    session().moveTo({ row: 5 });
    await settle(200);
    expect(source.asked.at(-1)?.row).toBe(5);
  });
});

it('Escape in a number leaves the keys with the sweep, and once more closes it', () => {
  open(new SlowSource());
  let closed = 0;
  view().closed.connect(() => closed++);
  const first = view().node.querySelector<HTMLInputElement>(
    '[aria-label="First value"]'
  );
  if (!first) {
    throw new Error('There is no first value.');
  }
  const before = first.value;
  first.focus();
  first.value = '7';
  first.dispatchEvent(new Event('input'));
  press('Escape');
  expect(first.value).toBe(before);
  expect(closed).toBe(0);
  expect(document.activeElement).toBe(view().node);
  press('Escape');
  expect(closed).toBe(1);
});

it('arrow keys walk over the slices, and end at its sides', () => {
  open(new SlowSource());
  const second = view().node.querySelector<HTMLSelectElement>(
    '[aria-label="Second parameter"]'
  );
  expect(second).not.toBeNull();
  const cells = [
    ...view().node.querySelectorAll<HTMLElement>('.jp-tomo-sweep-take')
  ];
  cells[0].focus();
  const at = (): number =>
    cells.findIndex(cell => cell === document.activeElement);
  press('ArrowRight');
  expect(at()).toBe(1);
  press('ArrowLeft');
  press('ArrowLeft');
  press('ArrowDown');
  expect(at()).toBe(0);
});
