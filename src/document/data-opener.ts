/**
 * A data set that is double-clicked: its recipe opens, and nothing of the file
 * goes through the browser.
 */
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import {
  ABCWidgetFactory,
  DocumentWidget,
  TextModelFactory
} from '@jupyterlab/docregistry';
import type { Contents } from '@jupyterlab/services';
import { Widget } from '@lumino/widgets';

export const DATA_MODEL = 'tomo-data';

/** The model of a file whose content nobody asks for. */
export class DataModelFactory extends TextModelFactory {
  override get name(): string {
    return DATA_MODEL;
  }

  override get contentType(): Contents.ContentType {
    return 'file';
  }

  /** None: JupyterLab then leaves the content where it is. */
  override get fileFormat(): Contents.FileFormat {
    return null;
  }
}

export class DataOpener extends ABCWidgetFactory<DocumentWidget> {
  /** @param _open opens the recipe of a data set by its contents path. */
  constructor(
    options: DocumentRegistry.IWidgetFactoryOptions<DocumentWidget>,
    private readonly _open: (path: string) => Promise<unknown>
  ) {
    super(options);
  }

  protected override createNewWidget(
    context: DocumentRegistry.Context
  ): DocumentWidget {
    const widget = new DocumentWidget({ content: new Widget(), context });
    void this._replace(widget);
    return widget;
  }

  private async _replace(widget: DocumentWidget): Promise<void> {
    try {
      // Whoever asked to open it shows the tab first.
      await widget.context.ready;
      await this._open(widget.context.path);
    } finally {
      widget.dispose();
    }
  }
}
