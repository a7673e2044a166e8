/** @jest-environment node */
import type { Recipe } from '../../recipe';
import type { IWantedSlice } from '../wanted';
import { frameOf } from './fakes';
import { fits, requestKey, rowOf, rowRequest, sliceKey } from '../wanted';

const wanted = (centre: object, kernel?: string): IWantedSlice => ({
  base: '/data',
  row: 3,
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
  const rowFor = (asked: IWantedSlice, search: object | null) =>
    rowOf(
      frameOf(8, {
        live: {
          angles: [0, 90],
          left: 0,
          columns: 8,
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

  it('is none when the agent does not say how it was found', () => {
    expect(() => rowFor(sorted({}, 21), { ofSteps: 1 })).toThrow(
      'how the axis was found'
    );
  });
});
