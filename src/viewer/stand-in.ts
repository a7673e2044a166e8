/**
 * The server makes slices that the page should: it is said for as long as that
 * lasts.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { failureOf } from '../api';
import type { Failure } from '../api';
import { isOfBrowser } from '../tuning';
import { byEither } from './by-either';
import type { Lateness } from './by-either';

/**
 * Why the server makes slices, in a sentence; empty: it does not.
 *
 * @param failure of the page; null: there is none
 * @param late whether the page gives nothing, though it does not fail
 */
export function standInWords(
  failure: Failure | null,
  late: boolean,
  trans: TranslationBundle
): string {
  if (failure) {
    return trans.__(
      'The server computes slices for now: %1 The browser is tried again by itself.',
      failure.message
    );
  }
  return late
    ? trans.__(
        'The server computes slices for now: this browser has given none for some seconds.'
      )
    : '';
}

/** Slices by page or server, and what is said of the server's. */
export class StandIn implements IDisposable {
  constructor(
    private readonly _workers: Lateness,
    private readonly _trans: TranslationBundle
  ) {
    _workers.lateChanged.connect(this._lateChanged);
  }

  /** Why the server makes slices, in a sentence; empty: it does not. */
  get words(): string {
    return standInWords(this._failure, this._workers.isLate, this._trans);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    if (this._disposed) {
      return;
    }
    this._disposed = true;
    this._workers.lateChanged.disconnect(this._lateChanged);
    Signal.clearData(this);
  }

  /** As `byEither`; what the page makes or fails at decides what is said. */
  make<T>(
    page: () => Promise<T>,
    server: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal
  ): Promise<T> {
    const watched = async (): Promise<T> => {
      try {
        const made = await page();
        this._set(null);
        return made;
      } catch (error) {
        const failure = failureOf(error);
        if (!signal.aborted && isOfBrowser(failure)) {
          this._set(failure);
        }
        throw error;
      }
    };
    return byEither(this._workers, watched, server, signal);
  }

  private _set(failure: Failure | null): void {
    if (failure !== this._failure && !this._disposed) {
      this._failure = failure;
      this._changed.emit();
    }
  }

  private readonly _lateChanged = (): void => this._changed.emit();
  private readonly _changed = new Signal<this, void>(this);
  private _failure: Failure | null = null;
  private _disposed = false;
}
