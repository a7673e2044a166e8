import type { IViewPosition } from '../../tokens';
import type { Recipe } from '../../recipe';
import { removable } from '../live/removals';

const filters: Recipe['filters'] = [
  { name: 'outliers' },
  { name: 'normalise' },
  { name: 'air' },
  { name: 'minus-log' },
  { name: 'stripes-sorting', enabled: false },
  { name: 'stripes-all' }
];
const slice: IViewPosition = { mode: 'slice', frame: 0, row: 4 };

function names(recipe: Recipe, position = slice): string[] {
  const place = { recipe, position, stage: 'processed' } as const;
  return removable(place).map(({ title }) => title);
}

describe('What can be left out of a recipe', () => {
  it('is what changes the slice, and leaves its values of the same kind', () => {
    const recipe: Recipe = {
      version: 1,
      regions: { air: [0, 0, 4, 4] },
      filters
    };
    expect(names(recipe)).toEqual(['Outliers', 'Air region', 'Stripes: all']);
  });

  it('is no step that is skipped because no region is drawn for it', () => {
    expect(names({ version: 1, filters })).toEqual([
      'Outliers',
      'Stripes: all'
    ]);
  });
});
