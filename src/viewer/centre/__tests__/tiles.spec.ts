import { SliceTiles } from '../tiles';

const drawn: number[] = [];

beforeEach(() => {
  drawn.length = 0;
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
    drawImage: (_: unknown, x: number, y: number, wide: number) =>
      drawn.push(wide)
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
