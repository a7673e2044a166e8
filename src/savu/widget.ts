/**
 * A process list as a document in the main area.
 */
import {
  ABCWidgetFactory,
  DocumentWidget,
  TextModelFactory
} from '@jupyterlab/docregistry';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { TranslationBundle } from '@jupyterlab/translation';

import { savuIcon } from '../icons';
import type { Catalogues } from './catalogues';
import { SavuEditor } from './editor';
import { SavuListModel } from './model';

/** Name of the widget factory. */
export const FACTORY = 'Savu process list';

/** Name of the model: the text of a list is not that of a text editor on the file. */
export const MODEL = 'savu-process-list';

/** CSS class of the documents; shortcuts select by it. */
export const DOCUMENT_CLASS = 'jp-tomo-SavuDocument';

/** Text that the content provider makes of HDF5. */
export class SavuModelFactory extends TextModelFactory {
  constructor() {
    // The server of a shared document would read the file as text.
    super(false);
  }

  override get name(): string {
    return MODEL;
  }
}

export class SavuDocument extends DocumentWidget<
  SavuEditor,
  DocumentRegistry.ICodeModel
> {
  constructor(
    options: DocumentWidget.IOptions<SavuEditor, DocumentRegistry.ICodeModel>
  ) {
    super(options);
    this.addClass(DOCUMENT_CLASS);
    // The editor has its own.
    this.toolbar.hide();
    // The keys of Edit > Undo look for this.
    this.node.dataset.jpUndoer = 'true';
    this.title.icon = savuIcon;
  }
}

export class SavuDocumentFactory extends ABCWidgetFactory<
  SavuDocument,
  DocumentRegistry.ICodeModel
> {
  constructor(
    options: DocumentRegistry.IWidgetFactoryOptions<SavuDocument>,
    private readonly _catalogues: Catalogues,
    private readonly _trans: TranslationBundle
  ) {
    super(options);
  }

  protected override createNewWidget(
    context: DocumentRegistry.IContext<DocumentRegistry.ICodeModel>
  ): SavuDocument {
    const model = new SavuListModel(context, this._catalogues, this._trans);
    const content = new SavuEditor({ model, trans: this._trans });
    return new SavuDocument({ content, context });
  }
}
