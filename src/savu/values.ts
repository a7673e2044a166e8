/**
 * Values of parameters: what kind they are, and how they are written in a field.
 */
import type { IParameter, Kind } from './catalogue';
import { tuningOf } from './tuned-values';

/** A value that was read from a field, or why it cannot be one. */
export type ReadValue =
  { readonly value: unknown } | { readonly problem: string };

const NAMES: Record<Kind, string> = {
  text: 'text',
  integer: 'a whole number',
  number: 'a number',
  flag: 'true or false',
  null: 'none',
  list: 'a list as [1, 2]',
  object: 'an object as {"1": 2}'
};

export function hasKind(value: unknown, kind: Kind): boolean {
  switch (kind) {
    case 'text':
      return typeof value === 'string';
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'flag':
      return typeof value === 'boolean';
    case 'null':
      return value === null;
    case 'list':
      return Array.isArray(value);
    case 'object':
      return (
        typeof value === 'object' && value !== null && !Array.isArray(value)
      );
  }
}

/** Why a value does not fit its parameter; null when it does. Tuned values are not looked into. */
export function misfit(parameter: IParameter, value: unknown): string | null {
  const tuning = tuningOf(parameter.name, value);
  if (tuning) {
    return 'problem' in tuning ? tuning.problem : null;
  }
  if (
    parameter.options &&
    !parameter.options.some(option => option === value)
  ) {
    return `It is ${shown(value)}; possible are ${parameter.options.map(shown).join(', ')}.`;
  }
  return parameter.kinds.some(kind => hasKind(value, kind))
    ? null
    : `It is ${shown(value)}, but should be ${kindsOf(parameter)}.`;
}

export function kindsOf({ kinds }: IParameter): string {
  const names = kinds.map(kind => NAMES[kind]);
  return names.length > 1
    ? `${names.slice(0, -1).join(', ')} or ${names[names.length - 1]}`
    : names.join('');
}

/** As it stands in a field: text plainly, everything else as JSON; nothing for null. */
export function fieldText(value: unknown): string {
  if (value === null || value === undefined) {
    return '';
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * What the text of a field means for a parameter. Text with a semicolon tunes;
 * an empty field is none where that is possible.
 */
export function readField(parameter: IParameter, text: string): ReadValue {
  const { kinds } = parameter;
  const trimmed = text.trim();
  if (trimmed === '') {
    return kinds.includes('null')
      ? { value: null }
      : kinds.includes('text')
        ? { value: '' }
        : { problem: `Give ${kindsOf(parameter)}.` };
  }
  const tuning = tuningOf(parameter.name, trimmed);
  if (tuning) {
    return 'problem' in tuning ? tuning : { value: trimmed };
  }
  const parsed = parse(trimmed);
  if (
    parsed &&
    kinds.some(kind => kind !== 'text' && hasKind(parsed.value, kind))
  ) {
    return parsed;
  }
  return kinds.includes('text')
    ? { value: trimmed }
    : { problem: `Give ${kindsOf(parameter)}.` };
}

export function shown(value: unknown): string {
  const text = value === null ? 'none' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** JSON, and Python's words for it. */
function parse(text: string): { value: unknown } | null {
  const json = { None: 'null', True: 'true', False: 'false' }[text] ?? text;
  try {
    return { value: JSON.parse(json) };
  } catch {
    return null;
  }
}
