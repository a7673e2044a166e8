/**
 * Levels and look of an image, shared by image, histogram and fields.
 */
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { DEFAULT_LOOK } from '../pixels/colours';
import type { ILook } from '../pixels/colours';
import type { ILevels } from '../pixels/paint';

export class ContrastModel implements IDisposable {
  get levels(): ILevels {
    return this._levels;
  }

  get look(): ILook {
    return this._look;
  }

  /** Whether the levels come from the image and not from the user. */
  get automatic(): boolean {
    return this._automatic;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The user wants levels from the image again. */
  get autoAsked(): ISignal<this, void> {
    return this._autoAsked;
  }

  /** Set levels; crossed ones are put in order. */
  setLevels(levels: ILevels, automatic: boolean): void {
    const low = Math.min(levels.low, levels.high);
    const high = Math.max(levels.low, levels.high);
    if (!Number.isFinite(low) || !Number.isFinite(high)) {
      return;
    }
    this._levels = { low, high };
    this._automatic = automatic;
    this._changed.emit();
  }

  /** The levels stay while the image is another: they are not from it any more. */
  hold(): void {
    if (this._automatic) {
      this._automatic = false;
      this._changed.emit();
    }
  }

  setLook(look: Partial<ILook>): void {
    this._look = { ...this._look, ...look };
    this._changed.emit();
  }

  askAuto(): void {
    this._autoAsked.emit();
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    Signal.clearData(this);
  }

  private _levels: ILevels = { low: 0, high: 1 };
  private _look: ILook = DEFAULT_LOOK;
  private _automatic = true;
  private _disposed = false;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _autoAsked = new Signal<this, void>(this);
}
