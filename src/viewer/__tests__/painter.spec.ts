import { TABLE_SIZE } from '../pixels/colours';
import { NAN_COLOUR, paint } from '../pixels/paint';
import { meansOf } from '../pixels/region';
import type { IRegion } from '../pixels/region';

type Paint = typeof import('../pixels/painter').paintRegion;

/** Numbers below 1 that are the same every time. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The painter of a page that has not painted yet. */
function load(): Paint {
  let found: Paint | null = null;
  jest.isolateModules(() => {
    found = jest.requireActual<{ paintRegion: Paint }>(
      '../pixels/painter'
    ).paintRegion;
  });
  if (!found) {
    throw new Error('There is no painter.');
  }
  return found;
}

const ROWS = 700;
const COLUMNS = 523;
const next = random(4);
const data = Float32Array.from({ length: ROWS * COLUMNS }, () => next() - 0.2);
// Whole rows, and alone.
data.fill(NaN, 3 * COLUMNS, 3 * COLUMNS + 40);
data[99 * COLUMNS + 57] = Infinity;
data[101 * COLUMNS + 57] = -Infinity;
data[350 * COLUMNS + 261] = NaN;
const image = { data, columns: COLUMNS };
const whole = { left: 0, top: 0, right: COLUMNS, bottom: ROWS };
/** Each place has a colour of its own. */
const table = Uint32Array.from({ length: TABLE_SIZE }, (_, i) => i);

/** Pixels of a region, strip after strip. */
function painted(
  paintRegion: Paint,
  region: IRegion,
  levels: { low: number; high: number },
  strip: number
): Uint32Array {
  const wide = Math.ceil((region.right - region.left) / region.bin);
  const rows = Math.ceil((region.bottom - region.top) / region.bin);
  const all = new Uint32Array(wide * rows);
  for (let row = 0; row < rows; row += strip) {
    const past = Math.min(rows, row + strip);
    const out = new Uint32Array(wide * (past - row));
    paintRegion(image, region, row, past, out, table, levels);
    all.set(out, wide * row);
  }
  return all;
}

/** As scripts paint it. */
const byScript: Paint = (of, region, first, past, out, colours, levels) => {
  const room = new Float32Array(out.length);
  paint(meansOf(of, region, first, past, room), out, colours, levels);
};

describe.each([
  ['all of an image', { ...whole, bin: 1 }],
  ['means of two', { ...whole, bin: 2 }],
  ['means of three', { ...whole, bin: 3 }],
  ['means of eight', { ...whole, bin: 8 }],
  ['a part', { left: 13, top: 98, right: 60, bottom: 103, bin: 1 }],
  ['means of a part', { left: 5, top: 98, right: 522, bottom: 699, bin: 4 }],
  ['one pixel', { left: 57, top: 99, right: 58, bottom: 100, bin: 1 }],
  ['the mean of more than there is', { ...whole, bin: 900 }]
])('Painting %s', (_, region) => {
  it.each([
    ['levels within', { low: 0, high: 0.5 }],
    ['levels about all', { low: -3, high: 4 }],
    ['a step', { low: 0.3, high: 0.3 }]
  ])('gives what scripts give, for %s', (_, levels) => {
    const paintRegion = load();
    const expected = painted(byScript, region, levels, 1000);
    for (const strip of [1000, 7]) {
      const made = painted(paintRegion, region, levels, strip);
      let differing = 0;
      for (const [i, pixel] of made.entries()) {
        const [one, other] = [pixel, expected[i]];
        if (one !== other) {
          differing++;
          // Next to each other in the table, where single precision rounds.
          expect(Math.abs(one - other)).toBe(1);
        }
      }
      expect(differing).toBeLessThanOrEqual(1e-3 * made.length);
    }
  });
});

it('has a colour for what is not a number, and end colours beyond', () => {
  const row = Float32Array.of(NaN, Infinity, -Infinity, 0, 1, -7, 7);
  const out = new Uint32Array(row.length);
  const region = { left: 0, top: 0, right: row.length, bottom: 1, bin: 1 };
  const of = { data: row, columns: row.length };
  load()(of, region, 0, 1, out, table, { low: 0, high: 1 });
  const [first, last] = [table[0], table[TABLE_SIZE - 1]];
  expect([...out]).toEqual([NAN_COLOUR, last, first, first, last, first, last]);
});

it('does so by WebAssembly, of which a page has one', () => {
  const script = (): never => {
    throw new Error('Scripts have painted.');
  };
  const started = jest.spyOn(window, 'atob');
  jest.doMock('../pixels/region', () => ({ meansOf: script }));
  try {
    const paintRegion = load();
    const region = { ...whole, bin: 2 };
    const made = painted(paintRegion, region, { low: 0, high: 1 }, 9);
    expect(made.some(pixel => pixel !== 0)).toBe(true);
    expect(started).toHaveBeenCalledTimes(1);
  } finally {
    started.mockRestore();
    jest.dontMock('../pixels/region');
  }
});

it('takes levels next to each other for a step', () => {
  const out = new Uint32Array(3);
  const region = { left: 0, top: 0, right: 3, bottom: 1, bin: 1 };
  const of = { data: Float32Array.of(-1, 0, 1), columns: 3 };
  load()(of, region, 0, 1, out, table, { low: 0, high: 1e-42 });
  expect([...out]).toEqual([table[0], table[0], table[TABLE_SIZE - 1]]);
});

it('paints a low image whose pixels are seen a hundred in one', () => {
  const of = { data: new Float32Array(50 * 4000).fill(0.75), columns: 4000 };
  const region = { left: 0, top: 0, right: 4000, bottom: 50, bin: 100 };
  const out = new Uint32Array(40);
  load()(of, region, 0, 1, out, table, { low: 0, high: 1 });
  expect(new Set(out)).toEqual(new Set([table[0.75 * TABLE_SIZE]]));
});

it('paints by script where WebAssembly is refused', () => {
  const refused = jest.spyOn(WebAssembly, 'Module').mockImplementation(() => {
    throw new Error('refused by content security');
  });
  try {
    const paintRegion = load();
    const levels = { low: 0, high: 0.5 };
    const region = { ...whole, bin: 3 };
    const made = painted(paintRegion, region, levels, 50);
    expect(refused).toHaveBeenCalledTimes(1);
    expect(made).toEqual(painted(byScript, region, levels, 1000));
  } finally {
    refused.mockRestore();
  }
});
