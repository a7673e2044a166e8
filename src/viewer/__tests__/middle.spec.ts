import { PixelLayer } from '../pixels/pixel-layer';
import { imageFrame } from './fakes';
import { button, centreAt, make, settle, useViewers } from './recipe-viewers';

// These are files beside the page.
jest.mock('../../tuning/urls', () => ({}));
// There are no ports here to send memory to.
jest.mock('../../tuning/release', () => ({ release: () => undefined }));
jest.mock('../plotly', () => ({
  ...jest.requireActual<object>('../plotly'),
  loadPlotly: () => new Promise(() => undefined)
}));

describe('Slices about one axis, in a viewer', () => {
  useViewers();

  it('leaves the sample where it is while the axis moves and slices have other sizes, and while what was before is held', async () => {
    const place = jest.spyOn(PixelLayer.prototype, 'place');
    const { viewer, session, api } = make();
    button(viewer, 'Live').click();
    const answer = async (size: number): Promise<void> => {
      await settle(1500);
      api.asked.at(-1)!.answer(imageFrame(1, {}, size));
      await settle(1500);
    };
    /** Where the middle of the image is on the screen, and how wide the view is. */
    const seen = (size: number): number[] => {
      const { left, right } = place.mock.lastCall![0];
      return [left - (size - 1) / 2, right - left].map(
        each => Math.round(1e6 * each) / 1e6
      );
    };
    const press = (type: string): boolean =>
      viewer.node.dispatchEvent(new KeyboardEvent(type, { key: ' ' }));
    await answer(40);
    const whole = seen(40);
    centreAt(session, 101);
    await answer(44);
    expect(seen(44)[1]).toBeCloseTo((whole[1] * 44) / 40, 5);
    press('keydown');
    // As large as the one that it stands for, though all of both could be seen larger.
    expect(seen(40)[1]).toBeCloseTo((whole[1] * 44) / 40, 5);
    press('keyup');
    viewer.view.zoomBy(3);
    const near = seen(44);
    press('keydown');
    expect(seen(40)).toEqual(near);
    press('keyup');
    expect(seen(44)).toEqual(near);
    centreAt(session, 102);
    await answer(48);
    expect(seen(48)).toEqual(near);
    // Of other columns all is seen.
    session.edit({ path: ['regions', 'roi'], value: [0, 0, 300, 8] });
    await answer(52);
    expect(viewer.view.isZoomed).toBe(false);
  });
});
