/** @jest-environment node */
import { failureOf } from '../../api';
import type { IApiClient } from '../../api';
import { isRotated } from '../../recipe';
import { LiveSlices } from '../live-slices';
import type { IWantedSlice } from '../wanted';
import { sliceKey } from '../wanted';
import { FakeWorkers, frameOf } from './fakes';

const at = (column: number, row = 3): IWantedSlice => ({
  base: '/data',
  row,
  columns: 512,
  recipe: {
    version: 1,
    dataset: { path: 'scan' },
    regions: { centre: { column } },
    filters: [],
    reconstruction: { tool: 'builtin', method: 'gridding', parameters: {} }
  }
});

function make(
  columns: number,
  about: object = {},
  count = 2,
  density: () => number | null = () => null
) {
  const fake = new FakeWorkers(settle);
  const { work, workers } = fake;
  const asked: number[] = [];
  const told: string[] = [];
  /** Slices that were under way when a look was shown. */
  const begun: number[] = [];
  const warned: unknown[] = [];
  const failures: unknown[] = [];
  const slices = new LiveSlices({
    api: {
      preview: ({ row, recipe }: IWantedSlice) => {
        asked.push(row);
        const { tilt = 0 } = recipe.regions?.centre ?? {};
        const rotated = isRotated(tilt, columns) ? tilt : 0;
        return Promise.resolve(frameOf(columns, { ...about }, rotated, count));
      }
    } as unknown as IApiClient,
    workers,
    purpose: 'x',
    density,
    look: ({ data }) => {
      told.push(`look ${data[0]}`);
      begun.push(work.length);
    },
    ready: ({ data, about: said }, key) => {
      told.push(`whole ${data[0]} ${key}`);
      warned.push(said.warnings);
    },
    failed: error => {
      told.push(String(error));
      failures.push(error);
    },
    busy: () => undefined
  });
  const most = (): number => fake.most;
  return { slices, work, asked, told, begun, warned, failures, most };
}

/** Let promises and timers that are due run; the pause of the hand passes. */
async function settle(milliseconds = 0): Promise<void> {
  await jest.advanceTimersByTimeAsync(milliseconds);
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

it('looks at a wide slice first, and makes it whole when the hand rests', async () => {
  const { slices, work, told } = make(2048);
  slices.ask(at(1000));
  await settle();
  expect(work.map(({ look }) => look)).toEqual(['first']);
  await work[0].finish();
  await settle(30);
  expect(work.map(({ look }) => look)).toEqual(['whole']);
  await work[0].finish();
  expect(told).toEqual(['look 1000', `whole 1000 ${sliceKey(at(1000))}`]);
  slices.dispose();
});

it('has the workers at the next look when one is shown', async () => {
  const { slices, work, told, begun } = make(2048);
  slices.ask(at(1000));
  await settle();
  slices.ask(at(1001));
  await work[0].finish();
  expect(told).toEqual(['look 1000']);
  expect(begun).toEqual([1]);
  await work[0].finish();
  expect(told).toEqual(['look 1000', 'look 1001']);
  slices.dispose();
});

it('shows a look at once when the next one waits for another row', async () => {
  const { slices, work, told, asked } = make(2048);
  slices.ask(at(1000));
  await settle();
  slices.ask(at(1001, 4));
  await work[0].finish();
  expect(asked).toEqual([3, 4]);
  expect(told).toEqual(['look 1000']);
  slices.dispose();
});

it('looks at fewer projections while looks are slow, and makes the slice of all', async () => {
  const { slices, work } = make(2048, {}, 1500);
  const thin: number[] = [];
  for (const took of [60, 60, 60, 30, 30, 10, 10, 10, 20]) {
    slices.ask(at(1000 + thin.length));
    await settle();
    thin.push(work[0].thin);
    await work[0].finish(took);
  }
  expect(thin).toEqual([2, 2, 2, 4, 4, 4, 4, 4, 2]);
  await settle(30);
  expect(work.map(each => [each.look, each.thin])).toEqual([['whole', 1]]);
  await work[0].finish();
  slices.dispose();
});

it('looks at no more columns than the screen shows, as it is seen now', async () => {
  let density: number | null = null;
  const { slices, work } = make(2048, {}, 1500, () => density);
  const seen: number[][] = [];
  for (const next of [null, 1.7, 0.5, 0.34, 0.33, 0.05]) {
    density = next;
    slices.ask(at(1000 + seen.length));
    await settle();
    seen.push([work[0].bin, work[0].thin]);
    await work[0].finish(20);
  }
  expect(seen).toEqual([
    [2, 2],
    [2, 2],
    [2, 2],
    [2, 2],
    [3, 3],
    [4, 4]
  ]);
  await settle(30);
  expect(work.map(each => [each.look, each.bin])).toEqual([['whole', 1]]);
  slices.dispose();
});

it.each([
  [2048, 'first'],
  [512, 'whole']
])(
  'has one slice of %i columns under way while the hand moves, and shows the last value whole',
  async (columns, look) => {
    const { slices, work, asked, told, most } = make(columns);
    slices.ask(at(100));
    await settle();
    for (let column = 101; column < 140; column++) {
      slices.ask(at(column));
      await settle(1);
      expect(work).toHaveLength(1);
      if (column % 10 === 0) {
        await work[0].finish();
        expect(work.map(one => [one.look, one.centre])).toEqual([
          [look, column]
        ]);
      }
    }
    while (work.length) {
      await work[0].finish();
      await settle(30);
    }
    expect(told.at(-1)).toBe(`whole 139 ${sliceKey(at(139))}`);
    expect(told.filter(each => each.startsWith('whole'))).toHaveLength(1);
    // 39 changes, and hardly more slices than there was time for.
    expect(told.length).toBeLessThanOrEqual(6);
    expect([asked, most()]).toEqual([[3], 1]);
    slices.dispose();
  }
);

it('asks for another row as soon as it is wanted, and shows that one in the end', async () => {
  const { slices, work, asked, told } = make(512);
  slices.ask(at(100));
  await settle();
  slices.ask(at(100, 4));
  await settle();
  while (work.length) {
    await work[0].finish();
    await settle(30);
  }
  expect(asked).toEqual([3, 4]);
  expect(told.at(-1)).toBe(`whole 100 ${sliceKey(at(100, 4))}`);
  slices.dispose();
});

it('asks for another row when the tilt rotates the projections, and for no other axis', async () => {
  const { slices, work, asked } = make(512);
  const leaning = async (centre: {
    column: number;
    row?: number;
    tilt: number;
  }): Promise<number> => {
    slices.ask({
      ...at(100),
      recipe: { ...at(100).recipe, regions: { centre } }
    });
    await settle();
    const { centre: column } = work[0];
    await work[0].finish();
    return column;
  };
  const angle = Math.PI / 180;
  // The image has 8 rows; row 3 is looked at.
  expect(await leaning({ column: 100, tilt: 1 })).toBeCloseTo(
    255.5 + (100 + 3.5 * Math.tan(angle) - 255.5) * Math.cos(angle),
    9
  );
  expect(await leaning({ column: 110, row: 3.5, tilt: 1 })).toBeCloseTo(
    255.5 + (110 - 255.5) * Math.cos(angle),
    9
  );
  expect(asked).toHaveLength(1);
  await leaning({ column: 110, tilt: -1 });
  expect(asked).toHaveLength(2);
  // Less than half a row: the column follows, and nothing else is asked for.
  expect(await leaning({ column: 110, tilt: 0.1 })).toBeCloseTo(
    110 + 3 * Math.tan(0.1 * angle),
    9
  );
  expect(asked).toHaveLength(3);
  await leaning({ column: 120, tilt: -0.1 });
  await leaning({ column: 120, tilt: 0 });
  expect(asked).toHaveLength(3);
  slices.dispose();
});

it('does not wait for a row of a tilt that nobody wants any more', async () => {
  const { slices, work, asked, told } = make(512);
  const tilted = (tilt: number): IWantedSlice => ({
    ...at(100),
    recipe: { ...at(100).recipe, regions: { centre: { column: 100, tilt } } }
  });
  for (const tilt of [1, 1.1, 1.2]) {
    slices.ask(tilted(tilt));
  }
  await settle();
  while (work.length) {
    await work[0].finish();
    await settle(30);
  }
  expect(asked).toHaveLength(2);
  expect(told.at(-1)).toContain(sliceKey(tilted(1.2)));
  slices.dispose();
});

it('says that workers are lost', async () => {
  const { slices, work, told } = make(512);
  slices.ask(at(100));
  await settle();
  await work[0].lose();
  expect(work).toHaveLength(0);
  expect(told).toEqual(['ApiError: A worker ended.']);
  slices.dispose();
});

it('asks once for a row whose axis is searched for, whatever is done to its sinogram', async () => {
  const { slices, work, asked, warned } = make(512, {
    live: {
      angles: [0, 90],
      left: 0,
      columns: 512,
      rows: 8,
      rotated: 0,
      scale: 1,
      axis: { column: 250, row: 0, tilt: 0 },
      search: { ofSteps: false, warnings: ['The methods differ.'] }
    }
  });
  const { recipe } = at(100);
  const searched = (regions: object, size: number): IWantedSlice => ({
    ...at(100),
    recipe: {
      ...recipe,
      regions,
      filters: [{ name: 'stripes-sorting', size }]
    }
  });
  for (const [regions, size] of [
    [{}, 21],
    [{}, 31],
    [{ centre: { column: 251 } }, 31]
  ] as const) {
    slices.ask(searched(regions, size));
    await settle();
    await work[0].finish();
  }
  expect(asked).toEqual([3]);
  expect(warned.map(each => String(each).includes('differ'))).toEqual([
    true,
    true,
    false
  ]);
  slices.dispose();
});

it('shows nothing after nobody wants it', async () => {
  const { slices, work, told } = make(512);
  slices.ask(at(100));
  await settle();
  slices.drop();
  await work[0].finish();
  await settle(100);
  expect([told, work.length]).toEqual([[], 0]);
  slices.dispose();
});

it('says of a slice what holds of its own angles and axis', async () => {
  const { slices, work, told, warned } = make(512);
  const every: IWantedSlice = { ...at(100) };
  const tilted = {
    ...at(100).recipe,
    regions: { centre: { column: 100, tilt: 1 } }
  };
  slices.ask({ ...every, recipe: tilted });
  await settle();
  await work[0].finish();
  expect(told).toHaveLength(1);
  expect(warned.at(-1)).toEqual([
    '2 projections are few for 512 columns (full resolution needs about 804).',
    expect.stringContaining('tilt is 4.5 rows')
  ]);
  slices.ask({
    ...every,
    recipe: { ...every.recipe, reconstruction: { angles: { every: 2 } } }
  });
  await settle();
  await work[0].finish();
  expect(warned.at(-1)).toEqual([
    expect.stringContaining('span only 0.0 degrees'),
    expect.stringContaining('1 projections are few')
  ]);
  slices.dispose();
});

it.each([
  [
    at(600),
    'column 600, lies outside the image of 512 columns',
    'regions.centre.column'
  ],
  [
    {
      ...at(100),
      recipe: { ...at(100).recipe, reconstruction: { method: 'SIRT' } }
    },
    'The engine has no method SIRT.',
    'reconstruction.method'
  ]
])(
  'refuses what the run refuses, and says where: %#',
  async (wanted, words, where) => {
    const { slices, failures } = make(512);
    slices.ask(wanted);
    await settle();
    const [failure] = failures.map(error => failureOf(error));
    expect(failure.message).toContain(words);
    expect(failure.where).toBe(where);
    expect(failure.hint).not.toBe('');
    slices.dispose();
  }
);

it('leaves the slice to the server when there is no row in the answer', async () => {
  const { slices, failures } = make(512, { live: null });
  slices.ask(at(100));
  await settle();
  expect(failures.map(error => failureOf(error))).toEqual([
    expect.objectContaining({ code: 'no-row', where: 'browser' })
  ]);
  slices.dispose();
});
