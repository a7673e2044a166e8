/**
 * A recipe as a document in the main area.
 */
import { ABCWidgetFactory, DocumentWidget } from '@jupyterlab/docregistry';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { IDisposable } from '@lumino/disposable';
import type { Message } from '@lumino/messaging';
import type { Widget } from '@lumino/widgets';

import { recipeIcon } from '../icons';
import type {
  IRecipeDocument,
  IRecipeSession,
  IRecipeViewerFactory
} from '../tokens';
import type { RecipeSessions } from './sessions';

/** Name of the widget factory, as "Open With" shows it. */
export const FACTORY = 'Tomography recipe';

/** CSS class of the documents; shortcuts select by it. */
export const DOCUMENT_CLASS = 'jp-tomo-Document';

/** Least milliseconds from one look at the files to the next. */
const SELDOM = 2000;

export class RecipeDocument
  extends DocumentWidget<Widget, DocumentRegistry.ICodeModel>
  implements IRecipeDocument
{
  constructor(
    options: DocumentWidget.IOptions<Widget, DocumentRegistry.ICodeModel>,
    readonly session: IRecipeSession,
    private readonly _use: IDisposable
  ) {
    super(options);
    this.addClass(DOCUMENT_CLASS);
    // The viewer has its own.
    this.toolbar.hide();
    // The keys of Edit > Undo look for this.
    this.node.dataset.jpUndoer = 'true';
    window.addEventListener('focus', this._look);
    this.node.addEventListener('focusin', this._entered);
    this.title.icon = recipeIcon;
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    window.removeEventListener('focus', this._look);
    this.node.removeEventListener('focusin', this._entered);
    // The viewer first: it listens to the session.
    super.dispose();
    this._use.dispose();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._look();
  }

  /** Somebody comes back from elsewhere, where data may have been written. */
  private readonly _look = (): void => {
    const now = performance.now();
    if (this.isVisible && now - this._looked > SELDOM) {
      this._looked = now;
      void this.session.lookAgain();
    }
  };

  private readonly _entered = ({ relatedTarget }: FocusEvent): void => {
    if (!(relatedTarget instanceof Node && this.node.contains(relatedTarget))) {
      this._look();
    }
  };

  private _looked = -Infinity;
}

export interface IRecipeDocumentFactoryOptions extends DocumentRegistry.IWidgetFactoryOptions<IRecipeDocument> {
  sessions: RecipeSessions;
  viewer: IRecipeViewerFactory;
}

export class RecipeDocumentFactory extends ABCWidgetFactory<
  IRecipeDocument,
  DocumentRegistry.ICodeModel
> {
  constructor(options: IRecipeDocumentFactoryOptions) {
    super(options);
    this._sessions = options.sessions;
    this._viewer = options.viewer;
  }

  protected override createNewWidget(
    context: DocumentRegistry.IContext<DocumentRegistry.ICodeModel>
  ): IRecipeDocument {
    const { session, use } = this._sessions.acquire(context);
    const content = this._viewer.create(session);
    return new RecipeDocument({ content, context }, session, use);
  }

  private readonly _sessions: RecipeSessions;
  private readonly _viewer: IRecipeViewerFactory;
}
