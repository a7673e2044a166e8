import { Earlier } from '../live/earlier';
import { without } from '../live/removals';
import type { IImage } from '../pixels/image';
import type { Recipe } from '../../recipe';

function image(value: number): IImage {
  return { data: Float32Array.of(value), rows: 1, columns: 1, about: {} };
}

it('holds what was there before a series of changes', () => {
  let now = 0;
  const earlier = new Earlier(() => now);
  const [first, second, third] = [image(1), image(2), image(3)];
  earlier.replaced('row 1', null);
  expect(earlier.image).toBeNull();
  now = 5000;
  earlier.replaced('row 1', first);
  expect(earlier.image).toBe(first);
  // A drag: what it passed through is nothing to go back to.
  now = 5500;
  earlier.replaced('row 1', second);
  now = 6400;
  earlier.replaced('row 1', third);
  expect(earlier.image).toBe(first);
  now = 8000;
  earlier.replaced('row 1', third);
  expect(earlier.image).toBe(third);
  earlier.replaced('row 2', first);
  expect(earlier.image).toBeNull();
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
