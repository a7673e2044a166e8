/**
 * From a recipe to the numbers that the engine executes.
 *
 * The same compiler stands in `tomo_runner/engine/plan.py`; a fixture holds
 * both to the same numbers. No step and no choice is named here: codes come
 * from `steps.json` and `tools.json`.
 */
import { EngineError } from './failure';

const VERSION = 2;
const ENGINE_TOOL = 'builtin';
/** Parameters of the engine's method, in the order of the plan. */
const SLOTS = ['filter', 'cutoff', 'edge'] as const;

type Codes = Readonly<Record<string, number>>;
type Schema = Readonly<Record<string, unknown>>;
type Schemas = Readonly<Record<string, Schema | undefined>>;
type Values = Readonly<Record<string, unknown>>;

interface IMethod {
  readonly name: string;
  readonly schema: Schemas;
}

interface IStep {
  readonly name: string;
  readonly engine?: {
    readonly code: number;
    readonly parameters: readonly string[];
  };
  readonly schema: Schemas;
}

/** What `steps.json` and `tools.json` hold for the engine. */
export interface IPlanCatalogue {
  readonly steps: readonly IStep[];
  readonly tools: readonly {
    readonly name: string;
    readonly methods: readonly IMethod[];
  }[];
}

interface IReconstruction {
  readonly tool?: string;
  readonly method?: string;
  readonly parameters?: object;
  readonly mask?: number;
  readonly rotation?: number;
}

/** What a plan needs of a recipe. */
export interface IPlanRecipe {
  readonly filters?: readonly { readonly name: string }[];
  readonly reconstruction?: IReconstruction;
}

/** What a plan needs beside the recipe. */
export interface IPlanOptions {
  /** Projections. */
  readonly count: number;
  /** Columns of the sinogram. */
  readonly columns: number;
  /** Axis of rotation in columns of the image that `left` counts in, 0-based. */
  readonly centre: number;
  /** Column of that image with which the sinogram begins; 0 when left out. */
  readonly left?: number;
  /** Factor on the values: 1 (default) gives attenuation per pixel. */
  readonly scale?: number;
  /** Width and height of the slice; 0 (default) leaves it to the engine. */
  readonly size?: number;
}

/**
 * Compile the part of a valid recipe that happens to a sinogram. When its
 * tool is not the engine, the plan holds the steps and the engine's defaults.
 *
 * @throws EngineError when a method or a choice is unknown to the engine.
 */
export function compilePlan(
  recipe: IPlanRecipe,
  options: IPlanOptions,
  catalogue: IPlanCatalogue
): Float64Array {
  const reconstruction = recipe.reconstruction ?? {};
  const [method, given] = findMethod(reconstruction, catalogue);
  const slots = SLOTS.map(slot =>
    toNumber(
      method.schema[slot],
      given[slot],
      `reconstruction.parameters.${slot}`
    )
  );
  const filters: readonly Values[] = (recipe.filters ?? []).map(filter => ({
    ...filter
  }));
  const steps = catalogue.steps.flatMap(step => compileStep(step, filters));
  return Float64Array.from([
    VERSION,
    options.count,
    options.columns,
    options.centre - (options.left ?? 0),
    options.size ?? 0,
    reconstruction.mask ?? 1,
    ...slots,
    options.scale ?? 1,
    reconstruction.rotation ?? 0,
    steps.length,
    ...steps.flat()
  ]);
}

function findMethod(
  reconstruction: IReconstruction,
  catalogue: IPlanCatalogue
): [IMethod, Values] {
  const methods =
    catalogue.tools.find(tool => tool.name === ENGINE_TOOL)?.methods ?? [];
  const foreign = (reconstruction.tool ?? ENGINE_TOOL) !== ENGINE_TOOL;
  const name = foreign ? undefined : reconstruction.method;
  const method =
    name === undefined
      ? methods[0]
      : methods.find(entry => entry.name === name);
  if (!method) {
    throw new EngineError(
      'engine-method',
      `The engine has no method ${name}.`,
      'reconstruction.method',
      `Choose one of: ${methods.map(entry => entry.name).join(', ')}.`
    );
  }
  return [method, foreign ? {} : { ...reconstruction.parameters }];
}

/** Code, number of parameters and parameters, each time the step is switched on. */
function compileStep(step: IStep, filters: readonly Values[]): number[][] {
  const { engine } = step;
  if (!engine) {
    return [];
  }
  return filters.flatMap((filter, index) =>
    filter.name === step.name && filter.enabled !== false
      ? [
          [
            engine.code,
            engine.parameters.length,
            ...engine.parameters.map(key =>
              toNumber(step.schema[key], filter[key], `filters.${index}.${key}`)
            )
          ]
        ]
      : []
  );
}

function isCodes(value: unknown): value is Codes {
  return typeof value === 'object' && value !== null;
}

/** The number that stands for a parameter's value in a plan. */
function toNumber(
  schema: Schema | undefined,
  given: unknown,
  where: string
): number {
  const value = given ?? schema?.default;
  const codes = schema?.engine;
  if (isCodes(codes)) {
    if (typeof value === 'string' && Object.hasOwn(codes, value)) {
      return codes[value];
    }
    throw new EngineError(
      'engine-choice',
      `${String(value)} is not a choice that the engine has.`,
      where,
      `Choose one of: ${Object.keys(codes).join(', ')}.`
    );
  }
  if (typeof value === 'number' || typeof value === 'boolean') {
    return Number(value);
  }
  throw new EngineError(
    'engine-choice',
    `${String(value)} is not a number.`,
    where,
    'Give a number.'
  );
}
