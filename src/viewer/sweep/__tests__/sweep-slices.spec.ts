import { ApiError } from '../../../api';
import type { Recipe } from '../../../recipe';
import { FakeWorkers } from '../../../tuning/__tests__/fakes';
import { StandIn } from '../../stand-in';
import { EngineSlices } from '../engine-slices';
import {
  RECIPE,
  SlowSource,
  button,
  choose,
  labels,
  list,
  open,
  said,
  settle,
  trans,
  useSweeps,
  view
} from './sweeps';

// What only a page has.
jest.mock('../../../tuning/urls', () => ({}));

useSweeps();

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
  open(
    new EngineSlices(
      engine,
      server,
      new StandIn(new FakeWorkers(settle).workers, trans),
      () => null
    )
  );
  await settle();
  expect(view().trouble).toBe(
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
  expect(document.activeElement).toBe(view().node);
});

it('waits for a server that is started again, and goes on where it was', async () => {
  const server = new SlowSource();
  const cut = new ApiError({
    code: 'network',
    message: 'Jupyter Server does not answer.',
    where: '',
    hint: 'Check the connection.'
  });
  open(server);
  await settle();
  server.answer();
  await settle();
  jest.useFakeTimers();
  try {
    server.fail(cut);
    await jest.advanceTimersByTimeAsync(0);
    // None of the others is asked for in vain.
    expect(server.asked).toHaveLength(2);
    expect(view().node.querySelector('[role=alert]')).toBeNull();
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
  open(server);
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
  open(source, { ...RECIPE, filters } as unknown as Recipe);
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
  open(source, { ...RECIPE, filters } as unknown as Recipe);
  await settle();
  expect(list('Parameter').querySelector('optgroup')).toBeNull();
  expect([...list('Parameter').options].map(({ text }) => text)).toContain(
    'Outliers: Size'
  );
});

it('asks for all slices of the same projections one after the other', async () => {
  const filters = [{ name: 'outliers' }, { name: 'stripes-sorting', size: 21 }];
  const source = new SlowSource();
  open(source, { ...RECIPE, filters } as unknown as Recipe);
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

it('has no Stop when all slices are there', async () => {
  const source = new SlowSource();
  open(source);
  for (let i = 0; i < 9; i++) {
    await settle();
    expect(button('Stop').hidden).toBe(false);
    source.answer();
  }
  await settle();
  expect(button('Stop').hidden).toBe(true);
});
