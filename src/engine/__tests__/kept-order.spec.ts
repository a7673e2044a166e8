import { readFileSync } from 'node:fs';
import path from 'node:path';

import { compilePlan, Engine } from '..';
import { catalogue } from './catalogue';

const WASM = path.resolve(__dirname, '../build/engine.wasm');
const [COUNT, COLUMNS] = [75, 66];
const ANGLES = Float64Array.from(
  { length: COUNT },
  (_, i) => (i * 180) / COUNT
);

type Filter = Readonly<Record<string, string | number | boolean>>;

function planOf(filters: readonly Filter[]): Float64Array {
  const steps = filters.map(({ name, ...parameters }) => ({
    name: `stripes-${name}`,
    ...parameters
  }));
  return compilePlan(
    { filters: steps },
    { count: COUNT, columns: COLUMNS, centre: 31.2 },
    catalogue
  );
}

/** A sinogram in steps of `fine`, so that many values of a column are equal. */
function sinogram(seed: number, fine: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: COUNT * COLUMNS }, (_, at) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    const column = at % COLUMNS;
    const stripe = column === 20 ? 0.6 : column === 41 ? -2.5 : 0;
    const value =
      1 + Math.cos((column - 30) / 20) + stripe + (0.2 * state) / 2147483648;
    return Math.round(value / fine) * fine;
  });
}

/** What follows one another in one engine; of each, the sinogram after the filters. */
const COURSE: readonly (readonly [string, readonly Filter[], Float32Array])[] =
  [
    ['a first one', [{ name: 'sorting', size: 5 }], sinogram(1, 0.05)],
    ['another size', [{ name: 'sorting', size: 21 }], sinogram(1, 0.05)],
    ['other data', [{ name: 'sorting', size: 21 }], sinogram(2, 0.05)],
    ['with zeros of both signs', [{ name: 'sorting' }], sinogram(2, 3)],
    ['another filter', [{ name: 'all', snr: 2 }], sinogram(2, 0.001)],
    ['its ratio', [{ name: 'all', snr: 1.5 }], sinogram(2, 0.001)],
    // A column below zero is turned round.
    ['its sizes', [{ name: 'all', snr: 4, large: 11 }], sinogram(2, 0.001)],
    [
      'two that sort',
      [{ name: 'large', snr: 2 }, { name: 'sorting' }],
      sinogram(2, 0.001)
    ],
    [
      'the second of them',
      [
        { name: 'large', snr: 2 },
        { name: 'sorting', size: 9 }
      ],
      sinogram(2, 0.001)
    ],
    ['none', [], sinogram(2, 0.001)],
    ['smooth columns', [{ name: 'filtering', sigma: 2 }], sinogram(3, 0.05)],
    ['unsorted', [{ name: 'filtering', sort: false }], sinogram(3, 0.05)],
    ['again', [{ name: 'interpolation', snr: 2 }], sinogram(3, 0.05)]
  ];

describe('The order of a sinogram that is kept', () => {
  it('changes nothing, whatever came before', async () => {
    const module = await WebAssembly.compile(readFileSync(WASM));
    const kept = await Engine.instantiate(module);
    kept.configure(planOf([]), ANGLES);
    for (const [what, filters, data] of COURSE) {
      const plan = planOf(filters);
      // The last data are processed whatever the engine would keep of them.
      expect(kept.adjust(plan, plan[3])).not.toBe('configure');
      kept.sinogram.set(data);
      kept.process();
      const again = kept.processed.slice();
      const fresh = await Engine.instantiate(module);
      fresh.configure(plan, ANGLES);
      fresh.sinogram.set(data);
      fresh.process();
      expect({ what, bits: bits(again) }).toEqual({
        what,
        bits: bits(fresh.processed)
      });
      // Medians of one column leave the ranks as they are: all come back to where they were.
      const alone = planOf([{ name: 'sorting', size: 1 }]);
      expect(kept.adjust(alone, alone[3])).not.toBe('configure');
      kept.sinogram.set(data);
      kept.process();
      expect({ what, same: isSame(kept.processed, data) }).toEqual({
        what,
        same: true
      });
      if (filters.length > 0) {
        expect(isSame(again, data)).toBe(false);
      }
    }
  });
});

function isSame(one: Float32Array, other: Float32Array): boolean {
  return one.every((value, at) => value === other[at]);
}

/** All bits as text: zeros of both signs differ. */
function bits(data: Float32Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString(
    'base64'
  );
}
