import {
  colourOf,
  colourTable,
  rgba,
  scaled,
  TABLE_SIZE
} from '../pixels/colours';
import { imageOf, valueAt } from '../pixels/image';
import type { IImage } from '../pixels/image';
import { automaticLevels, histogram, quantile, sample } from '../pixels/levels';
import { NAN_COLOUR, paint } from '../pixels/paint';

function image(
  rows: number,
  columns: number,
  values: (i: number) => number
): IImage {
  const data = Float32Array.from({ length: rows * columns }, (_, i) =>
    values(i)
  );
  return { data, rows, columns, about: {} };
}

describe('painting', () => {
  const table = colourTable({ map: 'grey', invert: false, scale: 'linear' });
  const greys = (values: number[], low: number, high: number): number[] => {
    const out = new Uint32Array(values.length);
    paint(Float32Array.from(values), out, table, { low, high });
    return Array.from(out);
  };
  const grey = (g: number): number => rgba(g, g, g);

  it('spreads the map between the levels and clips beyond', () => {
    expect(greys([-5, 0, 0.5, 1, 7], 0, 1)).toEqual(
      [0, 0, 128, 255, 255].map(grey)
    );
  });

  it('gives what is not a number a colour of its own', () => {
    expect(greys([NaN, Infinity, -Infinity], 0, 1)).toEqual([
      NAN_COLOUR,
      grey(255),
      grey(0)
    ]);
    expect(table.includes(NAN_COLOUR)).toBe(false);
  });

  it('makes equal levels a step', () => {
    expect(greys([1.9, 2.1], 2, 2)).toEqual([grey(0), grey(255)]);
  });

  it('inverts, and scales', () => {
    const inverted = colourTable({
      map: 'grey',
      invert: true,
      scale: 'linear'
    });
    expect(inverted[0]).toBe(grey(255));
    expect(inverted[TABLE_SIZE - 1]).toBe(grey(0));
    expect(scaled('sqrt', 0.25)).toBe(0.5);
    expect(scaled('log', 1)).toBe(1);
    expect(scaled('log', 0.03)).toBeCloseTo(0.497, 3);
    expect(colourOf('viridis', 0)).toEqual([68, 1, 84]);
    expect(colourOf('viridis', 1)).toEqual([253, 231, 37]);
  });
});

describe('frames as images', () => {
  const frame = (header: object, body: ArrayBuffer) => ({
    header: { id: 1, channel: 'c', ...header },
    body
  });

  it('scales stored values', () => {
    const body = Uint16Array.from([0, 100, 65535, 7]).buffer;
    const made = imageOf(
      frame(
        {
          dtype: 'uint16',
          shape: [2, 2],
          encoding: 'linear',
          slope: 0.5,
          offset: -1
        },
        body
      )
    );
    expect(Array.from(made.data)).toEqual([-1, 49, 32766.5, 2.5]);
    expect(valueAt(made, 0.4, 1.4)).toBe(32766.5);
    expect(valueAt(made, 1.6, 0)).toBeNull();
    expect(made.left).toBeUndefined();
  });

  it('knows the column with which a part of the full image begins', () => {
    const header = { dtype: 'uint8', shape: [1, 1], about: { left: 30 } };
    expect(imageOf(frame(header, new ArrayBuffer(1))).left).toBe(30);
  });

  it('refuses a body of another length, and no array', () => {
    expect(() =>
      imageOf(frame({ dtype: 'float32', shape: [2, 2] }, new ArrayBuffer(12)))
    ).toThrow('The image should have 2 x 2 values, but 3 came.');
    expect(() => imageOf(frame({}, new ArrayBuffer(0)))).toThrow(
      'holds no image'
    );
  });
});

describe('levels', () => {
  it('interpolates quantiles', () => {
    const sorted = Float32Array.from([0, 1, 2, 3, 4]);
    expect(quantile(sorted, 0.5)).toBe(2);
    expect(quantile(sorted, 0.125)).toBe(0.5);
    expect(quantile(new Float32Array(0), 0.5)).toBeNaN();
  });

  it('holds the central share and leaves out NaN', () => {
    const ramp = image(100, 100, i => (i === 5 ? NaN : i));
    const { low, high } = automaticLevels(ramp, 'all', 0.9);
    expect(low).toBeCloseTo(500, -1);
    expect(high).toBeCloseTo(9499, -1);
  });

  it('looks inside the disc only', () => {
    // The corners are bright, the disc is 1 to 2.
    const size = 64;
    const made = image(size, size, i => {
      const x = ((i % size) - 31.5) / 32;
      const y = (Math.floor(i / size) - 31.5) / 32;
      return x * x + y * y > 1 ? 1000 : 1 + (i % 2);
    });
    expect(automaticLevels(made, 'disc')).toEqual({ low: 1, high: 2 });
    expect(automaticLevels(made, 'all').high).toBe(1000);
  });

  it('has levels for constant and empty images', () => {
    expect(
      automaticLevels(
        image(4, 4, () => 3),
        'all'
      )
    ).toEqual({ low: 2.5, high: 3.5 });
    expect(
      automaticLevels(
        image(4, 4, () => NaN),
        'all'
      )
    ).toEqual({ low: 0, high: 1 });
  });

  it('samples evenly, at most so many', () => {
    expect(
      Array.from(
        sample(
          image(10, 10, i => 99 - i),
          'all',
          10
        )
      )
    ).toEqual([9, 19, 29, 39, 49, 59, 69, 79, 89, 99]);
  });

  it('counts into bins, the upper bound included', () => {
    const made = image(1, 6, i => [0, 0.4, 1, 2, NaN, 5][i]);
    const { counts, missing } = histogram(made, 'all', 2, { low: 0, high: 2 });
    expect(Array.from(counts)).toEqual([2, 2]);
    expect(missing).toBe(1);
  });
});
