import { SliceTiles } from '../tiles';

const drawn: number[] = [];
/** Middle and width of what is seen of a slice, in columns from its own middle, whenever it is drawn. */
const seen = new Map<unknown, number[]>();

beforeEach(() => {
  drawn.length = 0;
  seen.clear();
  Object.defineProperty(HTMLElement.prototype, 'clientWidth', {
    configurable: true,
    get: () => 100
  });
  Object.assign(globalThis, {
    ResizeObserver: class {
      observe(): void {}
      disconnect(): void {}
    }
  });
  const context = {
    createImageData: (width: number, height: number) => ({
      data: new Uint8ClampedArray(4 * width * height)
    }),
    putImageData: () => undefined,
    // How much of the slice is seen.
    drawImage: (
      slice: HTMLCanvasElement,
      x: number,
      y: number,
      wide: number
    ) => {
      drawn.push(wide);
      const middle = [x, y].map(from => from + (wide - slice.width) / 2);
      seen.set(
        slice,
        [...middle, wide].map(value => Number(value.toFixed(9)))
      );
    }
  };
  jest
    .spyOn(HTMLCanvasElement.prototype, 'getContext')
    .mockReturnValue(context as never);
});
afterEach(() => {
  Reflect.deleteProperty(HTMLElement.prototype, 'clientWidth');
  Reflect.deleteProperty(globalThis, 'ResizeObserver');
  jest.restoreAllMocks();
});

it('are chosen and zoomed by keys alone', () => {
  const tiles = new SliceTiles(3, 'Slices');
  const picked: number[] = [];
  tiles.picked.connect((_, index) => picked.push(index));
  tiles.show(1, {
    data: new Float32Array(64).fill(1),
    rows: 8,
    columns: 8,
    about: {}
  });
  expect(drawn).toEqual([8]);
  const [, middle] = [...tiles.node.querySelectorAll<HTMLElement>('[role]')];
  expect(middle.tabIndex).toBe(0);
  const press = (key: string): void => {
    const event = new KeyboardEvent('keydown', { key, cancelable: true });
    middle.dispatchEvent(event);
    expect(event.defaultPrevented).toBe(true);
  };
  press('+');
  press('+');
  expect(drawn.at(-1)).toBeCloseTo(8 / 1.25 ** 2);
  press('-');
  expect(drawn.at(-1)).toBeCloseTo(8 / 1.25);
  press('0');
  expect(drawn.at(-1)).toBe(8);
  press('Enter');
  press(' ');
  expect(picked).toEqual([1, 1]);
  tiles.dispose();
});

it('show one part of the sample at one scale, though each axis has slices of another size', () => {
  const tiles = new SliceTiles(3, 'Slices');
  const show = (index: number, size: number, bin = 1): void =>
    tiles.show(index, {
      data: new Float32Array(size * size).fill(1),
      rows: size,
      columns: size,
      bin,
      about: {}
    });
  const all = (): number[][] => [...seen.values()];
  const [, middle] = [...tiles.node.querySelectorAll<HTMLElement>('[role]')];
  const fire = (type: string, x: number, y: number): boolean =>
    middle.dispatchEvent(new MouseEvent(type, { clientX: x, clientY: y }));
  middle.setPointerCapture = () => undefined;
  show(1, 8);
  show(0, 10);
  show(2, 6);
  expect(all()).toEqual([
    [0, 0, 10],
    [0, 0, 10],
    [0, 0, 10]
  ]);
  for (let i = 0; i < 4; i++) {
    middle.dispatchEvent(new KeyboardEvent('keydown', { key: '+' }));
  }
  fire('pointerdown', 50, 50);
  fire('pointermove', 40, 70);
  fire('pointerup', 40, 70);
  const [part] = all();
  expect(part[2]).toBeCloseTo(10 / 1.25 ** 4, 9);
  expect(part[0]).toBeCloseTo(part[2] / 10, 9);
  expect(part[1]).toBeCloseTo(-part[2] / 5, 9);
  expect(all()).toEqual([part, part, part]);
  // A larger one comes: what is seen of the sample stays.
  show(1, 14);
  expect(all()).toEqual([part, part, part]);
  // Pixels of coarse slices are as many columns.
  show(0, 7, 2);
  show(1, 7, 2);
  show(2, 7, 2);
  const halves = part.map(value => Number((value / 2).toFixed(9)));
  expect(all()).toEqual([halves, halves, halves]);
  tiles.resetZoom();
  expect(all()).toEqual([
    [0, 0, 7],
    [0, 0, 7],
    [0, 0, 7]
  ]);
  // One that is not there any more gives no scale.
  tiles.expect(['', '1', '2'], ['', '', '']);
  show(1, 3, 2);
  show(2, 3, 2);
  expect(all().at(-1)).toEqual([0, 0, 3]);
  tiles.dispose();
});

it('that none comes for are not there', () => {
  const tiles = new SliceTiles(3, 'Slices');
  const none = (): boolean[] =>
    [...tiles.node.querySelectorAll('[role]')].map(node =>
      node.classList.contains('jp-mod-none')
    );
  tiles.expect(['', '0', '0.5'], ['', 'Column 0', 'Column 0.5']);
  expect(none()).toEqual([true, false, false]);
  tiles.expect(['1', '2', '3'], ['', '', '']);
  expect(none()).toEqual([false, false, false]);
  tiles.dispose();
});
