/**
 * Errors of a generated validator as sentences.
 */

/** One thing that is wrong. */
export interface IProblem {
  /** Keys and indices joined by dots, as `filters.0.size`; empty for the whole. */
  readonly path: string;
  /** One sentence: the path and what is allowed. */
  readonly message: string;
}

/** What a validator that was generated with `verbose` says of an error. */
export interface ISchemaError {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
  /** Value of the keyword. */
  readonly schema?: unknown;
  /** The schema that has the keyword. */
  readonly parentSchema?: object;
  /** The value that was refused. */
  readonly data?: unknown;
}

/** Keywords that only say that something inside them failed, which has its own error. */
const WRAPPERS = new Set(['if', 'allOf', 'anyOf']);

/**
 * One problem for each thing that is wrong, in the order of the paths.
 *
 * @param errors - of a validator with `allErrors` and `verbose`.
 * @param whole - what to call the whole value.
 */
export function sentencesOf(
  errors: readonly ISchemaError[],
  whole = 'The recipe'
): IProblem[] {
  const alternatives = errors.filter(error => error.keyword === 'oneOf');
  const problems = new Map<string, IProblem>();
  for (const error of errors) {
    if (
      WRAPPERS.has(error.keyword) ||
      alternatives.some(other => isInside(error, other))
    ) {
      continue;
    }
    const path = pathOf(error);
    if (!problems.has(path)) {
      problems.set(path, {
        path,
        message: `${path || whole} ${complaint(error)}.`
      });
    }
  }
  return [...problems.values()];
}

function isInside(error: ISchemaError, other: ISchemaError): boolean {
  return (
    error !== other &&
    error.instancePath === other.instancePath &&
    error.schemaPath.startsWith(`${other.schemaPath}/`)
  );
}

function pathOf(error: ISchemaError): string {
  const keys = error.instancePath
    .split('/')
    .slice(1)
    .map(key => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (error.keyword === 'additionalProperties') {
    keys.push(String(error.params.additionalProperty));
  }
  return keys.join('.');
}

function complaint(error: ISchemaError): string {
  const { keyword, params, schema, data } = error;
  switch (keyword) {
    case 'additionalProperties':
      return `is an unknown key; known here: ${knownKeys(error.parentSchema)}`;
    case 'required':
      return `needs the key "${String(params.missingProperty)}"`;
    case 'enum':
      return `must be ${oneOf(schema)}, not ${shown(data)}`;
    case 'const':
      return `must be ${shown(schema)}, not ${shown(data)}`;
    case 'type':
      return `must be ${typeName(schema)}, not ${shown(data)}`;
    case 'minimum':
    case 'exclusiveMinimum':
    case 'maximum':
    case 'exclusiveMaximum':
      return `must be ${rangeOf(error.parentSchema)}, not ${shown(data)}`;
    case 'minLength':
      return 'must not be empty';
    case 'maxLength':
      return `must have at most ${String(schema)} characters`;
    case 'minItems':
    case 'maxItems':
      return `must have ${itemCount(error.parentSchema)}, not ${Array.isArray(data) ? data.length : 0}`;
    case 'uniqueItems':
      return 'must not name anything twice';
    case 'pattern':
      return `must match ${String(schema)}, not be ${shown(data)}`;
    case 'oneOf':
      return `needs ${waysOf(schema)}`;
    default:
      return error.message ?? 'is not valid';
  }
}

function knownKeys(schema: object | undefined): string {
  const properties = schema && 'properties' in schema ? schema.properties : {};
  return Object.keys(properties ?? {}).join(', ') || 'none';
}

function oneOf(values: unknown): string {
  const list = Array.isArray(values) ? values : [values];
  return list.length === 1
    ? shown(list[0])
    : `one of ${list.map(shown).join(', ')}`;
}

/** Each way as its required keys: "first and last, or values, and not both". */
function waysOf(schema: unknown): string {
  const ways = (Array.isArray(schema) ? schema : [])
    .map((way: { required?: readonly string[] }) =>
      (way.required ?? []).join(' and ')
    )
    .filter(Boolean);
  return `either ${ways.join(' or ')}`;
}

const TYPES: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'null'
};

function typeName(types: unknown): string {
  const list: unknown[] = Array.isArray(types) ? types : [types];
  return list.map(type => TYPES[String(type)] ?? String(type)).join(' or ');
}

function rangeOf(schema: object | undefined): string {
  const limits: Readonly<Record<string, number | undefined>> = { ...schema };
  const low =
    limits.exclusiveMinimum !== undefined
      ? `more than ${String(limits.exclusiveMinimum)}`
      : limits.minimum !== undefined
        ? `at least ${String(limits.minimum)}`
        : '';
  const high =
    limits.exclusiveMaximum !== undefined
      ? `less than ${String(limits.exclusiveMaximum)}`
      : limits.maximum !== undefined
        ? `at most ${String(limits.maximum)}`
        : '';
  return [low, high].filter(Boolean).join(' and ');
}

function itemCount(schema: object | undefined): string {
  const limits: Readonly<Record<string, number | undefined>> = { ...schema };
  const { minItems, maxItems } = limits;
  if (minItems === maxItems) {
    return `${String(minItems)} values`;
  }
  return minItems === undefined
    ? `at most ${String(maxItems)} values`
    : `at least ${String(minItems)} values`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
