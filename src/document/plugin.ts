/**
 * Wiring of the recipe document and of the api client.
 */
import { ILayoutRestorer } from '@jupyterlab/application';
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  ICommandPalette,
  Notification,
  WidgetTracker
} from '@jupyterlab/apputils';
import {
  IDefaultFileBrowser,
  IFileBrowserFactory
} from '@jupyterlab/filebrowser';
import type { FileBrowser } from '@jupyterlab/filebrowser';
import { IMainMenu } from '@jupyterlab/mainmenu';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { TranslationBundle } from '@jupyterlab/translation';
import { DisposableDelegate } from '@lumino/disposable';
import type { IDisposable } from '@lumino/disposable';
import type { Widget } from '@lumino/widgets';

import { ApiClient } from '../api';
import { recipeIcon, tomographyIcon } from '../icons';
import { RECIPE_EXTENSION } from '../recipe';
import {
  CommandIDs,
  IRecipeTracker,
  IRecipeViewerFactory,
  ITomoApi
} from '../tokens';
import type { IRecipeDocument } from '../tokens';
import { addCommands } from './commands';
import { DATA_MODEL, DataModelFactory, DataOpener } from './data-opener';
import { plainViewerFactory } from './fallback';
import { DATA_EXTENSIONS } from './open-data';
import { RecipeSessions } from './sessions';
import { FACTORY, RecipeDocument, RecipeDocumentFactory } from './widget';

/** Names of the file types. */
const RECIPE_TYPE = 'tomo-recipe';
const DATA_TYPE = 'nxtomo';

/** Opens the recipe of a data set. */
const DATA_FACTORY = 'Tomography Data';

const apiPlugin: JupyterFrontEndPlugin<ITomoApi> = {
  id: 'jupyterlab-tomo:api',
  description: 'The client of the tomography service.',
  autoStart: true,
  optional: [ITranslator],
  provides: ITomoApi,
  activate: (app: JupyterFrontEnd, translator: ITranslator | null): ITomoApi =>
    new ApiClient({
      serverSettings: app.serviceManager.serverSettings,
      trans: (translator ?? nullTranslator).load('jupyterlab_tomo')
    })
};

const documentPlugin: JupyterFrontEndPlugin<IRecipeTracker> = {
  id: 'jupyterlab-tomo:document',
  description: 'Opens *.tomo.json as recipe documents.',
  autoStart: true,
  requires: [ITomoApi],
  optional: [
    IRecipeViewerFactory,
    ILayoutRestorer,
    ICommandPalette,
    IDefaultFileBrowser,
    IFileBrowserFactory,
    IMainMenu,
    ITranslator
  ],
  provides: IRecipeTracker,
  activate: (
    app: JupyterFrontEnd,
    api: ITomoApi,
    viewer: IRecipeViewerFactory | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    defaultBrowser: FileBrowser | null,
    browsers: IFileBrowserFactory | null,
    mainMenu: IMainMenu | null,
    translator_: ITranslator | null
  ): IRecipeTracker => {
    const translator = translator_ ?? nullTranslator;
    const trans = translator.load('jupyterlab_tomo');
    const tracker = new WidgetTracker<IRecipeDocument>({
      namespace: 'tomo-recipe'
    });
    const sessions = new RecipeSessions({
      api,
      contents: app.serviceManager.contents,
      trans,
      warn: sentence => {
        Notification.warning(sentence, { autoClose: 8000 });
      },
      tell: (path, reload) => tellConflict(path, reload, trans)
    });

    app.docRegistry.addFileType({
      name: RECIPE_TYPE,
      displayName: trans.__('Tomography Recipe'),
      extensions: [RECIPE_EXTENSION],
      mimeTypes: ['application/json'],
      contentType: 'file',
      fileFormat: 'text',
      icon: recipeIcon
    });
    app.docRegistry.addFileType({
      name: DATA_TYPE,
      displayName: trans.__('Tomography Data'),
      extensions: DATA_EXTENSIONS,
      mimeTypes: ['application/x-hdf5'],
      contentType: 'file',
      fileFormat: 'base64',
      icon: tomographyIcon
    });
    app.docRegistry.addModelFactory(new DataModelFactory());
    app.docRegistry.addWidgetFactory(
      new DataOpener(
        {
          name: DATA_FACTORY,
          label: trans.__('Tomography'),
          modelName: DATA_MODEL,
          fileTypes: [DATA_TYPE],
          defaultFor: [DATA_TYPE],
          readOnly: true,
          translator
        },
        path => app.commands.execute(CommandIDs.openData, { path })
      )
    );

    const factory = new RecipeDocumentFactory({
      name: FACTORY,
      label: trans.__('Tomography Recipe'),
      // The model of the text editor: both may show one file at the same time.
      modelName: 'text',
      fileTypes: [RECIPE_TYPE],
      defaultFor: [RECIPE_TYPE],
      translator,
      sessions,
      viewer: viewer ?? plainViewerFactory(trans)
    });
    factory.widgetCreated.connect((_, widget) => {
      widget.context.pathChanged.connect(() => {
        void tracker.save(widget);
      });
      void tracker.add(widget);
    });
    app.docRegistry.addWidgetFactory(factory);

    if (restorer) {
      void restorer.restore(tracker, {
        command: 'docmanager:open',
        args: widget => ({ path: widget.context.path, factory: FACTORY }),
        name: widget => widget.context.path
      });
    }

    const { commands, serviceManager } = app;
    const { contents } = serviceManager;
    addCommands({
      commands,
      contents,
      api,
      tracker,
      browsers,
      defaultBrowser,
      translator
    });
    // Edit > Undo and its keys, for the documents in the main area.
    const isEnabled = (widget: Widget): boolean =>
      widget instanceof RecipeDocument && tracker.has(widget);
    mainMenu?.editMenu.undoers.undo.add({ id: CommandIDs.undo, isEnabled });
    mainMenu?.editMenu.undoers.redo.add({ id: CommandIDs.redo, isEnabled });
    const category = trans.__('Tomography');
    palette?.addItem({
      command: CommandIDs.createNew,
      args: { isPalette: true },
      category
    });
    palette?.addItem({ command: CommandIDs.openData, category });
    palette?.addItem({ command: CommandIDs.openRemoteData, category });
    return tracker;
  }
};

/** A file has changed that has changes here, too: only the user knows which are wanted. */
function tellConflict(
  path: string,
  reload: () => void,
  trans: TranslationBundle
): IDisposable {
  const id = Notification.warning(
    trans.__(
      '%1 was saved elsewhere, and has changes here that are not saved. Load it again to see what was saved and give up the changes here; saving asks which of the two to keep.',
      path
    ),
    {
      autoClose: false,
      actions: [
        {
          label: trans.__('Load Again'),
          caption: trans.__('Give up the changes here'),
          callback: reload
        }
      ]
    }
  );
  return new DisposableDelegate(() => Notification.dismiss(id));
}

export const plugins: JupyterFrontEndPlugin<unknown>[] = [
  apiPlugin,
  documentPlugin
];
