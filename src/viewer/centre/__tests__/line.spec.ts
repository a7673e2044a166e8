import { columnAt, columnsAbout, fitLine, withPoint } from '../line';
import { paintOverlay, reduced } from '../overlay';

describe('fitLine', () => {
  it('needs points', () => {
    expect(fitLine([])).toBeNull();
  });

  it('takes one point as a column without a tilt', () => {
    expect(fitLine([{ row: 10, column: 99.5 }])).toEqual({
      row: 10,
      column: 99.5,
      tilt: 0,
      residuals: [0],
      rms: 0
    });
    const same = fitLine([
      { row: 10, column: 99 },
      { row: 10, column: 101 }
    ]);
    expect(same).toMatchObject({ column: 100, tilt: 0, rms: 1 });
  });

  it('goes through two, and says what others miss it by', () => {
    const axis = { column: 400.25, row: 0, tilt: 0.3 };
    const points = [5, 900].map(row => ({ row, column: columnAt(axis, row) }));
    const fit = fitLine(points);
    expect(fit?.tilt).toBeCloseTo(0.3, 10);
    expect(fit && columnAt(fit, 0)).toBeCloseTo(400.25, 9);
    expect(fit?.rms).toBeCloseTo(0, 9);
    const bent = fitLine([
      { row: 0, column: 10 },
      { row: 10, column: 13 },
      { row: 20, column: 10 }
    ]);
    expect(bent?.tilt).toBeCloseTo(0, 10);
    expect(bent?.column).toBeCloseTo(11, 10);
    expect(bent?.residuals.map(value => Math.round(value))).toEqual([
      -1, 2, -1
    ]);
    expect(bent?.rms).toBeCloseTo(Math.SQRT2, 10);
  });
});

describe('points and columns', () => {
  it('keeps one point a row, from the top down', () => {
    const points = [
      { row: 5, column: 1 },
      { row: 9, column: 2 }
    ];
    expect(withPoint(points, { row: 5, column: 7 })).toEqual([
      { row: 5, column: 7 },
      { row: 9, column: 2 }
    ]);
    expect(withPoint(points, { row: 1, column: 3 })[0].row).toBe(1);
  });

  it('stands about the middle', () => {
    expect(columnsAbout(100, 0.5, 5)).toEqual([99, 99.5, 100, 100.5, 101]);
  });
});

describe('paintOverlay', () => {
  const image = (data: number[], columns: number) => ({
    data: Float32Array.from(data),
    rows: data.length / columns,
    columns,
    about: {}
  });

  it('shows no difference where the mirror image fits', () => {
    // A bump at column 2 and, seen from behind, at 5: the axis is at 3.5.
    const first = image([0, 0, 4, 0, 0, 0, 0, 0], 8);
    const behind = image([0, 0, 0, 0, 0, 4, 0, 0], 8);
    const out = new Uint32Array(8);
    const levels = { low: 0, high: 4 };
    const paint = (column: number): number =>
      paintOverlay(
        first,
        behind,
        1,
        { column, row: 0, tilt: 0 },
        levels,
        'difference',
        out
      );
    expect(paint(3.5)).toBe(0);
    expect(Array.from(out.slice(2, 6))).toEqual(Array(4).fill(0xffffffff));
    expect(paint(4)).toBeCloseTo(8 / 7, 6);
    expect(out[2]).not.toBe(0xffffffff);
  });

  it('says NaN when the images do not meet, and bears NaN pixels', () => {
    const first = image([NaN, 1, 2, 3], 4);
    const levels = { low: 0, high: 3 };
    const out = new Uint32Array(4);
    const far = { column: 40, row: 0, tilt: 0 };
    expect(
      paintOverlay(first, first, 1, far, levels, 'red-cyan', out)
    ).toBeNaN();
    const near = { column: 1.5, row: 0, tilt: 0 };
    expect(
      paintOverlay(first, first, 1, near, levels, 'red-cyan', out)
    ).toBeCloseTo(1, 6);
  });

  it('compares one column with itself alone', () => {
    const first = image([1, 2], 1);
    const out = new Uint32Array(2);
    const axis = { column: 0, row: 0, tilt: 0 };
    const levels = { low: 0, high: 3 };
    expect(paintOverlay(first, first, 1, axis, levels, 'difference', out)).toBe(
      0
    );
    expect(Array.from(out)).toEqual([0xffffffff, 0xffffffff]);
  });

  it('reduces by means', () => {
    const small = reduced(image([1, 3, 9, 5, 7, 9, 1, 1, 2], 3), 2);
    expect([small.rows, small.columns, small.data[0]]).toEqual([1, 1, 4]);
  });
});
