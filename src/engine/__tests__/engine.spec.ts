import { readFileSync } from 'node:fs';
import path from 'node:path';

import { compilePlan, Engine, EngineError } from '..';
import type { IPlanOptions } from '..';
import { catalogue } from './catalogue';

const WASM = path.resolve(__dirname, '../build/engine.wasm');
const RAMP = {
  reconstruction: { mask: 0, parameters: { filter: 'ramp' } }
};

function rampPlan(options: IPlanOptions): Float64Array {
  return compilePlan(RAMP, options, catalogue);
}

/** A smooth spot at (x, y) from the axis, seen at centre + x cos + y sin. */
function spot(
  columns: number,
  angles: Float64Array,
  centre: number,
  x: number,
  y: number
): Float32Array {
  const sigma = 2.5;
  const rows = new Float32Array(columns * angles.length);
  angles.forEach((angle, row) => {
    const theta = (angle * Math.PI) / 180;
    for (let column = 0; column < columns; column++) {
      const distance =
        column - centre - x * Math.cos(theta) - y * Math.sin(theta);
      rows[row * columns + column] =
        sigma *
        Math.sqrt(2 * Math.PI) *
        Math.exp(-(distance ** 2) / (2 * sigma ** 2));
    }
  });
  return rows;
}

/** Largest difference to the spot within 55 pixels of the axis. */
function worst(
  image: Float32Array,
  size: number,
  x: number,
  y: number
): number {
  let most = 0;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const dx = j - (size - 1) / 2;
      const dy = i - (size - 1) / 2;
      const value = Math.exp(-((dx - x) ** 2 + (dy - y) ** 2) / 12.5);
      if (dx * dx + dy * dy < 55 * 55) {
        most = Math.max(most, Math.abs(image[i * size + j] - value));
      }
    }
  }
  return most;
}

describe('Engine', () => {
  let engine: Engine;
  let module: WebAssembly.Module;

  beforeAll(async () => {
    module = await WebAssembly.compile(readFileSync(WASM));
    engine = await Engine.instantiate(module);
  });

  it('imports nothing', () => {
    expect(WebAssembly.Module.imports(module)).toEqual([]);
  });

  it.each([
    ['half a turn', 128, 180],
    ['a full turn', 128, 360],
    ['an odd width', 129, 180]
  ])('puts a spot where it is: %s', (_, columns, span) => {
    const angles = Float64Array.from({ length: span * 2 }, (__, i) => i / 2);
    const centre = columns / 2 - 2.2;
    engine.configure(
      rampPlan({
        count: angles.length,
        columns,
        centre: centre + 40,
        left: 40
      }),
      angles
    );
    engine.sinogram.set(spot(columns, angles, centre, 17.25, -9.5));
    engine.process();
    expect(engine.imageSize).toBe(columns);
    expect(worst(engine.image(), columns, 17.25, -9.5)).toBeLessThan(2e-3);
    // Another axis moves it: the spectra are used again.
    expect(
      worst(engine.image(centre + 3), columns, 17.25, -9.5)
    ).toBeGreaterThan(0.1);
    expect(worst(engine.image(centre), columns, 17.25, -9.5)).toBeLessThan(
      2e-3
    );
  });

  it('gives rows in the order of their angles', () => {
    engine.configure(
      rampPlan({ count: 3, columns: 2, centre: 0.5 }),
      Float64Array.of(20, 0, 10)
    );
    engine.sinogram.set([1, 1, 2, NaN, 3, 3]);
    engine.process();
    expect([...engine.order]).toEqual([1, 2, 0]);
    expect([...engine.processed]).toEqual([2, 0, 3, 3, 1, 1]);
    expect([...engine.image()].every(Number.isFinite)).toBe(true);
  });

  it('removes spots, measures noise and takes the logarithm', () => {
    const image = new Float32Array(49).fill(10);
    image[24] = 50;
    image[10] = -30;
    const bright = engine.removeOutliers(image, 7, 7, 3, 5);
    expect([bright.replaced, bright.data[24], bright.data[10]]).toEqual([
      1, 10, -30
    ]);
    expect(engine.removeOutliers(image, 7, 7, 5, 5, 'both').replaced).toBe(2);
    expect(engine.noise(image, 7, 7)).toBe(0);
    const { data, floored } = engine.attenuate(
      Float32Array.of(60, 10, NaN, 110),
      {
        dark: new Float32Array(4).fill(10),
        flat: new Float32Array(4).fill(110),
        floor: 0.25
      }
    );
    expect(floored).toBe(2);
    expect(data[0]).toBeCloseTo(Math.LN2, 6);
    expect(data[1]).toBeCloseTo(Math.log(4), 6);
    expect(data[3]).toBeCloseTo(0, 7);
    expect([...engine.widen(Uint16Array.of(0, 1, 65535))]).toEqual([
      0, 1, 65535
    ]);
  });

  it.each([
    [0, 1, 'engine-version'],
    [3, NaN, 'engine-centre'],
    [7, 0, 'engine-cutoff'],
    [10, Infinity, 'engine-angles'],
    [11, 1, 'engine-plan']
  ])('refuses a plan with %d: %d', (place, value, code) => {
    const plan = rampPlan({ count: 4, columns: 8, centre: 3.5 });
    plan[place] = value;
    const refused = failureOf(() =>
      engine.configure(plan, new Float64Array(4))
    );
    expect(refused.code).toBe(code);
    expect(failureOf(() => engine.image()).code).toBe('engine-order');
  });

  it('refuses angles that are too few, and sizes that it has not', () => {
    const plan = rampPlan({ count: 4, columns: 8, centre: 3.5 });
    const refused = failureOf(() =>
      engine.configure(plan, new Float64Array(3))
    );
    expect([refused.code, refused.where]).toEqual([
      'engine-angles',
      'dataset.angles'
    ]);
    expect(
      failureOf(() => engine.noise(new Float32Array(4), 2, 2, 7)).code
    ).toBe('engine-median');
    expect(failureOf(() => engine.noise(new Float32Array(4), 3, 2)).code).toBe(
      'engine-shape'
    );
  });

  it('keeps its memory flat', async () => {
    const own = await Engine.instantiate(readFileSync(WASM));
    const sizes: number[] = [];
    for (let i = 0; i < 60; i++) {
      const columns = [96, 61][i % 2];
      own.configure(
        rampPlan({ count: 40, columns, centre: 30 }),
        Float64Array.from({ length: 40 }, (_, k) => k * 4.5)
      );
      own.process();
      own.image();
      sizes.push(own.memoryBytes);
    }
    expect(sizes[59]).toBe(sizes[4]);
    expect(sizes[59]).toBeLessThan(2_000_000);
  });

  it('refuses a module that is not the engine', async () => {
    const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    await expect(Engine.instantiate(empty)).rejects.toMatchObject({
      code: 'engine-module'
    });
  });
});

function failureOf(action: () => unknown): EngineError {
  try {
    action();
  } catch (error) {
    if (error instanceof EngineError) {
      return error;
    }
    throw error;
  }
  throw new Error('Nothing was refused.');
}
