import type { Recipe } from '../../../recipe';
import {
  RECIPE,
  SlowSource,
  choose,
  labels,
  list,
  open,
  press,
  said,
  session,
  settle,
  useSweeps,
  view
} from './sweeps';

// What only a page has.
jest.mock('../../../tuning/urls', () => ({}));

useSweeps();

it('tells steps of one kind apart, and keeps the one that was chosen', async () => {
  const threshold = (...values: number[]): object[] =>
    values.map(value => ({ name: 'outliers', threshold: value }));
  const chosen = (): string => list('Parameter').selectedOptions[0].text;
  const now = (): string | undefined =>
    labels().find(label => label.endsWith(' (now)'));
  const filters = threshold(4);
  open(new SlowSource(), { ...RECIPE, filters } as unknown as Recipe);
  await choose('Parameter', 'Outliers: Threshold (σ)');
  const edit = async (value: object[]): Promise<void> => {
    session().edit({ path: ['filters'], value });
    await settle(200);
  };
  await edit(threshold(4, 8));
  expect(chosen()).toBe('Outliers (1): Threshold (σ)');
  await choose('Parameter', 'Outliers (2): Threshold (σ)');
  expect(now()).toBe('8 (now)');
  // Another step before them moves both.
  await edit([{ name: 'phase', ratio: 50 }, ...threshold(4, 8)]);
  expect(chosen()).toBe('Outliers (2): Threshold (σ)');
  view().node.querySelectorAll<HTMLElement>('.jp-tomo-sweep-take')[0].click();
  expect(session().edits.at(-1)).toEqual([
    { path: ['filters', 2, 'threshold'], value: 4 }
  ]);
  await edit(threshold(8));
  expect(chosen()).toBe('Outliers: Threshold (σ)');
});

it('a second parameter can be taken away again', async () => {
  open(new SlowSource());
  await choose('Second parameter', 'Turn slices (°)');
  const cells = (): number =>
    view().node.querySelectorAll('.jp-tomo-sweep-cell').length;
  expect([cells(), labels()]).toEqual([27, []]);
  const heads = (kind: string): (string | null)[] =>
    [...view().node.querySelectorAll(`.jp-tomo-sweep-head.${kind}`)].map(
      each => each.textContent
    );
  expect(heads('jp-mod-name')).toEqual([
    'Centre of rotation',
    'Turn slices (°)'
  ]);
  expect([heads('jp-mod-column')[4], heads('jp-mod-row')]).toEqual([
    '262.351',
    ['−20', '0', '20']
  ]);
  expect(heads('jp-mod-held')).toEqual(['262.351', '0']);
  await choose('Second parameter', 'one parameter');
  expect(labels()).toHaveLength(9);
});

it('a value that the recipe does not take fails alone', async () => {
  const source = new SlowSource();
  // Less than the recipe takes is offered.
  const cutoff = { type: 'number', minimum: 0, maximum: 1, default: 1 };
  open(source, RECIPE, undefined, undefined, { cutoff });
  await choose('Parameter', 'cutoff');
  const first = view().node.querySelector<HTMLInputElement>(
    '[aria-label="First value"]'
  );
  first!.value = '0';
  first!.dispatchEvent(new Event('input'));
  first!.dispatchEvent(new Event('blur'));
  await settle(200);
  const failed = view().node.querySelectorAll('[role=alert]');
  expect(failed).toHaveLength(1);
  expect(failed[0].textContent).toContain('0');
  expect(said()).toBe('1 of 9');
  expect(source.asked.at(-1)?.recipe.reconstruction?.parameters).toEqual({
    cutoff: 0.125
  });
});

it('offers the tilt of an axis that was found in rows other than its own, and keeps it', async () => {
  // So narrow that no projections are rotated; row 3 is shown.
  open(new SlowSource(), RECIPE, { column: 31, row: 3, tilt: 0.3 }, 64);
  const tilt = 'Tilt of the axis (°)';
  await choose('Parameter', tilt);
  const stated = { row: 0, column: 30.984 };
  view().node.querySelectorAll<HTMLElement>('.jp-tomo-sweep-take')[0].click();
  expect(session().recipe.regions?.centre).toEqual({ ...stated, tilt: -0.2 });
  session().edit({ path: ['regions'], value: {} });
  session().moveTo({ row: 5 });
  await settle(200);
  expect(list('Parameter').selectedOptions[0].text).toBe(tilt);
  // In its own row nothing changes.
  session().moveTo({ row: 0 });
  await settle(200);
  expect([...list('Parameter').options].map(({ text }) => text)).not.toContain(
    tilt
  );
});

it('marks what holds now of an axis that was found, with all its digits', () => {
  open(new SlowSource());
  const now = labels().filter(label => label.endsWith(' (now)'));
  expect(now).toEqual(['262.351 (now)']);
  expect(labels().indexOf('262.351 (now)')).toBe(4);
});

it('tries no parameter twice', async () => {
  open(new SlowSource());
  await settle();
  const texts = (label: string): string[] =>
    [...list(label).options].map(({ text }) => text);
  const [, second] = texts('Parameter');
  expect(texts('Second parameter')).toEqual([
    'one parameter',
    ...texts('Parameter').slice(1)
  ]);
  await choose('Second parameter', second);
  // Chosen for the first one, the second one lets go of it.
  await choose('Parameter', second);
  expect(list('Second parameter').selectedIndex).toBe(0);
  expect(texts('Second parameter')).not.toContain(second);
  expect(texts('Second parameter')).toContain('Centre of rotation');
  expect(labels().length).toBeGreaterThan(1);
  expect(new Set(labels()).size).toBe(labels().length);
});

it('says which values a parameter can have, and tries no other', async () => {
  open(new SlowSource());
  await settle();
  const first = view().node.querySelector<HTMLInputElement>(
    '[aria-label="First value"]'
  )!;
  const before = labels();
  const type = async (text: string): Promise<void> => {
    first.value = text;
    first.dispatchEvent(new Event('input'));
    first.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }));
    await settle(200);
  };
  const alert = view().node.querySelector('.jp-tomo-sweep-refused');
  await type('-50');
  expect(alert?.textContent).toMatch(/^First value: from 0 to \d+\.$/);
  expect(first.getAttribute('aria-invalid')).toBe('true');
  expect(labels()).toEqual(before);
  await type('12.3456');
  expect([alert?.textContent, first.value]).toEqual(['', '12.3456']);
  expect(first.hasAttribute('aria-invalid')).toBe(false);
  // The digits of the slice are those of the field.
  expect(labels()[0]).toContain('12.3456');
});

describe('A value that is refused', () => {
  const field = (): HTMLInputElement =>
    view().node.querySelector<HTMLInputElement>('[aria-label="First value"]')!;
  const refused = (): string | null =>
    view().node.querySelector('.jp-tomo-sweep-refused')!.textContent;
  const type = (text: string): void => {
    field().focus();
    field().value = text;
    field().dispatchEvent(new Event('input'));
    press('Enter');
  };

  beforeEach(async () => {
    open(new SlowSource(), {
      ...RECIPE,
      filters: [{ name: 'phase' }]
    } as unknown as Recipe);
    await choose('Parameter', 'Phase retrieval: Distance (mm)');
  });

  it('may be a limit that is none of the values', () => {
    type('0');
    expect(refused()).toBe('First value: more than 0 and at most 100000.');
    type('1');
    expect(refused()).toBe('');
  });

  it('is told with limits as people write them', async () => {
    await choose('Parameter', 'Phase retrieval: δ/β');
    type('1e9');
    expect(refused()).toBe('First value: more than 0 and at most 10000000.');
  });

  it('is not told any more once the field shows what holds', async () => {
    type('0');
    press('Escape');
    expect(refused()).toBe('');
    type('0');
    expect(refused()).not.toBe('');
    field().blur();
    expect(refused()).toBe('');
    type('0');
    session().edit({ path: ['reconstruction', 'rotation'], value: 5 });
    await settle(200);
    expect(refused()).toBe('');
  });
});

it('marks one value of a fine sweep about a column with many digits, in even steps', async () => {
  open(new SlowSource(), RECIPE, { column: 1100.123, row: 3, tilt: 0 }, 2400);
  const fill = (name: string, text: string): void => {
    const field = view().node.querySelector<HTMLInputElement>(
      `[aria-label="${name}"]`
    );
    field!.value = text;
    field!.dispatchEvent(new Event('input'));
    field!.dispatchEvent(new Event('blur'));
  };
  fill('First value', '1100.083');
  fill('Last value', '1100.163');
  await settle(200);
  expect(labels().filter(label => label.endsWith(' (now)'))).toEqual([
    '1100.123 (now)'
  ]);
  const values = labels().map(label => parseFloat(label));
  const steps = values.slice(1).map((value, i) => value - values[i]);
  expect(steps).toHaveLength(8);
  for (const step of steps) {
    expect(step).toBeCloseTo(0.01, 6);
  }
});
