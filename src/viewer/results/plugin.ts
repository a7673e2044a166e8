/**
 * Results in the main area: opened beside the notebook, one widget a folder.
 */
import { ILayoutRestorer } from '@jupyterlab/application';
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Clipboard,
  IThemeManager,
  MainAreaWidget,
  WidgetTracker
} from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { tomographyIcon } from '../../icons';
import { CommandIDs, IRecipeTracker, ITomoApi } from '../../tokens';
import { insertResult } from './cell';
import { ResultViewer } from './result-viewer';

const NAMESPACE = 'tomo-result';
let count = 0;

export const resultPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-tomo:results',
  description: 'Shows the slices of reconstruction results.',
  autoStart: true,
  requires: [ITomoApi],
  optional: [
    IRecipeTracker,
    ILayoutRestorer,
    INotebookTracker,
    IThemeManager,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    api: ITomoApi,
    recipes: IRecipeTracker | null,
    restorer: ILayoutRestorer | null,
    notebooks: INotebookTracker | null,
    themes: IThemeManager | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_tomo');
    const { commands, shell } = app;
    const tracker = new WidgetTracker<MainAreaWidget<ResultViewer>>({
      namespace: NAMESPACE
    });

    const make = (
      folder: string,
      name: string,
      resource: string
    ): MainAreaWidget<ResultViewer> => {
      const content = new ResultViewer({
        api,
        folder,
        resource,
        // The result begins where its recipe is looked at.
        row:
          recipes?.find(({ session }) => session.name === name)?.session
            .position.row ?? null,
        themes,
        trans,
        insertCell: () => {
          void commands.execute(CommandIDs.insertResult);
        },
        copyPath: () => {
          void commands.execute(CommandIDs.copyResultPath);
        },
        logIn: () => {
          void commands.execute(CommandIDs.logIn, { resource });
        }
      });
      const widget = new MainAreaWidget({ content });
      // The viewer has a bar of its own.
      widget.toolbar.hide();
      widget.id = `tomo-result-${++count}`;
      widget.title.label = trans.__('%1 (result)', name);
      widget.title.caption = resource ? `${resource}: ${folder}` : folder;
      widget.title.icon = tomographyIcon;
      widget.title.closable = true;
      return widget;
    };

    const show = (widget: MainAreaWidget<ResultViewer>): void => {
      const notebook = notebooks?.currentWidget;
      // A viewer beside the notebook is the place already; a third column is none.
      const beside = recipes?.find(one => one.isVisible);
      if (notebook?.isVisible && beside) {
        shell.add(widget, 'main', { mode: 'tab-after', ref: beside.id });
      } else if (notebook?.isVisible) {
        shell.add(widget, 'main', { mode: 'split-right', ref: notebook.id });
      } else {
        shell.add(widget, 'main');
      }
    };

    commands.addCommand(CommandIDs.openResult, {
      label: trans.__('Open Result'),
      describedBy: {
        args: {
          type: 'object',
          required: ['folder'],
          properties: {
            folder: {
              type: 'string',
              description: trans.__('Absolute result folder')
            },
            name: { type: 'string', description: trans.__('Title') },
            resource: {
              type: 'string',
              description: trans.__(
                'Cluster that sees the folder; left out: this server'
              )
            }
          }
        }
      },
      execute: async args => {
        const { folder, name } = args;
        const resource = textOf(args.resource);
        if (typeof folder !== 'string' || !folder) {
          throw new Error(
            trans.__('The command needs the folder of a result.')
          );
        }
        let widget = tracker.find(
          ({ content }) =>
            content.folder === folder && content.resource === resource
        );
        if (widget) {
          void widget.content.describe();
        } else {
          widget = make(
            folder,
            textOf(name) || PathExt.basename(folder),
            resource
          );
          show(widget);
          await tracker.add(widget);
        }
        shell.activateById(widget.id);
        return widget;
      }
    });

    const current = (): ResultViewer | null =>
      tracker.currentWidget?.content ?? null;
    const mine = (): boolean =>
      current() !== null && shell.currentWidget === tracker.currentWidget;
    commands.addCommand(CommandIDs.insertResult, {
      label: trans.__('Insert Result as Cell'),
      describedBy: { args: { type: 'object', properties: {} } },
      // A notebook here does not see the folders of a cluster.
      isEnabled: () =>
        mine() && !current()?.resource && Boolean(notebooks?.currentWidget),
      execute: () => {
        const viewer = current();
        const notebook = notebooks?.currentWidget;
        if (viewer && notebook) {
          insertResult(notebook, viewer.folder, viewer.row);
        }
      }
    });
    commands.addCommand(CommandIDs.copyResultPath, {
      label: trans.__('Copy Path of Result'),
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: mine,
      execute: () => {
        const viewer = current();
        if (viewer) {
          Clipboard.copyToSystem(viewer.folder);
        }
      }
    });

    if (restorer) {
      void restorer.restore(tracker, {
        command: CommandIDs.openResult,
        args: widget => ({
          folder: widget.content.folder,
          name: widget.title.label.replace(/ \([^(]*\)$/, ''),
          resource: widget.content.resource
        }),
        name: ({ content }) => `${content.resource}:${content.folder}`
      });
    }
  }
};

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
