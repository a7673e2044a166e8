import { nullTranslator } from '@jupyterlab/translation';

import type { ILiveImage, IWantedSlice } from '../../../tuning';
import { ContrastModel } from '../../contrast';
import { Computation } from '../computation';
import { SweepCell } from '../sweep-cell';

// What only a page has.
jest.mock('../../../tuning/urls', () => ({}));

const trans = nullTranslator.load('');
const settle = (): Promise<void> => new Promise(done => setTimeout(done));

it('says how long the rest takes, from how long the slices took that came', async () => {
  jest.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  let clock = 0;
  let answer = (): void => undefined;
  const widths: number[] = [];
  let width = 320;
  const computation = new Computation({
    source: {
      isHere: true,
      isDisposed: false,
      dispose: () => undefined,
      seconds: () => Promise.resolve(0),
      slice: (_: IWantedSlice, across: number) => {
        widths.push(across);
        return new Promise<ILiveImage>(resolve => {
          const about = {};
          const data = Float32Array.of(1);
          answer = () => resolve({ data, rows: 1, columns: 1, bin: 1, about });
        });
      }
    },
    trans,
    wanted: () => ({
      base: '/data',
      recipe: { version: 1 },
      columns: 600,
      row: 0
    }),
    width: () => width,
    came: () => undefined,
    now: () => clock
  });
  const [say] = computation.nodes;
  const cells = Array.from(
    { length: 4 },
    (_, index) =>
      new SweepCell({
        changes: [],
        labels: [String(index)],
        name: String(index),
        held: false,
        trans,
        contrast: new ContrastModel(),
        take: () => undefined,
        again: () => undefined
      })
  );
  computation.begin(cells);
  await settle();
  expect(say.textContent).toBe('0 of 4');
  const told: (string | null)[] = [];
  for (const seconds of [5, 7, 0.5, 0.5]) {
    clock += 1000 * seconds;
    answer();
    await settle();
    told.push(say.textContent);
    width = 500;
  }
  expect(told).toEqual([
    '1 of 4, about 15 s left',
    '2 of 4, about 12 s left',
    '3 of 4, about 4.2 s left',
    ''
  ]);
  expect(widths).toEqual([320, 320, 500, 500]);
  computation.dispose();
  jest.restoreAllMocks();
});
