/** @jest-environment node */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { compilePlan, Engine } from '../../engine';
import stepsFile from '../../recipe/steps.json';
import toolsFile from '../../recipe/tools.json';
import type { ISinogram } from '../messages';
import { Peer } from '../peer';
import { begun, complete, LiveRow, type IHalf } from '../row';

/** Compiled once: that takes longer than the tests. */
const wasm = new WebAssembly.Module(
  readFileSync(path.join(__dirname, '../../engine/build/engine.wasm'))
);

/** A disc beside the axis and noise that is always the same. */
function sinogramOf(columns: number, count: number, turn: number): ISinogram {
  let seed = 7;
  const angles = Float64Array.from(
    { length: count },
    (_, i) => (turn * i) / count
  );
  const data = new Float32Array(count * columns);
  angles.forEach((angle, row) => {
    const at = columns * (0.49 + 0.2 * Math.cos((angle * Math.PI) / 180));
    for (let column = 0; column < columns; column++) {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      const off = (column - at) / (columns / 12);
      data[row * columns + column] =
        Math.sqrt(Math.max(0, 1 - off * off)) + (0.1 * seed) / 0x7fffffff;
    }
  });
  return { key: `${columns}`, data, count, columns, angles };
}

function plan(
  sinogram: ISinogram,
  centre: number,
  parameters: object,
  mask?: number,
  filters: { name: string; size?: number; snr?: number }[] = [],
  rotation = 0
): Float64Array {
  return compilePlan(
    {
      filters,
      reconstruction: {
        parameters,
        rotation,
        ...(mask !== undefined && { mask })
      }
    },
    { count: sinogram.count, columns: sinogram.columns, centre },
    { steps: stepsFile.steps, tools: toolsFile.tools }
  );
}

/** The slice that the first worker gives. */
function joined(left: IHalf, right: Float32Array): Float32Array {
  const slice = begun(left);
  complete(slice, left, right);
  return slice;
}

const rowOf = async (
  sinogram: ISinogram,
  share: 0 | 1 | null
): Promise<LiveRow> =>
  new LiveRow(
    await Engine.instantiate(wasm),
    sinogram,
    () => Promise.resolve(sinogram.data),
    1,
    1,
    share
  );

/** Both halves, as two workers make them; `exchanged` is told of what is given. */
async function both(
  rows: readonly [LiveRow, LiveRow],
  numbers: Float64Array,
  centre: number,
  exchanged: (length: number) => void = () => undefined
): Promise<[IHalf | null, IHalf | null]> {
  const { port1, port2 } = new MessageChannel();
  const peers = [new Peer(port1), new Peer(port2)] as const;
  try {
    const halves = rows.map((row, i) =>
      row.half(numbers, centre, async (own, use) => {
        exchanged(own.length);
        peers[i].give(1, 'rows', own);
        return use(await peers[i].take(1, 'rows'));
      })
    );
    await Promise.allSettled(halves);
    return [await halves[0], await halves[1]];
  } finally {
    port1.close();
  }
}

const bitsOf = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

describe('A slice in two halves', () => {
  it.each([
    [512, 181, 180, 0.8, 'a half turn'],
    [387, 300, 360, 1, 'a full turn of odd width'],
    [600, 40, 360, 0, 'few angles, no mask'],
    [420, 271, 270, 1, 'three quarters of a turn'],
    [300, 1, 180, 0, 'one angle'],
    [131, 60, 360, 1, 'hardly large enough'],
    // Here the plane is gridded in tiles.
    [1501, 97, 180, 0, 'a large one']
  ])(
    'is the whole one to the bit: %i columns, %i projections',
    async (columns, count, turn, mask) => {
      const sinogram = sinogramOf(columns, count, turn);
      const rows = [
        await rowOf(sinogram, 0),
        await rowOf(sinogram, 1)
      ] as const;
      const alone = await rowOf(sinogram, null);
      const sorting = [{ name: 'stripes-sorting', size: 7 }];
      // Some plans need other steps; those that are turned and the last one need a new start.
      for (const [share, parameters, filters, rotation = 0] of [
        [0.49, {}, []],
        [0.493, { filter: 'hann', cutoff: 0.6 }, []],
        [0.493, { filter: 'hann', cutoff: 0.6 }, sorting],
        [0.45, { filter: 'shepp' }, sorting],
        [0.45, { filter: 'shepp' }, sorting, 77],
        [0.45, { filter: 'shepp' }, [], -30],
        [0.45, { filter: 'shepp' }, []],
        [0.45, { edge: 'zero' }, []]
      ] as const) {
        const centre = share * columns;
        const numbers = plan(
          sinogram,
          centre,
          parameters,
          mask,
          [...filters],
          rotation
        );
        const [left, right] = await both(rows, numbers, centre);
        const whole = await alone.slice(numbers, centre);
        if (!left || !right) {
          throw new Error('The slice was not split.');
        }
        const data = joined(left, right.data);
        expect(data).toHaveLength(whole.data.length);
        const range = whole.data.reduce(
          ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
          [Infinity, -Infinity]
        );
        expect(range[1]).toBeGreaterThan(range[0]);
        expect(bitsOf(data).equals(bitsOf(whole.data))).toBe(true);
      }
    }
  );

  it('shares the work of filters, when they are due', async () => {
    const [columns, count] = [300, 45];
    const sinogram = sinogramOf(columns, count, 180);
    const rows = [await rowOf(sinogram, 0), await rowOf(sinogram, 1)] as const;
    const alone = await rowOf(sinogram, null);
    const half = (columns * count) / 2;
    for (const [centre, filters, shared] of [
      [150, [], []],
      [150, [{ name: 'stripes-sorting', size: 7 }], [half]],
      [151, [{ name: 'stripes-sorting', size: 7 }], []],
      [151, [{ name: 'stripes-sorting', size: 9 }], [half]],
      // Columns are found out of lists of numbers, float64.
      [151, [{ name: 'stripes-all' }], [columns, columns, half]]
    ] as const) {
      const numbers = plan(sinogram, centre, {}, 1, [...filters]);
      const given: number[] = [];
      const [left, right] = await both(rows, numbers, centre, length =>
        given.push(length)
      );
      if (!left || !right) {
        throw new Error('The slice was not split.');
      }
      const whole = await alone.slice(numbers, centre);
      const data = joined(left, right.data);
      expect(bitsOf(data).equals(bitsOf(whole.data))).toBe(true);
      // What each gives, and of the slice last.
      const sums = given
        .filter((_, i) => i % 2 === 0)
        .map((length, i) => (length + given[2 * i + 1]) / 2);
      expect(sums.slice(0, -1)).toEqual(shared);
    }
  });

  it('is whole after one that was broken off', async () => {
    const sinogram = sinogramOf(300, 45, 180);
    const rows = [await rowOf(sinogram, 0), await rowOf(sinogram, 1)] as const;
    const alone = await rowOf(sinogram, null);
    for (const past of [0, 1, 2, 3]) {
      const filters = [{ name: 'stripes-all', snr: 2 + past }];
      const numbers = plan(sinogram, 150, {}, 1, filters);
      let exchanges = 0;
      const broken = both(rows, numbers, 150, () => {
        if (++exchanges > 2 * past) {
          throw new Error('The other one is lost.');
        }
      });
      await expect(broken).rejects.toThrow('lost');
      const [left, right] = await both(rows, numbers, 150);
      if (!left || !right) {
        throw new Error('The slice was not split.');
      }
      const whole = await alone.slice(numbers, 150);
      const data = joined(left, right.data);
      expect(bitsOf(data).equals(bitsOf(whole.data))).toBe(true);
    }
  });

  it('takes less than half of the memory that a whole one takes', async () => {
    const sinogram = sinogramOf(600, 450, 180);
    const numbers = plan(sinogram, 300, {});
    const shares = [null, 0, 1] as const;
    const [whole, ...halves] = await Promise.all(
      shares.map(async share => {
        const engine = await Engine.instantiate(wasm);
        const empty = engine.memoryBytes;
        engine.configure(numbers, sinogram.angles, share);
        return engine.memoryBytes - empty;
      })
    );
    for (const half of halves) {
      expect(half / whole).toBeGreaterThan(0.2);
      expect(half / whole).toBeLessThan(0.5);
    }
  });

  it('is not made by an engine that makes halves, nor a half by a whole one', async () => {
    const sinogram = sinogramOf(300, 30, 180);
    const numbers = plan(sinogram, 150, {});
    const engine = await Engine.instantiate(wasm);
    engine.configure(numbers, sinogram.angles, 1);
    engine.sinogram.set(sinogram.data);
    engine.process();
    expect(() => engine.image()).toThrow('not prepared');
    engine.configure(numbers, sinogram.angles);
    engine.sinogram.set(sinogram.data);
    engine.process();
    expect(() => engine.beginHalf()).toThrow('not prepared');
  });

  it('is made by one engine when it is small', async () => {
    const sinogram = sinogramOf(100, 30, 180);
    const numbers = plan(sinogram, 50, {});
    const row = await rowOf(sinogram, 0);
    const half = row.half(numbers, 50, () =>
      Promise.reject(new Error('Nothing is exchanged.'))
    );
    expect(await half).toBeNull();
    const alone = await rowOf(sinogram, null);
    expect(await row.slice(numbers, 50)).toEqual(
      await alone.slice(numbers, 50)
    );
  });

  it('refuses what is not the other half', async () => {
    const sinogram = sinogramOf(300, 30, 180);
    const row = await rowOf(sinogram, 1);
    const sorting = [{ name: 'stripes-sorting' }];
    for (const filters of [[], sorting]) {
      const numbers = plan(sinogram, 150, {}, 1, filters);
      const half = row.half(numbers, 150, (_, use) =>
        Promise.resolve(new Float32Array(5)).then(use)
      );
      await expect(half).rejects.toMatchObject({ code: 'engine-shape' });
    }
  });
});
