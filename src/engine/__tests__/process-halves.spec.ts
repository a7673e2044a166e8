import { readFileSync } from 'node:fs';
import path from 'node:path';

import { compilePlan, Engine, type IGiven } from '..';
import { catalogue } from './catalogue';

const compiled = new WebAssembly.Module(
  readFileSync(path.resolve(__dirname, '../build/engine.wasm'))
);
/** Pixels of a slice that is made in halves however few columns there are. */
const SIZE = 200;

type Filter = Readonly<Record<string, string | number | boolean>>;

function planOf(
  filters: readonly Filter[],
  count: number,
  columns: number
): Float64Array {
  const steps = filters.map(({ name, ...parameters }) => ({
    name: `stripes-${name}`,
    ...parameters
  }));
  const plan = compilePlan(
    { filters: steps },
    { count, columns, centre: columns / 2 },
    catalogue
  );
  plan[4] = SIZE;
  return plan;
}

const golden = (count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => (111.246 * i) % 180);

/** Noise that is always the same, stripes of all kinds, and what is no number. */
function sinogram(count: number, columns: number): Float32Array {
  let state = 3;
  const data = Float32Array.from({ length: count * columns }, (_, at) => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    const noise = (0.2 * state) / 0x7fffffff;
    const column = at % columns;
    const middle = columns >> 1;
    if (column === (columns >> 2) + 1) {
      return 0.7;
    }
    if (Math.abs(column - middle) < 3) {
      return 1.6 + noise;
    }
    // Below zero on the whole, and in steps: many values of a column are equal.
    return column === middle + 11
      ? -3 - noise
      : Math.round(40 * (1 + Math.cos((column - 9) / 20) + noise)) / 40;
  });
  data.set([NaN, Infinity, -0], data.length >> 1);
  return data;
}

/** An engine for all of it, or half. */
async function engineOf(
  plan: Float64Array,
  half: 0 | 1 | null
): Promise<Engine> {
  const engine = await Engine.instantiate(compiled);
  engine.configure(plan, golden(plan[1]), half);
  return engine;
}

const pairOf = async (plan: Float64Array): Promise<[Engine, Engine]> => [
  await engineOf(plan, 0),
  await engineOf(plan, 1)
];

function copied({ length, copyTo }: IGiven): Float32Array {
  const data = new Float32Array(length);
  copyTo(data);
  return data;
}

/** Process in both; how many values each gave, exchange by exchange. */
function processBoth(
  pair: readonly [Engine, Engine],
  data: Float32Array
): [number, number][] {
  const exchanged: [number, number][] = [];
  let due = pair.map(engine => {
    engine.sinogram.set(data);
    return engine.beginProcess();
  });
  while (due[0] && due[1]) {
    const [left, right] = [copied(due[0]), copied(due[1])];
    exchanged.push([left.length, right.length]);
    due = [pair[0].resumeProcess(right), pair[1].resumeProcess(left)];
  }
  expect(due).toEqual([null, null]);
  return exchanged;
}

function processOne(engine: Engine, data: Float32Array): string {
  engine.sinogram.set(data);
  engine.process();
  return bits(engine.processed);
}

/** All bits as text: zeros of both signs differ. */
function bits({ buffer, byteOffset, byteLength }: Float32Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

/** The filters and, of each, how much the two exchange: lists of a number a column, or columns. */
const FILTERS: readonly (readonly [Filter, readonly ('list' | 'columns')[]])[] =
  [
    [{ name: 'sorting', size: 5 }, ['columns']],
    [{ name: 'sorting', size: 81 }, ['columns']],
    [{ name: 'sorting', size: 1001 }, ['columns']],
    [{ name: 'large', snr: 1.5, size: 21 }, ['list', 'columns']],
    [{ name: 'large', snr: 1.5, norm: false }, ['list', 'columns']],
    [{ name: 'interpolation', snr: 1.5, size: 21 }, ['list']],
    [{ name: 'interpolation', snr: 1.5, norm: false }, ['list']],
    [{ name: 'dead', snr: 1.5, residual: false }, ['list']],
    [
      { name: 'dead', snr: 1.5, size: 21, residual: true },
      ['list', 'list', 'columns']
    ],
    [{ name: 'all', snr: 1.5 }, ['list', 'list', 'columns']],
    [
      { name: 'all', snr: 1.2, large: 15, small: 31 },
      ['list', 'list', 'columns']
    ],
    [{ name: 'filtering', sigma: 2, size: 9 }, ['columns']],
    [{ name: 'filtering', sigma: 2, size: 31, sort: false }, ['columns']],
    [{ name: 'filtering', sigma: 60, size: 5 }, ['columns']],
    [{ name: 'filtering', sigma: 2, size: 101, sort: false }, ['columns']],
    [{ name: 'wavelet' }, []],
    [{ name: 'fitting' }, []],
    [{ name: 'fourier' }, []]
  ];

/** [projections, columns, which are made in halves] */
const SIZES = [
  [75, 131, true],
  [50, 160, true],
  [90, 64, true],
  [33, 63, false],
  [20, 2, false],
  [20, 1, false],
  [1, 97, true],
  [3, 257, true]
] as const;

describe('A sinogram that two engines process, half of the columns each', () => {
  it.each(SIZES)(
    'has the bits of one engine, whatever the filter: %i projections, %i columns',
    async (count, columns, halved) => {
      const data = sinogram(count, columns);
      const bare = planOf([], count, columns);
      const alone = await engineOf(bare, null);
      const pair = await pairOf(bare);
      const untouched = processOne(alone, data);
      for (const [filter, exchanges] of FILTERS) {
        const plan = planOf([filter], count, columns);
        for (const engine of [alone, ...pair]) {
          expect(engine.adjust(plan, plan[3])).toBe('sinogram');
        }
        const whole = processOne(alone, data);
        const sizes = processBoth(pair, data);
        expect({
          filter,
          left: bits(pair[0].processed) === whole,
          right: bits(pair[1].processed) === whole,
          given: sizes.map(([left, right]) => left + right)
        }).toEqual({
          filter,
          left: true,
          right: true,
          given: (halved ? exchanges : []).map(what =>
            what === 'list' ? 2 * columns : count * columns
          )
        });
        // What is exchanged is about a half.
        for (const [left, right] of sizes) {
          expect(Math.abs(left - right) / (left + right)).toBeLessThan(0.1);
        }
        if (count > 3 && columns > 60) {
          expect(whole).not.toBe(untouched);
        }
      }
    }
  );

  it('has them after several filters, and as their parameters change', async () => {
    const [count, columns] = [60, 150];
    const data = sinogram(count, columns);
    const bare = planOf([], count, columns);
    const alone = await engineOf(bare, null);
    const pair = await pairOf(bare);
    const course: readonly (readonly Filter[])[] = [
      [{ name: 'sorting', size: 5 }],
      [{ name: 'sorting', size: 41 }],
      [{ name: 'sorting', size: 9 }],
      [{ name: 'all', snr: 2 }],
      [{ name: 'all', snr: 1.1, small: 3 }],
      [{ name: 'dead', snr: 2 }, { name: 'fitting' }, { name: 'sorting' }],
      [{ name: 'wavelet' }, { name: 'filtering' }],
      [
        { name: 'interpolation', snr: 2 },
        { name: 'large', snr: 2 },
        { name: 'filtering', sort: false },
        { name: 'sorting', size: 3 }
      ],
      []
    ];
    for (const filters of course) {
      const plan = planOf(filters, count, columns);
      for (const engine of [alone, ...pair]) {
        expect(engine.adjust(plan, plan[3])).toBe('sinogram');
      }
      const whole = processOne(alone, data);
      processBoth(pair, data);
      expect({
        filters,
        left: bits(pair[0].processed) === whole,
        right: bits(pair[1].processed) === whole
      }).toEqual({ filters, left: true, right: true });
    }
  });

  it('has them where zeros of both signs meet', async () => {
    const [count, columns] = [60, 150];
    // No column is a stripe, so one below zero is turned round.
    const plan = planOf([{ name: 'all', snr: 1000 }], count, columns);
    const data = sinogram(count, columns).map((value, at) =>
      at % 3 === 0 || at % columns === 70 ? value : 0
    );
    for (let row = 0; row < count; row += 3) {
      data[row * columns + 70] *= -1;
    }
    const whole = processOne(await engineOf(plan, null), data);
    const pair = await pairOf(plan);
    processBoth(pair, data);
    expect(bits(pair[0].processed) === whole).toBe(true);
    expect(bits(pair[1].processed) === whole).toBe(true);
  });

  it.each([3, 1000])(
    'has them in air, whose values are small and of both signs (ratio %d)',
    async snr => {
      const [count, columns] = [60, 150];
      const plan = planOf([{ name: 'all', snr }], count, columns);
      let state = 7;
      const data = new Float32Array(count * columns).map(() => {
        // Park and Miller: what is exact in a double.
        state = (state * 16807) % 2147483647;
        return Math.round((20 * state) / 2147483647 - 10) / 100;
      });
      const whole = processOne(await engineOf(plan, null), data);
      const pair = await pairOf(plan);
      processBoth(pair, data);
      expect(bits(pair[0].processed) === whole).toBe(true);
      expect(bits(pair[1].processed) === whole).toBe(true);
    }
  );

  it('is processed by one of them alone, too', async () => {
    const data = sinogram(40, 130);
    const plan = planOf([{ name: 'all', snr: 2 }], 40, 130);
    const whole = processOne(await engineOf(plan, null), data);
    const [left, right] = await pairOf(plan);
    expect(processOne(left, data)).toBe(whole);
    // One that was left in the middle begins anew.
    right.sinogram.set(data);
    expect(right.beginProcess()).not.toBeNull();
    expect(processOne(right, data)).toBe(whole);
    processBoth([left, right], data);
    expect(bits(right.processed)).toBe(whole);
  });

  it('is not gone on with when there is nothing to go on with', async () => {
    const data = sinogram(40, 130);
    const plan = planOf([{ name: 'sorting', size: 5 }], 40, 130);
    const [left] = await pairOf(plan);
    expect(() => left.resumeProcess(new Float32Array(40 * 66))).toThrow(
      'values for 0 x'
    );
    left.sinogram.set(data);
    const own = left.beginProcess();
    expect(own?.length).toBe(40 * 64);
    expect(() => left.resumeProcess(new Float32Array(40 * 64))).toThrow(
      '2560 values for 40 x 66 pixels'
    );
    expect(() => left.image()).toThrow('not prepared');
    // Another plan begins anew.
    const other = planOf([{ name: 'sorting', size: 7 }], 40, 130);
    expect(left.adjust(other, other[3])).toBe('sinogram');
    expect(() => left.resumeProcess(new Float32Array(40 * 66))).toThrow(
      'values for 0 x'
    );
    const alone = await engineOf(plan, null);
    alone.sinogram.set(data);
    expect(alone.beginProcess()).toBeNull();
  });
});
