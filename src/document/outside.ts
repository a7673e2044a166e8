/**
 * A file that something else writes while it is open here, as a notebook does:
 * the document follows it, unless it has changes of its own; then they are asked for.
 */
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { Contents } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';

import { endUndoStep } from '../undo';

type Context = DocumentRegistry.IContext<DocumentRegistry.ICodeModel>;

/** Milliseconds between two looks at a file while the page is seen. */
const PAUSE = 2000;
/** The same when the server does not answer. */
const LONGEST = 30_000;

export interface IOutsideOptions {
  readonly context: Context;
  readonly contents: Pick<Contents.IManager, 'get'>;
  /** Show a conflict; what is returned takes it away. */
  readonly tell: (path: string, reload: () => void) => IDisposable;
}

export class OutsideChanges implements IDisposable {
  constructor(options: IOutsideOptions) {
    this._context = options.context;
    this._contents = options.contents;
    this._tell = options.tell;
    this._poll = new Poll({
      name: '@jupyterlab-tomo/document:outside',
      frequency: { interval: PAUSE, backoff: true, max: LONGEST },
      standby: 'when-hidden',
      factory: () => this.look()
    });
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._poll.dispose();
    this._settle();
  }

  /** Compare the file with what was last read or written here. */
  async look(): Promise<void> {
    const context = this._context;
    const known = context.contentsModel;
    if (!known || context.model.collaborative) {
      return;
    }
    const now = await this._contents.get(context.path, {
      content: false,
      hash: true
    });
    const still = this.isDisposed ? null : context.contentsModel;
    if (still?.path !== known.path || !isSame(still, known)) {
      // It was saved, loaded or renamed meanwhile.
      return;
    }
    if (isSame(known, now)) {
      this._settle();
    } else if (!context.model.dirty) {
      await this._reload();
    } else if (stateOf(now) !== this._seen) {
      // It may be our own, being saved: that will be known the next time.
      this._settle();
      this._seen = stateOf(now);
    } else {
      this._conflict ??= this._tell(context.path, () => void this._reload());
    }
  }

  private async _reload(): Promise<void> {
    const { model } = this._context;
    // What was changed here and what comes now are two steps.
    endUndoStep(model.sharedModel);
    try {
      await this._context.revert();
    } catch {
      // The context has said so.
      return;
    }
    endUndoStep(model.sharedModel);
    model.dirty = false;
    this._settle();
  }

  /** Nothing is to be told any more. */
  private _settle(): void {
    this._seen = '';
    this._conflict?.dispose();
    this._conflict = null;
  }

  private readonly _context: Context;
  private readonly _contents: Pick<Contents.IManager, 'get'>;
  private readonly _tell: IOutsideOptions['tell'];
  private readonly _poll: Poll;
  /** The state of the file that is another one than ours; empty: none. */
  private _seen = '';
  private _conflict: IDisposable | null = null;
}

type Facts = Pick<Contents.IModel, 'hash' | 'last_modified'>;

function isSame(known: Facts, now: Facts): boolean {
  return known.hash && now.hash
    ? known.hash === now.hash
    : known.last_modified === now.last_modified;
}

function stateOf({ hash, last_modified }: Facts): string {
  return hash ?? last_modified;
}
