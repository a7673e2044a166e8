/** @jest-environment node */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { compilePlan, Engine } from '../../engine';
import stepsFile from '../../recipe/steps.json';
import toolsFile from '../../recipe/tools.json';
import { binned, binnedColumn, binnedPlan, coarseness } from '../binning';
import type { ISinogram } from '../messages';
import { LiveRow } from '../row';

/** Compiled once: that takes longer than the tests. */
const wasm = new WebAssembly.Module(
  readFileSync(path.join(__dirname, '../../engine/build/engine.wasm'))
);
const CATALOGUE = { steps: stepsFile.steps, tools: toolsFile.tools };
const COLUMNS = 96;
const COUNT = 75;

/** A disc of attenuation 1 beside the axis, with a stripe; columns count from its axis. */
function disc(last: number, axis: number, columns = COLUMNS): ISinogram {
  const angles = Float64Array.from(
    { length: COUNT },
    (_, i) => (last * i) / COUNT
  );
  const data = new Float32Array(COUNT * columns);
  angles.forEach((angle, row) => {
    const at = axis + 0.2 * columns * Math.cos((angle * Math.PI) / 180);
    for (let column = 0; column < columns; column++) {
      const off = (column - at) / (columns / 12);
      const chord = Math.sqrt(Math.max(0, 1 - off * off));
      data[row * columns + column] =
        (chord * columns) / 6 + (column === 40 ? 0.5 : 0);
    }
  });
  return { key: 'disc', data, count: COUNT, columns, angles };
}

function plan(
  filters: { name: string; size?: number }[],
  centre: number,
  parameters: object = {},
  columns = COLUMNS,
  rotation = 0
): Float64Array {
  return compilePlan(
    { filters, reconstruction: { parameters, rotation } },
    { count: COUNT, columns, centre },
    CATALOGUE
  );
}

/** As the runner does it: everything anew. */
async function once(
  sinogram: ISinogram,
  numbers: Float64Array,
  centre: number
): Promise<Float32Array> {
  const engine = await Engine.instantiate(wasm);
  engine.configure(numbers, sinogram.angles);
  engine.sinogram.set(sinogram.data);
  engine.process();
  return engine.image(centre).slice();
}

async function rowOf(
  sinogram: ISinogram,
  bin = 1,
  asked: () => void = () => undefined
): Promise<LiveRow> {
  const values = (): Promise<Float32Array> => {
    asked();
    // They are given up after use.
    return Promise.resolve(sinogram.data.slice());
  };
  return new LiveRow(await Engine.instantiate(wasm), sinogram, values, bin);
}

describe('A row in an engine', () => {
  it.each([
    ['a half turn', 180],
    ['a full turn', 360],
    ['three quarters of a turn', 270],
    ['angles that fall', -180]
  ])(
    'gives to the bit what a fresh engine gives, whatever was asked before: %s',
    async (_, last) => {
      const sinogram = disc(last, 44.3);
      const row = await rowOf(sinogram);
      const sorting = [{ name: 'stripes-sorting', size: 5 }];
      const asked: [Float64Array, number][] = [
        [plan([], 44.3), 44.3],
        [plan([], 44.8), 44.8],
        [plan(sorting, 44.8), 44.8],
        [plan(sorting, 44.3, { filter: 'hann', cutoff: 0.5 }), 44.3],
        [plan(sorting, 44.3, { edge: 'zero' }), 44.35],
        [plan([], 20.25), 20.25],
        [plan([{ name: 'stripes-sorting', size: 9 }], 20.25), 20.25],
        [plan(sorting, 20.25, {}, COLUMNS, 33.3), 20.25],
        [plan(sorting, 44.3, {}, COLUMNS, -170), 44.3],
        [plan(sorting, 44.3, { filter: 'hann' }), 44.3]
      ];
      for (const [numbers, centre] of asked) {
        const { data, size } = await row.slice(numbers, centre);
        const expected = await once(sinogram, numbers, centre);
        expect(size * size).toBe(expected.length);
        const bytes = Buffer.from(expected.buffer);
        expect(Buffer.from(data.buffer).equals(bytes)).toBe(true);
      }
    }
  );

  it('keeps the values of a first look: coarser pixels, the same attenuation and place', async () => {
    const sinogram = disc(180, 47.5, 384);
    const numbers = plan([], 190.3, { filter: 'hann' }, 384);
    const wide = disc(180, 190.3, 384);
    const whole = await (await rowOf(wide)).slice(numbers, 190.3);
    const first = await (await rowOf(wide, 4)).slice(numbers, 190.3);
    expect(sinogram.columns).toBe(384);
    expect([whole.size, first.size]).toEqual([384, 96]);
    // The disc is 64 wide, its middle 0.2 of the width from the axis.
    const value = ({ data, size }: typeof whole, x: number): number =>
      data[Math.round((size - 1) / 2) * size + Math.round(x)];
    const middle = 191.5 + 0.2 * 384;
    expect(value(whole, middle)).toBeCloseTo(1, 1);
    expect(value(first, middle / 4)).toBeCloseTo(1, 1);
    expect(value(first, 48)).toBeCloseTo(0, 1);
    const weigh = ({ data, size }: typeof whole): number => {
      let [sum, moment] = [0, 0];
      for (let x = 0; x < size; x++) {
        for (let y = 0; y < size; y++) {
          sum += data[y * size + x];
          moment += data[y * size + x] * (x - (size - 1) / 2);
        }
      }
      return moment / sum / size;
    };
    expect(weigh(first)).toBeCloseTo(weigh(whole), 3);
  });
});

it('A row is asked for its values only when the plan needs them', async () => {
  const asked = jest.fn();
  const row = await rowOf(disc(180, 44.3), 1, asked);
  const sorting = [{ name: 'stripes-sorting', size: 5 }];
  const counts: number[] = [];
  for (const [numbers, centre] of [
    [plan([], 44.3), 44.3],
    [plan([], 44.8), 44.8],
    [plan([], 44.8, { filter: 'hann', cutoff: 0.5 }), 44.8],
    [plan(sorting, 44.8), 44.8],
    [plan(sorting, 44.8, { cutoff: 0.4 }), 44.8]
  ] as const) {
    await row.slice(numbers, centre);
    counts.push(asked.mock.calls.length);
  }
  expect(counts).toEqual([1, 1, 1, 2, 2]);
  // A coarser one keeps its own.
  const coarse = jest.fn();
  const look = await rowOf(disc(180, 44.3), 2, coarse);
  await look.slice(plan([], 44.3), 44.3);
  await look.slice(plan(sorting, 44.3), 44.3);
  expect(coarse).toHaveBeenCalledTimes(1);
});

describe('Binning', () => {
  it('takes means of columns, and leaves out what fills no bin', () => {
    const sinogram: ISinogram = {
      key: 'a',
      data: Float32Array.from([1, 3, 5, 7, 9, 2, 4, 6, 8, 10, 0, 0, 0, 0, 0]),
      count: 3,
      columns: 5,
      angles: Float64Array.of(0, 60, 120)
    };
    const coarse = binned(sinogram, 2, 2);
    expect([...coarse.data]).toEqual([2, 6, 0, 0]);
    expect([...coarse.angles]).toEqual([0, 120]);
    expect([coarse.count, coarse.columns]).toEqual([2, 2]);
    expect(binned(sinogram, 1, 1)).toBe(sinogram);
    expect(binned(sinogram, 8, 1).columns).toBe(1);
  });

  it('moves a column with its pixels', () => {
    expect(binnedColumn(0.5, 2)).toBe(0);
    expect(binnedColumn(10, 1)).toBe(10);
    expect(binnedColumn(5.5, 4)).toBe(1);
  });

  it('leaves small slices whole, and thins projections where there are many', () => {
    expect(coarseness(1024, 1500, 1024)).toEqual({ bin: 1, thin: 1 });
    expect(coarseness(2048, 1500, 1024)).toEqual({ bin: 2, thin: 2 });
    expect(coarseness(2048, 3000, 1024)).toEqual({ bin: 2, thin: 4 });
    expect(coarseness(4096, 1500, 1024)).toEqual({ bin: 4, thin: 2 });
    // As coarse as it is seen, where that is coarser.
    expect(coarseness(2048, 1500, 1024, 0.3)).toEqual({ bin: 3, thin: 3 });
    expect(coarseness(2048, 1500, 1024, 0.01)).toEqual({ bin: 4, thin: 4 });
    expect(coarseness(1024, 1500, 1024, 0.3)).toEqual({ bin: 1, thin: 1 });
  });

  it('keeps attenuation in the unit of the whole', () => {
    const sinogram = disc(180, 47.5);
    const numbers = plan([], 47.5);
    const coarse = binnedPlan(numbers, binned(sinogram, 2, 1), 2);
    expect(coarse[2]).toBe(48);
    expect(coarse[3]).toBe(23.5);
    expect(coarse[9]).toBe(0.5);
    expect(numbers[9]).toBe(1);
  });

  it('keeps medians, levels and cut-off as wide as they were', () => {
    const coarse = binned(disc(180, 47.5), 4, 1);
    const filters = [
      { name: 'stripes-all', large: 61, small: 9, snr: 4 },
      { name: 'stripes-filtering', size: 21, sigma: 3 },
      { name: 'stripes-wavelet', level: 5 }
    ];
    const numbers = (cutoff: number): Float64Array =>
      binnedPlan(plan(filters, 47.5, { cutoff }), coarse, 4);
    expect(numbers(0.125)[7]).toBe(0.5);
    expect(numbers(0.5)[7]).toBe(1);
    expect([...numbers(1).slice(11)]).toEqual([
      3,
      ...[2, 4, 4, 15, 3, 0.1],
      ...[6, 3, 3, 5, 1],
      ...[8, 3, 3, 2, 2]
    ]);
  });
});
