/**
 * What hand and keys do in a viewer, told on request.
 */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { button, element } from './dom';

/** What the hand does, and what comes of it. */
type Gesture = readonly [gesture: string, effect: string];

/** The round button at the end of a toolbar; `more` holds what only this viewer has. */
export function helpButton(
  trans: TranslationBundle,
  more: readonly Gesture[] = []
): HTMLButtonElement {
  const title = trans.__('Hand and keys in the image');
  const gestures: readonly Gesture[] = [
    [trans.__('Drag'), trans.__('move the image')],
    [trans.__('Wheel, + and -'), trans.__('zoom')],
    [trans.__('Ctrl + drag'), trans.__('zoom into a box')],
    [trans.__('Double click, 0'), trans.__('whole image')],
    [trans.__('Arrows, Home, End'), trans.__('step; ten at a time with shift')],
    [trans.__('A'), trans.__('automatic levels')],
    [trans.__('I'), trans.__('invert')],
    ...more
  ];
  const node = button('?', title, () => {
    void showDialog({
      title,
      body: new Widget({ node: listOf(gestures) }),
      buttons: [Dialog.okButton({ label: trans.__('Close') })]
    });
  });
  node.className = 'jp-tomo-viewer-help';
  node.setAttribute('aria-label', title);
  return node;
}

/** Those of a recipe's viewer. */
export function recipeGestures(trans: TranslationBundle): readonly Gesture[] {
  return [
    [
      trans.__('Space, held'),
      trans.__(
        'the image before the last change, in the image, and in the sliders of the panel and numbers that arrow keys step'
      )
    ],
    [
      trans.__('Space, at a button'),
      trans.__('press the button that the Tab key has reached')
    ],
    [trans.__('Drag a line or an edge'), trans.__('change the recipe')],
    [trans.__('Click in a projection'), trans.__('choose the row')],
    [trans.__('Escape'), trans.__('stop drawing')]
  ];
}

function listOf(gestures: readonly Gesture[]): HTMLElement {
  const list = element('dl', 'jp-tomo-viewer-gestures');
  for (const [gesture, effect] of gestures) {
    list.append(element('dt', '', gesture), element('dd', '', effect));
  }
  return list;
}
