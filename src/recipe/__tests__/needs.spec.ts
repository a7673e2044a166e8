import type { Recipe } from '..';
import { centreTool, isOfAnotherPackage, kernelFor, kernelForCost } from '..';

const recipe = (tool: string, centre: object): Recipe =>
  ({
    version: 1,
    regions: { centre },
    reconstruction: { tool }
  }) as unknown as Recipe;

it('knows tools of other packages by their hyphen', () => {
  expect(isOfAnotherPackage('tiny-tool')).toBe(true);
  expect(isOfAnotherPackage('tomopy')).toBe(false);
  // A misspelt one is none.
  expect(isOfAnotherPackage('tompy')).toBe(false);
});

it('knows which tool has to find the axis', () => {
  const vo = { method: 'tomopy-vo' };
  expect(centreTool(recipe('builtin', vo))).toBe('tomopy');
  expect(centreTool(recipe('builtin', { ...vo, column: 4 }))).toBeUndefined();
  expect(centreTool(recipe('builtin', { method: 'pairs' }))).toBeUndefined();
  expect(centreTool({ version: 1 })).toBeUndefined();
});

it('names the kernel where a tool is needed, and only there', () => {
  const given = { column: 4 };
  const vo = { method: 'tomopy-vo' };
  const named = (one: Recipe): boolean[] =>
    (['slice', 'sinogram', 'attenuation'] as const).map(
      product => 'kernel' in kernelFor(one, product, 'conda')
    );
  expect(named(recipe('builtin', given))).toEqual([false, false, false]);
  expect(named(recipe('tomopy', given))).toEqual([true, false, false]);
  expect(named(recipe('builtin', vo))).toEqual([true, true, true]);
  expect(kernelFor(recipe('tomopy', vo), 'slice', undefined)).toEqual({});
  expect(kernelFor(recipe('tomopy', vo), 'slice', '')).toEqual({ kernel: '' });
  // What the project's tools take is known without.
  expect(kernelForCost(recipe('tomopy', vo), 'conda')).toEqual({});
  expect(kernelForCost(recipe('tiny-tool', given), 'conda')).toEqual({
    kernel: 'conda'
  });
});
