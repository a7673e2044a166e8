import { ContrastModel } from '../contrast/model';
import { ImageView } from '../pixels/image-view';
import type { IImage } from '../pixels/image';
import type { Overlay } from '../pixels/overlays';
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
});
