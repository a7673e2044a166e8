/**
 * The divider of two images that lie over each other: A at its left, B at its
 * right.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';

import { element } from '../dom';
import { followPointer } from '../follow-pointer';

/** By how much of the width an arrow key moves it. */
const STEP = 0.02;

export class Divider implements IDisposable {
  /** @param placed called with the share of the width at which it is */
  constructor(
    trans: TranslationBundle,
    private readonly _placed: (share: number) => void
  ) {
    this.node.tabIndex = 0;
    this.node.setAttribute('role', 'slider');
    this.node.setAttribute(
      'aria-label',
      trans.__('Divider: A at its left, B at its right')
    );
    for (const [side, text] of [
      ['a', trans.__('A')],
      ['b', trans.__('B')]
    ]) {
      this.node.append(
        element('span', `jp-tomo-compare-side jp-mod-${side}`, text)
      );
    }
    this.node.addEventListener('pointerdown', this._press);
    this.node.addEventListener('keydown', this._keys);
  }

  readonly node = element('div', 'jp-tomo-compare-divider');

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** Put it at a share of the width. */
  place(share: number): void {
    this._share = Math.min(Math.max(share, 0), 1);
    const percent = 100 * this._share;
    this.node.style.left = `${percent}%`;
    this.node.setAttribute('aria-valuenow', String(Math.round(percent)));
    this._placed(this._share);
  }

  dispose(): void {
    this._disposed = true;
    this.node.removeEventListener('pointerdown', this._press);
    this.node.removeEventListener('keydown', this._keys);
    this.node.remove();
  }

  private readonly _press = (event: PointerEvent): void => {
    const stage = this.node.parentElement;
    if (event.button !== 0 || !stage) {
      return;
    }
    event.preventDefault();
    this.node.focus();
    const box = stage.getBoundingClientRect();
    followPointer(this.node, event, ({ clientX }) =>
      this.place((clientX - box.left) / Math.max(box.width, 1))
    );
  };

  private readonly _keys = (event: KeyboardEvent): void => {
    const sign = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (sign !== undefined) {
      event.preventDefault();
      this.place(this._share + sign * STEP);
    }
  };

  private _share = 0.5;
  private _disposed = false;
}
