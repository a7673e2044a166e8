/**
 * Fields for rows and columns: what lies outside of the image is refused in
 * words, at the field.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import { numberField } from '../contrast/number-field';
import type { INumberField } from '../contrast/number-field';

/** The image that somebody looks at. */
export interface IImageSize {
  readonly rows: number;
  readonly columns: number;
}

/** @param count rows or columns of the image; null while nobody knows it */
export function fieldWithin(
  label: string,
  count: () => number | null,
  trans: TranslationBundle,
  commit: (value: number) => void,
  digits?: number
): INumberField {
  const tell = (why: string): void => {
    field.node.title = why || label;
    field.node.setCustomValidity(why);
  };
  const field = numberField(label, commit, digits, {
    refuses: value => {
      const why = refusal(value, count(), trans);
      tell(why);
      return why !== '';
    },
    settled: () => tell('')
  });
  return field;
}

/** Why a number is not taken, and which would be; empty when it is. */
function refusal(
  value: number | null,
  count: number | null,
  trans: TranslationBundle
): string {
  if (value === null) {
    return trans.__('This is not a number.');
  }
  return count !== null && (value < 0 || value > count - 1)
    ? trans.__('From %1 to %2: the image ends there.', 0, count - 1)
    : '';
}
