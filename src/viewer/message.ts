/**
 * What stands where an image should: nothing chosen, waiting, failed.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import type { Failure } from '../api';
import { fieldOf, inWords, sentenceOf } from '../field-names';
import { formatSeconds } from '../quantities';
import { button, element, homeOf } from './dom';

export interface IMessage {
  readonly kind: 'empty' | 'busy' | 'failed';
  readonly title: string;
  readonly hint?: string;
  readonly where?: string;
  /** When it began, by `performance.now()`: the time since then is told, second by second. */
  readonly since?: number;
  readonly actions?: readonly { text: string; run: () => void }[];
}

export class MessageCard extends Widget {
  constructor(private readonly _trans: TranslationBundle) {
    super();
    this.addClass('jp-tomo-viewer-message');
    this.node.setAttribute('role', 'status');
    this.display(null);
  }

  /** Show a message, or nothing. */
  display(message: IMessage | null): void {
    if (this.isDisposed) {
      // Nobody would stop its clock.
      return;
    }
    const focused = this.node.contains(document.activeElement);
    window.clearInterval(this._ticking);
    this.node.hidden = message === null;
    this.node.replaceChildren();
    this.toggleClass('jp-mod-timed', message?.since !== undefined);
    if (message) {
      this._show(message);
    }
    if (focused) {
      // The button that was pressed is gone, and the keys with it.
      (this.node.querySelector('button') ?? homeOf(this.node))?.focus();
    }
  }

  override dispose(): void {
    window.clearInterval(this._ticking);
    super.dispose();
  }

  private _show(message: IMessage): void {
    this.node.dataset.kind = message.kind;
    const card = element('div', 'jp-tomo-viewer-card');
    if (message.kind === 'busy') {
      card.append(element('span', 'jp-tomo-viewer-spinner'));
    }
    card.append(element('p', 'jp-tomo-viewer-message-title', message.title));
    if (message.since !== undefined) {
      card.append(this._clock(message.since));
    }
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

  /** Seconds since something began; a timer is not read out each time. */
  private _clock(since: number): HTMLElement {
    const node = element('p', 'jp-tomo-viewer-clock');
    node.setAttribute('role', 'timer');
    const tell = (): void => {
      const seconds = Math.floor((performance.now() - since) / 1000);
      node.textContent = this._trans.__(
        'For %1 so far.',
        formatSeconds(seconds)
      );
    };
    tell();
    this._ticking = window.setInterval(tell, 1000);
    return node;
  }

  private _ticking = 0;
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
