/**
 * What keeps a viewer of a recipe from its image, in words, and tried again by
 * itself where that may help.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';

import type { Failure } from '../../api';
import { fieldOf } from '../../field-names';
import type { IRecipeSession } from '../../tokens';
import { Again } from '../again';
import { failureMessage, logInAction } from '../message';
import type { IMessage } from '../message';
import { obstacleOf } from './obstacle';

export interface ITroublesOptions {
  readonly session: IRecipeSession;
  readonly trans: TranslationBundle;
  readonly showPanel: () => void;
  readonly logIn: (resource: string) => void;
  /** Ask for the image once more. */
  readonly again: () => void;
  /** The same, whatever the cache holds. */
  readonly refresh: () => void;
}

export class Troubles implements IDisposable {
  constructor(private readonly _options: ITroublesOptions) {}

  get isDisposed(): boolean {
    return this._again.isDisposed;
  }

  /** Why there can be no image; null when nothing is in the way. */
  obstacle(): IMessage | null {
    const { session, trans, showPanel } = this._options;
    const { description } = session;
    if (description !== this._toldOf) {
      this._toldOf = description;
      this._unread =
        description.state === 'failed'
          ? this._again.after(description.failure, trans)
          : null;
    }
    return obstacleOf(session, trans, {
      failure: this._unread,
      showPanel,
      logIn: this._logIn
    });
  }

  /** An image could not be had. */
  failed(failure: Failure): IMessage {
    const { trans, showPanel, refresh } = this._options;
    const told = this._again.after(failure, trans);
    return failureMessage(told, trans, [
      ...logInAction(failure, trans, this._logIn),
      { text: trans.__('Try again'), run: refresh },
      ...(fieldOf(failure.where, trans)
        ? [{ text: trans.__('Show panel'), run: showPanel }]
        : [])
    ]);
  }

  /** An image is there, or none is wanted. */
  reset(): void {
    this._again.reset();
  }

  dispose(): void {
    this._again.dispose();
  }

  /** To who sees the data; empty: this server. */
  private readonly _logIn = (): void => {
    const { session, logIn } = this._options;
    logIn(session.recipe.dataset?.resource ?? '');
  };

  private readonly _again = new Again(() => {
    const { session, again } = this._options;
    if (session.description.state === 'failed') {
      void session.describe();
    } else {
      // What was being written is another scan now.
      void session.lookAgain();
      again();
    }
  });
  /** The description whose failure was looked at. */
  private _toldOf: unknown = null;
  /** Why the data cannot be read, and whether that is tried again. */
  private _unread: Failure | null = null;
}
