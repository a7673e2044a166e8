import { nullTranslator } from '@jupyterlab/translation';

import { ApiError } from '../../../api';
import type { Filter } from '../../../recipe';
import type { ILiveImage, IWantedSlice } from '../../../tuning';
import { StandIn } from '../../stand-in';
import { EngineSlices } from '../engine-slices';
import type { IRowCost } from '../row-price';
import { SliceQueue } from '../slice-queue';
import { FakeWorkers } from '../../../tuning/__tests__/fakes';
import type { ISliceSource } from '../slice-source';

// What only a page has.
jest.mock('../../../tuning/urls', () => ({}));

const wanted = (row: number): IWantedSlice => ({
  base: '/data',
  recipe: { version: 1 },
  row,
  columns: 600
});

const image = (row: number): ILiveImage => ({
  data: Float32Array.of(row),
  rows: 1,
  columns: 1,
  bin: 1,
  about: {}
});

const standIn = (): StandIn =>
  new StandIn(
    new FakeWorkers(() => Promise.resolve()).workers,
    nullTranslator.load('jupyterlab_tomo')
  );

const failure = (where: string, code = 'tool-failed'): ApiError =>
  new ApiError({ code, message: 'It does not.', where, hint: '' });

/** A source that fails for some rows, and what became of what was asked. */
function make(failing: Set<number>): {
  queue: SliceQueue;
  asked: number[];
  told: string[];
  ask: (...rows: number[]) => void;
} {
  const asked: number[] = [];
  const told: string[] = [];
  const source: ISliceSource = {
    isHere: true,
    isDisposed: false,
    dispose: () => undefined,
    seconds: () => Promise.resolve(0),
    slice: ({ row }) => {
      asked.push(row);
      return failing.has(row)
        ? Promise.reject(failure(''))
        : Promise.resolve(image(row));
    }
  };
  const queue = new SliceQueue(source, () => 320);
  const ask = (...rows: number[]): void =>
    queue.add(
      rows.map(row => ({
        wanted: wanted(row),
        ready: ({ data }) => told.push(`ready ${data[0]}`),
        failed: error =>
          told.push(error instanceof ApiError ? `failed ${row}` : 'astray')
      }))
    );
  return { queue, asked, told, ask };
}

const settle = (): Promise<void> => new Promise(resolve => setTimeout(resolve));

it('a slice that fails does so alone, and can be asked for again', async () => {
  const failing = new Set([1, 3]);
  const { asked, told, ask } = make(failing);
  ask(0, 1, 2, 3, 4);
  await settle();
  expect(told).toEqual([
    'ready 0',
    'failed 1',
    'ready 2',
    'failed 3',
    'ready 4'
  ]);
  failing.delete(1);
  ask(1);
  ask(3);
  await settle();
  expect(told.slice(5)).toEqual(['ready 1', 'failed 3']);
  expect(asked).toEqual([0, 1, 2, 3, 4, 1, 3]);
});

it('what is asked for meanwhile follows, and nothing comes after it was stopped', async () => {
  const { queue, asked, told, ask } = make(new Set());
  ask(0, 1);
  ask(2);
  await settle();
  expect(told).toEqual(['ready 0', 'ready 1', 'ready 2']);
  ask(3, 4);
  queue.stop();
  ask(5);
  await settle();
  expect(asked).toEqual([0, 1, 2, 3, 5]);
  expect(told.slice(3)).toEqual(['ready 5']);
  queue.dispose();
  ask(6);
  await settle();
  expect(asked).toHaveLength(5);
});

it('where the browser does not let the engine, the agent makes the slice', async () => {
  let error: Error = failure('browser', 'engine-refused');
  const agent = { slice: jest.fn(() => Promise.resolve(image(7))) };
  const slices = new EngineSlices(
    {
      isDisposed: false,
      dispose: () => undefined,
      slice: () => Promise.reject(error)
    },
    agent as unknown as ISliceSource,
    standIn(),
    () => null
  );
  const { signal } = new AbortController();
  const made = await slices.slice(wanted(7), 320, signal);
  expect([...made.data]).toEqual([7]);
  // What is wrong with the recipe is so for the agent, too.
  error = failure('reconstruction.angles');
  await expect(slices.slice(wanted(7), 320, signal)).rejects.toThrow(
    'does not'
  );
  expect(agent.slice).toHaveBeenCalledTimes(1);
});

describe('the engine of the browser', () => {
  const of = (row: number, resource = ''): IWantedSlice => ({
    ...wanted(row),
    recipe: { version: 1, dataset: { path: 'scan', resource } }
  });
  const make = (
    cost: IRowCost | null
  ): { slices: EngineSlices; made: string[] } => {
    const made: string[] = [];
    const by = (who: string): ISliceSource => ({
      isHere: true,
      isDisposed: false,
      dispose: () => undefined,
      seconds: () => Promise.resolve(0),
      slice: ({ row }) => {
        made.push(`${who} ${row}`);
        return Promise.resolve(image(row));
      }
    });
    const slices = new EngineSlices(
      by('page'),
      by('agent'),
      standIn(),
      () => cost
    );
    return { slices, made };
  };
  const { signal } = new AbortController();

  it('costs the rows that the server has to give', async () => {
    const { slices } = make({ row: 7, measures: 100 });
    await expect(slices.seconds([of(1), of(1), of(2)])).resolves.toBe(14);
    const unknown = make(null).slices;
    await expect(unknown.seconds([of(1), of(1)])).resolves.toBe(0);
    await expect(unknown.seconds([of(1), of(2)])).resolves.toBeNull();
  });

  it('costs a row for each tilt that rotates the projections', async () => {
    // Of 600 columns, a tenth of a degree is half a row at the edge.
    const leaning = [-0.5, -0.2, -0.05, 0, 0.05, 0.2].map(tilt => ({
      ...of(1),
      recipe: { ...of(1).recipe, regions: { centre: { column: 300, tilt } } }
    }));
    const { slices } = make({ row: 7, measures: 100 });
    await expect(slices.seconds(leaning)).resolves.toBe(28);
  });

  it('costs noise and dose anew for each choice of filters on projections', async () => {
    const filtered = (...filters: Filter[]): IWantedSlice => ({
      ...of(1),
      recipe: { ...of(1).recipe, filters }
    });
    const { slices } = make({ row: 7, measures: 2 });
    const outliers = ([3, 5, 5] as const).map(size =>
      filtered({ name: 'outliers', size })
    );
    await expect(slices.seconds(outliers)).resolves.toBe(2 * 7 + 2 * 2);
    // Of stripes there is one row, which is measured already.
    const stripes = [3, 5].map(size =>
      filtered({ name: 'stripes-sorting', size })
    );
    await expect(slices.seconds(stripes)).resolves.toBe(7);
  });

  it('takes slices, not rows, over a slow link, unless one row is enough', async () => {
    const { slices, made } = make({ row: 1, measures: 0 });
    for (const all of [
      [of(1), of(2)],
      [of(1, 'far'), of(2, 'far')],
      [of(3, 'far')]
    ]) {
      await slices.seconds(all);
      await slices.slice(all[0], 320, signal);
    }
    expect(made).toEqual(['page 1', 'agent 1', 'page 3']);
  });
});
