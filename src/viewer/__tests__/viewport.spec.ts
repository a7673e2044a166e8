import { MARGIN } from '../pixels/plot';
import { Viewport } from '../pixels/viewport';

/** Size of the widget that has room for such a plot. */
const around = (width: number, height: number): [number, number] => [
  width + MARGIN.left + MARGIN.right,
  height + MARGIN.top + MARGIN.bottom
];

describe('What is seen of an image', () => {
  const resize = (
    port: Viewport,
    ...plot: [number, number]
  ): ReturnType<Viewport['resize']> => {
    const [width, height] = around(...plot);
    return port.resize({ width, height });
  };
  const shown = (): Viewport => {
    const port = new Viewport();
    port.place({ width: 100, height: 100 });
    resize(port, 200, 200);
    port.fit();
    return port;
  };

  it('is nothing before there are an image and room for it', () => {
    const port = new Viewport();
    expect(port.fit()).toBe(false);
    expect(port.toImage({ x: 0, y: 0 })).toEqual({ x: NaN, y: NaN });
    expect(resize(port, 200, 200)).toBe('lost');
    expect(port.fit()).toBe(false);
    port.place({ width: 100, height: 100 });
    expect(port.fit()).toBe(true);
    expect(port.toImage({ x: 0, y: 0 })).toEqual({ x: -0.5, y: -0.5 });
  });

  it('keeps its middle and magnification in a plot of another size, where it was zoomed', () => {
    const port = shown();
    expect(resize(port, 200, 200)).toBeNull();
    expect(resize(port, 7, 200)).toBeNull();
    expect(resize(port, 300, 200)).toBe('lost');
    port.fit();
    port.zoom({ x: 10, y: 20 }, 2);
    const { middle } = port;
    const length = port.toPixels(6);
    expect(resize(port, 400, 240)).toBe('kept');
    expect(port.middle).toEqual(middle);
    expect(port.toPixels(6)).toBeCloseTo(length, 12);
    expect(port.fits).toBe(false);
  });

  it('stays where it was about the middle of an image of another size', () => {
    const port = new Viewport();
    port.place({ width: 100, height: 100 }, 'axis');
    resize(port, 200, 200);
    port.fit();
    port.zoom({ x: 49.5, y: 49.5 }, 2);
    const length = port.toPixels(6);
    expect(port.place({ width: 104, height: 104 }, 'axis')).toEqual({
      x: 2,
      y: 2
    });
    expect(port.middle).toEqual({ x: 51.5, y: 51.5 });
    expect(port.toPixels(6)).toBe(length);
    // There may be none in between.
    expect(port.place(null)).toBeNull();
    expect(port.place({ width: 100, height: 100 }, 'axis')).toEqual({
      x: -2,
      y: -2
    });
    expect(port.middle).toEqual({ x: 49.5, y: 49.5 });
  });

  it('is of another image where that has neither the size nor the middle of the last one', () => {
    const port = shown();
    const size = { width: 100, height: 100 };
    expect(port.place(size)).toEqual({ x: 0, y: 0 });
    expect(port.place({ width: 104, height: 104 })).toBeNull();
    expect(port.place(size, 'axis')).toBeNull();
    expect(port.place({ width: 104, height: 104 }, 'other')).toBeNull();
    // There may be none in between.
    port.place(null);
    expect(port.place({ width: 104, height: 104 })).toEqual({ x: 0, y: 0 });
  });

  it('is what another one shows, once', () => {
    const [port, other] = [shown(), shown()];
    other.zoom({ x: 10, y: 20 }, 2);
    expect(port.showSame(other)).toBe(true);
    expect(port.showSame(other)).toBe(false);
    expect(port.extent).toEqual(other.extent);
    expect(port.fits).toBe(false);
  });
});
