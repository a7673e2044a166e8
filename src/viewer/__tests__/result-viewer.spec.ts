import { nullTranslator } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { PixelLayer } from '../pixels/pixel-layer';
import { ResultViewer } from '../results/result-viewer';
import { imageFrame, sized, SlowApi } from './fakes';

jest.mock('../plotly', () => ({
  ...jest.requireActual<object>('../plotly'),
  loadPlotly: () => new Promise(() => undefined)
}));

const settle = (): Promise<void> => new Promise(done => setTimeout(done));

it('shows the row that it returned to, not the one that was on its way', async () => {
  const unsize = sized();
  jest.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  const painted: number[] = [];
  jest
    .spyOn(PixelLayer.prototype, 'paint')
    .mockImplementation(({ data }) => void painted.push(data[0]));
  const api = new SlowApi();
  api.answer = {
    folder: '/results/one',
    complete: true,
    rows: [0, 8],
    finished: [[0, 8]],
    height: 4,
    width: 4,
    range: null,
    histogram: null,
    unit: '',
    warnings: []
  };
  const viewer = new ResultViewer({
    api: api.api,
    folder: '/results/one',
    resource: '',
    row: 5,
    themes: null,
    trans: nullTranslator.load('jupyterlab_tomo'),
    insertCell: () => undefined,
    copyPath: () => undefined,
    logIn: () => undefined
  });
  MessageLoop.sendMessage(viewer.view, Widget.ResizeMessage.UnknownSize);
  await settle();
  api.asked[0].answer(imageFrame(5));
  await settle();
  const { stepper } = viewer;
  stepper?.step(1);
  expect(api.asked.map(({ request }) => request.row)).toEqual([5, 6]);
  stepper?.step(-1);
  api.asked[1].answer(imageFrame(6));
  await settle();
  expect(painted.at(-1)).toBe(5);
  expect(viewer.row).toBe(5);
  viewer.dispose();
  unsize();
  jest.restoreAllMocks();
});
