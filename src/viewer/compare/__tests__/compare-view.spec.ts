import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { ContrastModel } from '../../contrast';
import type { IImage } from '../../pixels/image';
import { CompareView } from '../compare-view';
import type { ICompareSource } from '../source';

jest.mock('../../plotly', () => ({
  ...jest.requireActual<object>('../../plotly'),
  loadPlotly: () => new Promise(() => undefined)
}));

const image = (value: number): IImage => ({
  data: new Float32Array(16).fill(value),
  rows: 4,
  columns: 4,
  about: {}
});

const source = (id: string, value: number): ICompareSource => ({
  id,
  label: id,
  image: () => Promise.resolve(image(value))
});

const settle = (): Promise<void> => new Promise(done => setTimeout(done));

it('takes the first of the list when what A was is gone, and nothing when all are', async () => {
  jest.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  const panel = Object.assign(new Widget(), {
    image: image(1),
    shown: new Signal<unknown, IImage>({})
  });
  let sources = [source('before', 5), source('other', 3)];
  const contrast = new ContrastModel();
  const view = new CompareView({
    panel,
    contrast,
    themes: null,
    trans: nullTranslator.load('jupyterlab_tomo'),
    sources: () => sources,
    unit: () => ''
  });
  const list = view.node.querySelector('select');
  const said = (): string | null | undefined =>
    view.node.querySelector('.jp-tomo-compare-say')?.textContent;
  await settle();
  expect([list?.value, said()]).toEqual(['before', 'A − B: RMS 4, largest 4']);
  sources = [source('other', 3)];
  panel.shown.emit(image(1));
  await settle();
  expect([list?.value, said()]).toEqual(['other', 'A − B: RMS 2, largest 2']);
  sources = [];
  panel.shown.emit(image(2));
  await settle();
  expect(said()).toContain('nothing to compare with');
  sources = [source('before', 5)];
  panel.shown.emit(image(2));
  await settle();
  expect([list?.value, said()]).toEqual(['before', 'A − B: RMS 3, largest 3']);
  view.dispose();
  contrast.dispose();
  jest.restoreAllMocks();
});
