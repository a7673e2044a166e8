import { nullTranslator } from '@jupyterlab/translation';

import type { Recipe } from '../../../recipe';
import { FakeWorkers, frameOf } from '../../../tuning/__tests__/fakes';
import { imageFrame, SlowApi } from '../../__tests__/fakes';
import { StandIn } from '../../stand-in';
import { CentreSlices } from '../slices';

// These are files beside the page.
jest.mock('../../../tuning/urls', () => ({}));
// There are no ports here to send memory to.
jest.mock('../../../tuning/release', () => ({ release: () => undefined }));

const settle = async (): Promise<void> => {
  await new Promise(resolve => setTimeout(resolve));
};

const SOURCE = {
  base: '/data',
  recipe: {
    version: 1,
    dataset: { path: 'scan' },
    filters: [],
    reconstruction: { tool: 'builtin', method: 'gridding', parameters: {} }
  } as unknown as Recipe,
  row: 3,
  columns: 64
};

describe('Slices about several axes', () => {
  let api: SlowApi;
  let workers: FakeWorkers;
  let slices: CentreSlices;
  let told: string[];

  beforeEach(() => {
    api = new SlowApi();
    workers = new FakeWorkers(settle);
    told = [];
    slices = new CentreSlices({
      api: api.api,
      workers: workers.workers,
      standIn: new StandIn(
        workers.workers,
        nullTranslator.load('jupyterlab_tomo')
      ),
      purpose: 'test',
      ready: (index, { data }) => told.push(`${index}: ${data[0]}`),
      failed: error => told.push(String(error)),
      busy: busy => told.push(busy ? 'busy' : 'done')
    });
  });
  afterEach(() => slices.dispose());

  /** The row has come, and workers are at the first slice. */
  async function begun(...columns: number[]): Promise<void> {
    void slices.ask(SOURCE, columns);
    await settle();
    expect(api.asked.at(-1)?.request).toMatchObject({ product: 'attenuation' });
    api.asked.at(-1)?.answer(frameOf(64));
    await settle();
  }

  it('come from the workers, the middle one first', async () => {
    await begun(30, 31, 32);
    for (let i = 0; i < 3; i++) {
      await workers.work[0].finish();
    }
    expect(told).toEqual(['busy', '1: 31', '0: 30', '2: 32', 'done']);
    expect(api.asked).toHaveLength(1);
  });

  it('come from the server when workers are lost', async () => {
    await begun(30, 31, 32);
    await workers.work[0].lose();
    expect(api.asked[1].request).toMatchObject({
      product: 'slice',
      row: 3,
      recipe: { regions: { centre: { column: 31 } } }
    });
    api.asked[1].answer(imageFrame(7));
    await settle();
    expect(told).toEqual(['busy', '1: 7']);
    for (const [at, value] of [
      [2, 8],
      [3, 9]
    ]) {
      api.asked[at].answer(imageFrame(value));
      await settle();
    }
    expect(told.slice(2)).toEqual(['0: 8', '2: 9', 'done']);
    // The next ones are tried here again.
    void slices.ask(SOURCE, [40]);
    await settle();
    await workers.work[0].finish();
    expect(told.slice(-2)).toEqual(['0: 40', 'done']);
    expect(api.asked).toHaveLength(4);
  });

  it('come all from the server when it makes one of them', async () => {
    await begun(30, 31, 32);
    await workers.work[0].finish();
    await workers.work[0].lose();
    for (let i = 1; i <= 3; i++) {
      api.asked[i].answer(imageFrame(i));
      await settle();
    }
    expect(told).toEqual([
      'busy',
      '1: 31',
      '0: 1',
      '2: 2',
      // Of the page before.
      '1: 3',
      'done'
    ]);
    expect(api.asked[3].request).toMatchObject({
      recipe: { regions: { centre: { column: 31 } } }
    });
  });

  it('of a region are binned by the server as wide as that is', async () => {
    const region = (...roi: number[]): typeof SOURCE => ({
      ...SOURCE,
      columns: 8192,
      recipe: { ...SOURCE.recipe, regions: { roi } } as unknown as Recipe
    });
    await workers.late(true);
    void slices.ask(region(1000, 0, 3048, 8), [2000]);
    void slices.ask(region(1000, 0, 2024, 8), [2000]);
    await settle();
    expect(api.asked.map(({ request }) => request.bin)).toEqual([2, undefined]);
  });

  it('come from the server while workers are late', async () => {
    await begun(30, 31, 32);
    await workers.late(true);
    for (let i = 1; i <= 3; i++) {
      api.asked[i].answer(imageFrame(i));
      await settle();
    }
    expect(told).toEqual(['busy', '1: 1', '0: 2', '2: 3', 'done']);
    expect(workers.work).toHaveLength(1);
  });

  it('outside the image are none', async () => {
    await begun(-1, -0.5, 0, 63, 63.5);
    await workers.work[0].finish();
    await workers.work[0].finish();
    expect(told).toEqual(['busy', '2: 0', '3: 63', 'done']);
  });

  it('with another stripe filter are made of the row that is there', async () => {
    const filtered = (...filters: unknown[]): typeof SOURCE => ({
      ...SOURCE,
      recipe: { ...SOURCE.recipe, filters } as unknown as Recipe
    });
    await begun(30);
    await workers.work[0].finish();
    void slices.ask(filtered({ name: 'stripes-sorting', size: 21 }), [31]);
    await settle();
    await workers.work[0].finish();
    expect(told).toEqual(['busy', '0: 30', 'done', 'busy', '0: 31', 'done']);
    expect(api.asked).toHaveLength(1);
    // A step on projections makes other values.
    void slices.ask(filtered({ name: 'outliers' }), [31]);
    await settle();
    expect(api.asked).toHaveLength(2);
  });

  it('of an earlier request are of no interest', async () => {
    await begun(30, 31, 32);
    const second = slices.ask(SOURCE, [40]);
    await workers.work[0].finish();
    await workers.work[0].finish();
    await second;
    expect(told).toEqual(['busy', 'busy', '0: 40', 'done']);
    expect(api.asked).toHaveLength(1);
  });
});
