/**
 * The axis between a search by eye and a recipe: where one begins to look, and
 * the line that was found as the recipe states it.
 */
import type { Description } from '../../api';
import type { Recipe } from '../../recipe';
import type { IRecipeSession } from '../../tokens';
import { columnAt, leansTooFar } from './line';
import type { IAxisLine } from './line';
import type { CentreSearch } from './search';
import { isInside } from './slices';

/** What is known of the axis. */
type Known = Pick<IRecipeSession, 'recipe' | 'centre'>;
type Centre = NonNullable<NonNullable<Recipe['regions']>['centre']>;

/** The axis of the recipe, or the one that was found; else the middle. */
export function knownAxis(
  { recipe, centre }: Known,
  data: Description
): IAxisLine {
  const given = recipe.regions?.centre;
  if (given?.column !== undefined) {
    return {
      column: given.column,
      row: given.row ?? 0,
      tilt: given.tilt ?? 0
    };
  }
  return centre.state === 'ready'
    ? centre.value
    : { column: (data.columns - 1) / 2, row: 0, tilt: 0 };
}

/** The row at a share of the height that is reconstructed. */
export function rowAt(
  recipe: Recipe,
  data: Description,
  share: number
): number {
  const [, top, , bottom] = recipe.regions?.roi ?? [
    0,
    0,
    data.columns,
    data.rows
  ];
  return Math.round(top + share * (bottom - 1 - top));
}

/** Look where the recipe, or what was found, has the axis now. */
export function beginSearch(
  search: CentreSearch,
  session: Known,
  data: Description
): void {
  const { recipe, centre } = session;
  const row = rowAt(recipe, data, 0.5);
  const known = columnAt(knownAxis(session, data), row);
  // Perhaps the recipe was written for other data.
  const inside = isInside(known, data.columns);
  const sure =
    inside &&
    (recipe.regions?.centre?.column !== undefined || centre.state === 'ready');
  const coarse = sure ? '0.5' : data.columns > 600 ? '5' : '2';
  search.begin(row, inside ? known : (data.columns - 1) / 2, coarse);
}

/** The line as a recipe states it; null before there are points, and when it leans too far. */
export function foundCentre(
  { fit, begun }: CentreSearch,
  recipe: Recipe
): Centre | null {
  if (!fit || !begun || leansTooFar(fit)) {
    return null;
  }
  const tilt = Number(fit.tilt.toFixed(4));
  const method = recipe.regions?.centre?.method;
  return {
    column: Number(fit.column.toFixed(3)),
    ...(tilt !== 0 && { row: Number(fit.row.toFixed(2)), tilt }),
    ...(method && { method })
  };
}

/** Whether the recipe has this axis. */
export function isCentreOf(recipe: Recipe, found: Centre | null): boolean {
  const { centre } = recipe.regions ?? {};
  return (
    found?.column !== undefined &&
    found.column === centre?.column &&
    found.row === centre.row &&
    found.tilt === centre.tilt
  );
}
