import type { IFrame } from '../../../api';
import type { Recipe } from '../../../recipe';
import type { IWantedSlice } from '../../../tuning';
import { AgentSlices } from '../agent-slices';
import type { IRowCost } from '../row-price';

// What only a page has.
jest.mock('../../../tuning/urls', () => ({}));

const wanted = (iterations: number, column = 300): IWantedSlice => ({
  base: '/data',
  row: 7,
  columns: 600,
  recipe: {
    version: 1,
    dataset: { path: 'scan', resource: 'scarf' },
    regions: { centre: { column } },
    filters: [],
    reconstruction: {
      tool: 'astra',
      method: 'SIRT',
      parameters: { iterations }
    }
  } as unknown as Recipe
});

const FRAME = {
  header: {
    dtype: 'float32',
    shape: [2, 2],
    bin: 3,
    whole: [6, 6],
    about: { row: 7 }
  },
  body: Float32Array.of(1, 2, 3, 4).buffer
} as unknown as IFrame;

interface IAsked {
  recipe: Recipe;
  bin?: number;
}

function make(cost: IRowCost | null = null): {
  slices: AgentSlices;
  previews: IAsked[];
  estimates: IAsked[];
  signals: AbortSignal[];
} {
  const previews: IAsked[] = [];
  const estimates: IAsked[] = [];
  const signals: AbortSignal[] = [];
  const api = {
    preview: (asked: IAsked, signal: AbortSignal) => {
      previews.push(asked);
      signals.push(signal);
      return Promise.resolve(FRAME);
    },
    estimate: (asked: IAsked) => {
      estimates.push(asked);
      const { iterations } = { ...asked.recipe.reconstruction?.parameters } as {
        iterations: number;
      };
      if (iterations < 0) {
        return Promise.reject(new Error('iterations must not be negative'));
      }
      return Promise.resolve({
        slice: iterations < 1000 ? iterations / 10 : null
      });
    }
  } as unknown as ConstructorParameters<typeof AgentSlices>[0]['api'];
  const slices = new AgentSlices({
    api,
    purpose: 's',
    columns: 1000,
    kernel: 'conda-tomo',
    rowCost: () => cost
  });
  return { slices, previews, estimates, signals };
}

it('asks for a slice as coarse as it is shown', async () => {
  const { slices, previews, signals } = make();
  const { signal } = new AbortController();
  const image = await slices.slice(wanted(20), 320, signal);
  expect(previews[0]).toMatchObject({
    purpose: 's',
    row: 7,
    product: 'slice',
    bin: 3,
    kernel: 'conda-tomo',
    resource: 'scarf'
  });
  expect(signals).toEqual([signal]);
  expect(image).toMatchObject({ rows: 2, columns: 2, bin: 3 });
  expect([...image.data]).toEqual([1, 2, 3, 4]);
});

it('adds up what they cost, asking once for what costs the same', async () => {
  const { slices, estimates } = make();
  const { signal } = new AbortController();
  const cost = (...all: IWantedSlice[]): Promise<number | null> =>
    slices.seconds(all, signal);
  await expect(cost(wanted(10, 1), wanted(10, 2), wanted(40))).resolves.toBe(6);
  expect(estimates).toHaveLength(2);
  await expect(cost(wanted(10), wanted(1000))).resolves.toBeNull();
  // Values that the tool refuses keep the others from nothing.
  await expect(cost(wanted(10), wanted(-1))).resolves.toBe(1);
});

it('adds the projections of each slice, which nobody keeps', async () => {
  const { slices } = make({ row: 2, measures: 100 });
  const { signal } = new AbortController();
  await expect(
    slices.seconds([wanted(10), wanted(10), wanted(40)], signal)
  ).resolves.toBe(12);
  const one = wanted(10);
  await expect(
    make().slices.seconds([one, { ...one, row: 8 }], signal)
  ).resolves.toBeNull();
});

it('an estimate that was stopped is none', async () => {
  const { slices } = make();
  const stop = new AbortController();
  stop.abort();
  await expect(slices.seconds([wanted(-1)], stop.signal)).rejects.toThrow();
});
