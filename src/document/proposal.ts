/**
 * What the runner found out, as changes of the recipe.
 */
import type { Description } from '../api';
import type { Recipe } from '../recipe';
import type { IRecipeChange } from '../tokens';

/**
 * The proposed keys of `dataset` that are certain and that the recipe lacks.
 * Angles are certain only when they stand in the file or in the file names;
 * regions are guesses, which the panel offers.
 */
export function certainChanges(
  description: Description,
  recipe: Recipe
): IRecipeChange[] {
  const { dataset } = description.proposed;
  if (typeof dataset !== 'object' || dataset === null) {
    return [];
  }
  const measured = ['file', 'file names'].includes(description.angles.source);
  const entries: [string, unknown][] = Object.entries(dataset);
  return entries
    .filter(([key]) => key !== 'path' && (key !== 'angles' || measured))
    .filter(([key]) => !Object.keys(recipe.dataset ?? {}).includes(key))
    .map(([key, value]) => ({ path: ['dataset', key], value }));
}
