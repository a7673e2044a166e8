import type { IThemeManager } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import {
  figureLayout,
  figureSize,
  figureTraces,
  valueOfGrey
} from '../outputs/figure';
import { readPayload } from '../outputs/payload';
import { ImageOutput } from '../outputs/renderer';
import type { IPlotly } from '../plotly';

const trans = nullTranslator.load('jupyterlab_tomo');

const good = {
  version: 1,
  png: 'iVBORw0KGgoAAAANSUhEUg==',
  shape: [100, 200],
  range: [-1, 1.55],
  title: 'row 64',
  unit: '1/cm',
  facts: [['tool', 'built-in']]
};

function read(change: object) {
  return readPayload({ ...good, ...change }, trans);
}

describe('the payload of an image output', () => {
  it('is read', () => {
    expect(read({})).toMatchObject({
      shape: [100, 200],
      range: [-1, 1.55],
      facts: good.facts
    });
  });

  it.each([
    [{ version: 2 }, 'another version'],
    [{ png: 'PHN2Zz4=' }, 'no PNG'],
    [{ png: `${good.png}"><script>` }, 'no PNG'],
    [{ shape: [100] }, 'shape'],
    [{ shape: [1.5, 2] }, 'shape'],
    [{ shape: [100000, 100000] }, 'larger than can be shown'],
    [{ range: ['a', 1] }, 'range']
  ])('is refused with a sentence: %p', (change, words) => {
    expect(read(change)).toContain(words);
  });

  it('drops facts that are not two texts', () => {
    expect(read({ facts: [['a', 'b'], ['c', 1], 'd'] })).toMatchObject({
      facts: [['a', 'b']]
    });
  });
});

describe('the figure', () => {
  const payload = readPayload(good, trans);
  if (typeof payload === 'string') {
    throw new Error(payload);
  }

  it('has linear axes in pixels with row 0 at the top', () => {
    const colours = {
      text: '',
      muted: '',
      line: '',
      background: '',
      accent: '',
      accentFill: '',
      axis: '',
      roi: '',
      air: '',
      mask: '',
      bars: '',
      font: ''
    };
    const layout = figureLayout(payload, figureSize(payload, 1000), colours);
    expect(layout).toMatchObject({
      width: 520,
      height: 236,
      xaxis: { type: 'linear', range: [-0.5, 199.5] },
      yaxis: { type: 'linear', range: [99.5, -0.5], scaleanchor: 'x' },
      coloraxis: { cmin: -1, cmax: 1.55 }
    });
    expect(figureTraces(payload)[0]).toMatchObject({
      source: `data:image/png;base64,${good.png}`
    });
  });

  it('turns greys into values', () => {
    expect(valueOfGrey(payload, 0)).toBe(-1);
    expect(valueOfGrey(payload, 100)).toBeCloseTo(0, 12);
    expect(valueOfGrey(payload, 255)).toBeCloseTo(1.55, 12);
  });
});

describe('the renderer', () => {
  const model = (data: object) => ({
    trusted: false,
    data: { 'application/vnd.jupyterlab-tomo.image+json': data as never },
    metadata: {},
    setData: () => undefined
  });

  it('shows texts of a notebook as texts', async () => {
    const widget = new ImageOutput(null, trans, () =>
      Promise.reject(new Error('offline'))
    );
    await widget.renderModel(
      model({ ...good, title: '<img src=x onerror=1>' })
    );
    expect(widget.node.querySelector('img')).toBeNull();
    expect(widget.node.textContent).toContain('<img src=x onerror=1>');
    expect(widget.node.textContent).toContain(
      'could not be drawn: Error: offline'
    );
    widget.dispose();
  });

  it('says what is wrong with a payload', async () => {
    const widget = new ImageOutput(null, trans);
    await widget.renderModel(model({ ...good, version: 7 }));
    expect(widget.node.textContent).toBe(
      'The image output is of another version of jupyterlab-tomo.'
    );
    widget.dispose();
  });

  it('purges a figure that is drawn after its end', async () => {
    const purged: HTMLElement[] = [];
    const plotly: IPlotly = {
      newPlot: node => {
        widget.dispose();
        return Promise.resolve(Object.assign(node, { on: () => undefined }));
      },
      relayout: node =>
        Promise.resolve(Object.assign(node, { on: () => undefined })),
      purge: node => {
        purged.push(node);
      }
    };
    const widget = new ImageOutput(null, trans, () => Promise.resolve(plotly));
    await widget.renderModel(model(good));
    expect(purged).toHaveLength(1);
  });

  it('reads no values from a picture of another size', async () => {
    const listened: string[] = [];
    const drawn = (node: HTMLElement) =>
      Promise.resolve(
        Object.assign(node, { on: (event: string) => listened.push(event) })
      );
    const plotly = {
      newPlot: drawn,
      relayout: drawn,
      purge: () => undefined
    } as unknown as IPlotly;
    const decoded = { decode: () => Promise.resolve() };
    Object.assign(HTMLImageElement.prototype, decoded);
    const width = jest.spyOn(HTMLImageElement.prototype, 'naturalWidth', 'get');
    const height = jest.spyOn(
      HTMLImageElement.prototype,
      'naturalHeight',
      'get'
    );
    const context = jest
      .spyOn(HTMLCanvasElement.prototype, 'getContext')
      .mockReturnValue(null);
    const show = async (columns: number): Promise<string | null> => {
      width.mockReturnValue(columns);
      height.mockReturnValue(100);
      const widget = new ImageOutput(null, trans, () =>
        Promise.resolve(plotly)
      );
      await widget.renderModel(model(good));
      const { textContent } = widget.node;
      widget.dispose();
      return textContent;
    };
    expect(await show(199)).toContain('not of the size that the output states');
    expect(listened).toEqual([]);
    expect(await show(200)).not.toContain('not of the size');
    expect(listened).toEqual(['plotly_hover', 'plotly_unhover']);
    Reflect.deleteProperty(HTMLImageElement.prototype, 'decode');
    for (const spy of [width, height, context]) {
      spy.mockRestore();
    }
  });

  it('keeps its size when the theme changes out of sight', async () => {
    const laid: number[] = [];
    const drawn = (node: HTMLElement) =>
      Promise.resolve(Object.assign(node, { on: () => undefined }));
    const plotly: IPlotly = {
      newPlot: (node, _, layout) => {
        laid.push(Number(Reflect.get(Object(layout), 'width')));
        return drawn(node);
      },
      relayout: (node, layout) => {
        laid.push(Number(Reflect.get(Object(layout), 'width')));
        return drawn(node);
      },
      purge: () => undefined
    };
    const themes = { themeChanged: new Signal<object, void>({}) };
    const widget = new ImageOutput(
      themes as unknown as IThemeManager,
      trans,
      () => Promise.resolve(plotly)
    );
    const width = jest.spyOn(widget.node, 'clientWidth', 'get');
    width.mockReturnValue(300);
    await widget.renderModel(model(good));
    width.mockReturnValue(0);
    themes.themeChanged.emit();
    for (let frame = 0; frame < 2; frame++) {
      await new Promise(resolve => requestAnimationFrame(resolve));
    }
    expect(laid).toEqual([300, 300]);
    widget.dispose();
  });
});
