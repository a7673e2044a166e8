/** @jest-environment node */
import type { Recipe } from '../../recipe';
import type { IWantedSlice } from '../wanted';
import { rowKey, rowRequest, sliceKey } from '../wanted';

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
    [rowKey, sliceKey].map(
      key => key(wanted(centre, 'one')) !== key(wanted(centre, 'two'))
    );
  expect(differ({ method: 'tomopy-vo' })).toEqual([true, true]);
  expect(differ({ method: 'pairs' })).toEqual([false, false]);
  expect(differ({ method: 'tomopy-vo', column: 4 })).toEqual([false, false]);
});
