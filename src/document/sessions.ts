/**
 * The sessions of the open documents: one a file, however many documents show it.
 */
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate } from '@lumino/disposable';

import type { IApiClient } from '../api';
import { RecipeSession } from './session';

type Context = DocumentRegistry.IContext<DocumentRegistry.ICodeModel>;

export class RecipeSessions {
  constructor(
    private readonly _api: IApiClient,
    private readonly _warn: (sentence: string) => void
  ) {}

  /** The session of a file; it ends when the last of its users has given it back. */
  acquire(context: Context): { session: RecipeSession; use: IDisposable } {
    const shared =
      this._shared.get(context) ??
      new SharedSession(context, this._api, this._warn);
    this._shared.set(context, shared);
    shared.users++;
    const use = new DisposableDelegate(() => {
      if (--shared.users === 0) {
        this._shared.delete(context);
        shared.session.dispose();
      }
    });
    return { session: shared.session, use };
  }

  private readonly _shared = new Map<Context, SharedSession>();
}

class SharedSession {
  constructor(
    context: Context,
    api: IApiClient,
    warn: (sentence: string) => void
  ) {
    this.session = new RecipeSession({ context, api, warn });
  }

  readonly session: RecipeSession;
  users = 0;
}
