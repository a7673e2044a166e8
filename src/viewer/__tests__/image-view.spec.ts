import { ContrastModel } from '../contrast/model';
import { ImageView } from '../pixels/image-view';
import type { IImage } from '../pixels/image';
import type { Overlay } from '../pixels/overlays';
import { PixelLayer } from '../pixels/pixel-layer';
import type { IView } from '../pixels/view';
import type { IPlotElement, IPlotly, Layout } from '../plotly';

const image = (size: number): IImage => ({
  data: new Float32Array(size * size),
  rows: size,
  columns: size,
  about: {}
});

/** The layouts that Plotly was given after the first. */
class Plotly implements IPlotly {
  readonly layouts: Layout[] = [];

  newPlot(node: HTMLElement): Promise<IPlotElement> {
    return Promise.resolve(Object.assign(node, { on: () => undefined }));
  }

  relayout(node: HTMLElement, layout: Layout): Promise<IPlotElement> {
    this.layouts.push(layout);
    return this.newPlot(node);
  }

  purge(): void {
    // Nothing was drawn.
  }
}

describe('The view of an image', () => {
  const sizes = ['clientWidth', 'clientHeight'] as const;
  const contrast = new ContrastModel();
  const plotly = new Plotly();
  let view: ImageView;
  const drawn = (): Promise<unknown> =>
    new Promise(resolve => setTimeout(resolve));
  /** How many shapes each of the layouts since the last call has. */
  const shapes = async (): Promise<unknown[]> => {
    await drawn();
    return plotly.layouts
      .splice(0)
      .flatMap(({ shapes: all }) => (Array.isArray(all) ? [all.length] : []));
  };

  beforeAll(async () => {
    for (const size of sizes) {
      Object.defineProperty(HTMLElement.prototype, size, {
        configurable: true,
        get: () => 400
      });
    }
    view = new ImageView(contrast, null, () => Promise.resolve(plotly));
    // There is no canvas here.
    jest.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
    view.setImage(image(64));
    view.processMessage({
      type: 'resize',
      isConflatable: false,
      conflate: () => false
    });
    await shapes();
  });
  afterAll(() => {
    view.dispose();
    jest.restoreAllMocks();
    for (const size of sizes) {
      Reflect.deleteProperty(HTMLElement.prototype, size);
    }
  });

  it('lays out overlays when they are others, and when they lie on an image of another size', async () => {
    const mask = (radius: number): Overlay[] => [
      { id: 'mask', x: 31.5, y: 31.5, radius }
    ];
    view.setOverlays(mask(32));
    expect(await shapes()).toEqual([1]);
    view.setOverlays(mask(32));
    expect(await shapes()).toEqual([]);
    view.setOverlays(mask(16));
    expect(await shapes()).toEqual([1]);
    view.setImage(image(96));
    expect(await shapes()).toEqual([1]);
    view.setOverlays([]);
    expect(await shapes()).toEqual([0]);
  });

  it('knows how many pixels of the screen there are for one of its own', () => {
    view.setImage(image(64));
    view.resetZoom();
    const whole = view.density ?? NaN;
    expect(whole).toBeGreaterThan(1);
    view.setImage(image(640));
    expect(view.density).toBeCloseTo(whole / 10, 9);
    view.zoomBy(2);
    expect(view.density).toBeCloseTo(whole / 5, 9);
    window.devicePixelRatio = 2;
    expect(view.density).toBeCloseTo((2 * whole) / 5, 9);
    window.devicePixelRatio = 1;
  });

  describe('of slices about one axis', () => {
    const axis = { middle: 'axis' };
    const place = jest.spyOn(PixelLayer.prototype, 'place');
    const seen = (): IView => place.mock.calls.at(-1)![0];
    const wide = ({ left, right }: IView): number => right - left;
    const middle = ({ left, right, top, bottom }: IView): number[] => [
      (left + right) / 2,
      (top + bottom) / 2
    ];
    const rounded = (values: number[], by = 0): number[] =>
      values.map(value => Math.round(1e6 * (value + by)) / 1e6);
    const surface = (): HTMLElement =>
      view.node.querySelector('.jp-tomo-viewer-surface')!;
    const point = (type: string, x: number, y: number, more = {}): void => {
      surface().dispatchEvent(
        new MouseEvent(type, { clientX: x, clientY: y, ...more })
      );
    };

    beforeEach(() => {
      surface().setPointerCapture = () => undefined;
      view.setImage(image(64), '', axis);
      view.resetZoom();
    });
    afterAll(() => view.abort());

    it('leaves the sample where it is, as large as it is, while sizes differ', () => {
      view.zoomBy(4);
      const [before, at] = [wide(seen()), middle(seen())];
      view.setImage(image(70), '', axis);
      expect(wide(seen())).toBeCloseTo(before, 9);
      expect(middle(seen())).toEqual(at.map(each => each + 3));
      expect(view.isZoomed).toBe(true);
      view.setImage(image(64), '', axis);
      expect(middle(seen())).toEqual(at);
      // One of another recipe is seen as a whole.
      view.setImage(image(70), '', { middle: 'other' });
      expect(view.isZoomed).toBe(false);
    });

    it('shows all of each where all was seen, but at one scale where that is asked for', () => {
      const before = wide(seen());
      view.setImage(image(70), '', { ...axis, isScaled: true });
      expect(wide(seen())).toBeCloseTo(before, 9);
      expect(middle(seen())).toEqual([34.5, 34.5]);
      view.setImage(image(64), '', axis);
      expect([wide(seen()), middle(seen())]).toEqual([before, [31.5, 31.5]]);
      view.setImage(image(80), '', axis);
      expect(wide(seen())).toBeCloseTo((before * 80) / 64, 9);
      expect(view.isZoomed).toBe(false);
    });

    it('goes on with a drag', () => {
      view.zoomBy(4);
      point('pointerdown', 100, 100);
      point('pointermove', 110, 100);
      const at = middle(seen());
      const scale = wide(seen());
      view.setImage(image(66), '', axis);
      point('pointermove', 120, 100);
      point('pointermove', 110, 100);
      expect(rounded(middle(seen()), -1)).toEqual(rounded(at));
      point('pointerup', 110, 100);
      expect(wide(seen())).toBeCloseTo(scale, 9);
    });

    it('spans a box over the same part of the sample', () => {
      const box = (between: () => void): number[] => {
        view.setImage(image(64), '', axis);
        view.resetZoom();
        point('pointerdown', 100, 100, { ctrlKey: true });
        point('pointermove', 120, 110);
        between();
        point('pointermove', 150, 150);
        point('pointerup', 150, 150);
        return middle(seen());
      };
      const straight = box(() => undefined);
      // At one scale, so that the pointer is where it was in the sample.
      const across = box(() =>
        view.setImage(image(66), '', { ...axis, isScaled: true })
      );
      expect(rounded(across, -1)).toEqual(rounded(straight));
    });
  });
});
