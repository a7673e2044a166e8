import type { ISignal, Signal } from '@lumino/signaling';

import { ApiError } from '../../api';
import { frameOf } from '../../tuning/__tests__/fakes';
import type { ImageView } from '../pixels/image-view';
import { DESCRIPTION, imageFrame } from './fakes';
import {
  button,
  centreAt,
  make,
  painted,
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

const emitter = <T>(signal: ISignal<ImageView, T>) =>
  signal as Signal<ImageView, T>;

describe('The viewer of a recipe', () => {
  useViewers();

  it('paints the image again when its value returns before another slice is whole', async () => {
    const { viewer, session, api, work } = make();
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
    expect(painted().at(-1)).toBe(101);
    centreAt(session, 100);
    await settle(100);
    expect(painted().at(-1)).toBe(100);
  });

  it('tells the axis about which a slice was made, and of which recipe', async () => {
    const { session, api, work } = make('slice', { regions: {} });
    await settle();
    const { recipe } = session;
    const live = {
      ...{ angles: [0, 90], left: 0, columns: 512, rows: 8 },
      ...{ rotated: 0, scale: 1 },
      axis: { column: 132.4, row: 5, tilt: 45 },
      search: { ofSteps: false, warnings: [] }
    };
    api.asked[0].answer(frameOf(512, { live }));
    await settle();
    expect(session.axes).toEqual([]);
    await work[0].finish();
    expect(session.axes).toHaveLength(1);
    const [told, of] = session.axes[0];
    expect(told).toMatchObject({ row: 3, tilt: 45 });
    expect(told).toHaveProperty('column', expect.closeTo(130.4));
    expect(of).toBe(recipe);
  });

  it('asks another kernel where a tool finds the axis, and only there', async () => {
    let kernel = 'conda-one';
    const follow = async (centre: object): Promise<unknown[]> => {
      kernel = 'conda-one';
      const { viewer, api } = make(
        'sinogram',
        { regions: { centre } },
        () => kernel
      );
      await settle();
      api.asked[0].answer(imageFrame(1));
      await settle();
      kernel = 'conda-two';
      viewer.followKernel();
      await settle();
      const kernels = api.asked.map(({ request }) => request.kernel);
      return kernels;
    };
    await expect(follow({ method: 'tomopy-vo' })).resolves.toEqual([
      'conda-one',
      'conda-two'
    ]);
    await expect(follow({ column: 100 })).resolves.toEqual([undefined]);
  });

  it('keeps its levels while parameters change, and takes new ones with another pixel size', async () => {
    const { api, session, viewer, work } = await shown();
    expect(viewer.contrast.automatic).toBe(true);
    const { levels } = viewer.contrast;
    await work[0].finish();
    expect(viewer.image?.data[0]).toBe(101);
    expect(viewer.contrast.levels).toEqual(levels);
    // They are of the slice before: Auto takes those of this one.
    expect(viewer.contrast.automatic).toBe(false);
    viewer.contrast.askAuto();
    expect(viewer.contrast.automatic).toBe(true);
    expect(viewer.contrast.levels).not.toEqual(levels);
    viewer.contrast.setLevels({ low: 2, high: 5 }, false);
    centreAt(session, 102);
    await settle(100);
    await work[0].finish();
    expect(viewer.image?.data[0]).toBe(102);
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

  it('gives the keys to what lies over the image when the mouse presses a button', async () => {
    const { viewer } = await shown();
    document.body.append(viewer.node);
    const press = (): void => {
      button(viewer, 'Live').dispatchEvent(
        new MouseEvent('mousedown', { bubbles: true, cancelable: true })
      );
    };
    press();
    expect(document.activeElement).toBe(viewer.node);
    viewer.compare();
    press();
    expect(document.activeElement?.classList).toContain('jp-tomo-compare');
    viewer.compare();
    press();
    expect(document.activeElement).toBe(viewer.node);
    viewer.node.remove();
  });

  it('draws no region when what is shown is no projection any more', async () => {
    const { viewer, session, api } = make('projection');
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
    const { viewer, session, api } = make('projection');
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

  it('says in a projection how an axis is set, while there is none to drag', async () => {
    const { viewer, session, api } = make('projection', { regions: {} });
    await settle();
    api.asked[0].answer(imageFrame(7));
    await settle();
    const facts = (): string => viewer.info.node.textContent ?? '';
    expect(facts()).toContain('under Centre of rotation in the panel');
    centreAt(session, 2);
    await settle();
    expect(facts()).not.toContain('Centre of rotation');
    expect(facts()).toContain('4 × 4');
  });

  it('stays busy while the row comes, whatever became of an image that is not wanted any more', async () => {
    const { viewer, session, api } = make('sinogram');
    await settle();
    expect(viewer.node.getAttribute('aria-busy')).toBe('true');
    session.moveTo({ mode: 'slice' });
    await settle(30);
    expect(api.asked[0].signal?.aborted).toBe(true);
    expect(api.asked).toHaveLength(2);
    expect(viewer.node.getAttribute('aria-busy')).toBe('true');
  });

  it('asks in a name of its own: viewers of one recipe do not abort one another', async () => {
    const [one, other] = [make('projection'), make('projection')];
    await settle();
    const [first, second] = [one, other].map(
      ({ api }) => api.asked[0].request.purpose
    );
    expect(first).not.toBe(second);
  });

  it('says of an image what it was asked as, though the mode is another by now', async () => {
    const { viewer, session, api } = make('projection');
    await settle();
    session.moveTo({ mode: 'slice' });
    api.asked[0].answer(imageFrame(7, { angle: 45 }));
    await settle(1);
    expect(viewer.image?.data[0]).toBe(7);
    expect(viewer.info.node.textContent).toContain('45°');
  });

  it('lets a projection come on the way to another one, and nothing else', async () => {
    const { session, api } = make('sinogram');
    await settle();
    session.moveTo({ mode: 'projection' });
    await settle(30);
    expect(api.asked[0].signal?.aborted).toBe(true);
    expect(api.asked).toHaveLength(2);
    session.moveTo({ frame: 1 });
    await settle(30);
    expect(api.asked[1].signal?.aborted).toBe(false);
    session.moveTo({ mode: 'sinogram' });
    await settle(30);
    expect(api.asked[1].signal?.aborted).toBe(true);
  });

  it('fetches anew when there are more data than there were', async () => {
    const { session, api, work } = make();
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
    const { viewer, api } = make('sinogram');
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
    const { viewer } = make();
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
});
