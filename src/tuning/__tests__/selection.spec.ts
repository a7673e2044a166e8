/** @jest-environment node */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { ApiError } from '../../api';
import type { Recipe } from '../../recipe';
import { Selection, selected } from '../selection';
import type { IRow } from '../wanted';

type Asked = NonNullable<Recipe['reconstruction']>['angles'];

const CASES = JSON.parse(
  readFileSync(
    path.join(__dirname, '../../../tests/fixtures/angles.json'),
    'utf8'
  )
) as {
  name: string;
  asked: Asked | null;
  angles: number[];
  places: number[];
}[];

function recipeOf(angles: Asked | null): Recipe {
  return { version: 1, ...(angles && { reconstruction: { angles } }) };
}

/** Four projections of two columns: 0 0, 1 1, 2 2, 3 3. */
function row(): IRow {
  return {
    sinogram: {
      key: 'row',
      data: Float32Array.from([0, 0, 1, 1, 2, 2, 3, 3]),
      count: 4,
      columns: 2,
      angles: Float64Array.from([0, 45, 90, 135])
    },
    axis: { column: 0.5, row: 0, tilt: 0 },
    search: null,
    rotated: 0,
    left: 0,
    across: 2,
    down: 4,
    scale: 1,
    about: { unit: '1/pixel' }
  };
}

describe('Projections that a recipe asks for', () => {
  it.each(CASES)('$name', ({ asked, angles, places }) => {
    expect(selected(recipeOf(asked), Float64Array.from(angles))).toEqual(
      places
    );
  });

  it('are taken out of a row, with their angles', () => {
    const selection = new Selection();
    const { sinogram, about } = selection.of(
      recipeOf({ from: 45, every: 2 }),
      row()
    );
    expect([...sinogram.data]).toEqual([1, 1, 3, 3]);
    expect([...sinogram.angles]).toEqual([45, 135]);
    expect([sinogram.count, sinogram.columns]).toEqual([2, 2]);
    expect(about).toEqual({
      unit: '1/pixel',
      projections: { used: 2, of: 4 }
    });
  });

  it('are another row for the workers, and the same one while nothing changes', () => {
    const selection = new Selection();
    const whole = row();
    const first = selection.of(recipeOf({ from: 0, to: 45 }), whole);
    expect(selection.of(recipeOf({ from: 0, to: 45 }), whole)).toBe(first);
    const second = selection.of(recipeOf({ from: 90, to: 135 }), whole);
    expect(second.sinogram.count).toBe(first.sinogram.count);
    expect(second.sinogram.key).not.toBe(first.sinogram.key);
    // What is dragged leaves no garbage behind.
    expect(first.sinogram.data).toHaveLength(0);
    expect(selection.of(recipeOf(null), whole)).toBe(whole);
    expect(second.sinogram.data).toHaveLength(0);
    expect(whole.sinogram.data).toHaveLength(8);
    expect(selection.of(recipeOf({ to: 135 }), whole)).toBe(whole);
  });

  it('must not be none', () => {
    const none = (): IRow => new Selection().of(recipeOf({ from: 136 }), row());
    expect(none).toThrow(ApiError);
    expect(none).toThrow(
      'reconstruction.angles leaves no projection: they stand from 0 to 135 degrees.'
    );
  });
});
