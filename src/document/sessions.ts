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
    let shared = this._shared.get(context);
    if (!shared) {
      const session = new RecipeSession({
        context,
        api: this._api,
        warn: this._warn
      });
      shared = { session, users: 0 };
      this._shared.set(context, shared);
    }
    const held = shared;
    held.users++;
    const use = new DisposableDelegate(() => {
      if (--held.users === 0) {
        this._shared.delete(context);
        held.session.dispose();
      }
    });
    return { session: held.session, use };
  }

  private readonly _shared = new Map<
    Context,
    { session: RecipeSession; users: number }
  >();
}
