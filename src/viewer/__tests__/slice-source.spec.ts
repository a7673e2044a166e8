import { nullTranslator } from '@jupyterlab/translation';

import type { IFrame } from '../../api';
import { Channels } from '../../api/channels';
import type { Recipe } from '../../recipe';
import type { ITomoApi } from '../../tokens';
import type { IWantedSlice } from '../../tuning';
import { FakeWorkers, frameOf } from '../../tuning/__tests__/fakes';
import { sliceSource } from '../live/slice-source';
import { FakeSession, SlowApi } from './fakes';

// These are files beside the page.
jest.mock('../../tuning/urls', () => ({}));
// There are no ports here to send memory to.
jest.mock('../../tuning/release', () => ({ release: () => undefined }));

const trans = nullTranslator.load('jupyterlab_tomo');

const settle = (): Promise<void> => new Promise(done => setTimeout(done));

it('the row of a sweep is on its way still when the server helps', async () => {
  const recipe = {
    version: 1,
    dataset: { path: 'scan' },
    regions: { centre: { column: 100 } },
    filters: [],
    reconstruction: { tool: 'builtin', method: 'gridding', parameters: {} }
  } as unknown as Recipe;
  const channels = new Channels('tab');
  const answers: Record<string, (frame: IFrame) => void> = {};
  const preview = (
    { purpose, product }: { purpose: string; product: string },
    signal?: AbortSignal
  ): Promise<IFrame> =>
    new Promise((resolve, reject) => {
      answers[product] = resolve;
      channels
        .begin(purpose, signal)
        .signal.addEventListener('abort', () =>
          reject(new DOMException('Newer.', 'AbortError'))
        );
    });
  const fake = new FakeWorkers(settle);
  const { session } = new FakeSession(recipe);
  const source = sliceSource(
    {
      session,
      api: { preview } as unknown as ITomoApi,
      workers: fake.workers,
      kernel: () => undefined,
      trans
    },
    512,
    'sweep',
    () => null
  );
  const wanted: IWantedSlice = { base: '/data', recipe, row: 3, columns: 512 };
  // Signals are older here than in browsers.
  const signal = Object.assign(new AbortController().signal, {
    throwIfAborted: () => undefined
  });
  const slice = source.slice(wanted, 512, signal);
  await fake.late(true);
  expect(Object.keys(answers)).toEqual(['attenuation', 'slice']);
  answers.attenuation(frameOf(512));
  await settle();
  await fake.work[0].finish();
  expect([...(await slice).data]).toEqual([100]);
  source.dispose();
});

it.each([
  ['builtin', 'gridding', true],
  ['tomopy', 'gridrec', false]
] as const)('slices of %s (%s) are made here: %s', (tool, method, here) => {
  const { session } = new FakeSession({
    version: 1,
    reconstruction: { tool, method }
  });
  const { workers } = new FakeWorkers(settle);
  const { api } = new SlowApi();
  const options = { session, api, workers, kernel: () => undefined, trans };
  const source = sliceSource(options, 512, 'sweep', () => null);
  expect(source.isHere).toBe(here);
  source.dispose();
});
