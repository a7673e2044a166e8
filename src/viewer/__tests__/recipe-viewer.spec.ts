import { nullTranslator } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import type { ISignal, Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { ApiError } from '../../api';
import type { Recipe } from '../../recipe';
import type { ViewMode } from '../../tokens';
import { FakeWorkers, frameOf } from '../../tuning/__tests__/fakes';
import { RecipeViewer } from '../live';
import type { ImageView } from '../pixels/image-view';
import { PixelLayer } from '../pixels/pixel-layer';
import { DESCRIPTION, FakeSession, imageFrame, sized, SlowApi } from './fakes';

// These are files beside the page.
jest.mock('../../tuning/urls', () => ({}));
// There are no ports here to send memory to.
jest.mock('../../tuning/release', () => ({ release: () => undefined }));
jest.mock('../plotly', () => ({
  ...jest.requireActual<object>('../plotly'),
  loadPlotly: () => new Promise(() => undefined)
}));

const RECIPE = {
  version: 1,
  dataset: { path: 'scan' },
  regions: { centre: { column: 100 } },
  filters: [],
  reconstruction: { tool: 'builtin', method: 'gridding', parameters: {} }
} as unknown as Recipe;

const COST = { centre: 50, projections: 12, slice: 0 };

const trans = nullTranslator.load('jupyterlab_tomo');

/** Let promises and timers that are due run. */
async function settle(milliseconds = 0): Promise<void> {
  await jest.advanceTimersByTimeAsync(milliseconds);
}

let scans = 0;

function make(
  mode: ViewMode = 'slice',
  changes: Partial<Recipe> = {},
  kernel: () => string | undefined = () => undefined
) {
  // Images of one data set are kept from one viewer to the next.
  const dataset = { path: `scan ${++scans}` };
  const session = new FakeSession({ ...RECIPE, dataset, ...changes });
  session.position = { mode, frame: 0, row: 3 };
  const api = new SlowApi();
  const fake = new FakeWorkers(settle);
  const viewer = new RecipeViewer({
    session: session.session,
    api: api.api,
    themes: null,
    trans,
    showPanel: () => undefined,
    logIn: () => undefined,
    workers: fake.workers,
    kernel
  });
  MessageLoop.sendMessage(viewer.view, Widget.ResizeMessage.UnknownSize);
  return { session, api, viewer, work: fake.work, workers: fake };
}

const emitter = <T>(signal: ISignal<ImageView, T>) =>
  signal as Signal<ImageView, T>;

const centreAt = (session: FakeSession, column: number): void =>
  session.edit({ path: ['regions', 'centre', 'column'], value: column });

describe('The viewer of a recipe', () => {
  /** First value of each image that was painted. */
  let painted: number[];
  let unsize: () => void;
  let viewer: RecipeViewer | undefined;

  beforeEach(() => {
    jest.useFakeTimers();
    unsize = sized();
    painted = [];
    jest.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
    jest
      .spyOn(PixelLayer.prototype, 'paint')
      .mockImplementation(({ data }) => void painted.push(data[0]));
  });
  afterEach(() => {
    viewer?.dispose();
    jest.restoreAllMocks();
    jest.useRealTimers();
    unsize();
  });

  it('paints the image again when its value returns before another slice is whole', async () => {
    const made = make();
    viewer = made.viewer;
    const { session, api, work } = made;
    await settle();
    api.asked[0].answer(frameOf(2048));
    await settle();
    await work[0].finish();
    await settle(30);
    await work[0].finish();
    expect(viewer.image?.data[0]).toBe(100);
    centreAt(session, 101);
    await settle();
    await work[0].finish();
    expect(painted.at(-1)).toBe(101);
    centreAt(session, 100);
    await settle(100);
    expect(painted.at(-1)).toBe(100);
  });

  it('asks another kernel where a tool finds the axis, and only there', async () => {
    let kernel = 'conda-one';
    const follow = async (centre: object): Promise<unknown[]> => {
      kernel = 'conda-one';
      const made = make('sinogram', { regions: { centre } }, () => kernel);
      viewer = made.viewer;
      await settle();
      made.api.asked[0].answer(imageFrame(1));
      await settle();
      kernel = 'conda-two';
      viewer.followKernel();
      await settle();
      const kernels = made.api.asked.map(({ request }) => request.kernel);
      viewer.dispose();
      return kernels;
    };
    await expect(follow({ method: 'tomopy-vo' })).resolves.toEqual([
      'conda-one',
      'conda-two'
    ]);
    await expect(follow({ column: 100 })).resolves.toEqual([undefined]);
  });

  /** A slice at column 100 is shown, the next ones are due. */
  async function shown() {
    const made = make();
    viewer = made.viewer;
    await settle();
    made.api.asked[0].answer(frameOf(512));
    await settle();
    await made.work[0].finish();
    expect(made.viewer.image?.data[0]).toBe(100);
    centreAt(made.session, 101);
    await settle(100);
    expect(made.api.asked).toHaveLength(1);
    return { ...made, viewer: made.viewer };
  }

  it('keeps its levels while parameters change, and takes new ones with another pixel size', async () => {
    const { api, session, viewer, work } = await shown();
    viewer.contrast.setLevels({ low: 2, high: 5 }, false);
    await work[0].finish();
    expect(viewer.image?.data[0]).toBe(101);
    expect(viewer.contrast.levels).toEqual({ low: 2, high: 5 });
    session.edit({
      path: ['dataset', 'pixelSize'],
      value: { value: 5, unit: 'um' }
    });
    await settle(300);
    api.asked[1].answer(frameOf(512));
    await settle();
    await work[0].finish();
    expect(viewer.contrast.automatic).toBe(true);
    expect(viewer.contrast.levels.high).toBeGreaterThan(100);
  });

  const said = (viewer: RecipeViewer): string =>
    viewer.info.node.textContent ?? '';

  it('says that the server makes the slices of a sweep, also where those shown do not follow the hand', async () => {
    const { viewer, workers } = await shown();
    button(viewer, 'Live').click();
    await settle(300);
    button(viewer, 'Sweep…').click();
    await settle(300);
    await workers.late(true);
    expect(said(viewer)).toContain(
      'The server computes slices for now: this browser has given none for some seconds.'
    );
    button(viewer, '✕').click();
    expect(said(viewer)).not.toContain('The server');
  });

  it('has the server help when the workers are late, and shows what comes first', async () => {
    const { api, session, viewer, work, workers } = await shown();
    expect(said(viewer)).not.toContain('The server');
    await workers.late(true);
    expect(api.asked).toHaveLength(2);
    expect(api.asked[1].request).toMatchObject({ product: 'slice' });
    expect(said(viewer)).toContain(
      'The server computes slices for now: this browser has given none for some seconds.'
    );
    api.asked[1].answer(imageFrame(7));
    await settle();
    expect(viewer.image?.data[0]).toBe(7);
    expect(viewer.node.getAttribute('aria-busy')).toBe('false');
    // The next one at once.
    centreAt(session, 102);
    await settle(300);
    expect(api.asked).toHaveLength(3);
    // The browser answers after all: first what is outdated, then what is wanted.
    await work[0].finish();
    await workers.late(false);
    await settle(30);
    expect(said(viewer)).not.toContain('The server');
    expect(api.asked[2].signal?.aborted).toBe(false);
    await work[0].finish();
    expect(viewer.image?.data[0]).toBe(102);
    expect(api.asked[2].signal?.aborted).toBe(true);
    centreAt(session, 103);
    await settle(100);
    expect(api.asked).toHaveLength(3);
    expect(work).toHaveLength(1);
  });

  it('asks again by itself for what a lost connection has kept from it', async () => {
    const { api, session, viewer } = await shown();
    session.moveTo({ row: 4 });
    await settle(100);
    const cut = {
      code: 'network',
      message: 'Jupyter Server does not answer.',
      where: '',
      hint: ''
    };
    api.asked[1].fail(new ApiError(cut));
    await settle();
    const card = (): string =>
      viewer.node.querySelector('.jp-tomo-viewer-message:not([hidden])')
        ?.textContent ?? '';
    expect(card()).toContain('It is tried again by itself.');
    // What was being written meanwhile is another scan.
    const lookAgain = jest.fn(() => Promise.resolve());
    Object.assign(session, { lookAgain });
    await settle(1000);
    expect(lookAgain).toHaveBeenCalledTimes(1);
    expect(api.asked[2].request).toMatchObject({ row: 4 });
    api.asked[2].answer(frameOf(512));
    await settle();
    // Nor does a document stay without its data.
    session.description = { state: 'failed', failure: cut };
    session.changed.emit('description');
    expect(card()).toContain('It is tried again by itself.');
    const describe = jest.fn(() => Promise.resolve());
    Object.assign(session, { describe });
    await settle(10_000);
    expect(describe).toHaveBeenCalledTimes(1);
  });

  it('asks nobody for a slice that is shown while the workers are late', async () => {
    const { api, session, viewer, work, workers } = await shown();
    centreAt(session, 100);
    await settle(100);
    await workers.late(true);
    await settle(100);
    expect(api.asked).toHaveLength(1);
    centreAt(session, 104);
    await settle(300);
    api.asked[1].answer(imageFrame(4));
    await settle();
    viewer.followKernel();
    await settle(300);
    expect(api.asked).toHaveLength(2);
    expect(viewer.node.getAttribute('aria-busy')).toBe('false');
    expect(work).toHaveLength(1);
  });

  it('lets a browser that is tried again go on, though the server was first', async () => {
    const { api, viewer, work, workers } = await shown();
    await work[0].lose();
    expect(said(viewer)).toContain('A worker ended. The browser is tried');
    api.asked[1].answer(imageFrame(7));
    await settle();
    expect(viewer.image?.data[0]).toBe(7);
    expect(work).toHaveLength(0);
    // Two seconds later it is, and is late.
    await settle(2000);
    expect(work).toHaveLength(1);
    await workers.late(true);
    await settle(300);
    expect(api.asked).toHaveLength(2);
    await work[0].finish();
    await workers.late(false);
    await settle(30);
    expect(viewer.image?.data[0]).toBe(101);
    expect(said(viewer)).not.toContain('The server');
    expect(viewer.node.getAttribute('aria-busy')).toBe('false');
  });

  it('leaves a browser alone for a while that lost what nobody wants any more', async () => {
    const { api, viewer, work, workers } = await shown();
    await workers.late(true);
    api.asked[1].answer(imageFrame(7));
    await settle();
    await work[0].lose();
    await workers.late(false);
    expect(said(viewer)).toContain('A worker ended. The browser is tried');
    await settle(2000);
    expect(work).toHaveLength(1);
    await work[0].finish();
    await settle(30);
    expect(viewer.image?.data[0]).toBe(101);
    expect(said(viewer)).not.toContain('The server');
  });

  it('tries nothing by itself after a stop', async () => {
    const { api, viewer, work } = await shown();
    await work[0].lose();
    await settle(1100);
    button(viewer, 'Cancel').click();
    expect(api.asked[1].signal?.aborted).toBe(true);
    await settle(200_000);
    expect([api.asked.length, work.length]).toEqual([2, 0]);
    expect(
      viewer.node.querySelector('.jp-tomo-viewer-message')?.textContent
    ).toContain('Stopped before');
  });

  it('leaves the image before on the screen while it is held', async () => {
    const made = make();
    viewer = made.viewer;
    const { session, api, work } = made;
    await settle();
    api.asked[0].answer(frameOf(2048));
    for (const column of [100, 101]) {
      centreAt(session, column);
      await settle(1500);
      while (work.length) {
        await work[0].finish();
        await settle(1500);
      }
    }
    viewer.node.dispatchEvent(new KeyboardEvent('keydown', { key: ' ' }));
    expect(painted.at(-1)).toBe(100);
    centreAt(session, 102);
    await settle();
    await work[0].finish();
    expect(painted.at(-1)).toBe(100);
    viewer.node.dispatchEvent(new KeyboardEvent('keyup', { key: ' ' }));
    expect(painted.at(-1)).toBe(101);
  });

  it('draws no region when what is shown is no projection any more', async () => {
    const made = make('projection');
    viewer = made.viewer;
    const { session, api } = made;
    await settle();
    api.asked[0].answer(imageFrame(7));
    await settle();
    button(viewer, 'Draw ROI').click();
    expect(viewer.view.drawing).toBe(true);
    session.moveTo({ mode: 'sinogram' });
    expect(viewer.view.drawing).toBe(false);
    await settle(30);
    api.asked[1].answer(imageFrame(8));
    await settle();
    expect(viewer.image?.data[0]).toBe(8);
    // A drag that began on the projection.
    emitter(viewer.view.drawn).emit([0, 0, 2, 2]);
    expect(session.edits).toEqual([]);
  });

  it('goes to the row whose line is clicked in a projection, leaning where those are rotated', async () => {
    const made = make('projection');
    viewer = made.viewer;
    const { session, api } = made;
    await settle();
    api.asked[0].answer(imageFrame(7, {}, 64));
    await settle();
    const picked = emitter(viewer.view.picked);
    picked.emit({ x: 60, y: 20.2 });
    expect(session.position.row).toBe(20);
    session.edit({
      path: ['regions', 'centre'],
      value: { column: 31, tilt: 10 }
    });
    picked.emit({ x: 60, y: 20.2 });
    expect(session.position.row).toBe(25);
  });

  it('stays busy while the row comes, whatever became of an image that is not wanted any more', async () => {
    const made = make('sinogram');
    viewer = made.viewer;
    const { session, api } = made;
    await settle();
    expect(viewer.node.getAttribute('aria-busy')).toBe('true');
    session.moveTo({ mode: 'slice' });
    await settle(30);
    expect(api.asked[0].signal?.aborted).toBe(true);
    expect(api.asked).toHaveLength(2);
    expect(viewer.node.getAttribute('aria-busy')).toBe('true');
    viewer.dispose();
  });

  it('asks in a name of its own: viewers of one recipe do not abort one another', async () => {
    const [one, other] = [make('projection'), make('projection')];
    viewer = one.viewer;
    await settle();
    const [first, second] = [one, other].map(
      ({ api }) => api.asked[0].request.purpose
    );
    expect(first).not.toBe(second);
    other.viewer.dispose();
  });

  it('says of an image what it was asked as, though the mode is another by now', async () => {
    const made = make('projection');
    viewer = made.viewer;
    const { session, api } = made;
    await settle();
    session.moveTo({ mode: 'slice' });
    api.asked[0].answer(imageFrame(7, { angle: 45 }));
    await settle(1);
    expect(viewer.image?.data[0]).toBe(7);
    expect(viewer.info.node.textContent).toContain('45°');
  });

  it('fetches anew when there are more data than there were', async () => {
    const made = make();
    viewer = made.viewer;
    const { session, api, work } = made;
    await settle();
    api.asked[0].answer(frameOf(512));
    await settle();
    await work[0].finish();
    session.changed.emit('description');
    await settle(30);
    expect(api.asked).toHaveLength(1);
    const value = { ...DESCRIPTION, frames: 3 };
    session.description = { state: 'ready', value };
    session.changed.emit('description');
    await settle(30);
    expect(api.asked).toHaveLength(2);
    api.asked[1].answer(frameOf(512));
    await settle();
    await work[0].finish();
    session.moveTo({ mode: 'sinogram' });
    await settle(30);
    api.asked[2].answer(imageFrame(1));
    await settle();
    session.description = {
      state: 'ready',
      value: { ...DESCRIPTION, flats: 9 }
    };
    session.changed.emit('description');
    await settle(30);
    expect(api.asked).toHaveLength(4);
    // As many as there were, and one of them written anew.
    api.asked[3].answer(imageFrame(2));
    await settle();
    session.description = {
      state: 'ready',
      value: { ...DESCRIPTION, flats: 9, stamp: 'another' }
    };
    session.changed.emit('description');
    await settle(30);
    expect(api.asked).toHaveLength(5);
  });

  it('says what failed in the words of the panel, and leaves the keys where they do something', async () => {
    const made = make('sinogram');
    viewer = made.viewer;
    const { api } = made;
    document.body.append(viewer.node);
    await settle();
    api.asked[0].fail(
      new ApiError({
        code: 'outside',
        message: 'regions.roi lies outside the image.',
        where: 'regions.roi',
        hint: 'Correct regions.roi, or set regions.centre.column.'
      })
    );
    await settle();
    const card = viewer.node.querySelector('.jp-tomo-viewer-message');
    expect(card?.textContent).toContain(
      'Centre of rotation › Region lies outside the image.'
    );
    expect(card?.textContent).toContain('set Centre of rotation › Column.');
    expect(card?.textContent).not.toContain('regions.');
    button(viewer, 'Show panel');
    button(viewer, 'Try again').focus();
    button(viewer, 'Try again').click();
    await settle();
    api.asked[1].answer(imageFrame(7));
    await settle();
    expect(card).toHaveProperty('hidden', true);
    expect(document.activeElement).toBe(viewer.node);
    viewer.node.remove();
  });

  it('Escape in a number leaves the keys with the viewer', async () => {
    const made = make();
    viewer = made.viewer;
    document.body.append(viewer.node);
    const field = viewer.node.querySelector<HTMLInputElement>(
      '[aria-label="Value shown darkest"]'
    );
    field?.focus();
    expect(document.activeElement).toBe(field);
    field?.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Escape', bubbles: true })
    );
    expect(document.activeElement).toBe(viewer.node);
    viewer.node.remove();
  });

  it.each([
    // Twelve seconds for each of three rows, and none of the search for the axis.
    [{ seconds: COST }, 1, 'take about 36 s'],
    // Each of them has other noise and dose, though those of the row were known.
    [{ seconds: { ...COST, measures: 0 }, measuring: 2 }, 1, 'take about 42 s'],
    // A row that does not say so was waited for.
    [{}, 20, 'take about 1 min'],
    [{}, null, 'Nobody can tell']
  ])('says what the rows of a sweep take: %j', async (about, took, says) => {
    const made = make('slice', { filters: [{ name: 'outliers' }] });
    viewer = made.viewer;
    const { session, api, work } = made;
    await settle();
    api.asked[0].answer(frameOf(512, about));
    await settle();
    await work[0].finish();
    session.rowSeconds = took;
    button(viewer, 'Sweep…').click();
    await settle(200);
    const parameter = viewer.node.querySelector<HTMLSelectElement>(
      '.jp-tomo-sweep select'
    );
    const texts = [...(parameter?.options ?? [])].map(({ text }) => text);
    const requests = api.asked.length;
    parameter!.selectedIndex = texts.indexOf('Outliers: Kind');
    parameter!.dispatchEvent(new Event('change'));
    await settle(200);
    expect(
      viewer.node.querySelector('.jp-tomo-sweep-say')?.textContent
    ).toContain(says);
    expect(api.asked).toHaveLength(requests);
  });

  it('tries other values, and leaves out filters, with the axis of the image', async () => {
    const made = make('slice', {
      regions: {},
      filters: [{ name: 'stripes-sorting', size: 5 }]
    });
    viewer = made.viewer;
    const { api, work } = made;
    await settle();
    const axis = { column: 200, row: 0, tilt: 0.5 };
    const search = { ofSteps: false, warnings: [] };
    const place = { left: 0, columns: 512, rows: 9, rotated: 0.5, scale: 1 };
    const live = { angles: [0, 90], ...place, axis, search };
    api.asked[0].answer(frameOf(512, { live }));
    await settle();
    await work[0].finish();
    const column = 200 + 3 * Math.tan((0.5 * Math.PI) / 180);
    // The projections are rotated about the middle of 512 columns and 9 rows.
    const angle = (0.5 * Math.PI) / 180;
    const middle = 200 + 4 * Math.tan(angle);
    const stands = 255.5 + (middle - 255.5) * Math.cos(angle);
    expect(viewer.image?.data[0]).toBeCloseTo(stands, 3);
    const used = {
      column: expect.closeTo(column, 9) as number,
      row: 3,
      tilt: 0.5
    };
    button(viewer, 'Sweep…').click();
    await settle();
    const asked = (): unknown => api.asked.at(-1)?.request;
    expect(asked()).toMatchObject({
      product: 'attenuation',
      // About the row of the axis, with its tilt.
      recipe: { regions: { centre: { ...axis, column: 196 } } }
    });
    const parameter = viewer.node.querySelector<HTMLSelectElement>(
      '.jp-tomo-sweep select'
    );
    if (!parameter) {
      throw new Error('There is nothing to choose.');
    }
    parameter.selectedIndex = [...parameter.options].findIndex(({ text }) =>
      text.startsWith('Stripes: sorting')
    );
    parameter.dispatchEvent(new Event('change'));
    await settle(200);
    expect(asked()).toMatchObject({
      product: 'attenuation',
      recipe: { regions: { centre: used } }
    });
    const requests = api.asked.length;
    button(viewer, 'Compare…').click();
    await settle();
    const list = viewer.node.querySelector<HTMLSelectElement>(
      '.jp-tomo-compare select'
    );
    expect(list?.value).toBe('filter 0 Stripes: sorting');
    // The row is here: without the filter its slice is made here, too.
    expect(api.asked).toHaveLength(requests);
    expect(work.map(({ look }) => look)).toContain('whole');
  });
});

function button(
  { node }: { node: HTMLElement },
  text: string
): HTMLButtonElement {
  const found = [...node.querySelectorAll('button')].find(
    ({ textContent }) => textContent === text
  );
  if (!found) {
    throw new Error(`No button says ${text}.`);
  }
  return found;
}
