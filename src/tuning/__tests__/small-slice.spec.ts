/** @jest-environment node */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { Engine } from '../../engine';
import type { Recipe } from '../../recipe';
import type { ISinogram } from '../messages';
import { LiveRow } from '../row';
import { means, smallSlice } from '../small-slice';
import { Spare } from '../spare';
import type { IRow, IWantedSlice } from '../wanted';
import { planOf } from '../wanted';
import type { EngineWorkers } from '../workers';

const wasm = new WebAssembly.Module(
  readFileSync(path.join(__dirname, '../../engine/build/engine.wasm'))
);
const COLUMNS = 384;
const COUNT = 120;
const AXIS = 190.3;

/** A disc beside the axis, with a stripe and noise of one seed. */
function disc(): ISinogram {
  const angles = Float64Array.from(
    { length: COUNT },
    (_, i) => (180 * i) / COUNT
  );
  const data = new Float32Array(COUNT * COLUMNS);
  let seed = 1;
  angles.forEach((angle, row) => {
    const at = AXIS + 76.8 * Math.cos((angle * Math.PI) / 180);
    for (let column = 0; column < COLUMNS; column++) {
      const off = (column - at) / 32;
      seed = (seed * 16807) % 2147483647;
      data[row * COLUMNS + column] =
        64 * Math.sqrt(Math.max(0, 1 - off * off)) +
        (column === 160 ? 4 : 0) +
        4 * (seed / 2147483647 - 0.5);
    }
  });
  return { key: 'disc', data, count: COUNT, columns: COLUMNS, angles };
}

const ROW: IRow = {
  sinogram: disc(),
  axis: { column: AXIS, row: 0, tilt: 0 },
  search: null,
  rotated: 0,
  left: 0,
  across: COLUMNS,
  down: 8,
  scale: 1,
  about: {}
};

const wanted = (
  filters: Recipe['filters'],
  parameters: object = {}
): IWantedSlice => ({
  base: '/data',
  row: 3,
  columns: COLUMNS,
  recipe: { version: 1, filters, reconstruction: { parameters } }
});

/** Engines here, in the place of workers. */
const workers = {
  slice: async (
    _look: string,
    { sinogram }: IRow,
    { bin, thin }: { bin: number; thin: number },
    plan: Float64Array,
    centre: number
  ) => {
    const engine = await Engine.instantiate(wasm);
    const values = (): Promise<Float32Array> => Promise.resolve(sinogram.data);
    const row = new LiveRow(engine, sinogram, values, bin, thin);
    return { ...(await row.slice(plan, centre)), bin, took: 1 };
  }
} as unknown as EngineWorkers;

async function ofRun(
  asked: IWantedSlice
): Promise<{ data: Float32Array; size: number }> {
  const { plan, centre } = planOf(asked, ROW);
  const { sinogram } = ROW;
  const row = new LiveRow(await Engine.instantiate(wasm), sinogram, () =>
    Promise.resolve(sinogram.data)
  );
  const { data, size } = await row.slice(plan, centre);
  return means(data, size, 4);
}

/** Root of the mean squared difference, in attenuation of the disc, which is 1. */
function apart(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(
    a.reduce((sum, x, i) => sum + (x - b[i]) ** 2, 0) / a.length
  );
}

it.each([
  ['a stripe filter', wanted([{ name: 'stripes-sorting', size: 21 }]), 0],
  ['a wavelet', wanted([{ name: 'stripes-wavelet', level: 5 }]), 0],
  ['a cut-off', wanted([], { cutoff: 0.25 }), 0],
  ['another window', wanted([], { filter: 'hann' }), 0],
  // Here the sinogram is binned.
  ['nothing', wanted([]), 0.02],
  [
    'a filter that is off',
    wanted([{ name: 'stripes-sorting', enabled: false }]),
    0.02
  ]
])('a small slice is that of the run with %s', async (_, asked, most) => {
  const spare = new Spare();
  const image = await smallSlice(workers, ROW, asked, 90, spare);
  spare.dispose();
  const { data, size } = await ofRun(asked);
  expect([image.rows, image.columns, image.bin]).toEqual([size, size, 4]);
  expect(apart(image.data, data)).toBeLessThanOrEqual(most);
});

describe('The whole slice that a small one is made of', () => {
  const filtered = wanted([{ name: 'stripes-sorting', size: 21 }]);
  /** What the workers were given, and what they gave. */
  function counted(): {
    fake: EngineWorkers;
    rooms: (Float32Array | null)[];
    given: Float32Array[];
  } {
    const rooms: (Float32Array | null)[] = [];
    const given: Float32Array[] = [];
    const fake = {
      slice: (
        ...[, , { bin }, , , room]: Parameters<EngineWorkers['slice']>
      ) => {
        const data = room ?? new Float32Array(COLUMNS ** 2);
        rooms.push(room ?? null);
        given.push(data);
        return Promise.resolve({ data, size: COLUMNS, bin, took: 1 });
      }
    } as unknown as EngineWorkers;
    return { fake, rooms, given };
  }

  it('lies in the memory of the one before, and is given back at the end', async () => {
    const { fake, rooms, given } = counted();
    const spare = new Spare();
    const images = [
      await smallSlice(fake, ROW, filtered, 90, spare),
      await smallSlice(fake, ROW, filtered, 90, spare)
    ];
    expect(rooms).toEqual([null, given[0]]);
    spare.dispose();
    expect(given.map(data => data.length)).toEqual([0, 0]);
    expect(images.map(({ data }) => data.length)).toEqual([96 ** 2, 96 ** 2]);
    // One that comes too late.
    await smallSlice(fake, ROW, filtered, 90, spare);
    expect(given[2]).toHaveLength(0);
  });

  it('is given back after a second', async () => {
    jest.useFakeTimers();
    const { fake, given } = counted();
    const spare = new Spare();
    await smallSlice(fake, ROW, filtered, 90, spare);
    expect(given[0]).toHaveLength(COLUMNS ** 2);
    jest.advanceTimersByTime(1001);
    jest.useRealTimers();
    expect(given[0]).toHaveLength(0);
    spare.dispose();
  });

  it('stays where it is shown itself', async () => {
    const { fake, rooms, given } = counted();
    const spare = new Spare();
    const image = await smallSlice(fake, ROW, filtered, COLUMNS, spare);
    await smallSlice(fake, ROW, filtered, COLUMNS, spare);
    spare.dispose();
    expect(image.data).toBe(given[0]);
    expect(given[0]).toHaveLength(COLUMNS ** 2);
    expect(rooms).toEqual([null, null]);
  });
});

it('means leave out what fills no pixel, at both ends alike', () => {
  const data = Float32Array.from({ length: 25 }, (_, i) => i);
  expect(means(data, 5, 1)).toEqual({ data, size: 5 });
  expect(means(data, 5, 2)).toEqual({
    data: Float32Array.of(3, 5, 13, 15),
    size: 2
  });
  // One row and column remain: the middle three.
  expect(means(data, 5, 3)).toEqual({ data: Float32Array.of(12), size: 1 });
});
