/**
 * The sessions of the open documents: one a file, however many documents show it.
 */
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate } from '@lumino/disposable';

import type { IApiClient } from '../api';
import { OutsideChanges } from './outside';
import type { IOutsideOptions } from './outside';
import { RecipeSession } from './session';

type Context = DocumentRegistry.IContext<DocumentRegistry.ICodeModel>;

export interface IRecipeSessionsOptions {
  readonly api: IApiClient;
  readonly contents: Pick<Contents.IManager, 'get'>;
  /** Shows a sentence: an edit that could not be made. */
  readonly warn: (sentence: string) => void;
  /** Shows that a file is another one now, and that the document has changes. */
  readonly tell: IOutsideOptions['tell'];
  readonly trans: TranslationBundle;
}

export class RecipeSessions {
  constructor(private readonly _options: IRecipeSessionsOptions) {}

  /** The session of a file; it ends when the last of its users has given it back. */
  acquire(context: Context): { session: RecipeSession; use: IDisposable } {
    const shared =
      this._shared.get(context) ?? new SharedSession(context, this._options);
    this._shared.set(context, shared);
    shared.users++;
    const use = new DisposableDelegate(() => {
      if (--shared.users === 0) {
        this._shared.delete(context);
        shared.dispose();
      }
    });
    return { session: shared.session, use };
  }

  private readonly _shared = new Map<Context, SharedSession>();
}

class SharedSession {
  constructor(context: Context, options: IRecipeSessionsOptions) {
    const { api, contents, warn, tell, trans } = options;
    this.session = new RecipeSession({ context, api, warn, trans });
    this._outside = new OutsideChanges({ context, contents, tell });
  }

  dispose(): void {
    this._outside.dispose();
    this.session.dispose();
  }

  readonly session: RecipeSession;
  users = 0;
  private readonly _outside: OutsideChanges;
}
