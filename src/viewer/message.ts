/**
 * What stands where an image should: nothing chosen, waiting, failed.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import type { Failure } from '../api';
import { button, element } from './dom';

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
    this.node.hidden = message === null;
    this.node.replaceChildren();
    if (!message) {
      return;
    }
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

/** A failure as a message. */
export function failureMessage(
  failure: Failure,
  actions: IMessage['actions']
): IMessage {
  const { message, hint, where } = failure;
  return {
    kind: 'failed',
    title: message,
    hint,
    // Most sentences name the file already.
    where: where && !message.includes(where) ? where : '',
    actions
  };
}
