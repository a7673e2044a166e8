/**
 * What holds where a recipe says nothing.
 */
import schema from './_generated/recipe.schema.json';
import type { Filter, Recipe } from './_generated/recipe';
import defaultFile from './default.tomo.json';
import { printJson } from './print';
import { methodOf, stepOf, STEPS, stepOrder, toolOf } from './lookups';
import type { IParameterSchema } from './lookups';
import { isRecipe } from './validation';

/** Ending of recipe files. */
export const RECIPE_EXTENSION = '.tomo.json';

/** A pre-processing step with every parameter filled in. */
export interface IEffectiveFilter {
  readonly name: string;
  readonly enabled: boolean;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Index in `filters` of the recipe. */
  readonly index: number;
}

/** How the slices are made, with every parameter filled in. */
export interface IEffectiveReconstruction {
  readonly tool: string;
  readonly method: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Relative radius of the disc that is kept, 0 to 1; 0 keeps everything. */
  readonly mask: number;
}

/** A fresh copy of the recipe that a new document starts from. */
export function defaultRecipe(): Recipe {
  const copy: unknown = JSON.parse(JSON.stringify(defaultFile));
  if (!isRecipe(copy)) {
    throw new Error('default.tomo.json is not a valid recipe.');
  }
  return copy;
}

/** The text of a new recipe document, with some sections put in. */
export function recipeText(sections: Omit<Recipe, 'version'> = {}): string {
  const { version, ...rest } = defaultRecipe();
  const { dataset, regions, ...others } = sections;
  // The order in which people read it: what, where, how, whereto.
  const recipe = {
    version,
    ...(dataset ? { dataset } : {}),
    ...(regions ? { regions } : {}),
    ...rest,
    ...others
  };
  return `${printJson(recipe)}\n`;
}

/** The values of parameters: given ones over those of the schema. */
export function effectiveParameters(
  parameters: Readonly<Record<string, IParameterSchema>>,
  given: Readonly<Record<string, unknown>> = {}
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, parameter] of Object.entries(parameters)) {
    if (parameter.default !== undefined) {
      values[name] = parameter.default;
    }
  }
  return { ...values, ...given };
}

/** The steps of a recipe with all parameters, in the order in which they run. */
export function effectiveFilters(recipe: Recipe): IEffectiveFilter[] {
  return (recipe.filters ?? [])
    .map((filter: Filter, index) => {
      const { name, enabled, ...given } = filter;
      return {
        name,
        enabled: enabled ?? true,
        parameters: effectiveParameters(stepOf(name)?.schema ?? {}, given),
        index
      };
    })
    .sort((a, b) => stepOrder(a.name) - stepOrder(b.name));
}

/** Names of the steps that a recipe does not have yet, in the order in which they run. */
export function missingSteps(recipe: Recipe): string[] {
  const there = new Set(
    (recipe.filters ?? []).map(filter => filter.name as string)
  );
  return STEPS.map(step => step.name).filter(name => !there.has(name));
}

/** Tool, method and all their parameters. */
export function effectiveReconstruction(
  recipe: Recipe
): IEffectiveReconstruction {
  const { reconstruction } = recipe;
  const defaults = schema.definitions.reconstruction.properties;
  const tool = reconstruction?.tool ?? defaults.tool.default;
  const method =
    reconstruction?.method ??
    toolOf(tool)?.methods[0]?.name ??
    defaults.method.default;
  const given: Record<string, unknown> = { ...reconstruction?.parameters };
  return {
    tool,
    method,
    parameters: effectiveParameters(
      methodOf(tool, method)?.schema ?? {},
      given
    ),
    mask: reconstruction?.mask ?? defaults.mask.default
  };
}

/** Output with all values; the folder still has its `{name}`, `{tool}` and `{date}`. */
export function effectiveOutput(recipe: Recipe): {
  folder: string;
  format: string;
  bits: number;
} {
  const defaults = schema.definitions.output.properties;
  return {
    folder: recipe.output?.folder ?? defaults.folder.default,
    format: recipe.output?.format ?? defaults.format.default,
    bits: recipe.output?.bits ?? defaults.bits.default
  };
}
