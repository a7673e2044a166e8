/**
 * Values of parameters: what kind they are, and how they are written in a field.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IParameter, Kind } from './catalogue';
import { tuningOf } from './tuned-values';

/** A value that was read from a field, or why it cannot be one. */
export type ReadValue =
  { readonly value: unknown } | { readonly problem: string };

function nameOf(kind: Kind, trans: TranslationBundle): string {
  switch (kind) {
    case 'text':
      return trans.__('text');
    case 'integer':
      return trans.__('a whole number');
    case 'number':
      return trans.__('a number');
    case 'flag':
      return trans.__('true or false');
    case 'null':
      return trans.__('none');
    case 'list':
      return trans.__('a list as [1, 2]');
    case 'object':
      return trans.__('an object as {"1": 2}');
  }
}

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
export function misfit(
  parameter: IParameter,
  value: unknown,
  trans: TranslationBundle
): string | null {
  const tuning = tuningOf(parameter.name, value, trans);
  if (tuning) {
    return 'problem' in tuning ? tuning.problem : null;
  }
  if (
    parameter.options &&
    !parameter.options.some(option => option === value)
  ) {
    return trans.__(
      'It is %1; possible are %2.',
      shown(value),
      parameter.options.map(shown).join(', ')
    );
  }
  return parameter.kinds.some(kind => hasKind(value, kind))
    ? null
    : trans.__(
        'It is %1, but should be %2.',
        shown(value),
        kindsOf(parameter, trans)
      );
}

export function kindsOf(
  { kinds }: IParameter,
  trans: TranslationBundle
): string {
  const names = kinds.map(kind => nameOf(kind, trans));
  return names.length > 1
    ? trans.__(
        '%1 or %2',
        names.slice(0, -1).join(', '),
        names[names.length - 1]
      )
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
export function readField(
  parameter: IParameter,
  text: string,
  trans: TranslationBundle
): ReadValue {
  const { kinds } = parameter;
  const trimmed = text.trim();
  if (trimmed === '') {
    return kinds.includes('null')
      ? { value: null }
      : kinds.includes('text')
        ? { value: '' }
        : { problem: trans.__('Give %1.', kindsOf(parameter, trans)) };
  }
  const tuning = tuningOf(parameter.name, trimmed, trans);
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
    : {
        problem: trans.__(
          'It is %1, but should be %2.',
          shown(trimmed),
          kindsOf(parameter, trans)
        )
      };
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
