/**
 * What a recipe lets one try out: parameters of its tool, and what else only a sinogram sees.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError } from '../../api';
import type { IAxis } from '../../axis';
import type { IParameterSchema, Recipe } from '../../recipe';
import {
  applyEdits,
  effectiveReconstruction,
  methodOf,
  parseRecipe,
  stepOf,
  textEdits,
  widestMedian
} from '../../recipe';
import recipeSchema from '../../recipe/_generated/recipe.schema.json';
import type { IRecipeChange } from '../../tokens';

export type SweepValue = number | string | boolean;

/** A parameter that can be tried out. */
export interface ISweepable {
  /** Its path in the recipe, as text. */
  readonly id: string;
  readonly label: string;
  readonly path: IRecipeChange['path'];
  /** What holds now. */
  readonly value: SweepValue;
  /** All values of a choice; none for a number. */
  readonly choices: readonly SweepValue[];
  readonly integer: boolean;
  /** Whether only odd numbers count. */
  readonly odd?: boolean;
  readonly minimum: number;
  readonly maximum: number;
  /** First and last value that are proposed. */
  readonly proposed: readonly [number, number];
  /** What has to be stated with each value. */
  readonly besides?: readonly IRecipeChange[];
}

/** Types of parameters that can be tried out, besides choices. */
const NUMBERS = ['number', 'integer', 'boolean'];
/** Columns on each side of the axis that are proposed. */
const AROUND = 4;
/** Degrees on each side that are proposed for the turn of slices. */
const TURN = 20;
/** Most of the proposed values for "every n-th projection". */
const EVERY = 9;

const { angles: ANGLES, rotation: ROTATION } =
  recipeSchema.definitions.reconstruction.properties;

/** What is known of the data set and its slice. */
export interface ISweptData {
  /** Where the axis of rotation is where the recipe does not state it; null when it is not known. */
  readonly axis: IAxis | null;
  /** Columns of the image. */
  readonly columns: number;
  /** Between which angles the projections stand, in degrees; null when it is not known. */
  readonly angles: readonly [number, number] | null;
  /** Parameters of the method where it is another package's; left out: those that are always known. */
  readonly schema?: Readonly<Record<string, IParameterSchema>>;
}

/** The parameters of a recipe that can be tried out. */
export function sweepables(
  recipe: Recipe,
  { axis, columns, angles, schema: others }: ISweptData,
  trans: TranslationBundle
): ISweepable[] {
  const found: ISweepable[] = [];
  const stated = recipe.regions?.centre?.column;
  const column = stated ?? axis?.column;
  if (column !== undefined) {
    found.push({
      ...numeric(column, 0, columns - 1, false),
      id: 'regions.centre.column',
      label: trans.__('Centre of rotation'),
      path: ['regions', 'centre', 'column'],
      proposed: [column - AROUND, column + AROUND],
      besides: stated === undefined && axis ? leaning(axis) : []
    });
  }
  const { tool, method, parameters: given } = effectiveReconstruction(recipe);
  const schemas = others ?? methodOf(tool, method)?.schema ?? {};
  const parameters: Record<string, unknown> = Object.fromEntries(
    Object.entries(schemas).map(([name, { default: value }]) => [name, value])
  );
  Object.assign(parameters, given);
  for (const [name, schema] of Object.entries(schemas)) {
    const counts = Object.entries(schema.when ?? {}).every(([other, values]) =>
      values.includes(parameters[other])
    );
    if (!counts || !(schema.enum || NUMBERS.includes(schema.type ?? ''))) {
      continue;
    }
    found.push(
      parameter(
        schema,
        valueAt(parameters, name),
        ['reconstruction', 'parameters', name],
        schema.title ?? name
      )
    );
  }
  (recipe.filters ?? []).forEach((filter, index) => {
    const step = stepOf(filter.name);
    if (step?.domain !== 'sinogram') {
      return;
    }
    for (const [name, schema] of Object.entries(step.schema)) {
      const widest = widestMedian(step, name, columns);
      const one = parameter(
        widest === null ? schema : { ...schema, maximum: widest },
        valueAt(filter, name),
        ['filters', index, name],
        `${step.title}: ${schema.title ?? name}`
      );
      found.push(widest === null ? one : { ...one, odd: true });
    }
  });
  return [...found, ...ofSlices(recipe, angles, trans)];
}

/** What a column of an axis that was found is to be stated with. */
function leaning({ row, tilt }: IAxis): IRecipeChange[] {
  const path = ['regions', 'centre'];
  const rounded = Number(tilt.toFixed(3));
  return rounded === 0
    ? []
    : [
        { path: [...path, 'row'], value: row },
        { path: [...path, 'tilt'], value: rounded }
      ];
}

/** Which projections slices are made of, and how they are turned. */
function ofSlices(
  recipe: Recipe,
  angles: ISweptData['angles'],
  trans: TranslationBundle
): ISweepable[] {
  const { angles: asked, rotation = ROTATION.default } =
    recipe.reconstruction ?? {};
  const path = ['reconstruction', 'angles'] as const;
  const ends: ISweepable[] = [];
  if (angles) {
    const [least, most] = angles;
    const from = asked?.from ?? least;
    const to = asked?.to ?? most;
    const middle = (from + to) / 2;
    const { minimum, maximum } = ANGLES.properties.from;
    ends.push(
      {
        ...numeric(from, minimum, maximum, false),
        id: 'reconstruction.angles.from',
        label: trans.__('Angles used: from (°)'),
        path: [...path, 'from'],
        proposed: [from, middle]
      },
      {
        ...numeric(to, minimum, maximum, false),
        id: 'reconstruction.angles.to',
        label: trans.__('Angles used: to (°)'),
        path: [...path, 'to'],
        proposed: [middle, to]
      }
    );
  }
  const { every } = ANGLES.properties;
  const now = asked?.every ?? every.default;
  return [
    ...ends,
    {
      ...numeric(now, every.minimum, every.maximum, true),
      id: 'reconstruction.angles.every',
      label: trans.__('Angles used: every n-th'),
      path: [...path, 'every'],
      proposed: [1, Math.max(EVERY, now)]
    },
    {
      ...numeric(rotation, ROTATION.minimum, ROTATION.maximum, false),
      id: 'reconstruction.rotation',
      label: trans.__('Turn slices (°)'),
      path: ['reconstruction', 'rotation'],
      proposed: [rotation - TURN, rotation + TURN]
    }
  ];
}

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
  const { integer, odd, minimum, maximum } = sweepable;
  const values = Array.from({ length: count }, (_, i) => {
    const value = first + ((last - first) * i) / Math.max(1, count - 1);
    const within = Math.min(maximum, Math.max(minimum, value));
    if (odd) {
      return 2 * Math.round((within - 1) / 2) + 1;
    }
    return integer ? Math.round(within) : Number(within.toPrecision(6));
  });
  return [...new Set(values)];
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

function parameter(
  schema: IParameterSchema,
  given: unknown,
  path: IRecipeChange['path'],
  label: string
): ISweepable {
  const now = isValue(given) ? given : schema.default;
  const about = { id: path.join('.'), label, path };
  if (schema.enum || schema.type === 'boolean') {
    return {
      ...numeric(0, 0, 0, false),
      ...about,
      value: isValue(now) ? now : '',
      choices: schema.enum ?? [false, true]
    };
  }
  const minimum = schema.minimum ?? schema.exclusiveMinimum ?? -Infinity;
  const maximum = schema.maximum ?? schema.exclusiveMaximum ?? Infinity;
  const value = typeof now === 'number' ? now : Math.max(0, minimum);
  return {
    ...numeric(value, minimum, maximum, schema.type === 'integer'),
    ...about
  };
}

function numeric(
  value: number,
  minimum: number,
  maximum: number,
  integer: boolean
): Pick<
  ISweepable,
  'value' | 'choices' | 'integer' | 'minimum' | 'maximum' | 'proposed'
> {
  // What holds now is in the middle, so that it is one of an odd number of values.
  const half = integer ? Math.ceil(Math.abs(value) / 2) : Math.abs(value) / 2;
  const low = Math.max(minimum, value - half);
  const high = Math.min(maximum, value + half);
  const proposed = [low, high > low ? high : low + 1] as const;
  return { value, choices: [], integer, minimum, maximum, proposed };
}

function valueAt(object: object, name: string): unknown {
  return Object.entries(object).find(([key]) => key === name)?.[1];
}

function isValue(value: unknown): value is SweepValue {
  return ['number', 'string', 'boolean'].includes(typeof value);
}
