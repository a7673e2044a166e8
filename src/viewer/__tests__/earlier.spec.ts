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
    earlier = new Earlier(() => now);
    before(0, 'a', null);
  });

  /** What was there before, once another image is shown in the place of one. */
  function before(
    at: number,
    recipe: string,
    shown: IImage | null,
    place = 'row 1'
  ): IImage | null {
    now = at;
    earlier.replaced(place, recipe, shown);
    return earlier.image;
  }

  it('is what was there before a series of changes', () => {
    expect(earlier.image).toBeNull();
    expect(before(5000, 'b', first)).toBe(first);
    // A drag: what it passed through is nothing to go back to.
    before(5500, 'c', second);
    expect(before(6400, 'd', third)).toBe(first);
    expect(before(8000, 'e', third)).toBe(third);
    expect(before(8000, 'e', first, 'row 2')).toBeNull();
  });

  it('is no image of the same recipe: the coarse one, or that of another engine', () => {
    expect(before(5000, 'a', first)).toBeNull();
    before(5000, 'b', first);
    expect(before(9000, 'b', second)).toBe(first);
    // The next change is a series of its own, though the whole came late.
    expect(before(9500, 'c', third)).toBe(third);
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
