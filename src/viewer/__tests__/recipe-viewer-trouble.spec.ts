import { ApiError } from '../../api';
import { frameOf } from '../../tuning/__tests__/fakes';
import { imageFrame } from './fakes';
import {
  button,
  centreAt,
  said,
  settle,
  shown,
  useViewers
} from './recipe-viewers';

// These are files beside the page.
jest.mock('../../tuning/urls', () => ({}));
// There are no ports here to send memory to.
jest.mock('../../tuning/release', () => ({ release: () => undefined }));
jest.mock('../plotly', () => ({
  ...jest.requireActual<object>('../plotly'),
  loadPlotly: () => new Promise(() => undefined)
}));

describe('The viewer of a recipe, when workers or the server do not answer', () => {
  useViewers();

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
});
