/**
 * What a comparison says of itself, and what it asks before a slow image is
 * computed.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import { formatSeconds } from '../../quantities';
import { button, element } from '../dom';
import { isCoarse } from '../pixels/image';
import type { IImage } from '../pixels/image';
import type { Standing } from '../standing';

/** Why a side of a comparison has no part in it, as its viewer stands. */
export function awayWords(
  side: 'A' | 'B',
  image: IImage | null,
  work: Standing['work'],
  trans: TranslationBundle
): string {
  if (work) {
    return trans.__(
      '%1 is being computed: nothing is compared until it is there.',
      side
    );
  }
  if (!image) {
    return trans.__('%1 is not there: nothing is compared.', side);
  }
  return isCoarse(image)
    ? trans.__(
        '%1 is coarse so far: nothing is compared until all of it is there.',
        side
      )
    : trans.__('%1 is from before the last change: nothing is compared.', side);
}

export class StatusLine {
  constructor(private readonly _trans: TranslationBundle) {
    this._words.setAttribute('role', 'status');
    this._button.hidden = true;
    this.node.append(this._words, this._button);
  }

  readonly node = element('span', 'jp-tomo-compare-say');

  say(text: string): void {
    this._words.textContent = text;
    this._button.textContent = '';
    this._button.hidden = true;
  }

  /**
   * Ask whether an image is to be computed; while it is, it can be cancelled.
   *
   * @param signal aborted when something else is wanted
   * @param cancel called when the user has cancelled what was agreed to
   * @returns whether it is to be computed
   */
  async agree(
    seconds: number,
    signal: AbortSignal,
    cancel: () => void
  ): Promise<boolean> {
    const takes = formatSeconds(seconds);
    this.say(this._trans.__('A takes about %1.', takes));
    if (!(await this._pressed(this._trans.__('Compute A'), signal))) {
      return false;
    }
    this.say(this._trans.__('Computing A, which takes about %1…', takes));
    void this._pressed(this._trans.__('Cancel'), signal).then(
      pressed => pressed && cancel()
    );
    return true;
  }

  /** Whether the button is pressed before the signal is aborted. */
  private _pressed(text: string, signal: AbortSignal): Promise<boolean> {
    this._button.textContent = text;
    this._button.hidden = false;
    return new Promise(resolve => {
      this._press = () => resolve(true);
      signal.addEventListener('abort', () => resolve(false), { once: true });
    });
  }

  private readonly _words = element('span', '');
  private _press = (): void => undefined;
  private readonly _button = button('', '', () => this._press());
}
