import type { IThemeManager } from '@jupyterlab/apputils';
import { Signal } from '@lumino/signaling';

import type { IPlotElement, IPlotly } from '../../plotly';
import { ProfileChart } from '../profile-chart';

const frame = (): Promise<void> =>
  new Promise(resolve => requestAnimationFrame(() => resolve()));

it('has the colours of a new theme, though all is hidden for a frame when it comes', async () => {
  const colours: unknown[] = [];
  const ticks: unknown[] = [];
  const plotly: IPlotly = {
    newPlot: (node, _, { font, xaxis }) => {
      const of = (key: string): unknown => Reflect.get(Object(xaxis), key);
      ticks.push([of('tickangle'), of('nticks')]);
      colours.push(Reflect.get(Object(font), 'color'));
      return Promise.resolve(
        Object.assign(node, { on: () => undefined }) as IPlotElement
      );
    },
    relayout: () => Promise.reject(new Error('It is drawn anew.')),
    purge: () => undefined
  };
  const themes = { themeChanged: new Signal<object, void>({}) };
  const chart = new ProfileChart('x', themes as unknown as IThemeManager, () =>
    Promise.resolve(plotly)
  );
  document.body.append(chart.node);
  const sizes = [
    jest.spyOn(chart.node, 'clientWidth', 'get'),
    jest.spyOn(chart.node, 'clientHeight', 'get')
  ];
  const show = (size: number): void =>
    sizes.forEach(each => each.mockReturnValue(size));
  show(100);
  chart.node.style.setProperty('--jp-ui-font-color2', 'black');
  chart.setCurves([{ name: 'A', at: [0, 1], values: [2, 3] }], '');
  await frame();
  await frame();
  expect(colours).toEqual(['black']);
  // Few enough to stand upright, over the title.
  expect(ticks).toEqual([[0, 2]]);
  // As JupyterLab does it.
  chart.node.style.setProperty('--jp-ui-font-color2', 'white');
  themes.themeChanged.emit();
  show(0);
  requestAnimationFrame(() => show(100));
  for (let i = 0; i < 4; i++) {
    await frame();
  }
  expect(colours).toEqual(['black', 'white']);
  chart.dispose();
  themes.themeChanged.emit();
  await frame();
  await frame();
  expect(colours).toHaveLength(2);
  jest.restoreAllMocks();
});
