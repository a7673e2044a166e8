/**
 * An axis of rotation that was found, in a recipe.
 */
import { columnAt } from './recipe';
import type { Recipe } from './recipe';
import type { IRecipeChange } from './tokens';

/** A line over the rows of the full image: at `column` in `row`, leaning by `tilt` degrees. */
export interface IAxis {
  readonly column: number;
  readonly row: number;
  readonly tilt: number;
}

/**
 * The axis as changes of a recipe, to the digits that mean something. How it
 * is to be found stays in the recipe.
 */
export function axisChanges(axis: IAxis, recipe: Recipe): IRecipeChange[] {
  const { column, row, tilt } = statedAxis(axis);
  const method = recipe.regions?.centre?.method;
  const value = {
    ...(tilt === 0 ? { column } : { column, row, tilt }),
    ...(method && { method })
  };
  return [{ path: ['regions', 'centre'], value }];
}

/** An axis to the digits that mean something, as it is written into recipes. */
export function statedAxis({ column, row, tilt }: IAxis): IAxis {
  return {
    column: rounded(column, 3),
    row: rounded(row, 2),
    tilt: rounded(tilt, 3)
  };
}

/** The same line, at its column in another row. */
export function axisAbout(axis: IAxis, row: number): IAxis {
  return { column: columnAt(axis, row), row, tilt: axis.tilt };
}

/** A recipe that leaves the axis to the run, with this one: it is not searched for again. */
export function withAxis(recipe: Recipe, axis: IAxis | null): Recipe {
  const { regions } = recipe;
  if (!axis || regions?.centre?.column !== undefined) {
    return recipe;
  }
  const { column, row, tilt } = axis;
  const centre = { ...regions?.centre, column, row, tilt };
  return { ...recipe, regions: { ...regions, centre } };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
