/**
 * What a control of the panel means as changes of the recipe. Pure.
 */
import { axisChanges } from '../axis';
import type { IAxis } from '../axis';
import type { Angles, Recipe, Rectangle } from '../recipe';
import type { IRecipeChange } from '../tokens';

type Path = IRecipeChange['path'];

/** A rectangle's name in `regions`. */
export type RegionName = 'roi' | 'air';

/** Give a group of files a role; the proposed one needs no entry. */
export function roleChange(
  group: string,
  role: string,
  proposed: string
): IRecipeChange {
  return {
    path: ['dataset', 'roles', group],
    value: role === proposed ? undefined : role
  };
}

/** Evenly spaced angles, in degrees; values listed one by one go. */
export function angleChanges(
  angles: Required<Pick<Angles, 'first' | 'last' | 'endpoint'>>
): IRecipeChange[] {
  return [{ path: ['dataset', 'angles'], value: { ...angles } }];
}

/**
 * The axis at `column`, kept to a thousandth of a pixel; without one the run
 * finds it, and its tilt.
 *
 * @param used what it goes on from when the recipe leaves it to the run; null: an upright one
 */
export function columnChanges(
  column: number | undefined,
  recipe: Recipe,
  used: IAxis | null
): IRecipeChange[] {
  const { column: stated, method } = recipe.regions?.centre ?? {};
  if (column === undefined) {
    const value = method && { method };
    return [{ path: ['regions', 'centre'], value }];
  }
  if (stated === undefined) {
    return axisChanges({ row: 0, tilt: 0, ...used, column }, recipe);
  }
  return [{ path: ['regions', 'centre', 'column'], value: round(column, 3) }];
}

/**
 * Another tilt of the axis in degrees, which counts beside a column alone.
 *
 * @param used the axis that leans so when the recipe leaves it to the run; null: none is known
 */
export function tiltChanges(
  tilt: number | undefined,
  recipe: Recipe,
  used: IAxis | null
): IRecipeChange[] {
  if (recipe.regions?.centre?.column !== undefined) {
    return [{ path: ['regions', 'centre', 'tilt'], value: tilt || undefined }];
  }
  return used && tilt !== undefined
    ? axisChanges({ ...used, tilt }, recipe)
    : [];
}

/** A rectangle with one side moved; sides that cross change places. */
export function sideChange(
  region: RegionName,
  rectangle: Rectangle,
  side: number,
  value: number
): IRecipeChange {
  const moved = rectangle.map((old, index) =>
    index === side ? Math.max(0, Math.round(value)) : old
  );
  const [left, top, right, bottom] = moved;
  return {
    path: ['regions', region],
    value: [
      Math.min(left, right),
      Math.min(top, bottom),
      Math.max(left, right),
      Math.max(top, bottom)
    ]
  };
}

/** Add a step at the end: the order in which steps run is not the order of the list. */
export function addStepChange(recipe: Recipe, name: string): IRecipeChange {
  return recipe.filters
    ? { path: ['filters', recipe.filters.length], value: { name } }
    : { path: ['filters'], value: [{ name }] };
}

export function removeStepChange(index: number): IRecipeChange {
  return { path: ['filters', index], value: undefined };
}

/** On is the default, so it leaves no key. */
export function enableStepChange(
  index: number,
  enabled: boolean
): IRecipeChange {
  return {
    path: ['filters', index, 'enabled'],
    value: enabled ? undefined : false
  };
}

/**
 * The keys in which a form differs from what held before, each at its path. A
 * key that the form emptied is removed.
 */
export function formChanges(
  path: Path,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>
): IRecipeChange[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys]
    .filter(key => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
    .map(key => ({ path: [...path, key], value: after[key] }));
}

/** "17, 30-32" as indices; null when it is not such a list. */
export function parseIndices(text: string): number[] | null {
  const found = new Set<number>();
  for (const part of text.split(/[\s,;]+/).filter(Boolean)) {
    const range = /^(\d+)(?:[-–](\d+))?$/.exec(part);
    if (!range) {
      return null;
    }
    const first = Number(range[1]);
    const last = Number(range[2] ?? range[1]);
    if (last < first || last - first > 100000) {
      return null;
    }
    for (let index = first; index <= last; index++) {
      found.add(index);
    }
  }
  return [...found].sort((a, b) => a - b);
}

/** Indices as "17, 30-32". */
export function formatIndices(indices: readonly number[]): string {
  const sorted = [...indices].sort((a, b) => a - b);
  const runs: [number, number][] = [];
  for (const index of sorted) {
    const last = runs[runs.length - 1];
    if (last && index === last[1] + 1) {
      last[1] = index;
    } else {
      runs.push([index, index]);
    }
  }
  return runs
    .map(([a, b]) =>
      a === b ? `${a}` : b === a + 1 ? `${a}, ${b}` : `${a}-${b}`
    )
    .join(', ');
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
