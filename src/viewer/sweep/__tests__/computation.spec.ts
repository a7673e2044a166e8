import { nullTranslator } from '@jupyterlab/translation';

import { ApiError } from '../../../api';
import type { ILiveImage, IWantedSlice } from '../../../tuning';
import { ContrastModel } from '../../contrast';
import { Computation } from '../computation';
import { SweepCell } from '../sweep-cell';

// What only a page has.
jest.mock('../../../tuning/urls', () => ({}));

const trans = nullTranslator.load('');
const settle = (): Promise<void> => new Promise(done => setTimeout(done));

const cellsOf = (count: number): SweepCell[] =>
  Array.from(
    { length: count },
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

const IMAGE = {
  data: Float32Array.of(1),
  rows: 1,
  columns: 1,
  bin: 1,
  about: {}
};

beforeEach(() => {
  jest.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
});
afterEach(() => {
  jest.restoreAllMocks();
});

it('says how long the rest takes, from how long the slices took that came', async () => {
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
          answer = () => resolve(IMAGE);
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
  const cells = cellsOf(4);
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
});

it('asks once for a slice that is tried again while others wait for the server', async () => {
  jest.useFakeTimers();
  const asked: number[] = [];
  let end: { ready: () => void; fail: (error: Error) => void };
  const cells = cellsOf(2);
  const computation = new Computation({
    source: {
      isHere: false,
      isDisposed: false,
      dispose: () => undefined,
      seconds: () => Promise.resolve(0),
      slice: ({ row }) => {
        asked.push(row);
        return new Promise((resolve, reject) => {
          end = { ready: () => resolve(IMAGE), fail: reject };
        });
      }
    },
    trans,
    wanted: cell => ({
      base: '/data',
      recipe: { version: 1 },
      columns: 600,
      row: cells.indexOf(cell)
    }),
    width: () => 320,
    came: () => undefined
  });
  const finish = async (how: () => void): Promise<void> => {
    how();
    await jest.advanceTimersByTimeAsync(0);
  };
  computation.begin(cells);
  await jest.advanceTimersByTimeAsync(0);
  await finish(() => end.fail(new Error('not this one')));
  const message = 'Jupyter Server does not answer.';
  const cut = new ApiError({ code: 'network', message, where: '', hint: '' });
  await finish(() => end.fail(cut));
  expect(asked).toEqual([0, 1]);
  computation.again(cells[0]);
  await jest.advanceTimersByTimeAsync(60_000);
  await finish(() => end.ready());
  await finish(() => end.ready());
  expect(asked).toEqual([0, 1, 0, 1]);
  expect(cells.every(({ isReady }) => isReady)).toBe(true);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveLength(4);
  computation.dispose();
  jest.useRealTimers();
});
