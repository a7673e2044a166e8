/**
 * Regions of the recipe as overlays, and overlays as edits of the recipe.
 */
import { withAxis } from '../../axis';
import type { IAxis } from '../../axis';
import { isRotated } from '../../recipe';
import type { IRotation, Recipe } from '../../recipe';
import type { IRecipeChange, IViewPosition } from '../../tokens';
import type { IImage } from '../pixels/image';
import type { Overlay } from '../pixels/overlays';
import type { IRowCost } from '../sweep';

/**
 * What lies over the image of a place in a recipe.
 *
 * @param found the axis, when the recipe leaves it to the run
 */
export function overlaysOf(
  recipe: Recipe,
  position: IViewPosition,
  image: IImage,
  found: IAxis | null = null
): Overlay[] {
  const { roi, air, centre } = recipe.regions ?? {};
  switch (position.mode) {
    case 'projection': {
      const rotation = rotationOf(recipe, image, found);
      const overlays: Overlay[] = [
        { id: 'row', row: position.row, ...(rotation && { rotation }) }
      ];
      if (centre?.column !== undefined) {
        overlays.push({
          id: 'axis',
          column: centre.column,
          pivot: centre.row ?? 0,
          tilt: centre.tilt ?? 0,
          fixed: false
        });
      }
      if (air) {
        overlays.push({ id: 'air', rectangle: air });
      }
      if (roi) {
        overlays.push({ id: 'roi', rectangle: roi });
      }
      return overlays;
    }
    case 'sinogram': {
      const column = standsAt(image);
      return column === null
        ? []
        : [
            {
              id: 'axis',
              column: column - (image.left ?? 0),
              pivot: 0,
              tilt: 0,
              fixed: true
            }
          ];
    }
    case 'slice': {
      const mask = recipe.reconstruction?.mask ?? 1;
      // A slice is centred on the axis.
      const middle = { x: (image.columns - 1) / 2, y: (image.rows - 1) / 2 };
      const overlays: Overlay[] = [{ id: 'cross', ...middle }];
      if (mask > 0) {
        overlays.push({
          id: 'mask',
          ...middle,
          radius: (mask * image.columns) / 2
        });
      }
      return overlays;
    }
  }
}

/**
 * How the projections of slices are rotated, which one that is looked at never
 * is; null where they are not.
 */
export function rotationOf(
  recipe: Recipe,
  { rows, columns }: IImage,
  found: IAxis | null
): IRotation | null {
  const { column, tilt = 0 } = withAxis(recipe, found).regions?.centre ?? {};
  return column !== undefined && isRotated(tilt, columns)
    ? { degrees: tilt, rows, columns }
    : null;
}

/** The edit that a moved overlay stands for; null when it is none of the recipe. */
export function changeOf(overlay: Overlay): IRecipeChange | null {
  switch (overlay.id) {
    case 'axis':
      return overlay.fixed
        ? null
        : { path: ['regions', 'centre', 'column'], value: overlay.column };
    case 'roi':
    case 'air':
      return { path: ['regions', overlay.id], value: overlay.rectangle };
    case 'row':
    case 'mask':
    case 'cross':
    case 'profile':
      return null;
  }
}

/** Column of the axis that the runner used for an image; null when it does not say. */
export function usedCentre(image: IImage): number | null {
  const { centre } = image.about;
  return typeof centre === 'object' &&
    centre !== null &&
    'column' in centre &&
    typeof centre.column === 'number'
    ? centre.column
    : null;
}

/** Its column in the projections that the image is made of, which may have been rotated. */
function standsAt(image: IImage): number | null {
  const { stands }: { stands?: unknown } = { ...(image.about.centre ?? {}) };
  return typeof stands === 'number' ? stands : usedCentre(image);
}

/** The axis that the runner used for an image of one row; null when it does not say. */
export function usedAxis(image: IImage): IAxis | null {
  const column = usedCentre(image);
  const { row } = image.about;
  const { tilt }: { tilt?: unknown } = { ...(image.about.centre ?? {}) };
  return column !== null && typeof row === 'number' && typeof tilt === 'number'
    ? { column, row, tilt }
    : null;
}

/** The row about which the axis of an image leans; null when the runner does not say. */
export function usedPivot(image: IImage): number | null {
  const { row }: { row?: unknown } = { ...(image.about.centre ?? {}) };
  return typeof row === 'number' ? row : null;
}

/** Seconds that the runner took for an image; null when it does not say. */
export function secondsOf(image: IImage): number | null {
  const { seconds } = image.about;
  if (typeof seconds !== 'object' || seconds === null) {
    return null;
  }
  const parts: unknown[] = Object.values(seconds);
  return parts.reduce<number>(
    (sum, part) => sum + (typeof part === 'number' ? part : 0),
    0
  );
}

/** Seconds of them for the projections of its row; null for what is no row, or came from here. */
export function rowSecondsOf({ about }: IImage): number | null {
  const {
    centre,
    measures = 0,
    projections
  }: { centre?: unknown; measures?: unknown; projections?: unknown } = {
    ...(typeof about.seconds === 'object' ? about.seconds : {})
  };
  return typeof projections === 'number' &&
    typeof centre === 'number' &&
    typeof measures === 'number'
    ? measures + projections + centre
    : null;
}

/** What the projections of its row take, without the search for an axis; null when it does not say. */
export function rowCostOf({ about }: IImage): IRowCost | null {
  // A slice made here was made of a row that the runner gave before.
  const seconds = about.rowSeconds ?? about.seconds;
  const { projections }: { projections?: unknown } = {
    ...(typeof seconds === 'object' ? seconds : {})
  };
  const { measuring } = about;
  return typeof projections === 'number'
    ? {
        row: projections,
        measures: typeof measuring === 'number' ? measuring : 0
      }
    : null;
}

/** Warnings of the runner about an image. */
export function warningsOf(image: IImage): string[] {
  const { warnings } = image.about;
  return Array.isArray(warnings)
    ? warnings.filter((one): one is string => typeof one === 'string')
    : [];
}
