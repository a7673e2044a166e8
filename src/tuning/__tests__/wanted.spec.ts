/** @jest-environment node */
import type { Recipe } from '../../recipe';
import type { IWantedSlice } from '../wanted';
import {
  fits,
  planOf,
  requestKey,
  rowKey,
  rowOf,
  rowRequest,
  sliceKey
} from '../wanted';
import { frameOf } from './fakes';

const wanted = (centre: object, kernel?: string): IWantedSlice => ({
  base: '/data',
  row: 3,
  columns: 2048,
  recipe: {
    version: 1,
    dataset: { path: 'scan' },
    regions: { centre }
  } as unknown as Recipe,
  ...(kernel !== undefined && { kernel })
});

it('names the kernel for a row whose axis a tool has to find', () => {
  const vo = { method: 'tomopy-vo' };
  expect(rowRequest(wanted(vo, 'conda'), 'p')).toMatchObject({
    product: 'attenuation',
    kernel: 'conda'
  });
  expect(rowRequest(wanted(vo), 'p')).not.toHaveProperty('kernel');
  expect(
    rowRequest(wanted({ ...vo, column: 4 }, 'conda'), 'p')
  ).not.toHaveProperty('kernel');
});

it('keeps such a row for its kernel alone', () => {
  const differ = (centre: object): boolean[] =>
    [requestKey, sliceKey].map(
      key => key(wanted(centre, 'one')) !== key(wanted(centre, 'two'))
    );
  expect(differ({ method: 'tomopy-vo' })).toEqual([true, true]);
  expect(differ({ method: 'pairs' })).toEqual([false, false]);
  expect(differ({ method: 'tomopy-vo', column: 4 })).toEqual([false, false]);
});

describe('a row that is here', () => {
  const sorted = (centre: object, size: number): IWantedSlice => {
    const made = wanted(centre);
    const filters = [{ name: 'outliers' }, { name: 'stripes-sorting', size }];
    return { ...made, recipe: { ...made.recipe, filters } as Recipe };
  };
  const rowFor = (asked: IWantedSlice, search: object | null, rotated = 0) =>
    rowOf(
      frameOf(8, {
        live: {
          angles: [0, 90],
          left: 0,
          columns: 8,
          rows: 8,
          rotated,
          scale: 1,
          axis: { column: 1.5, row: 0, tilt: 0 },
          search
        }
      }),
      asked
    );
  const found = { ofSteps: false, warnings: ['So so.'] };

  it('fits other stripes while its axis is not of them', () => {
    const row = rowFor(sorted({}, 21), found);
    expect(row.search?.warnings).toEqual(['So so.']);
    expect(fits(row, sorted({}, 31))).toBe(true);
    expect(fits(row, { ...sorted({}, 31), row: 4 })).toBe(false);
    expect(fits(row, sorted({ method: 'mass' }, 21))).toBe(false);
    const others = sorted({}, 21);
    const spots = [{ name: 'outliers', size: 5 }];
    const recipe = { ...others.recipe, filters: spots } as Recipe;
    expect(fits(row, { ...others, recipe })).toBe(false);
  });

  it('fits the same stripes alone when its axis is of them', () => {
    const row = rowFor(sorted({}, 21), { ...found, ofSteps: true });
    expect(fits(row, sorted({}, 21))).toBe(true);
    expect(fits(row, sorted({}, 31))).toBe(false);
  });

  it('fits any axis that is stated, and no search when it had none', () => {
    const searched = rowFor(sorted({}, 21), { ...found, ofSteps: true });
    expect(fits(searched, sorted({ column: 5 }, 31))).toBe(true);
    const stated = rowFor(sorted({ column: 5 }, 21), null);
    expect(fits(stated, sorted({ column: 6 }, 31))).toBe(true);
    expect(fits(stated, sorted({}, 21))).toBe(false);
  });

  it('fits the axis that was found, and those that lean alike when it rotated the projections', () => {
    const rotated = rowFor(sorted({}, 21), found, 9);
    expect(fits(rotated, sorted({}, 31))).toBe(true);
    // 8 columns: half a row is 7.2 degrees.
    expect(fits(rotated, sorted({ column: 5, tilt: 9 }, 21))).toBe(true);
    expect(fits(rotated, sorted({ column: 6, row: 5, tilt: 9 }, 21))).toBe(
      true
    );
    expect(fits(rotated, sorted({ column: 5, tilt: 9.1 }, 21))).toBe(false);
    expect(fits(rotated, sorted({ column: 5 }, 21))).toBe(false);
    const upright = rowFor(sorted({}, 21), found);
    expect(fits(upright, sorted({ column: 5, tilt: 9 }, 21))).toBe(false);
    expect(fits(upright, sorted({ column: 5, tilt: 7 }, 21))).toBe(true);
    // Its values have names of their own.
    expect(rotated.sinogram.key).not.toBe(upright.sinogram.key);
  });

  it('is none when the agent does not say how it was found', () => {
    expect(() => rowFor(sorted({}, 21), { ofSteps: 1 })).toThrow(
      'how the axis was found'
    );
  });
});

it('asks for another row when a tilt rotates its projections', () => {
  const both = (centre: object): string[] =>
    [rowKey, requestKey].map(key => key(wanted(centre)));
  const upright = both({ column: 1000 });
  // Half a row at the edge of 2048 columns: 0.028 degrees.
  expect(both({ column: 1000, tilt: 0.0279 })).toEqual(upright);
  expect(both({ column: 1000, tilt: -0.0279, row: 900 })).toEqual(upright);
  const leaning = both({ column: 1000, tilt: 0.1 });
  expect(both({ column: 1001, row: 7, tilt: 0.1 })).toEqual(leaning);
  for (const tilt of [0, -0.1, 0.11]) {
    const others = both({ column: 1000, tilt });
    expect(others.some(key => leaning.includes(key))).toBe(false);
  }
  // A tilt without a column is no axis that is stated.
  expect(leaning).not.toContain(rowKey(wanted({ tilt: 0.1 })));
  expect(sliceKey(wanted({ column: 1001, tilt: 0.1 }))).not.toBe(
    sliceKey(wanted({ column: 1000, tilt: 0.1 }))
  );
});

it('plans a rotated row about its upright axis', () => {
  const asked = wanted({ column: 200, tilt: 2 });
  const row = rowOf(frameOf(512, {}, 2), asked);
  expect([row.rotated, row.down, row.across]).toEqual([2, 8, 512]);
  const angle = (2 * Math.PI) / 180;
  const stands =
    255.5 + (200 + 3.5 * Math.tan(angle) - 255.5) * Math.cos(angle);
  const found = planOf(asked, row);
  expect(found.centre).toBeCloseTo(stands, 9);
  expect(found.middle).toBeCloseTo(stands, 9);
  expect(found.plan[3]).toBeCloseTo(stands, 9);
  expect(found.column).toBeCloseTo(200 + 3 * Math.tan(angle), 9);
  expect(found.axis).toEqual({ column: 200, row: 0, tilt: 2 });
});

it('refuses a row that does not say how it was rotated', () => {
  const frame = frameOf(512);
  const { live } = frame.header.about as { live: Record<string, unknown> };
  for (const key of ['rotated', 'rows']) {
    const kept = live[key];
    live[key] = undefined;
    expect(() => rowOf(frame, wanted({}))).toThrow('not whole');
    live[key] = kept;
  }
});
