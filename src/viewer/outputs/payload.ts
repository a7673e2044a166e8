/**
 * The image bundle of notebook outputs, checked at the door.
 */

import type { TranslationBundle } from '@jupyterlab/translation';

/** MIME type of an image that the notebook API shows. */
export const IMAGE_MIME = 'application/vnd.jupyterlab-tomo.image+json';

/** A settled image: a grey PNG and what its grey stands for. */
export interface IPayload {
  /** 8-bit grey PNG in base64. */
  readonly png: string;
  /** Rows and columns. */
  readonly shape: readonly [number, number];
  /** Values of black and white. */
  readonly range: readonly [number, number];
  readonly title: string;
  readonly unit: string;
  /** Label and value. */
  readonly facts: readonly (readonly [string, string])[];
}

/** Base64 of the first bytes of every PNG. */
const SIGNATURE = 'iVBORw0KGgo';

/** Most pixels of an image: a slice of the widest camera. */
const MOST = 2 ** 28;

/**
 * The payload, or a sentence that says what is wrong with it. Outputs come
 * with notebooks from anywhere: nothing in them is taken on trust.
 */
export function readPayload(
  value: unknown,
  trans: TranslationBundle
): IPayload | string {
  if (!isRecord(value)) {
    return trans.__('The image output is not an object.');
  }
  if (value.version !== 1) {
    return trans.__(
      'The image output is of another version of jupyterlab-tomo.'
    );
  }
  const { png, shape, range, title, unit, facts } = value;
  if (
    typeof png !== 'string' ||
    !png.startsWith(SIGNATURE) ||
    !/^[A-Za-z0-9+/]+={0,2}\s*$/.test(png)
  ) {
    return trans.__('The image output holds no PNG.');
  }
  if (!isPair(shape) || !shape.every(n => Number.isInteger(n) && n > 0)) {
    return trans.__(
      'The shape of the image output is not two positive whole numbers.'
    );
  }
  if (shape[0] * shape[1] > MOST) {
    return trans.__('The image output is larger than can be shown.');
  }
  if (!isPair(range)) {
    return trans.__('The range of the image output is not two numbers.');
  }
  return {
    png: png.trim(),
    shape,
    range,
    title: typeof title === 'string' ? title : '',
    unit: typeof unit === 'string' ? unit : '',
    facts: Array.isArray(facts) ? facts.filter(isFact).slice(0, 64) : []
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPair(value: unknown): value is [number, number] {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    value.every(one => Number.isFinite(one))
  );
}

function isFact(value: unknown): value is [string, string] {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    value.every(one => typeof one === 'string')
  );
}
