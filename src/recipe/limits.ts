/**
 * Between which numbers a value of the recipe lies, as its schema says.
 */
import schema from './_generated/recipe.schema.json';

const { tilt } = schema.definitions.regions.properties.centre.properties;

/** Degrees by which the axis may lean. */
export const TILT_LIMITS = { minimum: tilt.minimum, maximum: tilt.maximum };
