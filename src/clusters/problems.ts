/**
 * What is wrong with the settings of a cluster, in sentences. Pure.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

/** An error as JSON Schema validators tell of it. */
export interface ISchemaError {
  readonly instancePath: string;
  readonly keyword: string | string[];
  readonly message?: string;
  readonly params?: object;
}

/**
 * The first problem of each property.
 *
 * @param errors - of the settings as a whole
 * @param index - of the cluster in the list `resources`
 */
export function problemsByProperty(
  errors: readonly ISchemaError[],
  index: number,
  trans: TranslationBundle
): Map<string, string> {
  const problems = new Map<string, string>();
  const start = `/resources/${index}`;
  for (const error of errors) {
    if (
      error.instancePath !== start &&
      !error.instancePath.startsWith(`${start}/`)
    ) {
      continue;
    }
    const [property] = error.instancePath.slice(start.length + 1).split('/');
    const named = property || parameter(error, 'missingProperty');
    if (!problems.has(named)) {
      problems.set(named, sentence(error, named, trans));
    }
  }
  return problems;
}

function sentence(
  error: ISchemaError,
  property: string,
  trans: TranslationBundle
): string {
  const limit = parameter(error, 'limit');
  switch (String(error.keyword)) {
    case 'required':
      return trans.__('This is needed.');
    case 'minLength':
      return trans.__('This must not be empty.');
    case 'maxLength':
      return trans.__('This may have %1 characters at most.', limit);
    case 'minimum':
      return trans.__('At least %1.', limit);
    case 'maximum':
      return trans.__('At most %1.', limit);
    case 'type':
      return parameter(error, 'type') === 'integer'
        ? trans.__('A whole number.')
        : parameter(error, 'type') === 'number'
          ? trans.__('A number.')
          : trans.__('A text.');
    case 'pattern':
      return property === 'hostKey'
        ? trans.__('A fingerprint as SHA256:… with 43 characters.')
        : property === 'host'
          ? trans.__('A name or an address, without user and port.')
          : trans.__('Letters, digits, - and _ only, and not "local".');
    default:
      return error.message
        ? `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.`
        : trans.__('This is not valid.');
  }
}

function parameter(error: ISchemaError, key: string): string {
  const value: unknown = error.params
    ? Reflect.get(error.params, key)
    : undefined;
  return typeof value === 'string' || typeof value === 'number'
    ? String(value)
    : '';
}
