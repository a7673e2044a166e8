/**
 * Says for how long something has been computed, and lets one stop it.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { button, element, setHidden } from './dom';
import { duration } from './format';

/** Milliseconds before it is worth a word. */
const SLOW = 1000;

export class WaitNote extends Widget {
  /** @param stop what the button does */
  constructor(
    private readonly _trans: TranslationBundle,
    stop: () => void
  ) {
    super();
    this.addClass('jp-tomo-viewer-wait');
    this._words = element('span', '');
    const cancel = button(
      _trans.__('Cancel'),
      _trans.__('Stop what is being computed'),
      stop
    );
    this.node.append(this._words, cancel);
    this.node.hidden = true;
  }

  /**
   * Something began; a note follows when it lasts.
   *
   * @param expected seconds that it takes; null when nobody knows
   */
  begin(expected: number | null = null): void {
    this._expected = expected;
    if (this._timer === 0) {
      this._since = performance.now();
      this._timer = window.setInterval(() => this._tell(), SLOW);
    }
  }

  end(): void {
    window.clearInterval(this._timer);
    this._timer = 0;
    setHidden(this.node, true);
  }

  override dispose(): void {
    this.end();
    super.dispose();
  }

  private _tell(): void {
    const seconds = Math.round((performance.now() - this._since) / 1000);
    const expected = this._expected ?? 0;
    this._words.textContent =
      expected > seconds
        ? this._trans.__(
            'Computing for %1 of about %2 …',
            duration(seconds),
            duration(expected)
          )
        : this._trans.__('Computing for %1 …', duration(seconds));
    this.node.hidden = false;
  }

  private readonly _words: HTMLElement;
  private _expected: number | null = null;
  private _since = 0;
  private _timer = 0;
}
