/**
 * Versions of the recipe format: which one a text has, and the way to today's.
 */

/** The version that this code reads and writes. */
export const RECIPE_VERSION = 1;

/** A recipe of an older version to the next one; the key is the version it takes. */
type Migration = (recipe: Record<string, unknown>) => Record<string, unknown>;
const MIGRATIONS: Readonly<Record<number, Migration>> = {};

/** A value of today's version, or the sentence that says why there is none. */
export type Migrated =
  { readonly value: unknown } | { readonly refusal: string };

/**
 * Bring a parsed recipe to today's version.
 *
 * What is no recipe at all, or has no version, is passed on for the validator to name.
 */
export function migrate(value: unknown): Migrated {
  if (!isRecord(value)) {
    return { value };
  }
  const { version } = value;
  if (typeof version !== 'number' || !Number.isInteger(version)) {
    return { value };
  }
  if (version > RECIPE_VERSION) {
    return {
      refusal:
        `The recipe has version ${version} and was made by a newer jupyterlab-tomo; ` +
        `this one reads version ${RECIPE_VERSION}. Update jupyterlab-tomo.`
    };
  }
  let recipe = value;
  for (let from = version; from < RECIPE_VERSION; from++) {
    const step = MIGRATIONS[from];
    if (!step) {
      return { value };
    }
    recipe = step(recipe);
  }
  return { value: recipe };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
