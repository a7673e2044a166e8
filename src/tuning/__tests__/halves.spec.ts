/** @jest-environment node */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { compilePlan, Engine } from '../../engine';
import stepsFile from '../../recipe/steps.json';
import toolsFile from '../../recipe/tools.json';
import type { ISinogram } from '../messages';
import { joined, LiveRow, type IHalf } from '../row';

const wasm = readFileSync(
  path.join(__dirname, '../../engine/build/engine.wasm')
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
  mask?: number
): Float64Array {
  return compilePlan(
    {
      reconstruction: { parameters, ...(mask !== undefined && { mask }) }
    },
    { count: sinogram.count, columns: sinogram.columns, centre },
    { steps: stepsFile.steps, tools: toolsFile.tools }
  );
}

/** Both halves, as two workers make them. */
async function both(
  rows: readonly [LiveRow, LiveRow],
  numbers: Float64Array,
  centre: number
): Promise<[IHalf | null, IHalf | null]> {
  const tell: ((data: Float32Array) => void)[] = [];
  const told = [0, 1].map(
    i => new Promise<Float32Array>(resolve => (tell[i] = resolve))
  );
  return Promise.all([
    rows[0].half(numbers, centre, 0, own => {
      tell[1](own);
      return told[0];
    }),
    rows[1].half(numbers, centre, 1, own => {
      tell[0](own);
      return told[1];
    })
  ]);
}

describe('A slice in two halves', () => {
  it.each([
    [512, 181, 180, 0.8, 'a half turn'],
    [387, 300, 360, 1, 'a full turn of odd width'],
    [600, 40, 360, 0, 'few angles, no mask'],
    [300, 1, 180, 0, 'one angle'],
    [131, 60, 360, 1, 'hardly large enough']
  ])(
    'is the whole one within a millionth of its range: %i columns, %i projections',
    async (columns, count, turn, mask) => {
      const sinogram = sinogramOf(columns, count, turn);
      const rows = [
        new LiveRow(await Engine.instantiate(wasm), sinogram),
        new LiveRow(await Engine.instantiate(wasm), sinogram)
      ] as const;
      const alone = new LiveRow(await Engine.instantiate(wasm), sinogram);
      // The second and third plan are taken without a new start; the last one needs one.
      for (const [share, parameters] of [
        [0.49, {}],
        [0.493, { filter: 'hann', cutoff: 0.6 }],
        [0.45, { filter: 'shepp' }],
        [0.45, { edge: 'zero' }]
      ] as const) {
        const centre = share * columns;
        const numbers = plan(sinogram, centre, parameters, mask);
        const [left, right] = await both(rows, numbers, centre);
        const whole = alone.slice(numbers, centre);
        if (!left || !right) {
          throw new Error('The slice was not split.');
        }
        const data = joined(left, right.data);
        expect(data).toHaveLength(whole.data.length);
        let [low, high, difference] = [Infinity, -Infinity, 0];
        whole.data.forEach((value, i) => {
          low = Math.min(low, value);
          high = Math.max(high, value);
          difference = Math.max(difference, Math.abs(value - data[i]));
        });
        expect(high).toBeGreaterThan(low);
        expect(difference / (high - low)).toBeLessThan(1e-6);
      }
    }
  );

  it('is made by one engine when it is small', async () => {
    const sinogram = sinogramOf(100, 30, 180);
    const row = new LiveRow(await Engine.instantiate(wasm), sinogram);
    const half = row.half(plan(sinogram, 50, {}), 50, 0, () =>
      Promise.reject(new Error('Nothing is exchanged.'))
    );
    expect(await half).toBeNull();
  });

  it('refuses what is not the other half', async () => {
    const sinogram = sinogramOf(300, 30, 180);
    const row = new LiveRow(await Engine.instantiate(wasm), sinogram);
    const half = row.half(plan(sinogram, 150, {}), 150, 0, () =>
      Promise.resolve(new Float32Array(5))
    );
    await expect(half).rejects.toMatchObject({ code: 'engine-shape' });
  });
});
