import { nullTranslator } from '@jupyterlab/translation';

import { sized } from '../../__tests__/fakes';
import type { ILiveImage } from '../../../tuning';
import { ContrastModel } from '../../contrast';
import type { IHead } from '../cell-values';
import { SweepGrid } from '../grid';
import { SweepCell } from '../sweep-cell';

const trans = nullTranslator.load('');

let unsize: () => void;
let resized: (() => void) | null;
let grid: SweepGrid;

beforeEach(() => {
  unsize = sized();
  jest.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  class Observer {
    constructor(callback: () => void) {
      resized = callback;
    }
    observe = (): void => undefined;
    disconnect = (): void => {
      resized = null;
    };
  }
  Object.assign(globalThis, { ResizeObserver: Observer });
  grid = new SweepGrid(trans);
  document.body.append(grid.node);
});
afterEach(() => {
  grid.dispose();
  grid.node.remove();
  unsize();
  Reflect.deleteProperty(globalThis, 'ResizeObserver');
  jest.restoreAllMocks();
});

const cells = (count: number, held: number): SweepCell[] =>
  Array.from(
    { length: count },
    (_, index) =>
      new SweepCell({
        changes: [],
        labels: [String(index)],
        name: `Size ${index}`,
        held: index === held,
        trans,
        contrast: new ContrastModel(),
        take: () => undefined,
        again: () => undefined
      })
  );

const head = (name: string, count: number): IHead => ({
  name,
  values: Array.from({ length: count }, (_, index) => ({
    text: `${name}${index}`,
    held: false
  }))
});

const style = (): CSSStyleDeclaration =>
  grid.node.querySelector<HTMLElement>('.jp-tomo-sweep-grid')!.style;

/** Where the arrow keys lead from a cell, by its number. */
const walked = (from: number, ...keys: string[]): number => {
  grid.cells[from].focus();
  keys.forEach(key => grid.walk(key));
  return grid.cells.findIndex(({ node }) =>
    node.contains(document.activeElement)
  );
};

const room = (width: number, height: number): void => {
  for (const [name, value] of [
    ['clientWidth', width],
    ['clientHeight', height]
  ] as const) {
    Object.defineProperty(grid.node, name, { configurable: true, value });
  }
  resized?.();
};

it('shows slices of several sizes at one scale, about their middle', () => {
  const put = jest.fn<void, [unknown, number, number]>();
  const context = { putImageData: put, drawImage: () => undefined };
  jest
    .spyOn(HTMLCanvasElement.prototype, 'getContext')
    .mockReturnValue(context as never);
  Object.assign(globalThis, {
    ImageData: class {
      readonly data: Uint8ClampedArray;
      constructor(width: number, height: number) {
        this.data = new Uint8ClampedArray(4 * width * height);
      }
    }
  });
  const slice = (size: number, bin = 1): ILiveImage => ({
    data: new Float32Array(size * size),
    rows: size,
    columns: size,
    bin,
    about: {}
  });
  const made = cells(3, 0);
  grid.set(made, head('a', 3), null);
  made[0].show(slice(6));
  grid.refresh();
  made[1].show(slice(10));
  grid.refresh();
  made[2].show(slice(4, 2));
  grid.refresh();
  expect(made.map(({ picture }) => [picture?.width, picture?.height])).toEqual([
    [10, 10],
    [10, 10],
    [5, 5]
  ]);
  put.mockClear();
  made.forEach(cell => cell.paint());
  expect(put.mock.calls.map(([, left, top]) => [left, top])).toEqual([
    [2, 2],
    [0, 0],
    [0, 0]
  ]);
  Reflect.deleteProperty(globalThis, 'ImageData');
});

it('is laid out anew when its room changes, and arrow keys go where slices lie', () => {
  grid.set(cells(9, 4), head('a', 9), null);
  expect(style().gridTemplateColumns).toBe('repeat(3, 129px)');
  expect(walked(0, 'ArrowDown')).toBe(3);
  expect(walked(3, 'ArrowRight', 'ArrowUp')).toBe(1);
  room(1200, 200);
  expect(style().gridTemplateColumns).toBe('repeat(9, 128px)');
  expect(walked(0, 'ArrowDown')).toBe(0);
  expect(walked(0, 'ArrowRight')).toBe(1);
});

const heads = (kind: string): (string | null)[] =>
  [
    ...grid.node.querySelectorAll<HTMLElement>(`.jp-tomo-sweep-head.${kind}`)
  ].map(({ title }) => title);

it('runs the first parameter down where that makes slices larger', () => {
  grid.set(cells(10, -1), head('a', 5), head('b', 2));
  room(400, 1000);
  expect(style().gridAutoFlow).toBe('column');
  expect(style().gridTemplateColumns).toBe('16px 60px repeat(2, 153px)');
  // What runs down stands before the rows.
  expect(heads('jp-mod-row')).toEqual(['a0', 'a1', 'a2', 'a3', 'a4']);
  expect(heads('jp-mod-column')).toEqual(['b0', 'b1']);
  room(1000, 400);
  expect(heads('jp-mod-row')).toEqual(['b0', 'b1']);
  room(400, 1000);
  // The cells are row by row of the first parameter: the next one is below.
  expect(walked(0, 'ArrowDown')).toBe(1);
  expect(walked(0, 'ArrowRight')).toBe(5);
  expect(walked(5, 'ArrowLeft', 'ArrowLeft')).toBe(0);
});

it('leaves the keys with their slice when it turns', () => {
  grid.set(cells(10, -1), head('a', 5), head('b', 2));
  room(1000, 400);
  expect(walked(7)).toBe(7);
  const gone = jest.fn();
  grid.node.addEventListener('focusout', gone);
  for (const [width, height] of [
    [400, 1000],
    [1000, 400]
  ]) {
    room(width, height);
    expect(grid.cells[7].node.contains(document.activeElement)).toBe(true);
    expect(heads('jp-mod-column')).toHaveLength(width < height ? 2 : 5);
    expect(heads('jp-mod-row')).toHaveLength(width < height ? 5 : 2);
  }
  expect(gone).not.toHaveBeenCalled();
});

it('shows what holds now and what is pointed at larger where there is room', () => {
  grid.set(cells(27, 13), head('a', 9), head('b', 3));
  room(1150, 700);
  const captions = (): string[] =>
    [...grid.node.querySelectorAll('.jp-tomo-sweep-caption')].map(
      ({ textContent }) => textContent ?? ''
    );
  const close = grid.node.querySelector<HTMLElement>('.jp-tomo-sweep-close')!;
  expect(close.hidden).toBe(false);
  expect(captions()).toEqual(['13 (now)']);
  expect(close.textContent).toContain('Point at a slice');
  grid.cells[7].node.dispatchEvent(
    new MouseEvent('pointerover', { bubbles: true })
  );
  expect(captions()).toEqual(['13 (now)', '7']);
  // Keys point, too.
  walked(13, 'ArrowRight');
  expect(captions()).toEqual(['13 (now)', '14']);
  // Pictures are asked for as wide as the larger ones.
  expect(grid.width).toBe(278);
  room(700, 300);
  expect(close.hidden).toBe(true);
  expect(grid.width).toBe(75);
});
