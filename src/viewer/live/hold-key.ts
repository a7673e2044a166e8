/**
 * The space bar while the keys are with a slider of the panel or a number that
 * steps, which have no use for it: what was before is seen where one tunes.
 */
import type { IDisposable } from '@lumino/disposable';

/** What shows the image before. */
interface IHolding {
  showBefore(on: boolean): boolean;
}

/** Sliders, and numbers that arrow keys step: neither has use for a blank. */
const TUNING = 'input.jp-TomoSlider, input.jp-TomoField.jp-mod-steps';

export class HoldKey implements IDisposable {
  /** @param viewer of the recipe that the panel edits; null: there is none */
  constructor(private readonly _viewer: () => IHolding | null) {
    document.addEventListener('keydown', this._press);
    document.addEventListener('keyup', this._lift);
    document.addEventListener('focusout', this._release);
    window.addEventListener('blur', this._release);
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    this._release();
    document.removeEventListener('keydown', this._press);
    document.removeEventListener('keyup', this._lift);
    document.removeEventListener('focusout', this._release);
    window.removeEventListener('blur', this._release);
  }

  private readonly _press = (event: KeyboardEvent): void => {
    const { key, target, repeat, ctrlKey, metaKey, altKey } = event;
    const meant = key === ' ' && !ctrlKey && !metaKey && !altKey;
    if (!meant || !(target instanceof Element) || !target.matches(TUNING)) {
      return;
    }
    event.preventDefault();
    if (!repeat) {
      this._held = this._viewer();
      this._held?.showBefore(true);
    }
  };

  private readonly _lift = ({ key }: KeyboardEvent): void => {
    if (key === ' ') {
      this._release();
    }
  };

  private readonly _release = (): void => {
    this._held?.showBefore(false);
    this._held = null;
  };

  private _held: IHolding | null = null;
  private _disposed = false;
}
