/**
 * Several values for one parameter: "a;b;" or "start:stop:step;". Savu goes
 * on with each of them, and puts the results side by side.
 */

import type { TranslationBundle } from '@jupyterlab/translation';

/** How many values are meant, or why they cannot be read. */
export type Tuning = { readonly count: number } | { readonly problem: string };

/** More are a mistake. */
const MOST = 1000;

/**
 * What a value of a parameter tunes.
 *
 * @returns null when it is a plain value.
 */
export function tuningOf(
  name: string,
  value: unknown,
  trans: TranslationBundle
): Tuning | null {
  // In a preview the semicolon has no such meaning.
  if (typeof value !== 'string' || !value.includes(';') || name === 'preview') {
    return null;
  }
  const parts = value.split(';').map(part => part.trim());
  const [first] = parts;
  if (first.includes(':') && !/[{}]/.test(first)) {
    return rangeOf(first, trans);
  }
  const count = parts.filter(part => part !== '').length;
  return count > 0
    ? { count }
    : { problem: trans.__('There is no value before the semicolon.') };
}

function rangeOf(text: string, trans: TranslationBundle): Tuning {
  const numbers = text.split(':').map(part => Number(part || NaN));
  if (
    numbers.length < 2 ||
    numbers.length > 3 ||
    !numbers.every(Number.isFinite)
  ) {
    return {
      problem: trans.__('A range is written as start:stop:step; with numbers.')
    };
  }
  const [start, stop, step = 1] = numbers;
  if (step === 0) {
    return { problem: trans.__('The step of the range is zero.') };
  }
  // The stop is left out, as Python's ranges do.
  const count = Math.ceil((stop - start) / step - 1e-9);
  if (count < 1) {
    return {
      problem: trans.__('The range has no value: its stop is not included.')
    };
  }
  return count > MOST
    ? {
        problem: trans.__(
          'The range has %1 values; at most %2 make sense.',
          count,
          MOST
        )
      }
    : { count };
}
