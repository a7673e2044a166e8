import { nullTranslator } from '@jupyterlab/translation';

import type { Recipe } from '../../recipe';
import { isAlike, seriesOf, shownOf, unitOf } from '../live/shown';
import type { IShownPlace } from '../live/shown';
import type { IImage } from '../pixels/image';
import { DESCRIPTION } from './fakes';

const trans = nullTranslator.load('jupyterlab_tomo');
const RECIPE: Recipe = { version: 1, dataset: { path: 'scan' } };
const FRAME: IShownPlace = {
  base: '/data',
  recipe: RECIPE,
  position: { mode: 'projection', frame: 7, row: 3 },
  stage: 'raw'
};
const SLICE: IShownPlace = {
  ...FRAME,
  position: { ...FRAME.position, mode: 'slice' }
};

const image = (about: IImage['about'] = {}): IImage => ({
  data: Float32Array.of(1),
  rows: 1,
  columns: 1,
  about
});

const shown = (place: IShownPlace, about: IImage['about'] = {}) =>
  shownOf(image(about), place, { state: 'none' });

describe('What is shown', () => {
  it('is of a frame or a row, with a pixel of the recipe or of the data', () => {
    expect(shown(FRAME).of).toEqual({
      kind: 'projection',
      row: null,
      frame: 7,
      pixel: null,
      middle: ''
    });
    const pixelSize = { value: 2, unit: 'um', source: 'file' } as const;
    const value = { ...DESCRIPTION, pixelSize };
    expect(shownOf(image(), SLICE, { state: 'ready', value }).of).toMatchObject(
      {
        kind: 'slice',
        row: 3,
        frame: null,
        pixel: 2
      }
    );
  });

  it('lies about one middle with slices of the same data, columns and pixels', () => {
    const middle = (changes: Partial<Recipe>): string =>
      shown({ ...SLICE, recipe: { ...RECIPE, ...changes } }).of.middle;
    const one = middle({});
    expect(middle({ filters: [{ name: 'normalise' }] })).toBe(one);
    expect(middle({ regions: { centre: { column: 60.3 } } })).toBe(one);
    expect(middle({ regions: { roi: [0, 0, 9, 9] } })).not.toBe(one);
    expect(middle({ dataset: { path: 'other' } })).not.toBe(one);
    const pixelSize = { value: 2, unit: 'um' } as const;
    expect(middle({ dataset: { path: 'scan', pixelSize } })).not.toBe(one);
    expect(shown({ ...SLICE, base: '/elsewhere' }).of.middle).not.toBe(one);
  });

  it('needs levels of its own with another mode, data set or scale', () => {
    const elsewhere = { ...RECIPE, dataset: { path: 'other' } };
    const one = shown(SLICE, { unit: '1/cm' });
    expect(isAlike(one, shown(SLICE, { unit: '1/cm' }))).toBe(true);
    expect(isAlike(one, null)).toBe(false);
    expect(isAlike(one, shown(SLICE, { unit: '1/pixel' }))).toBe(false);
    expect(isAlike(shown(FRAME), shown({ ...FRAME, recipe: elsewhere }))).toBe(
      false
    );
    const sinogram = { ...FRAME.position, mode: 'sinogram' } as const;
    expect(isAlike(shown(FRAME), shown({ ...FRAME, position: sinogram }))).toBe(
      false
    );
    // Levels of projections are of all their units.
    expect(isAlike(shown(FRAME, { unit: 'a' }), shown(FRAME))).toBe(true);
  });

  it('has the unit that it states, and counts as it was measured', () => {
    expect(unitOf(image({ unit: '1/cm' }), SLICE, trans)).toBe('1/cm');
    expect(unitOf(image(), SLICE, trans)).toBe('');
    expect(unitOf(image(), FRAME, trans)).toBe('counts');
    expect(unitOf(image(), { ...FRAME, stage: 'processed' }, trans)).toBe('');
  });

  it('is at one place with each recipe, and at another in another stage', () => {
    const filters: Recipe['filters'] = [{ name: 'normalise' }];
    const [one, filtered] = [
      SLICE,
      { ...SLICE, recipe: { ...RECIPE, filters } }
    ].map(seriesOf);
    expect(filtered.place).toBe(one.place);
    expect(filtered.made).not.toBe(one.made);
    const [raw, processed] = [
      FRAME,
      { ...FRAME, stage: 'processed' } as const
    ].map(seriesOf);
    expect(processed.place).not.toBe(raw.place);
  });
});
