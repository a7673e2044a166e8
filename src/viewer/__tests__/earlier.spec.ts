import { Earlier } from '../live/earlier';
import { without } from '../live/removals';
import type { IImage } from '../pixels/image';
import type { Recipe } from '../../recipe';

function image(value: number): IImage {
  return { data: Float32Array.of(value), rows: 1, columns: 1, about: {} };
}

describe('What was before', () => {
  let now: number;
  let earlier: Earlier;
  const [first, second, third] = [image(1), image(2), image(3)];

  beforeEach(() => {
    now = 0;
    earlier = new Earlier(() => now);
    earlier.replaced('row 1', 'a', null);
    now = 5000;
  });

  it('is what was there before a series of changes', () => {
    expect(earlier.image).toBeNull();
    earlier.replaced('row 1', 'b', first);
    expect(earlier.image).toBe(first);
    // A drag: what it passed through is nothing to go back to.
    now = 5500;
    earlier.replaced('row 1', 'c', second);
    now = 6400;
    earlier.replaced('row 1', 'd', third);
    expect(earlier.image).toBe(first);
    now = 8000;
    earlier.replaced('row 1', 'e', third);
    expect(earlier.image).toBe(third);
    earlier.replaced('row 2', 'e', first);
    expect(earlier.image).toBeNull();
  });

  it('is no image of the same recipe: the coarse one, or that of another engine', () => {
    earlier.replaced('row 1', 'a', first);
    expect(earlier.image).toBeNull();
    earlier.replaced('row 1', 'b', first);
    now = 9000;
    earlier.replaced('row 1', 'b', second);
    expect(earlier.image).toBe(first);
    // The next change is a series of its own, though the whole came late.
    now = 9500;
    earlier.replaced('row 1', 'c', third);
    expect(earlier.image).toBe(third);
  });
});

it('leaves out one filter and nothing else', () => {
  const recipe = {
    version: 1,
    filters: [{ name: 'outliers' }, { name: 'stripes-sorting' }]
  } as Recipe;
  expect(without(recipe, 0)).toEqual({
    version: 1,
    filters: [{ name: 'stripes-sorting' }]
  });
  expect(recipe.filters).toHaveLength(2);
});
