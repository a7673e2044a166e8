import type { IImage } from '../../pixels/image';
import { dragged, grabAt } from '../../pixels/overlays';
import type { IProfileOverlay } from '../../pixels/overlays';
import { balancedLevels, differenceOf, profileOf } from '../measure';

function imageOf(
  rows: number,
  columns: number,
  value: (x: number, y: number) => number
): IImage {
  const data = Float32Array.from({ length: rows * columns }, (_, i) =>
    value(i % columns, Math.floor(i / columns))
  );
  return { data, rows, columns, about: {} };
}

describe('a difference', () => {
  it('is A - B, with its size over what both have', () => {
    const a = imageOf(2, 3, (x, y) => x + 10 * y);
    const b = imageOf(2, 3, (x, y) => (x === 2 && y === 1 ? NaN : 10 * y));
    const { image, rms, largest } = differenceOf(a, b);
    expect([...image.data]).toEqual([0, 1, 2, 0, 1, NaN]);
    expect(rms).toBeCloseTo(Math.sqrt(6 / 5), 12);
    expect(largest).toBe(2);
  });

  it('has zero in the middle of its levels', () => {
    const image = imageOf(10, 100, (x, y) => (y === 0 ? -x : 0));
    const { low, high } = balancedLevels(image);
    expect(low).toBe(-high);
    expect(high).toBeGreaterThan(85);
    expect(high).toBeLessThan(99);
    expect(balancedLevels(imageOf(2, 2, () => 0)).high).toBeGreaterThan(0);
  });

  it('is refused for images of two sizes', () => {
    expect(() =>
      differenceOf(
        imageOf(2, 3, () => 0),
        imageOf(3, 2, () => 0)
      )
    ).toThrow('3 x 2 and 2 x 3 pixels');
  });
});

describe('a profile', () => {
  const image = imageOf(5, 7, (x, y) => 2 * x + 3 * y);

  it('interpolates a plane without error, a value a pixel', () => {
    const line = { from: { x: 0.5, y: 1.25 }, to: { x: 3.5, y: 5.25 - 1.25 } };
    const { at, values } = profileOf(image, line);
    const length = Math.hypot(3, 2.75);
    expect(at).toHaveLength(Math.round(length) + 1);
    expect(at[at.length - 1]).toBeCloseTo(length, 12);
    values.forEach((value, i) => {
      const share = i / (values.length - 1);
      const expected = 2 * (0.5 + 3 * share) + 3 * (1.25 + 2.75 * share);
      expect(value).toBeCloseTo(expected, 5);
    });
  });

  it('has nothing outside, and the last pixel inside', () => {
    const { values } = profileOf(image, {
      from: { x: 5, y: 4 },
      to: { x: 8, y: 4 }
    });
    expect(values).toEqual([22, 24, NaN, NaN]);
  });

  it('does not mix a missing pixel into its neighbour', () => {
    const holed = imageOf(1, 3, x => (x === 1 ? NaN : x));
    const line = { from: { x: 0, y: 0 }, to: { x: 2, y: 0 } };
    expect(profileOf(holed, line).values).toEqual([0, NaN, 2]);
  });
});

describe('the line of a profile', () => {
  const line: IProfileOverlay = {
    id: 'profile',
    from: { x: 10, y: 10 },
    to: { x: 50, y: 40 }
  };
  const size = { width: 60, height: 50 };

  it('is held at an end or as a whole', () => {
    expect(grabAt([line], 11, 10, 2)?.edges).toEqual(['left']);
    expect(grabAt([line], 50, 41, 2)?.edges).toEqual(['right']);
    expect(grabAt([line], 30, 25, 2)?.edges).toEqual(['left', 'right']);
    expect(grabAt([line], 30, 32, 2)).toBeNull();
    // Beyond an end, in its direction.
    expect(grabAt([line], 58, 46, 2)).toBeNull();
  });

  it('stays in the image', () => {
    const end = grabAt([line], 50, 40, 2);
    expect(end && dragged(line, end, 100, -100, size)).toEqual({
      ...line,
      to: { x: 59, y: 0 }
    });
    const whole = grabAt([line], 30, 25, 2);
    expect(whole && dragged(line, whole, 5, -5, size)).toEqual({
      id: 'profile',
      from: { x: 15, y: 5 },
      to: { x: 55, y: 35 }
    });
  });
});
