import { recipeText } from '../../recipe';
import type { Recipe } from '../../recipe';
import {
  addStepChange,
  angleChanges,
  columnChanges,
  enableStepChange,
  formatIndices,
  formChanges,
  parseIndices,
  removeStepChange,
  roleChange,
  sideChange
} from '../edits';
import { changeProblems } from '../forms/schema-form';
import { sliderStep } from '../forms/widgets';
import { FakeSession } from './fakes';

describe('edits', () => {
  it('gives a group a role, and leaves no entry for the proposed one', () => {
    expect(roleChange('bbob', 'flat', 'ignore')).toEqual({
      path: ['dataset', 'roles', 'bbob'],
      value: 'flat'
    });
    expect(roleChange('bbob', 'ignore', 'ignore').value).toBeUndefined();
  });

  it('states angles in one value', () => {
    expect(angleChanges({ first: 0, last: 360, endpoint: true })).toEqual([
      {
        path: ['dataset', 'angles'],
        value: { first: 0, last: 360, endpoint: true }
      }
    ]);
  });

  it('keeps a column to a thousandth', () => {
    const recipe: Recipe = { version: 1, regions: { centre: { column: 1 } } };
    const path = ['regions', 'centre', 'column'];
    expect(columnChanges(399.45 + 0.05 + 0.05, recipe, null)).toEqual([
      { path, value: 399.55 }
    ]);
  });

  it('orders sides that cross', () => {
    expect(sideChange('roi', [10, 20, 30, 40], 0, 35).value).toEqual([
      30, 20, 35, 40
    ]);
    expect(sideChange('air', [10, 20, 30, 40], 3, -5).value).toEqual([
      10, 0, 30, 20
    ]);
  });

  it('adds, switches and removes steps', () => {
    const session = new FakeSession();
    session.edit(addStepChange(session.recipe, 'stripes-sorting'));
    expect(session.recipe.filters?.[4]).toEqual({ name: 'stripes-sorting' });
    session.edit(enableStepChange(4, false));
    expect(session.recipe.filters?.[4].enabled).toBe(false);
    session.edit(enableStepChange(4, true));
    expect(session.recipe.filters?.[4]).toEqual({ name: 'stripes-sorting' });
    session.edit(removeStepChange(4));
    expect(session.recipe.filters).toHaveLength(4);
    expect(addStepChange({ version: 1 }, 'air')).toEqual({
      path: ['filters'],
      value: [{ name: 'air' }]
    });
  });

  it('maps a form to the paths of what changed', () => {
    const before = { size: 3, threshold: 5, kind: 'bright' };
    expect(
      formChanges(['filters', 0], before, { ...before, threshold: 7.5 })
    ).toEqual([{ path: ['filters', 0, 'threshold'], value: 7.5 }]);
    expect(
      formChanges(['reconstruction', 'parameters'], { cutoff: 1 }, {})
    ).toEqual([
      { path: ['reconstruction', 'parameters', 'cutoff'], value: undefined }
    ]);
    expect(formChanges(['filters', 0], before, { ...before })).toEqual([]);
  });

  it('reads and writes lists of indices', () => {
    expect(parseIndices('17, 30-32')).toEqual([17, 30, 31, 32]);
    expect(parseIndices(' ')).toEqual([]);
    expect(parseIndices('3-1')).toBeNull();
    expect(parseIndices('one')).toBeNull();
    expect(formatIndices([32, 17, 30, 31, 5, 6])).toBe('5, 6, 17, 30-32');
  });

  it('lets the recipe decide what a form may hold', () => {
    const { recipe } = new FakeSession();
    const problems = changeProblems({ recipe }, [
      { path: ['filters', 0, 'threshold'], value: 1000 }
    ]);
    expect([...problems.keys()]).toEqual(['threshold']);
    expect(problems.get('threshold')).toContain('100');
    expect(
      changeProblems({ recipe }, [
        { path: ['filters', 0, 'threshold'], value: 7 }
      ]).size
    ).toBe(0);
    const mask = changeProblems({ recipe }, [
      { path: ['reconstruction', 'mask'], value: 'wide' }
    ]);
    expect([...mask.keys()]).toEqual(['mask']);
    expect(recipeText()).toContain('"threshold": 5');
  });

  it('chooses steps of sliders', () => {
    expect(sliderStep(3, 301, true)).toBe(1);
    expect(sliderStep(0, 1, false)).toBeCloseTo(0.01, 9);
    expect(sliderStep(0.5, 100, false)).toBe(1);
  });
});
