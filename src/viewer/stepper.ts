/**
 * Slider, number and play button over rows or frames.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';

import { button, element } from './dom';
import { numberField } from './contrast/number-field';

/** Time between images while playing, in milliseconds. */
const PACE = 125;

export interface IStepperState {
  readonly label: string;
  readonly value: number;
  readonly first: number;
  /** Last one, included. */
  readonly last: number;
}

export class Stepper implements IDisposable {
  /** @param choose takes the place that the user wants */
  constructor(
    private readonly trans: TranslationBundle,
    private readonly choose: (value: number) => void
  ) {
    this.node = element('div', 'jp-tomo-viewer-stepper');
    this._slider = document.createElement('input');
    this._slider.type = 'range';
    this._slider.addEventListener('input', () =>
      this._go(this._slider.valueAsNumber)
    );
    this._field = numberField('', value => this._go(value));
    this._play = button('▶', '', () => this._toggle());
    this._play.classList.add('jp-mod-square');
    this._name(trans.__('Play'));
    this.node.append(
      this._label,
      this._field.node,
      this._slider,
      this._of,
      this._play
    );
  }

  readonly node: HTMLElement;

  set(state: IStepperState): void {
    const { label, value, first, last } = state;
    const before = this._state;
    // The page is laid out anew for a text that is set, though it be the same.
    if (
      label !== before.label ||
      value !== before.value ||
      first !== before.first ||
      last !== before.last
    ) {
      this._put(state);
    }
  }

  /** Move by whole steps; kept inside. */
  step(by: number): void {
    this._go(this._state.value + by);
  }

  toEnd(which: 'first' | 'last'): void {
    this._go(this._state[which]);
  }

  stop(): void {
    if (this._timer !== null) {
      window.clearInterval(this._timer);
      this._timer = null;
      this._play.textContent = '▶';
      this._name(this.trans.__('Play'));
    }
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    this.stop();
  }

  private _put(state: IStepperState): void {
    this._state = state;
    const { label, value, first, last } = state;
    this._label.textContent = label;
    this._slider.min = String(first);
    this._slider.max = String(last);
    this._slider.value = String(value);
    this._slider.setAttribute('aria-label', label);
    this._field.node.setAttribute('aria-label', label);
    this._field.set(value);
    this._of.textContent =
      first === 0
        ? this.trans.__('of %1', last + 1)
        : this.trans.__('%1 to %2', first, last);
  }

  private _go(value: number): void {
    const { first, last } = this._state;
    const whole = Math.min(Math.max(Math.round(value), first), last);
    // Also when it is the old one: another may stand in the field.
    this._put({ ...this._state, value: whole });
    this.choose(whole);
  }

  /** What the button does now. */
  private _name(name: string): void {
    this._play.title = name;
    this._play.setAttribute('aria-label', name);
  }

  private _toggle(): void {
    if (this._timer !== null) {
      this.stop();
      return;
    }
    this._play.textContent = '■';
    this._name(this.trans.__('Stop'));
    this._timer = window.setInterval(() => {
      const { value, first, last } = this._state;
      this._go(value >= last ? first : value + 1);
    }, PACE);
  }

  private readonly _label = element('span', 'jp-tomo-viewer-label');
  private readonly _slider: HTMLInputElement;
  private readonly _field: ReturnType<typeof numberField>;
  private readonly _of = element('span', 'jp-tomo-viewer-label');
  private readonly _play: HTMLButtonElement;
  private _state: IStepperState = { label: '', value: 0, first: 0, last: 0 };
  private _timer: number | null = null;
  private _disposed = false;
}
