/**
 * The order in which people read the keys of a recipe: the schema's.
 */
import schema from './_generated/recipe.schema.json';

/** The keys of the object at a path, in the order of the schema; empty where it has none. */
export function keyOrder(
  path: readonly (string | number)[]
): readonly string[] {
  let node: unknown = schema;
  for (const step of path) {
    node = resolved(
      child(resolved(node), typeof step === 'number' ? 'items' : 'properties')
    );
    if (typeof step === 'string') {
      node = child(node, step);
    }
  }
  const properties = child(resolved(node), 'properties');
  return typeof properties === 'object' && properties !== null
    ? Object.keys(properties)
    : [];
}

/** Follow `#/definitions/name`. */
function resolved(node: unknown): unknown {
  const reference = child(node, '$ref');
  return typeof reference === 'string'
    ? child(schema.definitions, reference.split('/')[2])
    : node;
}

function child(node: unknown, key: string): unknown {
  return typeof node === 'object' && node !== null
    ? Object.entries(node).find(([name]) => name === key)?.[1]
    : undefined;
}
