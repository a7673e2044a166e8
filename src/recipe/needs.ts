/**
 * For what a recipe needs the Python that has a tool: a kernel is named then,
 * and only then, as its Python would have to be looked for.
 */
import type { Recipe } from './_generated/recipe';
import { effectiveReconstruction } from './defaults';
import { isOfAnotherPackage, TOOLS } from './lookups';

/** What can be made of a row. */
export type RowProduct = 'slice' | 'sinogram' | 'attenuation';

/** The tool that is to find the axis; undefined where it is given, or found without one. */
export function centreTool({ regions }: Recipe): string | undefined {
  const { column, method } = regions?.centre ?? {};
  return column === undefined
    ? TOOLS.find(({ name }) => method?.startsWith(`${name}-`))?.name
    : undefined;
}

/** The kernel that a product of a row is asked with: none where no tool is needed. */
export function kernelFor(
  recipe: Recipe,
  product: RowProduct,
  kernel: string | undefined
): { kernel?: string } {
  const { tool } = effectiveReconstruction(recipe);
  return kernel !== undefined &&
    ((product === 'slice' && tool !== 'builtin') || centreTool(recipe))
    ? { kernel }
    : {};
}

/** The kernel that an estimate is asked with: what the project's tools take is known without. */
export function kernelForCost(
  recipe: Recipe,
  kernel: string | undefined
): { kernel?: string } {
  return kernel !== undefined &&
    isOfAnotherPackage(effectiveReconstruction(recipe).tool)
    ? { kernel }
    : {};
}
