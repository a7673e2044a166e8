/** What is to be computed, and from what. */
import { ApiError } from '../api';
import { compilePlan, EngineError } from '../engine';
import type { Asked, IFrame, PreviewRequest } from '../api';
import {
  centreTool,
  columnAt,
  isRotated,
  kernelFor,
  STEPS,
  uprightColumn
} from '../recipe';
import type { Recipe } from '../recipe';
import stepsFile from '../recipe/steps.json';
import toolsFile from '../recipe/tools.json';
import type { ISinogram } from './messages';

/** A slice of one row. */
export interface IWantedSlice {
  /** Absolute folder that relative paths start from. */
  readonly base: string;
  readonly recipe: Recipe;
  /** Row of the full image. */
  readonly row: number;
  /** Columns of the full image. */
  readonly columns: number;
  /** Kernel whose Python has tools; the server's own when left out. */
  readonly kernel?: string;
}

/** A row as the agent gave it, and what a plan needs of it. */
export interface IRow {
  readonly sinogram: ISinogram;
  readonly axis: IAxis;
  /** How the axis was searched for; null: the recipe had it. */
  readonly search: ISearch | null;
  /** Degrees by which its projections were rotated to make the axis upright. */
  readonly rotated: number;
  /** Column of the full image with which the sinogram begins. */
  readonly left: number;
  /** Columns of the full image. */
  readonly across: number;
  /** Rows of the full image. */
  readonly down: number;
  readonly scale: number;
  /** What the runner says about it. */
  readonly about: Readonly<Record<string, unknown>>;
}

interface IAxis {
  readonly column: number;
  readonly row: number;
  readonly tilt: number;
}

/** The search for an axis that a recipe does not have. */
interface ISearch {
  /** Of what it is the answer. */
  readonly key: string;
  /** Steps on sinograms had a part in it. */
  readonly ofSteps: boolean;
  readonly warnings: readonly string[];
}

/** An answer that is no row; the slice is asked of the agent then. */
export class RowError extends ApiError {
  constructor(message: string) {
    super({
      code: 'no-row',
      message,
      where: 'browser',
      hint: 'Slices are computed by the server.'
    });
  }
}

/** Whether the slice of a recipe is made by the engine. */
export function isLive(recipe: Recipe): boolean {
  return (recipe.reconstruction?.tool ?? 'builtin') === 'builtin';
}

/** The key of the values that the agent has to compute: everything before the sinogram steps. */
export function rowKey(wanted: IWantedSlice): string {
  return valuesKey(wanted, rotationOf(wanted.recipe, wanted.columns));
}

/** The same where it is known by how many degrees the projections are rotated. */
function valuesKey(
  { base, recipe, row }: IWantedSlice,
  rotated: number
): string {
  const { dataset, regions, filters = [] } = recipe;
  const before = filters.filter(({ name }) => isOf('projection', name));
  return JSON.stringify([
    base,
    row,
    dataset,
    regions?.roi,
    regions?.air,
    before,
    rotated
  ]);
}

/** Degrees by which projections are rotated for the axis of a recipe, wherever that stands; 0 when it has none. */
function rotationOf({ regions }: Recipe, columns: number): number {
  const { column, tilt = 0 } = regions?.centre ?? {};
  return column !== undefined && isRotated(tilt, columns) ? tilt : 0;
}

/**
 * The key of a search for the axis: of what else than the values it depends.
 *
 * @param ofSteps whether steps on sinograms have a part in it
 */
function searchKey({ recipe, kernel }: IWantedSlice, ofSteps: boolean): string {
  const { regions, filters = [] } = recipe;
  const after = filters.filter(({ name }) => isOf('sinogram', name));
  return JSON.stringify([
    regions?.centre,
    // The tool that finds it.
    centreTool(recipe) && kernel,
    ofSteps && after
  ]);
}

/** The key of what is asked of the agent: the values, and the axis unless the recipe has it. */
export function requestKey(wanted: IWantedSlice): string {
  const given = wanted.recipe.regions?.centre?.column !== undefined;
  return JSON.stringify([
    rowKey(wanted),
    given ? null : searchKey(wanted, false)
  ]);
}

function isOf(domain: string, name: string): boolean {
  return STEPS.some(step => step.name === name && step.domain === domain);
}

/** Whether a row has all that a slice needs: its values, and the axis unless the recipe has it. */
export function fits(
  { sinogram, search, rotated, across }: IRow,
  wanted: IWantedSlice
): boolean {
  if (wanted.recipe.regions?.centre?.column !== undefined) {
    const asked = rotationOf(wanted.recipe, across);
    return sinogram.key === valuesKey(wanted, asked);
  }
  return (
    sinogram.key === valuesKey(wanted, rotated) &&
    search !== null &&
    search.key === searchKey(wanted, search.ofSteps)
  );
}

/** The key of the slice itself. */
export function sliceKey(wanted: IWantedSlice): string {
  const { regions, filters, reconstruction } = wanted.recipe;
  return JSON.stringify([
    requestKey(wanted),
    regions?.centre,
    filters,
    reconstruction
  ]);
}

/** The request for a row. */
export function rowRequest(
  { base, recipe, row, kernel }: IWantedSlice,
  purpose: string
): Asked<PreviewRequest> {
  const resource = recipe.dataset?.resource;
  return {
    purpose,
    base,
    recipe,
    row,
    product: 'attenuation',
    ...kernelFor(recipe, 'attenuation', kernel),
    ...(resource && { resource })
  };
}

/**
 * The row that the agent gave.
 *
 * @param own key of its values, other than the usual one
 * @throws RowError when the frame holds no row of attenuation.
 */
export function rowOf(frame: IFrame, wanted: IWantedSlice, own?: string): IRow {
  const { dtype, shape, about } = frame.header;
  const live = about?.live;
  if (dtype !== 'float32' || shape?.length !== 2 || !about || !isObject(live)) {
    throw new RowError('The agent gave no row of attenuation.');
  }
  const [count, columns] = shape;
  const angles = numbers(live.angles);
  const { left, columns: across, rows: down, rotated, scale } = live;
  if (
    frame.body.byteLength !== 4 * count * columns ||
    angles?.length !== count ||
    typeof left !== 'number' ||
    typeof across !== 'number' ||
    typeof down !== 'number' ||
    typeof rotated !== 'number' ||
    typeof scale !== 'number'
  ) {
    throw new RowError('The row of attenuation is not whole.');
  }
  const sinogram = {
    key: own ?? valuesKey(wanted, rotated),
    data: new Float32Array(frame.body),
    count,
    columns,
    angles
  };
  const search = searchOf(live.search, wanted);
  const axis = axisOf(live.axis);
  return {
    ...{ sinogram, axis, search, rotated },
    ...{ left, across, down, scale, about }
  };
}

function searchOf(value: unknown, wanted: IWantedSlice): ISearch | null {
  if (value === null) {
    return null;
  }
  if (
    !isObject(value) ||
    typeof value.ofSteps !== 'boolean' ||
    !Array.isArray(value.warnings)
  ) {
    throw new RowError('The agent did not say how the axis was found.');
  }
  const { ofSteps, warnings } = value;
  return {
    key: searchKey(wanted, ofSteps),
    ofSteps,
    warnings: warnings.map(String)
  };
}

/**
 * The axis of a recipe is inside the image.
 *
 * @throws ApiError when it is not, in the words of the runner, which refuses it, too.
 */
export function checkAxis({ recipe }: IWantedSlice, { across }: IRow): void {
  const column = recipe.regions?.centre?.column;
  if (column !== undefined && !(column >= 0 && column <= across - 1)) {
    throw new ApiError({
      code: 'outside',
      message: `The centre of rotation, column ${Number(column.toPrecision(6))}, lies outside the image of ${across} columns.`,
      where: 'regions.centre.column',
      hint: `Give a column from 0 to ${across - 1}, or remove it to have it found.`
    });
  }
}

/**
 * Plan and centre (in columns of the sinogram) for a slice of a row, as the
 * runner has them; the axis, and its column in projections as they are.
 *
 * @throws ApiError when the engine does not know what the recipe asks for.
 */
export function planOf(
  { recipe, row }: IWantedSlice,
  source: IRow
): {
  plan: Float64Array;
  centre: number;
  axis: IAxis;
  column: number;
  /** Column of the full image that the plan has, where the axis is upright or at its own row. */
  middle: number;
} {
  const given = recipe.regions?.centre;
  const axis =
    given?.column === undefined
      ? source.axis
      : {
          column: given.column,
          row: given.row ?? 0,
          tilt: given.tilt ?? 0
        };
  const { left, scale, sinogram, rotated, across, down } = source;
  const { count, columns } = sinogram;
  const column = columnAt(axis, row);
  const stands = rotated
    ? uprightColumn(axis, rotated, { rows: down, columns: across })
    : null;
  const middle = stands ?? axis.column;
  const place = { count, columns, centre: middle, left, scale };
  const plan = planned(recipe, place);
  const centre = (stands ?? column) - left;
  return { plan, centre, axis, column, middle };
}

function planned(
  recipe: Recipe,
  place: Parameters<typeof compilePlan>[1]
): Float64Array {
  try {
    return compilePlan(recipe, place, {
      steps: stepsFile.steps,
      tools: toolsFile.tools
    });
  } catch (error) {
    if (error instanceof EngineError) {
      const { code, message, where, hint } = error;
      throw new ApiError({ code, message, where, hint });
    }
    throw error;
  }
}

function axisOf(value: unknown): IAxis {
  if (
    isObject(value) &&
    typeof value.column === 'number' &&
    typeof value.row === 'number' &&
    typeof value.tilt === 'number'
  ) {
    return { column: value.column, row: value.row, tilt: value.tilt };
  }
  throw new RowError('The agent did not say where the axis is.');
}

function numbers(value: unknown): Float64Array | null {
  return Array.isArray(value) &&
    value.every((one): one is number => Number.isFinite(one))
    ? Float64Array.from(value)
    : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
