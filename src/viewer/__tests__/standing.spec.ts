import { nullTranslator } from '@jupyterlab/translation';

import { ApiError } from '../../api';
import type { Recipe } from '../../recipe';
import { RecipeViewer } from '../live';
import { FakeSession, imageFrame, sized, SlowApi } from './fakes';

// These are files beside the page.
jest.mock('../../tuning/urls', () => ({}));
jest.mock('../../tuning/release', () => ({ release: () => undefined }));
jest.mock('../plotly', () => ({
  ...jest.requireActual<object>('../plotly'),
  loadPlotly: () => new Promise(() => undefined)
}));

const pass = (milliseconds = 300): Promise<void> =>
  jest.advanceTimersByTimeAsync(milliseconds);

let scans = 0;
let unsize: () => void;
let session: FakeSession;
let api: SlowApi;
let viewer: RecipeViewer;

/** A viewer whose slices all come from the server. */
function open(tool = 'builtin', method = 'gridding'): void {
  session = new FakeSession({
    version: 1,
    dataset: {
      path: `standing ${++scans}`,
      pixelSize: { value: 0.05, unit: 'mm' }
    },
    regions: { centre: { column: 100 } },
    filters: [],
    reconstruction: { tool, method, parameters: {} }
  } as unknown as Recipe);
  api = new SlowApi();
  viewer = new RecipeViewer({
    session: session.session,
    api: Object.assign(api.api, {
      estimate: () => Promise.resolve({ slice: 5100 })
    }),
    themes: null,
    trans: nullTranslator.load('jupyterlab_tomo'),
    showPanel: () => undefined,
    logIn: () => undefined,
    workers: null,
    kernel: () => undefined
  });
}

const stands = (): unknown => viewer.standing.isCurrent;
const centreAt = (column: number): void =>
  session.edit({ path: ['regions', 'centre', 'column'], value: column });

beforeEach(() => {
  jest.useFakeTimers();
  unsize = sized();
  jest.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
});
afterEach(() => {
  viewer.dispose();
  jest.restoreAllMocks();
  jest.useRealTimers();
  unsize();
});

it('holds an image for what is wanted until another one is, and again when that returns', async () => {
  open();
  await pass();
  expect(stands()).toBe(false);
  api.asked[0].answer(imageFrame(1, { unit: '1/cm' }));
  await pass();
  expect(stands()).toBe(true);
  expect(viewer.subject).toMatchObject({
    kind: 'slice',
    row: 3,
    frame: null,
    unit: '1/cm',
    pixel: 50
  });
  // Not for the moment in which the next one may come.
  centreAt(101);
  expect(stands()).toBe(true);
  await pass();
  expect([stands(), viewer.standing.work]).toEqual([false, { seconds: null }]);
  centreAt(100);
  await pass();
  expect([stands(), viewer.standing.work]).toEqual([true, null]);
  centreAt(102);
  await pass();
  api.asked[2].fail(
    new ApiError({
      code: 'outside',
      message: 'The row lies outside.',
      where: '',
      hint: ''
    })
  );
  await pass();
  expect([stands(), viewer.standing.message?.title]).toEqual([
    false,
    'The row lies outside.'
  ]);
  centreAt(100);
  await pass();
  api.asked.at(-1)?.answer(imageFrame(1));
  await pass();
  expect(stands()).toBe(true);
});

it('stands through an edit that does not touch the image', async () => {
  open();
  await pass();
  api.asked[0].answer(imageFrame(1));
  await pass();
  const stood: unknown[] = [];
  viewer.standing.changed.connect(() => stood.push(stands()));
  session.edit({ path: ['output', 'folder'], value: 'elsewhere' });
  await pass(1000);
  expect(stood).not.toContain(false);
  expect(stands()).toBe(true);
});

it('never holds a projection for the slice that waits for leave', async () => {
  open('astra', 'sirt');
  session.moveTo({ mode: 'projection' });
  await pass();
  api.asked.at(-1)?.answer(imageFrame(7));
  await pass();
  expect(stands()).toBe(true);
  session.moveTo({ mode: 'slice' });
  expect(stands()).toBe(false);
  await pass();
  expect(viewer.standing.message?.title).toContain('This slice takes about');
  session.moveTo({ mode: 'projection' });
  await pass();
  expect(stands()).toBe(true);
});
