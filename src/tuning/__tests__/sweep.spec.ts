/** @jest-environment node */
import type { IApiClient, IFrame } from '../../api';
import type { Recipe } from '../../recipe';
import { Sweep } from '../sweep';
import type { IWantedSlice } from '../wanted';
import type { EngineWorkers } from '../workers';

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
  recipe: { ...RECIPE, regions: { centre: { column } } }
});

/** A row of 2 projections by 640 columns. */
const FRAME = {
  header: {
    dtype: 'float32',
    shape: [2, 640],
    about: {
      live: {
        angles: [0, 90],
        left: 0,
        scale: 1,
        axis: { column: 1.5, row: 0, tilt: 0 }
      }
    }
  },
  body: new ArrayBuffer(4 * 2 * 640)
} as unknown as IFrame;

function make(): {
  sweep: Sweep;
  previews: number[];
  slices: { centre: number; bin: number; key: string }[];
} {
  const previews: number[] = [];
  const slices: { centre: number; bin: number; key: string }[] = [];
  const api = {
    preview: (request: { row: number }) => {
      previews.push(request.row);
      return Promise.resolve(FRAME);
    }
  } as unknown as IApiClient;
  const workers = {
    slice: (
      _look: string,
      row: { sinogram: { key: string } },
      coarse: { bin: number },
      _plan: Float64Array,
      centre: number
    ) => {
      slices.push({ centre, bin: coarse.bin, key: row.sinogram.key });
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

it('asks the server once, and computes each slice at the width of its picture', async () => {
  const { sweep, previews, slices } = make();
  const shown: [number, number][] = [];
  const whole = await sweep.run(
    [wanted(300), wanted(301), wanted(302)],
    320,
    (index, image) => shown.push([index, image.data[0] ?? NaN])
  );
  expect(whole).toBe(true);
  expect(previews).toEqual([3]);
  expect(shown).toEqual([
    [0, 300],
    [1, 301],
    [2, 302]
  ]);
  expect(slices.map(each => each.bin)).toEqual([2, 2, 2]);
});

it('a newer grid ends the older one', async () => {
  const { sweep, slices } = make();
  const older: number[] = [];
  const first = sweep.run([wanted(1), wanted(2), wanted(3)], 320, index =>
    older.push(index)
  );
  const newer: number[] = [];
  const second = sweep.run([wanted(7)], 320, index => newer.push(index));
  expect(await second).toBe(true);
  await first.catch(() => undefined);
  expect(older).toEqual([]);
  expect(newer).toEqual([0]);
  expect(slices.filter(each => each.centre > 2)).toHaveLength(1);
});
