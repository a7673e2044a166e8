import {
  figureLayout,
  figureSize,
  figureTraces,
  valueOfGrey
} from '../outputs/figure';
import { readPayload } from '../outputs/payload';
import { ImageOutput } from '../outputs/renderer';
import type { IPlotly } from '../plotly';

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
  return readPayload({ ...good, ...change });
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
  const payload = readPayload(good);
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
    const widget = new ImageOutput(null, () =>
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
    const widget = new ImageOutput(null);
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
    const widget = new ImageOutput(null, () => Promise.resolve(plotly));
    await widget.renderModel(model(good));
    expect(purged).toHaveLength(1);
  });
});
