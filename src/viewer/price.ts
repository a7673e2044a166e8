/**
 * What a slice of an external tool costs, before it is begun.
 */
import type { Recipe } from '../recipe';
import { effectiveReconstruction, kernelForCost } from '../recipe';
import type { ITomoApi } from '../tokens';

/** Seconds from which on a slice is begun only when it is asked for. */
export const SLOW = 10;

/** Whether slices of a recipe may take minutes. */
export function mayBeSlow(recipe: Recipe): boolean {
  const { tool } = effectiveReconstruction(recipe);
  return tool !== 'builtin' && tool !== 'command';
}

/**
 * Seconds of a slice, whatever memory a run would have; null when nobody can
 * tell.
 *
 * @param kernel whose Python has tools; undefined: the server's own
 * @throws ApiError - what is wrong with recipe, data or tool, as the slice will say
 */
export async function priceOf(
  api: Pick<ITomoApi, 'estimate'>,
  purpose: string,
  base: string,
  recipe: Recipe,
  kernel: string | undefined,
  signal: AbortSignal
): Promise<number | null> {
  const resource = recipe.dataset?.resource;
  const { slice } = await api.estimate(
    {
      purpose: `${purpose} cost`,
      base,
      recipe,
      cores: 1,
      ...kernelForCost(recipe, kernel),
      ...(resource ? { resource } : {})
    },
    signal
  );
  return slice ?? null;
}
