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
  const recipes = new Map<string, Recipe>();
  const [first, second, third] = [image(1), image(2), image(3)];

  beforeEach(() => {
    recipes.clear();
    earlier = new Earlier(() => now);
    comes('a', null);
  });

  const recipe = (name: string): Recipe => {
    const known = recipes.get(name) ?? { version: 1 };
    recipes.set(name, known);
    return known;
  };
  const edit = (at: number, name: string): void => {
    now = at;
    earlier.edited(recipe(name));
  };

  /** What was there before, once the image of a recipe is shown in the place of one. */
  function comes(
    name: string,
    shown: IImage | null,
    place = 'row 1'
  ): IImage | null {
    earlier.replaced(place, name, recipe(name), shown);
    return earlier.image;
  }

  it('is what was there before a series of edits', () => {
    expect(earlier.image).toBeNull();
    edit(5000, 'b');
    expect(comes('b', first)).toBe(first);
    // A drag: what it passed through is nothing to go back to.
    edit(5900, 'c');
    comes('c', second);
    edit(6800, 'd');
    expect(comes('d', third)).toBe(first);
    edit(8000, 'e');
    expect(comes('e', third)).toBe(third);
    expect(comes('e', first, 'row 2')).toBeNull();
  });

  it('gives its memory away when a new series has begun, and nobody else has it', () => {
    const all = (): boolean => true;
    edit(5000, 'b');
    comes('b', first);
    edit(5500, 'c');
    expect(earlier.give('row 1', 'c', all)).toBeNull();
    expect(earlier.image).toBe(first);
    edit(7000, 'd');
    expect(earlier.give('row 1', 'd', () => false)).toBeNull();
    // What is shown, made anew.
    expect(earlier.give('row 1', 'b', all)).toBeNull();
    expect(earlier.image).toBe(first);
    expect(earlier.give('row 1', 'd', all)).toBe(first.data);
    expect(earlier.image).toBeNull();
    expect(earlier.give('row 1', 'd', all)).toBeNull();
    expect(comes('d', second)).toBe(second);
  });

  it('is of before a drag that rests and goes on for longer than a second', () => {
    for (let at = 5000; at <= 6500; at += 100) {
      edit(at, `b${at}`);
    }
    // The hand rests, so that a whole image comes; then it goes on.
    expect(comes('b6500', first)).toBe(first);
    for (let at = 7200; at <= 9700; at += 100) {
      edit(at, `b${at}`);
    }
    now = 9800;
    expect(comes('b9700', second)).toBe(first);
  });

  it('is of before edits in a row, however late their images come', () => {
    edit(5000, 'b');
    edit(5800, 'c');
    now = 9000;
    expect(comes('b', first)).toBe(first);
    now = 14000;
    expect(comes('c', second)).toBe(first);
  });

  it('counts an image to the series of its own recipe, though another has begun', () => {
    edit(5000, 'b');
    edit(7000, 'c');
    expect(comes('b', first)).toBe(first);
    expect(comes('c', second)).toBe(second);
  });

  it('is no image of the same recipe: the coarse one, or that of another engine', () => {
    expect(comes('a', first)).toBeNull();
    edit(5000, 'b');
    comes('b', first);
    now = 9000;
    expect(comes('b', second)).toBe(first);
    // The next change is a series of its own, though the whole came late.
    edit(9500, 'c');
    expect(comes('c', third)).toBe(third);
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
