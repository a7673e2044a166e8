/**
 * Whether the image that a viewer shows is the one that is wanted, and what is
 * said where it is not.
 */
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { IMessage } from './message';

/** Milliseconds before waiting is shown. */
export const PATIENCE = 100;

export class Standing implements IDisposable {
  /** Whether the image is the one that is wanted; for a moment, one that is about to be replaced is. */
  get isCurrent(): boolean {
    return this._current && this._message === null;
  }

  /** What is said in the image's place; null: nothing. */
  get message(): IMessage | null {
    return this._message;
  }

  /** Whether work goes on, and how many seconds it takes as far as is known. */
  get work(): { readonly seconds: number | null } | null {
    return this._work;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** The image that is wanted is shown. */
  settle(): void {
    this._stop();
    this._set({ current: true });
  }

  /**
   * Another image may be wanted; said when it does not come soon, or at once.
   *
   * @param delay milliseconds in which nobody has looked yet whether it is
   */
  outdate(atOnce: boolean, delay = 0): void {
    if (atOnce) {
      this._stop();
      this._set({ current: false });
    } else if (this._timer === undefined && this._current) {
      this._timer = setTimeout(() => {
        this._timer = undefined;
        this._set({ current: false });
      }, PATIENCE + delay);
    }
  }

  say(message: IMessage | null): void {
    this._set({ message });
  }

  setWork(work: Standing['work']): void {
    this._set({ work });
  }

  dispose(): void {
    this._disposed = true;
    this._stop();
    Signal.clearData(this);
  }

  private _stop(): void {
    clearTimeout(this._timer);
    this._timer = undefined;
  }

  private _set({
    current = this._current,
    message = this._message,
    work = this._work
  }: {
    current?: boolean;
    message?: IMessage | null;
    work?: Standing['work'];
  }): void {
    const same =
      current === this._current &&
      message === this._message &&
      work?.seconds === this._work?.seconds;
    this._current = current;
    this._message = message;
    this._work = work;
    if (!same && !this._disposed) {
      this._changed.emit();
    }
  }

  private _current = true;
  private _message: IMessage | null = null;
  private _work: Standing['work'] = null;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _disposed = false;
  private readonly _changed = new Signal<this, void>(this);
}
