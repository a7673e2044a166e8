/**
 * What hand and keys do in a viewer of a recipe.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import { element } from '../dom';

/** A mark that tells it. */
export function helpMark(trans: TranslationBundle): HTMLElement {
  const node = element('span', 'jp-tomo-viewer-help', '?');
  node.tabIndex = 0;
  node.title = [
    trans.__('Drag: move the image'),
    trans.__('Wheel: zoom'),
    trans.__('Ctrl + drag: zoom into a box'),
    trans.__('Double click or 0: whole image'),
    trans.__('Arrows, Home, End: step'),
    trans.__('A: automatic levels, I: invert'),
    trans.__('Hold space: before the last change'),
    trans.__('Drag a line or an edge: change the recipe'),
    trans.__('Click in a projection: choose the row')
  ].join('\n');
  node.setAttribute('aria-label', node.title);
  return node;
}
