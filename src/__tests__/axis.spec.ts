import { axisAbout, axisChanges, withAxis } from '../axis';

const FOUND = { column: 399.44321, row: 63.5, tilt: 0 };

describe('axisChanges', () => {
  it('writes digits that mean something, and no tilt where there is none', () => {
    expect(axisChanges({ ...FOUND, tilt: 0.00001 }, { version: 1 })).toEqual([
      { path: ['regions', 'centre'], value: { column: 399.443 } }
    ]);
    expect(
      axisChanges(
        { ...FOUND, tilt: -0.02, row: 63.512 },
        { version: 1, regions: { centre: { method: 'mass' } } }
      )
    ).toEqual([
      {
        path: ['regions', 'centre'],
        value: { column: 399.443, row: 63.51, tilt: -0.02, method: 'mass' }
      }
    ]);
  });
});

it('is the same line about another row', () => {
  const axis = { column: 100, row: 60, tilt: 45 };
  expect(axisAbout(axis, 64)).toEqual({
    column: expect.closeTo(104, 9) as number,
    row: 64,
    tilt: 45
  });
  expect(axisAbout(axis, 60)).toEqual(axis);
});

describe('withAxis', () => {
  it('states the axis where the recipe leaves it to the run, and nowhere else', () => {
    const given = { version: 1, regions: { centre: { column: 7 } } } as const;
    expect(withAxis(given, FOUND)).toBe(given);
    const left = { version: 1, regions: { roi: [0, 0, 2, 2] } } as never;
    expect(withAxis(left, null)).toBe(left);
    expect(withAxis(left, FOUND)).toEqual({
      version: 1,
      regions: { roi: [0, 0, 2, 2], centre: FOUND }
    });
  });
});
