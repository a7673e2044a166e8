/**
 * What an image is of, and what two of them have to agree in before their
 * difference means something. Pure.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ViewMode } from '../../tokens';
import { short } from '../format';

export interface ISubject {
  readonly kind: ViewMode;
  /** Row of a slice or sinogram; null: of a projection, or not known. */
  readonly row: number | null;
  readonly unit: string;
  /** Width of a pixel in micrometres; null: not known. */
  readonly pixel: number | null;
}

/** Micrometres of a unit in which pixels are stated. */
const MICROMETRES: Readonly<Record<string, number>> = {
  um: 1,
  µm: 1,
  mm: 1e3,
  cm: 1e4
};

/** Width of a pixel in micrometres as a recipe, a data set or a result states it; null: none. */
export function pixelOf(stated: unknown): number | null {
  const { value, unit }: { value?: unknown; unit?: unknown } = {
    ...(typeof stated === 'object' ? stated : {})
  };
  return typeof value === 'number' && typeof unit === 'string'
    ? value * (MICROMETRES[unit] ?? NaN) || null
    : null;
}

/** Name, row, unit and pixel of an image, as one line. */
export function subjectWords(
  name: string,
  { row, unit, pixel }: ISubject,
  trans: TranslationBundle
): string {
  return [
    name,
    ...(row === null ? [] : [trans.__('row %1', row)]),
    ...(unit ? [unit] : []),
    ...(pixel === null ? [] : [trans.__('%1 µm a pixel', short(pixel))])
  ].join(' · ');
}

/** Why the values of two images have no difference; empty: they have. */
export function apartWords(
  a: ISubject,
  b: ISubject,
  trans: TranslationBundle
): string {
  if (a.kind !== b.kind) {
    return trans.__(
      'A is a %1 and B a %2: they have no difference.',
      kindWord(a.kind, trans),
      kindWord(b.kind, trans)
    );
  }
  return a.unit !== b.unit && a.unit && b.unit
    ? trans.__(
        'A is in %1 and B in %2: values of two units have no difference.',
        a.unit,
        b.unit
      )
    : '';
}

/** In what two images differ that have a difference all the same. */
export function warningsAbout(
  a: ISubject,
  b: ISubject,
  trans: TranslationBundle
): string[] {
  const known = a.pixel !== null && b.pixel !== null;
  return [
    ...(a.row !== null && b.row !== null && a.row !== b.row
      ? [trans.__('A is row %1 and B row %2.', a.row, b.row)]
      : []),
    ...(known && a.pixel !== b.pixel
      ? [
          trans.__(
            'A pixel is %1 µm in A and %2 µm in B: one place in both is not one place in the sample.',
            short(a.pixel),
            short(b.pixel)
          )
        ]
      : [])
  ];
}

export function kindWord(kind: ViewMode, trans: TranslationBundle): string {
  return {
    projection: trans.__('projection'),
    sinogram: trans.__('sinogram'),
    slice: trans.__('slice')
  }[kind];
}
