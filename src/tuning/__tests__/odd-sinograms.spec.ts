/** @jest-environment node */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { compilePlan, Engine } from '../../engine';
import stepsFile from '../../recipe/steps.json';
import toolsFile from '../../recipe/tools.json';
import { coarseness } from '../binning';
import { LiveRow } from '../row';

const wasm = new WebAssembly.Module(
  readFileSync(path.join(__dirname, '../../engine/build/engine.wasm'))
);
const filters = [{ name: 'stripes-all' }];

function plan(count: number, columns: number, name?: string): Float64Array {
  return compilePlan(
    { filters: name ? [{ name }] : [], reconstruction: { mask: 1 } },
    { count, columns, centre: (columns - 1) / 2 },
    { steps: stepsFile.steps, tools: toolsFile.tools }
  );
}

async function rowOf(
  count: number,
  columns: number,
  value: (i: number) => number,
  coarse = { bin: 1, thin: 1 }
): Promise<LiveRow> {
  const sinogram = {
    key: 'odd',
    data: Float32Array.from({ length: count * columns }, (_, i) => value(i)),
    count,
    columns,
    angles: Float64Array.from({ length: count }, (_, i) => (180 * i) / count)
  };
  return new LiveRow(
    await Engine.instantiate(wasm),
    sinogram,
    () => Promise.resolve(sinogram.data),
    coarse.bin,
    coarse.thin
  );
}

describe('A sinogram that is odd', () => {
  it.each([
    [1, 1, 'one value'],
    [90, 1, 'one column'],
    [1, 90, 'one angle'],
    [2, 3, 'hardly anything']
  ])('gives a slice of numbers: %i x %i, %s', async (count, columns) => {
    const row = await rowOf(count, columns, () => 1);
    for (const name of [undefined, ...filters.map(({ name }) => name)]) {
      const { data, size } = await row.slice(
        plan(count, columns, name),
        (columns - 1) / 2
      );
      expect(size).toBe(columns);
      expect(data).toHaveLength(columns * columns);
      expect(data.every(Number.isFinite)).toBe(true);
    }
  });

  it('counts NaN and infinities as nothing', async () => {
    const [count, columns] = [60, 64];
    const odd = await rowOf(count, columns, i =>
      i % 7 === 0 ? NaN : i % 11 === 0 ? Infinity : 1
    );
    const zero = await rowOf(count, columns, i =>
      i % 7 === 0 || i % 11 === 0 ? 0 : 1
    );
    const numbers = plan(count, columns);
    const { data } = await odd.slice(numbers, 31.5);
    expect(data).toEqual((await zero.slice(numbers, 31.5)).data);
    expect(data.some(value => value !== 0)).toBe(true);
  });

  it('is 4096 wide: a first look has 1024 columns, and the whole has all', async () => {
    const [count, columns] = [24, 4096];
    const coarse = coarseness(columns, count, 1024);
    expect(coarse).toEqual({ bin: 4, thin: 1 });
    const numbers = plan(count, columns);
    const coarser = await rowOf(count, columns, () => 1, coarse);
    const first = await coarser.slice(numbers, 2047.5);
    const all = await rowOf(count, columns, () => 1);
    const whole = await all.slice(numbers, 2047.5);
    expect([first.size, whole.size]).toEqual([1024, 4096]);
    expect(whole.data.every(Number.isFinite)).toBe(true);
    // The middle of both shows the same attenuation.
    const middle = ({ data, size }: typeof whole): number =>
      data[(size >> 1) * size + (size >> 1)];
    expect(middle(first) / middle(whole)).toBeCloseTo(1, 1);
  });

  it.each([3, 4])(
    'is seen small: a first look of one column in %i shows the same',
    async bin => {
      const [count, columns] = [240, 2048];
      const coarse = coarseness(columns, count, 1024, 1 / (bin + 0.5));
      expect(coarse).toEqual({ bin, thin: 1 });
      // A disc of 600 pixels, 40 beside the axis.
      const rowOfDisc = (look?: typeof coarse): ReturnType<typeof rowOf> =>
        rowOf(
          count,
          columns,
          i => {
            const angle = (Math.PI * Math.floor(i / columns)) / count;
            const x = (i % columns) - 1023.5 - 40 * Math.cos(angle);
            return 2 * Math.sqrt(Math.max(0, 600 ** 2 - x * x));
          },
          look
        );
      const first = await (
        await rowOfDisc(coarse)
      ).slice(plan(count, columns), 1023.5);
      expect(first.size).toBe(Math.floor(columns / bin));
      const { data, size } = first;
      /** The value at so many pixels of the whole beside the middle. */
      const valueAt = (x: number): number =>
        data[((size - 1) >> 1) * size + Math.round((size - 1) / 2 + x / bin)];
      for (const x of [-500, -100, 0, 100, 600]) {
        expect(valueAt(x)).toBeCloseTo(1, 1);
      }
      for (const x of [-640, 700]) {
        expect(valueAt(x)).toBeCloseTo(0, 1);
      }
    }
  );

  it('is refused in words when the axis is nowhere near it, and nothing is lost', async () => {
    const row = await rowOf(30, 64, () => 1);
    const good = (await row.slice(plan(30, 64), 31.5)).data;
    const far = plan(30, 64);
    far[3] = 4000;
    await expect(row.slice(far, 4000)).rejects.toMatchObject({
      code: 'engine-centre'
    });
    expect((await row.slice(plan(30, 64), 31.5)).data).toEqual(good);
  });
});
