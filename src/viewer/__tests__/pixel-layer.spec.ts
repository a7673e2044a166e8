import { colourTable, DEFAULT_LOOK, rgba } from '../pixels/colours';
import type { IImage } from '../pixels/image';
import { NAN_COLOUR } from '../pixels/paint';
import { PixelLayer } from '../pixels/pixel-layer';
import { contains, meansOf, regionOf } from '../pixels/region';
import { fitted, zoomed } from '../pixels/view';

const image = (
  rows: number,
  columns: number,
  value: (x: number, y: number) => number
): IImage => ({
  data: Float32Array.from({ length: rows * columns }, (_, i) =>
    value(i % columns, Math.floor(i / columns))
  ),
  rows,
  columns,
  about: {}
});
const GRAIN = { size: 1, shift: 0 };
const PLOT = { width: 700, height: 700 };
const large = { rows: 2048, columns: 2048, width: 2048, height: 2048 };

describe('What is painted of an image', () => {
  it('is as fine as the screen, and no finer than half of its pixels', () => {
    const view = fitted(large, PLOT);
    const scale = PLOT.width / 2048;
    const all = { left: 0, top: 0, right: 2048, bottom: 2048 };
    expect(regionOf(large, view, GRAIN, scale)).toEqual({ ...all, bin: 2 });
    // A screen of twice the density shows all pixels: what is seen of them.
    expect(regionOf(large, view, GRAIN, 2 * scale)).toEqual({ ...all, bin: 1 });
    // A first look has a quarter of the pixels.
    const look = { rows: 1024, columns: 1024 };
    const grain = { size: 2, shift: 0 };
    expect(regionOf(look, view, grain, scale)).toMatchObject({
      right: 1024,
      bin: 1
    });
  });

  it('is what is seen, when the whole would be large', () => {
    const whole = fitted(large, PLOT);
    const view = zoomed(whole, 1000, 500, 4, large, PLOT);
    const density = PLOT.width / (view.right - view.left);
    const region = regionOf(large, view, GRAIN, density);
    expect(region.bin).toBe(1);
    for (const [edge, seen] of [
      [region.left, view.left],
      [region.right, view.right],
      [region.top, view.top],
      [region.bottom, view.bottom]
    ]) {
      expect(Math.abs(edge - seen)).toBeLessThanOrEqual(1.5);
    }
    expect(contains(region, region)).toBe(true);
    expect(contains(region, { ...region, left: region.left - 1 })).toBe(false);
    expect(contains(region, { ...region, bin: 2 })).toBe(false);
    // Beside the image there is nothing to paint.
    const beside = regionOf(
      large,
      { left: 3000, right: 3100, top: 0, bottom: 100 },
      GRAIN,
      7
    );
    expect(beside.right - beside.left).toBeLessThanOrEqual(0);
  });

  it.each([
    [1, 1],
    [2, 1],
    [3, 1],
    // Whole rows of the image.
    [1, 0],
    [2, 0]
  ])('has means of pixels %i wide, from column %i on', (bin, left) => {
    const odd = image(5, 7, (x, y) => 100 * y + x);
    const region = { left, top: 2, right: 7, bottom: 5, bin };
    const out = new Float32Array(21);
    const rows = Math.ceil(3 / bin);
    const all = [...meansOf(odd, region, 0, rows, out)];
    const expected: number[] = [];
    for (let y = 2; y < 5; y += bin) {
      for (let x = left; x < 7; x += bin) {
        const lastX = Math.min(7, x + bin) - 1;
        const lastY = Math.min(5, y + bin) - 1;
        expected.push((100 * (y + lastY) + x + lastX) / 2);
      }
    }
    expect(all).toEqual(expected);
    // Row by row is the same.
    const last = meansOf(odd, region, rows - 1, rows, out);
    expect([...last]).toEqual(expected.slice(-last.length));
    expect(last).toHaveLength(Math.ceil((7 - left) / bin));
  });
});

describe('The canvas', () => {
  /** What was put on it, row by row, and how often it was painted anew. */
  const painted: { rows: Uint32Array[]; width: number }[] = [];
  const table = colourTable(DEFAULT_LOOK);
  const levels = { low: 0, high: 1 };
  let layer: PixelLayer;
  const canvas = (): HTMLCanvasElement =>
    layer.node.querySelector('canvas') as HTMLCanvasElement;

  beforeEach(() => {
    painted.length = 0;
    layer = new PixelLayer();
    const context = {
      createImageData: (width: number, height: number) => ({
        width,
        height,
        data: new Uint8ClampedArray(4 * width * height)
      }),
      putImageData: ({ data, width }: ImageData, _: number, y: number) => {
        if (y === 0) {
          painted.push({ rows: [], width });
        }
        painted[painted.length - 1].rows.push(
          new Uint32Array(data.buffer.slice(0))
        );
      }
    };
    jest
      .spyOn(HTMLCanvasElement.prototype, 'getContext')
      .mockReturnValue(context as unknown as null);
  });
  afterEach(() => {
    layer.dispose();
    jest.restoreAllMocks();
  });

  it('is no larger than half of the pixels of a large image on a small screen, and gone with it', () => {
    const size = { width: 2048, height: 2048 };
    layer.paint(
      image(2048, 2048, x => (x === 0 ? NaN : 1)),
      table,
      levels
    );
    expect(painted).toHaveLength(0);
    layer.place(fitted(size, PLOT), PLOT);
    expect([canvas().width, canvas().height]).toEqual([1024, 1024]);
    expect(painted).toHaveLength(1);
    const [first] = painted[0].rows;
    expect([first[0], first[1]]).toEqual([NAN_COLOUR, rgba(255, 255, 255)]);
    layer.clear();
    expect(canvas().width).toBe(0);
    expect(canvas().hidden).toBe(true);
    layer.place(fitted(size, PLOT), PLOT);
    expect(painted).toHaveLength(1);
  });

  it('is painted again only when more is seen, or finer', () => {
    const size = { width: 2048, height: 2048 };
    layer.paint(
      image(2048, 2048, () => 1),
      table,
      levels
    );
    const whole = fitted(size, PLOT);
    layer.place(whole, PLOT);
    const moved = { ...whole, left: whole.left + 9, right: whole.right + 9 };
    layer.place(moved, PLOT);
    expect(painted).toHaveLength(1);
    expect(canvas().style.transform).toContain('translate(-');
    const near = zoomed(whole, 1000, 500, 4, size, PLOT);
    layer.place(near, PLOT);
    expect(painted).toHaveLength(2);
    expect(canvas().width).toBeLessThan(520);
    layer.place(whole, PLOT);
    expect(painted).toHaveLength(3);
  });
});
