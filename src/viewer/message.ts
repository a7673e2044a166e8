/**
 * What stands where an image should: nothing chosen, waiting, failed.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import type { Failure } from '../api';
import { fieldOf, inWords, sentenceOf } from '../field-names';
import { button, element, homeOf } from './dom';

export interface IMessage {
  readonly kind: 'empty' | 'busy' | 'failed';
  readonly title: string;
  readonly hint?: string;
  readonly where?: string;
  readonly actions?: readonly { text: string; run: () => void }[];
}

export class MessageCard extends Widget {
  constructor() {
    super();
    this.addClass('jp-tomo-viewer-message');
    this.node.setAttribute('role', 'status');
    this.display(null);
  }

  /** Show a message, or nothing. */
  display(message: IMessage | null): void {
    const focused = this.node.contains(document.activeElement);
    this.node.hidden = message === null;
    this.node.replaceChildren();
    if (message) {
      this._show(message);
    }
    if (focused) {
      // The button that was pressed is gone, and the keys with it.
      (this.node.querySelector('button') ?? homeOf(this.node))?.focus();
    }
  }

  private _show(message: IMessage): void {
    this.node.dataset.kind = message.kind;
    const card = element('div', 'jp-tomo-viewer-card');
    if (message.kind === 'busy') {
      card.append(element('span', 'jp-tomo-viewer-spinner'));
    }
    card.append(element('p', 'jp-tomo-viewer-message-title', message.title));
    if (message.where) {
      card.append(element('code', '', message.where));
    }
    if (message.hint) {
      card.append(element('p', '', message.hint));
    }
    for (const { text, run } of message.actions ?? []) {
      card.append(button(text, '', run));
    }
    this.node.append(card);
  }
}

/** What to do when nobody is logged in to the cluster: log in. */
export function logInAction(
  failure: Failure,
  trans: TranslationBundle,
  logIn: () => void
): { text: string; run: () => void }[] {
  return failure.code === 'logged-out'
    ? [{ text: trans.__('Log in'), run: logIn }]
    : [];
}

/** A failure as a message, in the words of the panel. */
export function failureMessage(
  failure: Failure,
  trans: TranslationBundle,
  actions: IMessage['actions']
): IMessage {
  const title = sentenceOf(failure, trans);
  const where = fieldOf(failure.where, trans)?.name ?? failure.where;
  return {
    kind: 'failed',
    title,
    hint: inWords(failure.hint, trans),
    // Most sentences name the file already.
    where: title.includes(where) ? '' : where,
    actions
  };
}
