/**
 * Wiring of the editor of process lists.
 */
import { ILayoutRestorer } from '@jupyterlab/application';
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import {
  IDefaultFileBrowser,
  IFileBrowserFactory
} from '@jupyterlab/filebrowser';
import type { FileBrowser } from '@jupyterlab/filebrowser';
import { IMainMenu } from '@jupyterlab/mainmenu';
import { IDefaultDrive } from '@jupyterlab/services';
import type { Contents } from '@jupyterlab/services';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';

import { savuIcon } from '../icons';
import { CommandIDs, IRecipeTracker, ITomoApi, ITomoJobs } from '../tokens';
import { Catalogues } from './catalogues';
import { addCommands, LIST_EXTENSION } from './commands';
import { PROVIDER, SavuContentProvider } from './provider';
import {
  FACTORY,
  MODEL,
  SavuDocument,
  SavuDocumentFactory,
  SavuModelFactory
} from './widget';

const LIST_TYPE = 'savu-process-list';
/** The file type of .nxs, which measurements and most lists have. */
const DATA_TYPE = 'nxtomo';

const savuPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-tomo:savu',
  description: 'Opens process lists of Savu in an editor.',
  autoStart: true,
  requires: [ITomoApi, IDefaultDrive],
  optional: [
    IRecipeTracker,
    ITomoJobs,
    ILayoutRestorer,
    ICommandPalette,
    IDefaultFileBrowser,
    IFileBrowserFactory,
    IMainMenu,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    api: ITomoApi,
    drive: Contents.IDrive,
    recipes: IRecipeTracker | null,
    jobs: ITomoJobs | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    defaultBrowser: FileBrowser | null,
    browsers: IFileBrowserFactory | null,
    mainMenu: IMainMenu | null,
    translator_: ITranslator | null
  ): void => {
    const providers = drive.contentProviderRegistry;
    if (!providers) {
      // Without providers the file would be read as text.
      return;
    }
    const translator = translator_ ?? nullTranslator;
    const trans = translator.load('jupyterlab_tomo');
    providers.register(PROVIDER, new SavuContentProvider(drive, api, trans));
    const tracker = new WidgetTracker<SavuDocument>({ namespace: 'tomo-savu' });

    const { commands, docRegistry, serviceManager } = app;
    docRegistry.addFileType({
      name: LIST_TYPE,
      displayName: trans.__('Savu Process List'),
      extensions: [LIST_EXTENSION],
      mimeTypes: ['application/x-hdf5'],
      contentType: 'file',
      fileFormat: 'base64',
      icon: savuIcon
    });
    docRegistry.addModelFactory(new SavuModelFactory());
    const factory = new SavuDocumentFactory(
      {
        name: FACTORY,
        label: trans.__('Savu Process List'),
        modelName: MODEL,
        fileTypes: [LIST_TYPE, DATA_TYPE],
        defaultFor: [LIST_TYPE],
        contentProviderId: PROVIDER,
        translator
      },
      new Catalogues(api, jobs, trans),
      trans
    );
    factory.widgetCreated.connect((_, widget) => {
      widget.context.pathChanged.connect(() => {
        void tracker.save(widget);
      });
      void tracker.add(widget);
    });
    docRegistry.addWidgetFactory(factory);
    if (restorer) {
      void restorer.restore(tracker, {
        command: 'docmanager:open',
        args: widget => ({ path: widget.context.path, factory: FACTORY }),
        name: widget => widget.context.path
      });
    }

    addCommands({
      commands,
      contents: serviceManager.contents,
      api,
      recipes,
      current: () => tracker.currentWidget?.content.model ?? null,
      browsers,
      defaultBrowser,
      trans
    });
    const isEnabled = (widget: Widget): boolean =>
      widget instanceof SavuDocument && tracker.has(widget);
    mainMenu?.editMenu.undoers.undo.add({ id: CommandIDs.savuUndo, isEnabled });
    mainMenu?.editMenu.undoers.redo.add({ id: CommandIDs.savuRedo, isEnabled });
    const category = trans.__('Tomography');
    for (const command of [
      CommandIDs.savuNew,
      CommandIDs.exportSavu,
      CommandIDs.exportHttomo
    ]) {
      palette?.addItem({ command, category });
    }
  }
};

export const plugins: JupyterFrontEndPlugin<unknown>[] = [savuPlugin];
