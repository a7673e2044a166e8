/** The image that is shown in the current document, bit by bit. */
import { createHash } from 'node:crypto';

import type { Page } from '@playwright/test';

/** The document, as far as the tests reach into it. */
interface IShown {
  content: {
    view: { image: { data: Float32Array; about: { live?: boolean } } };
  };
}

/** A digest of all values, their number and range, and whether they were computed in the page. */
export function shownBits(page: Page): Promise<{
  digest: string;
  length: number;
  low: number;
  high: number;
  live: boolean;
}> {
  return page.evaluate(async () => {
    const widget: unknown = window.jupyterapp.shell.currentWidget;
    const { data, about } = (widget as IShown).content.view.image;
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', data));
    return {
      digest: Array.from(digest, byte =>
        byte.toString(16).padStart(2, '0')
      ).join(''),
      length: data.length,
      low: data.reduce((a, b) => Math.min(a, b)),
      high: data.reduce((a, b) => Math.max(a, b)),
      live: about.live === true
    };
  });
}

/** The same digest of values on disk. */
export function digestOf(values: Buffer): string {
  return createHash('sha256').update(values).digest('hex');
}
