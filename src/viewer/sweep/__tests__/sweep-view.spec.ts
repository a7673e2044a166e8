import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { ApiError } from '../../../api';
import type { Recipe } from '../../../recipe';
import type { ILiveImage, IWantedSlice } from '../../../tuning';
import { DESCRIPTION, FakeSession } from '../../__tests__/fakes';
import { ContrastModel } from '../../contrast';
import { StandIn } from '../../stand-in';
import { EngineSlices } from '../engine-slices';
import type { Schema } from '../others';
import type { ISliceSource } from '../slice-source';
import { FakeWorkers } from '../../../tuning/__tests__/fakes';
import { SweepView } from '../sweep-view';

// What only a page has.
jest.mock('../../../tuning/urls', () => ({}));

const trans = nullTranslator.load('jupyterlab_tomo');
const IMAGE: ILiveImage = {
  data: Float32Array.of(1),
  rows: 1,
  columns: 1,
  bin: 1,
  about: {}
};
const RECIPE = {
  version: 1,
  dataset: { path: 'scan' },
  filters: [],
  reconstruction: { tool: 'builtin', method: 'gridding', parameters: {} }
} as unknown as Recipe;

/** Slices that come one at a time, when a test says so. */
class SlowSource implements ISliceSource {
  constructor(private readonly _price: number | null = 0) {}

  readonly asked: IWantedSlice[] = [];
  isHere = true;
  isDisposed = false;

  seconds(): Promise<number | null> {
    return Promise.resolve(this._price);
  }

  slice(
    wanted: IWantedSlice,
    _: number,
    signal: AbortSignal
  ): Promise<ILiveImage> {
    this.asked.push(wanted);
    this.signal = signal;
    return new Promise((resolve, reject) => {
      this.answer = () => resolve(IMAGE);
      this.fail = (error = new Error('not this one')) => reject(error);
      signal.addEventListener('abort', () => reject(new Error('stopped')));
    });
  }

  dispose(): void {
    this.isDisposed = true;
  }

  answer = (): void => undefined;
  fail: (error?: Error) => void = () => undefined;
  signal: AbortSignal | null = null;
}

const settle = (ms = 0): Promise<void> =>
  new Promise(done => setTimeout(done, ms));

let view: SweepView | undefined;
let session: FakeSession;
let contrast: ContrastModel;

beforeEach(() => {
  jest.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  contrast = new ContrastModel();
});
afterEach(() => {
  view?.node.remove();
  view?.dispose();
  contrast.dispose();
  jest.restoreAllMocks();
});

function make(
  source: ISliceSource,
  recipe = RECIPE,
  axis = { column: 262.351237, row: 3, tilt: 0 },
  columns = DESCRIPTION.columns,
  schema?: Schema
): SweepView {
  session = new FakeSession(recipe);
  session.description = {
    state: 'ready',
    value: { ...DESCRIPTION, columns }
  };
  view = new SweepView({
    session: session.session,
    sweep: source,
    contrast,
    trans,
    axis: () => axis,
    pivot: () => 0,
    shown: new Signal({}),
    schema
  });
  document.body.append(view.node);
  return view;
}

const button = (name: string): HTMLButtonElement => {
  const found = [...(view?.node.querySelectorAll('button') ?? [])].find(
    each => each.textContent === name
  );
  if (!found) {
    throw new Error(`No button says ${name}.`);
  }
  return found;
};

const labels = (): string[] =>
  [...(view?.node.querySelectorAll('.jp-tomo-sweep-label') ?? [])].map(
    each => each.textContent ?? ''
  );

const list = (label: string): HTMLSelectElement => {
  const found = view?.node.querySelector<HTMLSelectElement>(
    `[aria-label="${label}"]`
  );
  if (!found) {
    throw new Error(`There is no list of ${label}.`);
  }
  return found;
};

const choose = async (label: string, text: string): Promise<void> => {
  const options = [...list(label).options];
  list(label).selectedIndex = options.findIndex(each => each.text === text);
  list(label).dispatchEvent(new Event('change'));
  await settle(200);
};

const said = (): string | null | undefined =>
  view?.node.querySelector('[role=status]')?.textContent;

const press = (key: string): boolean =>
  (document.activeElement ?? document.body).dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
  );

it('that falls back to the server can be stopped, and goes on where it was', async () => {
  const server = new SlowSource();
  const refused = new ApiError({
    code: 'engine-refused',
    message: 'The browser does not let the engine run.',
    where: 'browser',
    hint: ''
  });
  const engine = {
    isDisposed: false,
    dispose: () => undefined,
    slice: () => Promise.reject(refused)
  };
  make(
    new EngineSlices(
      engine,
      server,
      new StandIn(new FakeWorkers(settle).workers, trans),
      () => null
    )
  );
  await settle();
  expect(view?.trouble).toBe(
    'The server computes slices for now: The browser does not let the engine run. The browser is tried again by itself.'
  );
  expect(server.asked).toHaveLength(1);
  expect(button('Stop').hidden).toBe(false);
  server.answer();
  await settle();
  button('Stop').focus();
  button('Stop').click();
  expect(server.signal?.aborted).toBe(true);
  await settle();
  expect(server.asked).toHaveLength(2);
  expect(button('Stop').hidden).toBe(true);
  // The keys are with what can be done next.
  expect(document.activeElement).toBe(button('Start'));
  button('Start').click();
  await settle();
  expect(server.asked).toHaveLength(3);
  expect(server.asked[2]).toEqual(server.asked[1]);
  expect(button('Stop').hidden).toBe(false);
  // The button that was pressed is gone; the keys are with the sweep.
  expect(document.activeElement).toBe(view?.node);
});

it('waits for a server that is started again, and goes on where it was', async () => {
  const server = new SlowSource();
  const cut = new ApiError({
    code: 'network',
    message: 'Jupyter Server does not answer.',
    where: '',
    hint: 'Check the connection.'
  });
  make(server);
  await settle();
  server.answer();
  await settle();
  jest.useFakeTimers();
  try {
    server.fail(cut);
    await jest.advanceTimersByTimeAsync(0);
    // None of the others is asked for in vain.
    expect(server.asked).toHaveLength(2);
    expect(view?.node.querySelector('[role=alert]')).toBeNull();
    expect(said()).toBe(
      'Jupyter Server does not answer. Check the connection. It is tried again by itself.'
    );
    expect([button('Start').hidden, button('Stop').hidden]).toEqual([
      true,
      false
    ]);
    await jest.advanceTimersByTimeAsync(1000);
    expect(server.asked).toHaveLength(3);
    expect(server.asked[2]).toEqual(server.asked[1]);
    server.answer();
    await jest.advanceTimersByTimeAsync(0);
    expect(said()).toContain('2 of ');
    expect(server.asked).toHaveLength(4);
    // Stopped meanwhile, it stays so.
    server.fail(cut);
    await jest.advanceTimersByTimeAsync(0);
    button('Stop').click();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(server.asked).toHaveLength(4);
    expect(said()).toBe('Stopped.');
    button('Start').click();
    await jest.advanceTimersByTimeAsync(0);
    expect(server.asked[4]).toEqual(server.asked[3]);
  } finally {
    jest.useRealTimers();
  }
});

it('once stopped, stays so when one slice is tried again', async () => {
  const server = new SlowSource();
  make(server);
  await settle();
  server.fail();
  await settle();
  button('Stop').click();
  expect([button('Start').hidden, button('Stop').hidden]).toEqual([
    false,
    true
  ]);
  const asked = server.asked.length;
  button('Try again').click();
  await settle();
  expect(server.asked).toHaveLength(asked + 1);
  expect([button('Start').hidden, button('Stop').hidden]).toEqual([
    true,
    false
  ]);
  server.answer();
  await settle();
  expect(server.asked).toHaveLength(asked + 1);
  expect([said(), button('Start').hidden, button('Stop').hidden]).toEqual([
    'Stopped.',
    false,
    true
  ]);
  button('Start').click();
  await settle();
  expect(said()).toBe('1 of 9');
});

it('says which parameters need the server, and what they cost before it begins', async () => {
  const filters = [{ name: 'outliers' }, { name: 'stripes-sorting', size: 21 }];
  const source = new SlowSource(42);
  make(source, { ...RECIPE, filters } as unknown as Recipe);
  await settle();
  const groups = [...list('Parameter').querySelectorAll('optgroup')];
  expect(groups.map(({ label }) => label)).toEqual([
    'At once',
    'By the server, one by one'
  ]);
  expect(
    [...groups[1].querySelectorAll('option')].map(({ text }) => text)
  ).toEqual([
    'Tilt of the axis (°)',
    'Outliers: Size',
    'Outliers: Threshold (σ)',
    'Outliers: Kind'
  ]);
  await choose('Parameter', 'Outliers: Kind');
  expect(labels()).toEqual(['Bright (now)', 'Dark', 'Both']);
  expect(said()).toBe('These 3 slices take about 42 s.');
  expect(source.asked).toEqual([]);
  button('Start').click();
  await settle();
  expect(source.asked.map(({ recipe }) => recipe.filters?.[0])).toEqual([
    { name: 'outliers', kind: 'bright' }
  ]);
});

it('tells nothing of the server where it makes all slices', async () => {
  const source = new SlowSource(42);
  source.isHere = false;
  const filters = [{ name: 'outliers' }];
  make(source, { ...RECIPE, filters } as unknown as Recipe);
  await settle();
  expect(list('Parameter').querySelector('optgroup')).toBeNull();
  expect([...list('Parameter').options].map(({ text }) => text)).toContain(
    'Outliers: Size'
  );
});

it('tells steps of one kind apart, and keeps the one that was chosen', async () => {
  const threshold = (...values: number[]): object[] =>
    values.map(value => ({ name: 'outliers', threshold: value }));
  const chosen = (): string => list('Parameter').selectedOptions[0].text;
  const now = (): string | undefined =>
    labels().find(label => label.endsWith(' (now)'));
  const filters = threshold(4);
  make(new SlowSource(), { ...RECIPE, filters } as unknown as Recipe);
  await choose('Parameter', 'Outliers: Threshold (σ)');
  const edit = async (value: object[]): Promise<void> => {
    session.edit({ path: ['filters'], value });
    await settle(200);
  };
  await edit(threshold(4, 8));
  expect(chosen()).toBe('Outliers (1): Threshold (σ)');
  await choose('Parameter', 'Outliers (2): Threshold (σ)');
  expect(now()).toBe('8 (now)');
  // Another step before them moves both.
  await edit([{ name: 'phase', ratio: 50 }, ...threshold(4, 8)]);
  expect(chosen()).toBe('Outliers (2): Threshold (σ)');
  view?.node.querySelectorAll<HTMLElement>('.jp-tomo-sweep-take')[0].click();
  expect(session.edits.at(-1)).toEqual([
    { path: ['filters', 2, 'threshold'], value: 4 }
  ]);
  await edit(threshold(8));
  expect(chosen()).toBe('Outliers: Threshold (σ)');
});

it('asks for all slices of the same projections one after the other', async () => {
  const filters = [{ name: 'outliers' }, { name: 'stripes-sorting', size: 21 }];
  const source = new SlowSource();
  make(source, { ...RECIPE, filters } as unknown as Recipe);
  await choose('Parameter', 'Outliers: Size');
  await choose('Second parameter', 'Turn slices (°)');
  source.asked.length = 0;
  await choose('Second parameter', 'Stripes: sorting: Size');
  for (let i = 0; i < 6; i++) {
    await settle();
    source.answer();
  }
  await settle();
  expect(
    source.asked.map(({ recipe }) =>
      recipe.filters?.map(filter => ('size' in filter ? filter.size : null))
    )
  ).toEqual([
    [3, 11],
    [3, 21],
    [3, 31],
    [5, 11],
    [5, 21],
    [5, 31]
  ]);
  expect(said()).toBe('');
});

it('a second parameter can be taken away again', async () => {
  make(new SlowSource());
  await choose('Second parameter', 'Turn slices (°)');
  const cells = (): number =>
    view!.node.querySelectorAll('.jp-tomo-sweep-cell').length;
  expect([cells(), labels()]).toEqual([27, []]);
  const heads = (kind: string): (string | null)[] =>
    [...view!.node.querySelectorAll(`.jp-tomo-sweep-head.${kind}`)].map(
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
  make(source, RECIPE, undefined, undefined, { cutoff });
  await choose('Parameter', 'cutoff');
  const first = view?.node.querySelector<HTMLInputElement>(
    '[aria-label="First value"]'
  );
  first!.value = '0';
  first!.dispatchEvent(new Event('input'));
  first!.dispatchEvent(new Event('blur'));
  await settle(200);
  const failed = view?.node.querySelectorAll('[role=alert]');
  expect(failed).toHaveLength(1);
  expect(failed?.[0].textContent).toContain('0');
  expect(said()).toBe('1 of 9');
  expect(source.asked.at(-1)?.recipe.reconstruction?.parameters).toEqual({
    cutoff: 0.125
  });
});

describe('while the recipe is edited', () => {
  const filters = [{ name: 'stripes-sorting', size: 21 }];
  const recipe = { ...RECIPE, filters } as unknown as Recipe;

  it('makes its slices anew, of the parameter and the numbers that were chosen', async () => {
    const source = new SlowSource();
    make(source, recipe);
    await choose('Parameter', 'Stripes: sorting: Size');
    expect(labels()).toContain('21 (now)');
    const before = source.asked.length;
    // Another filter takes its place in the list.
    session.edit({
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
    const cells = view?.node.querySelectorAll<HTMLElement>(
      '.jp-tomo-sweep-take'
    );
    cells?.[1].click();
    expect(session.edits.at(-1)).toEqual([
      { path: ['filters', 1, 'size'], value: 13 }
    ]);
  });

  it('takes the first parameter when the chosen one is gone', async () => {
    make(new SlowSource(), recipe);
    await choose('Parameter', 'Stripes: sorting: Size');
    session.edit({ path: ['filters'], value: [] });
    await settle(200);
    expect(list('Parameter').selectedOptions[0].text).toBe(
      'Centre of rotation'
    );
    expect(labels()[4]).toBe('262.351 (now)');
  });

  it('follows the row, and leaves alone what slices do not depend on', async () => {
    const source = new SlowSource();
    make(source, recipe);
    await settle();
    const [first] = source.asked;
    session.edit({ path: ['output', 'folder'], value: 'elsewhere/' });
    await settle(200);
    expect(source.asked).toEqual([first]);
    session.moveTo({ row: 5 });
    await settle(200);
    expect(source.asked.at(-1)?.row).toBe(5);
  });
});

it('has no Stop when all slices are there', async () => {
  const source = new SlowSource();
  make(source);
  for (let i = 0; i < 9; i++) {
    await settle();
    expect(button('Stop').hidden).toBe(false);
    source.answer();
  }
  await settle();
  expect(button('Stop').hidden).toBe(true);
});

it('offers the tilt of an axis that was found in rows other than its own, and keeps it', async () => {
  // So narrow that no projections are rotated; row 3 is shown.
  make(new SlowSource(), RECIPE, { column: 31, row: 3, tilt: 0.3 }, 64);
  const tilt = 'Tilt of the axis (°)';
  await choose('Parameter', tilt);
  const stated = { row: 0, column: 30.984 };
  view?.node.querySelectorAll<HTMLElement>('.jp-tomo-sweep-take')[0].click();
  expect(session.recipe.regions?.centre).toEqual({ ...stated, tilt: -0.2 });
  session.edit({ path: ['regions'], value: {} });
  session.moveTo({ row: 5 });
  await settle(200);
  expect(list('Parameter').selectedOptions[0].text).toBe(tilt);
  // In its own row nothing changes.
  session.moveTo({ row: 0 });
  await settle(200);
  expect([...list('Parameter').options].map(({ text }) => text)).not.toContain(
    tilt
  );
});

it('marks what holds now of an axis that was found, with all its digits', () => {
  make(new SlowSource());
  const now = labels().filter(label => label.endsWith(' (now)'));
  expect(now).toEqual(['262.351 (now)']);
  expect(labels().indexOf('262.351 (now)')).toBe(4);
});

it('Escape in a number leaves the keys with the sweep, and once more closes it', () => {
  make(new SlowSource());
  let closed = 0;
  view?.closed.connect(() => closed++);
  const first = view?.node.querySelector<HTMLInputElement>(
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
  expect(document.activeElement).toBe(view?.node);
  press('Escape');
  expect(closed).toBe(1);
});

it('arrow keys walk over the slices, and end at its sides', () => {
  make(new SlowSource());
  const second = view?.node.querySelector<HTMLSelectElement>(
    '[aria-label="Second parameter"]'
  );
  expect(second).not.toBeNull();
  const cells = [
    ...(view?.node.querySelectorAll<HTMLElement>('.jp-tomo-sweep-take') ?? [])
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

it('tries no parameter twice', async () => {
  make(new SlowSource());
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
  make(new SlowSource());
  await settle();
  const first = view!.node.querySelector<HTMLInputElement>(
    '[aria-label="First value"]'
  )!;
  const before = labels();
  const type = async (text: string): Promise<void> => {
    first.value = text;
    first.dispatchEvent(new Event('input'));
    first.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }));
    await settle(200);
  };
  const alert = view!.node.querySelector('.jp-tomo-sweep-refused');
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
    view!.node.querySelector<HTMLInputElement>('[aria-label="First value"]')!;
  const refused = (): string | null =>
    view!.node.querySelector('.jp-tomo-sweep-refused')!.textContent;
  const type = (text: string): void => {
    field().focus();
    field().value = text;
    field().dispatchEvent(new Event('input'));
    press('Enter');
  };

  beforeEach(async () => {
    make(new SlowSource(), {
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
    session.edit({ path: ['reconstruction', 'rotation'], value: 5 });
    await settle(200);
    expect(refused()).toBe('');
  });
});
