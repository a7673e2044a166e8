/**
 * What an image is of, and what two of them have to agree in before their
 * difference means something. Pure.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ViewMode } from '../../tokens';
import { short } from '../format';
import type { IImage } from '../pixels/image';

export interface ISubject {
  readonly kind: ViewMode;
  /** Row of a slice or sinogram; null: of a projection, or not known. */
  readonly row: number | null;
  /** Frame of a projection; null: of none. */
  readonly frame: number | null;
  readonly unit: string;
  /** Width of a pixel in micrometres; null: not known. */
  readonly pixel: number | null;
  /** Names what the middle of a slice is, an axis in some data at one size of the pixels; empty: not known. */
  readonly middle: string;
}

/** One of the two that are compared. */
export interface ISide {
  readonly name: string;
  readonly image: IImage;
  readonly of: ISubject;
}

/** Share in which two widths of a pixel may differ by how they were rounded. */
const ROUNDING = 1e-6;

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

/** Name, row or frame, unit, pixel and precision of an image, as one line. */
export function sideWords(
  { name, image, of: { row, frame, unit, pixel } }: ISide,
  trans: TranslationBundle
): string {
  return [
    name,
    ...(row === null ? [] : [trans.__('row %1', row)]),
    ...(frame === null ? [] : [trans.__('frame %1', frame)]),
    ...(unit ? [unit] : []),
    ...(pixel === null ? [] : [trans.__('%1 µm a pixel', short(pixel))]),
    ...(image.sent === 'uint16'
      ? [trans.__('16-bit: rounded to a 65535th of its range')]
      : [])
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
  if (a.unit === b.unit) {
    return '';
  }
  if (a.unit && b.unit) {
    return trans.__(
      'A is in %1 and B in %2: values of two units have no difference.',
      a.unit,
      b.unit
    );
  }
  // Only projections as they were measured have a unit: the others are processed.
  return a.kind === 'projection'
    ? trans.__(
        '%1 is in %2 and %3 is processed: values of two stages have no difference.',
        ...(a.unit ? ['A', a.unit, 'B'] : ['B', b.unit, 'A'])
      )
    : '';
}

/** In what two images differ that have a difference all the same. */
export function warningsAbout(
  { image: imageA, of: a }: ISide,
  { image: imageB, of: b }: ISide,
  trans: TranslationBundle
): string[] {
  const [leftA, leftB] = [imageA.left ?? 0, imageB.left ?? 0];
  return [
    ...(a.row !== null && b.row !== null && a.row !== b.row
      ? [trans.__('A is row %1 and B row %2.', a.row, b.row)]
      : []),
    ...(a.frame !== null && b.frame !== null && a.frame !== b.frame
      ? [trans.__('A is frame %1 and B frame %2.', a.frame, b.frame)]
      : []),
    ...(a.kind === 'sinogram' && leftA !== leftB
      ? [
          trans.__(
            'A begins with column %1 of the detector and B with column %2: one place in both is not one column.',
            leftA,
            leftB
          )
        ]
      : []),
    ...(a.pixel !== null &&
    b.pixel !== null &&
    Math.abs(a.pixel - b.pixel) > ROUNDING * Math.max(a.pixel, b.pixel)
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
