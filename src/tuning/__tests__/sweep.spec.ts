/** @jest-environment node */
import type { IApiClient } from '../../api';
import type { Recipe } from '../../recipe';
import { Sweep } from '../sweep';
import type { IRow, IWantedSlice } from '../wanted';
import type { EngineWorkers } from '../workers';
import { frameOf } from './fakes';

const RECIPE = {
  version: 1,
  dataset: { path: 'scan' },
  regions: { centre: { column: 1.5 } },
  filters: [],
  reconstruction: { tool: 'builtin', method: 'gridding', parameters: {} }
} as unknown as Recipe;

const wanted = (column: number): IWantedSlice => ({
  base: '/data',
  row: 3,
  columns: 4,
  recipe: { ...RECIPE, regions: { centre: { column } } }
});

function make(): {
  sweep: Sweep;
  previews: number[];
  slices: {
    centre: number;
    bin: number;
    key: string;
    angles: number[];
    rotation: number;
  }[];
} {
  const previews: number[] = [];
  const slices: ReturnType<typeof make>['slices'] = [];
  const api = {
    preview: (request: { row: number }) => {
      previews.push(request.row);
      return Promise.resolve(frameOf(640));
    }
  } as unknown as IApiClient;
  const workers = {
    slice: (
      _look: string,
      { sinogram }: IRow,
      coarse: { bin: number },
      plan: Float64Array,
      centre: number
    ) => {
      slices.push({
        centre,
        bin: coarse.bin,
        key: sinogram.key,
        angles: [...sinogram.angles],
        rotation: plan[10] ?? NaN
      });
      return Promise.resolve({
        data: Float32Array.of(centre),
        size: 1,
        bin: coarse.bin,
        took: 1
      });
    }
  } as unknown as EngineWorkers;
  return { sweep: new Sweep({ api, workers, purpose: 's' }), previews, slices };
}

const { signal } = new AbortController();

it('asks the server once, and computes each slice at the width of its picture', async () => {
  const { sweep, previews, slices } = make();
  const shown: (number | undefined)[] = [];
  for (const column of [300, 301, 302]) {
    shown.push((await sweep.slice(wanted(column), 320, signal)).data[0]);
  }
  expect(previews).toEqual([3]);
  expect(shown).toEqual([300, 301, 302]);
  expect(slices.map(each => each.bin)).toEqual([2, 2, 2]);
});

it('takes other angles and turns of the row that it has', async () => {
  const { sweep, previews, slices } = make();
  const of = (reconstruction: Recipe['reconstruction']): IWantedSlice => ({
    ...wanted(300),
    recipe: { ...wanted(300).recipe, reconstruction }
  });
  const shown: unknown[] = [];
  for (const one of [
    of({ angles: { from: 45 } }),
    of({ angles: { every: 2 } }),
    of({ rotation: 30 })
  ]) {
    const { about } = await sweep.slice(one, 320, signal);
    shown.push(about.projections);
  }
  expect(previews).toEqual([3]);
  expect(slices.map(each => each.angles)).toEqual([[90], [0], [0, 90]]);
  expect(slices.map(each => each.rotation)).toEqual([0, 0, 30]);
  expect(new Set(slices.map(each => each.key)).size).toBe(3);
  expect(shown).toEqual([{ used: 1, of: 2 }, { used: 1, of: 2 }, undefined]);
});

it('says which angles there are when a range leaves none', async () => {
  const { sweep } = make();
  await expect(
    sweep.slice(
      {
        ...wanted(300),
        recipe: { ...RECIPE, reconstruction: { angles: { from: 200 } } }
      },
      320,
      signal
    )
  ).rejects.toThrow('they stand from 0 to 90 degrees');
});
