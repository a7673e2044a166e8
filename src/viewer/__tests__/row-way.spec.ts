import { nullTranslator } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import type { IFrame } from '../../api';
import type { Recipe } from '../../recipe';
import { FakeWorkers, frameOf } from '../../tuning/__tests__/fakes';
import { links } from '../frames';
import { RecipeViewer } from '../live';
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

/** The hand rests for so long, in ms, before more than a coarse image is sent. */
const REST = 350;

/** Let promises and timers that are due run. */
async function settle(milliseconds = 0): Promise<void> {
  await jest.advanceTimersByTimeAsync(milliseconds);
}

let clusters = 0;

/** A viewer of a scan on a cluster of its own; nothing is known of the link to it: 1.25 MB/s. */
function make(frames: number, columns: number) {
  const resource = `cluster ${++clusters}`;
  const session = new FakeSession({
    version: 1,
    dataset: { path: 'scan', resource },
    regions: { centre: { column: 100 } },
    filters: [{ name: 'stripes-sorting', size: 21 }]
  } as unknown as Recipe);
  session.position = { mode: 'slice', frame: 0, row: 3 };
  session.description = {
    state: 'ready',
    value: { ...DESCRIPTION, frames, columns }
  };
  const api = new SlowApi();
  const fake = new FakeWorkers(settle);
  const viewer = new RecipeViewer({
    session: session.session,
    api: api.api,
    themes: null,
    trans: nullTranslator.load('jupyterlab_tomo'),
    showPanel: () => undefined,
    logIn: () => undefined,
    workers: fake.workers,
    kernel: () => undefined
  });
  MessageLoop.sendMessage(viewer.view, Widget.ResizeMessage.UnknownSize);
  /** What was asked for so far, and whether it was coarse. */
  const asked = (): unknown[] =>
    api.asked.map(({ request, signal }) => [
      request.product,
      request.row,
      Number(request.bin ?? 1) > 1,
      signal?.aborted
    ]);
  return { resource, session, api, viewer, work: fake.work, asked };
}

/** A coarse image of one value. */
const coarse = (value: number): IFrame => {
  const made = imageFrame(value);
  const { header } = made;
  return { ...made, header: { ...header, bin: 16, whole: [64, 64] } };
};

describe('A slice of data that stay on a cluster', () => {
  let viewer: RecipeViewer | undefined;
  let unsize: () => void;

  beforeEach(() => {
    jest.useFakeTimers();
    unsize = sized();
    jest.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
    jest
      .spyOn(PixelLayer.prototype, 'paint')
      .mockImplementation(() => undefined);
  });
  afterEach(() => {
    viewer?.dispose();
    jest.restoreAllMocks();
    jest.useRealTimers();
    unsize();
  });

  it('is live at once where its row is small', async () => {
    const made = make(200, 512);
    viewer = made.viewer;
    await settle();
    expect(made.asked()).toEqual([['attenuation', 3, false, false]]);
  });

  it('is seen coarse while a large row comes, and live from then on', async () => {
    const made = make(1500, 2048);
    viewer = made.viewer;
    const { session, api, work, asked, resource } = made;
    await settle();
    expect(asked()).toEqual([['slice', 3, true, false]]);
    api.asked[0].answer(coarse(7));
    await settle();
    expect(viewer.image?.data[0]).toBe(7);
    expect(asked()).toHaveLength(1);
    await settle(REST);
    expect(asked().slice(1)).toEqual([['attenuation', 3, false, false]]);
    // The wait is told beforehand: 12.3 MB at 1.25 MB/s.
    await settle(2000);
    expect(
      viewer.node.querySelector('.jp-tomo-viewer-wait')?.textContent
    ).toContain('of about 9.8 s');
    const size = (value: number): void =>
      session.edit({ path: ['filters', 0, 'size'], value });
    // What changes meanwhile needs no other row.
    size(31);
    await settle(1000);
    const row = { ...frameOf(512), transfer: { bytes: 12e6, seconds: 4 } };
    api.asked[1].answer(row);
    await settle();
    expect(links.rate(resource)).toBe(3e6);
    while (work.length) {
      await work[0].finish();
      await settle(30);
    }
    expect(viewer.image?.about.live).toBe(true);
    size(41);
    await settle(1000);
    while (work.length) {
      await work[0].finish();
      await settle(30);
    }
    expect(asked()).toHaveLength(2);
  });

  it('of another row ends the row that was coming, and shows that one coarse', async () => {
    const made = make(1500, 2048);
    viewer = made.viewer;
    const { session, api, asked } = made;
    await settle();
    api.asked[0].answer(coarse(7));
    await settle(REST);
    session.moveTo({ row: 4 });
    await settle(30);
    expect(asked().slice(1)).toEqual([
      ['attenuation', 3, false, true],
      ['slice', 4, true, false]
    ]);
    // Rows that one passes by are never fetched.
    api.asked[2].answer(coarse(8));
    await settle(REST - 100);
    session.moveTo({ row: 5 });
    await settle(30);
    api.asked[3].answer(coarse(9));
    await settle(REST);
    expect(asked().slice(4)).toEqual([['attenuation', 5, false, false]]);
  });

  it('is the server’s where a row would be on its way for too long, and says so', async () => {
    const made = make(6000, 2048);
    viewer = made.viewer;
    const { api, asked } = made;
    await settle();
    api.asked[0].answer(coarse(7));
    await settle(REST);
    api.asked[1].answer(imageFrame(8));
    await settle();
    expect(asked()).toEqual([
      ['slice', 3, true, false],
      ['slice', 3, false, false]
    ]);
    expect(viewer.info.node.textContent).toContain('one row of this scan');
  });
});
