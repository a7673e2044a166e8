/**
 * Warnings in a line below an image.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import { element } from './dom';

/** The first warning, which has all of them in its title; nothing when there is none. */
export function warningMarks(
  warnings: readonly string[],
  trans: TranslationBundle
): HTMLElement[] {
  const [first, ...others] = warnings;
  if (!first) {
    return [];
  }
  const text = others.length
    ? trans.__('%1 (and %2 more)', first, others.length)
    : first;
  const node = element('span', 'jp-tomo-viewer-warning', text);
  node.title = warnings.join('\n');
  return [node];
}
