/**
 * What a recipe lets one try out: its axis, parameters of its tool and of its
 * steps, the angles that are used, and the turn of the slice.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import { statedAxis } from '../../axis';
import type { IAxis } from '../../axis';
import type { IEffectiveFilter, IParameterSchema, Recipe } from '../../recipe';
import {
  effectiveFilters,
  effectiveReconstruction,
  isRotated,
  methodOf,
  stepOf,
  widestMedian
} from '../../recipe';
import recipeSchema from '../../recipe/_generated/recipe.schema.json';
import type { IRecipeChange } from '../../tokens';

export type SweepValue = number | string | boolean;

/** A parameter that can be tried out. */
export interface ISweepable {
  /** Its path in the recipe, as text. */
  readonly id: string;
  /** Tells it from all others. */
  readonly label: string;
  /** The same without the number of a step; left out: it is of no step. */
  readonly plain?: string;
  readonly path: IRecipeChange['path'];
  /** What holds now. */
  readonly value: SweepValue;
  /** All values of a choice; none for a number. */
  readonly choices: readonly SweepValue[];
  readonly integer: boolean;
  /** Whether only odd numbers count. */
  readonly odd?: boolean;
  /** Whether each value is so many times the one before. */
  readonly byFactors?: boolean;
  readonly minimum: number;
  readonly maximum: number;
  /** Whether the minimum itself is too little. */
  readonly above?: boolean;
  /** Whether the maximum itself is too much. */
  readonly below?: boolean;
  /** First and last value that are proposed. */
  readonly proposed: readonly [number, number];
  /** What has to be stated with each value. */
  readonly besides?: readonly IRecipeChange[];
  /** Whether each value needs the projections, which the server has. */
  readonly onServer?: boolean;
}

/** Types of parameters that can be tried out, besides choices. */
const NUMBERS = ['number', 'integer', 'boolean'];
/** Columns on each side of the axis that are proposed. */
const AROUND = 4;
/** Degrees on each side that are proposed for the turn of slices. */
const TURN = 20;
/** Most of the proposed values for "every n-th projection". */
const EVERY = 9;
/** Degrees on each side that are proposed for the tilt of the axis. */
const LEAN = 0.5;
/** Parameters of steps that are known by their order of magnitude. */
const MAGNITUDES = ['phase.ratio', 'minus-log.floor'];
/** Times which, and by which, such a value is proposed. */
const DECADE = 10;

const { angles: ANGLES, rotation: ROTATION } =
  recipeSchema.definitions.reconstruction.properties;
const { tilt: TILT } =
  recipeSchema.definitions.regions.properties.centre.properties;

/** What is known of the data set and its slice. */
export interface ISweptData {
  /** Where the axis of rotation is, about its own row, where the recipe does not state it; null when it is not known. */
  readonly axis: IAxis | null;
  /** Columns of the image. */
  readonly columns: number;
  /** Row of the slice. */
  readonly row: number;
  /** Between which angles the projections stand, in degrees; null when it is not known. */
  readonly angles: readonly [number, number] | null;
  /** Parameters of the method where it is another package's; left out: those that are always known. */
  readonly schema?: Readonly<Record<string, IParameterSchema>>;
}

/** The parameters of a recipe that can be tried out; those that need the projections come last. */
export function sweepables(
  recipe: Recipe,
  data: ISweptData,
  trans: TranslationBundle
): ISweepable[] {
  const taking = effectiveFilters(recipe).filter(one => takesPart(one, recipe));
  const steps = taking.flatMap(filter => {
    const alike = taking.filter(({ name }) => name === filter.name);
    const number = alike.length > 1 ? alike.indexOf(filter) + 1 : null;
    return ofStep(filter, number, data.columns);
  });
  const axis = ofAxis(recipe, data, trans);
  return [
    ...axis.filter(({ onServer }) => !onServer),
    ...ofTool(recipe, data.schema),
    ...steps.filter(({ onServer }) => !onServer),
    ...ofSlices(recipe, data.angles, trans),
    ...axis.filter(({ onServer }) => onServer),
    ...steps.filter(({ onServer }) => onServer)
  ];
}

/** Where the axis is, and how it leans. */
function ofAxis(
  recipe: Recipe,
  { axis, columns, row }: ISweptData,
  trans: TranslationBundle
): ISweepable[] {
  const stated = recipe.regions?.centre;
  // The column that is found is tried about the same row as the tilt.
  const found = stated?.column === undefined && axis ? statedAxis(axis) : null;
  const column = stated?.column ?? found?.column;
  if (column === undefined) {
    return [];
  }
  const path = ['regions', 'centre'];
  const centre: ISweepable = {
    ...numeric(column, 0, columns - 1, false),
    id: 'regions.centre.column',
    label: trans.__('Centre of rotation'),
    path: [...path, 'column'],
    proposed: [column - AROUND, column + AROUND],
    besides: found ? leaning(found) : []
  };
  const pivot = found?.row ?? stated?.row ?? 0;
  const tilt = found?.tilt ?? stated?.tilt ?? 0;
  const rotates = isRotated(Math.abs(tilt) + LEAN, columns);
  // In the row about which it leans, nothing changes unless projections are rotated.
  return Math.abs(row - pivot) < 1 && !rotates
    ? [centre]
    : [
        centre,
        {
          ...numeric(tilt, TILT.minimum, TILT.maximum, false),
          id: 'regions.centre.tilt',
          label: trans.__('Tilt of the axis (°)'),
          path: [...path, 'tilt'],
          proposed: [tilt - LEAN, tilt + LEAN],
          ...(rotates && { onServer: true }),
          besides: found
            ? [
                { path: [...path, 'column'], value: column },
                { path: [...path, 'row'], value: pivot }
              ]
            : []
        }
      ];
}

/** Parameters of the tool, as far as they count beside the others. */
function ofTool(recipe: Recipe, others: ISweptData['schema']): ISweepable[] {
  const { tool, method, parameters: given } = effectiveReconstruction(recipe);
  const schemas = others ?? methodOf(tool, method)?.schema ?? {};
  const parameters: Record<string, unknown> = Object.fromEntries(
    Object.entries(schemas).map(([name, { default: value }]) => [name, value])
  );
  Object.assign(parameters, given);
  return Object.entries(schemas)
    .filter(
      ([, { when = {}, enum: choices, type = '' }]) =>
        (choices || NUMBERS.includes(type)) &&
        Object.entries(when).every(([other, values]) =>
          values.includes(parameters[other])
        )
    )
    .map(([name, schema]) =>
      parameter(
        schema,
        parameters[name],
        ['reconstruction', 'parameters', name],
        schema.title ?? name
      )
    );
}

function takesPart(
  { name, enabled }: IEffectiveFilter,
  { dataset }: Recipe
): boolean {
  return enabled && !!stepOf(name)?.states.includes(dataset?.state ?? 'raw');
}

/**
 * Parameters of a step that takes part.
 *
 * @param number among those of its kind; null: it is the only one
 */
function ofStep(
  { name, index, parameters }: IEffectiveFilter,
  number: number | null,
  columns: number
): ISweepable[] {
  const step = stepOf(name);
  if (!step) {
    return [];
  }
  return Object.entries(step.schema).map(([key, schema]) => {
    const widest = widestMedian(step, key, columns);
    const { title = key, unit } = schema;
    const its = `: ${title}${unit ? ` (${unit})` : ''}`;
    const plain = step.title + its;
    const one = parameter(
      widest === null ? schema : { ...schema, maximum: widest },
      parameters[key],
      ['filters', index, key],
      number === null ? plain : `${step.title} (${number})${its}`
    );
    return {
      ...one,
      plain,
      ...(widest !== null && { odd: true, proposed: oddAround(one) }),
      ...(step.domain === 'projection' && { onServer: true }),
      ...(MAGNITUDES.includes(`${name}.${key}`) && byMagnitude(one))
    };
  });
}

/** Odd widths as far below what holds now as above it, so that the ends are those of the slices. */
function oddAround({
  value,
  minimum,
  maximum
}: ISweepable): ISweepable['proposed'] {
  const now = Number(value);
  const half = Math.max(2, 2 * Math.floor((now + 1) / 4));
  return [Math.max(minimum, now - half), Math.min(maximum, now + half)];
}

/** Values on both sides of what holds now, each so many times the one before. */
function byMagnitude({
  value,
  minimum,
  maximum
}: ISweepable): Partial<ISweepable> {
  const now = Number(value);
  return {
    byFactors: true,
    proposed: [Math.max(minimum, now / DECADE), Math.min(maximum, now * DECADE)]
  };
}

/** What a column of an axis that was found is to be stated with. */
function leaning({ row, tilt }: IAxis): IRecipeChange[] {
  const path = ['regions', 'centre'];
  return tilt === 0
    ? []
    : [
        { path: [...path, 'row'], value: row },
        { path: [...path, 'tilt'], value: tilt }
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
  const whole = schema.type === 'integer';
  // Of whole numbers the next one is the limit.
  const next = whole ? 1 : 0;
  const minimum =
    schema.minimum ?? (schema.exclusiveMinimum ?? -Infinity) + next;
  const maximum =
    schema.maximum ?? (schema.exclusiveMaximum ?? Infinity) - next;
  const above = !whole && schema.minimum === undefined && minimum > -Infinity;
  const below = !whole && schema.maximum === undefined && maximum < Infinity;
  const value = typeof now === 'number' ? now : Math.max(0, minimum);
  const one = numeric(value, minimum, maximum, whole);
  const [low, high] = one.proposed;
  const margin = (high - low) / DECADE;
  return {
    ...one,
    ...about,
    above,
    below,
    proposed: [
      above && low <= minimum ? minimum + margin : low,
      below && high >= maximum ? maximum - margin : high
    ]
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

function isValue(value: unknown): value is SweepValue {
  return ['number', 'string', 'boolean'].includes(typeof value);
}
