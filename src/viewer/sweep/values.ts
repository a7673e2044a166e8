/**
 * The values of a sweep, and what a recipe is with them.
 */
import { ApiError } from '../../api';
import type { Recipe } from '../../recipe';
import { applyEdits, parseRecipe, textEdits } from '../../recipe';
import type { IRecipeChange } from '../../tokens';
import { digitsOf, isSame } from './cell-values';
import type { ISweepable, SweepValue } from './parameters';

/**
 * The values of a sweep.
 *
 * @param count how many; fewer when whole numbers leave no more
 */
export function sweepValues(
  sweepable: ISweepable,
  first: number,
  last: number,
  count: number
): SweepValue[] {
  if (sweepable.choices.length) {
    return [...sweepable.choices];
  }
  const { integer, odd, byFactors, minimum, maximum, value: now } = sweepable;
  const factors = byFactors && first > 0 && last > 0;
  const values = Array.from({ length: count }, (_, i) => {
    const share = i / Math.max(1, count - 1);
    const value = factors
      ? short(first * (last / first) ** share, now)
      : first + (last - first) * share;
    const within = Math.min(maximum, Math.max(minimum, value));
    if (odd) {
      return 2 * Math.round((within - 1) / 2) + 1;
    }
    return integer
      ? Math.round(within)
      : Number(within.toPrecision(digitsOf(within)));
  });
  return [...new Set(values)];
}

/** A value by a factor, in few digits; what holds now keeps all of its own. */
function short(value: number, now: SweepValue): number {
  return isSame(value, now) ? Number(now) : Number(value.toPrecision(3));
}

/**
 * A recipe with other values.
 *
 * @throws ApiError when the recipe does not take one of them.
 */
export function withValues(
  recipe: Recipe,
  changes: readonly IRecipeChange[]
): Recipe {
  const text = JSON.stringify(recipe);
  const { recipe: changed, problems } = parseRecipe(
    applyEdits(text, textEdits(text, changes))
  );
  if (!changed) {
    const [problem] = problems;
    throw new ApiError({
      code: 'invalid-recipe',
      message: problem?.message ?? 'The recipe does not take these values.',
      where: problem?.path ?? '',
      hint: 'Choose other values.'
    });
  }
  return changed;
}
