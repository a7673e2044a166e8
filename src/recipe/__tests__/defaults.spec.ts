import {
  defaultRecipe,
  effectiveFilters,
  effectiveOutput,
  effectiveReconstruction,
  keyOrder,
  methodOf,
  missingSteps,
  STEPS,
  stepOf,
  toolOf
} from '..';

describe('defaults', () => {
  it('fills the parameters in and sorts the steps', () => {
    const filters = effectiveFilters({
      version: 1,
      filters: [
        { name: 'minus-log', enabled: false },
        { name: 'outliers', size: 5 }
      ]
    });
    expect(filters).toEqual([
      {
        name: 'outliers',
        enabled: true,
        parameters: { size: 5, threshold: 5, kind: 'bright' },
        index: 1
      },
      {
        name: 'minus-log',
        enabled: false,
        parameters: { floor: 0.001 },
        index: 0
      }
    ]);
  });

  it('knows tool, method and output of an empty recipe', () => {
    expect(effectiveReconstruction({ version: 1 })).toEqual({
      tool: 'builtin',
      method: 'gridding',
      parameters: { filter: 'shepp', cutoff: 1, edge: 'taper' },
      mask: 1
    });
    expect(effectiveOutput({ version: 1, output: { folder: 'here' } })).toEqual(
      {
        folder: 'here',
        format: 'tiff',
        bits: 32
      }
    );
  });

  it('has the steps that steps.json makes default', () => {
    const names = STEPS.filter(step => step.default).map(step => step.name);
    expect(defaultRecipe().filters?.map(filter => filter.name)).toEqual(names);
    const rest = STEPS.filter(step => !step.default).map(step => step.name);
    expect(rest).toContain('stripes-sorting');
    expect(missingSteps(defaultRecipe())).toEqual(rest);
    expect(defaultRecipe()).not.toBe(defaultRecipe());
  });
});

describe('lookups', () => {
  it('finds by name', () => {
    expect(stepOf('stripes-sorting')?.schema.size.maximum).toBe(301);
    expect(stepOf('despeckle')).toBeUndefined();
    expect(toolOf('builtin')?.methods).toHaveLength(1);
    expect(methodOf('builtin', 'gridding')?.schema.filter.default).toBe(
      'shepp'
    );
    expect(methodOf('builtin', 'magic')).toBeUndefined();
  });

  it('knows the order of keys', () => {
    expect(keyOrder([])).toEqual([
      'version',
      'dataset',
      'regions',
      'filters',
      'reconstruction',
      'output'
    ]);
    expect(keyOrder(['regions', 'centre'])).toEqual([
      'column',
      'row',
      'tilt',
      'method'
    ]);
    expect(keyOrder(['filters', 0])).toEqual(['name', 'enabled']);
    expect(keyOrder(['nowhere'])).toEqual([]);
  });
});
