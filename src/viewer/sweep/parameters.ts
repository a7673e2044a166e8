/**
 * What a recipe lets one try out: parameters that only the engine sees.
 */
import { ApiError } from '../../api';
import type { IParameterSchema, Recipe } from '../../recipe';
import {
  applyEdits,
  methodOf,
  parseRecipe,
  stepOf,
  textEdits
} from '../../recipe';
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
  readonly minimum: number;
  readonly maximum: number;
  /** First and last value that are proposed. */
  readonly proposed: readonly [number, number];
}

/** Columns on each side of the axis that are proposed. */
const AROUND = 4;

/**
 * The parameters of a recipe that can be tried out.
 *
 * @param column where the axis of rotation is, given or found; null when it is not known
 * @param columns of the image
 * @param title of the centre of rotation
 */
export function sweepables(
  recipe: Recipe,
  column: number | null,
  columns: number,
  title: string
): ISweepable[] {
  const found: ISweepable[] = [];
  if (column !== null) {
    found.push({
      ...numeric(column, 0, columns - 1, false),
      id: 'regions.centre.column',
      label: title,
      path: ['regions', 'centre', 'column'],
      proposed: [column - AROUND, column + AROUND]
    });
  }
  const { method = 'gridding', parameters = {} } = recipe.reconstruction ?? {};
  const known = methodOf('builtin', method);
  for (const [name, schema] of Object.entries(known?.schema ?? {})) {
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
      found.push(
        parameter(
          schema,
          valueAt(filter, name),
          ['filters', index, name],
          `${step.title}: ${schema.title ?? name}`
        )
      );
    }
  });
  return found;
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
  const { integer, minimum, maximum } = sweepable;
  const values = Array.from({ length: count }, (_, i) => {
    const value = first + ((last - first) * i) / Math.max(1, count - 1);
    const within = Math.min(maximum, Math.max(minimum, value));
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
  const round = integer ? Math.round : (each: number): number => each;
  const low = Math.max(minimum, round(Math.min(value / 2, value * 2)));
  const high = Math.min(maximum, round(Math.max(value / 2, value * 2)));
  const proposed = [low, high > low ? high : low + 1] as const;
  return { value, choices: [], integer, minimum, maximum, proposed };
}

function valueAt(object: object, name: string): unknown {
  return Object.entries(object).find(([key]) => key === name)?.[1];
}

function isValue(value: unknown): value is SweepValue {
  return ['number', 'string', 'boolean'].includes(typeof value);
}
