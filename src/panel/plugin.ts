/**
 * Wiring of the panel: the side area, its commands, launcher and palette.
 */
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { FileDialog, IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { failureOf } from '../api';
import { tomographyIcon } from '../icons';
import { failureSentence } from '../field-names';
import {
  CommandIDs,
  IRecipeTracker,
  ITomoApi,
  ITomoClusters,
  ITomoJobs
} from '../tokens';
import { PanelModel } from './model';
import { TomoPanel } from './panel';
import { ToolCatalogue } from './tools';
import { addTable } from './table/plugin';

const panelPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-tomo:panel',
  description:
    'The side panel that edits the current recipe, runs it and lists the jobs.',
  autoStart: true,
  requires: [IRecipeTracker, ITomoJobs, ITomoClusters, ITomoApi],
  optional: [ILayoutRestorer, IStateDB, IDefaultFileBrowser, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    recipes: IRecipeTracker,
    jobs: ITomoJobs,
    clusters: ITomoClusters,
    api: ITomoApi,
    restorer: ILayoutRestorer | null,
    state: IStateDB | null,
    browser: IDefaultFileBrowser | null,
    translator: ITranslator | null
  ) => {
    const { commands, shell } = app;
    const trans = (translator ?? nullTranslator).load('jupyterlab_tomo');
    const fail = (reason: unknown): void => {
      Notification.error(failureSentence(failureOf(reason), trans), {
        autoClose: false
      });
    };
    const openData = browser
      ? async (what: 'folder' | 'file'): Promise<void> => {
          const { manager } = browser.model;
          const options = { manager, label: trans.__('Data set') };
          const answer =
            what === 'folder'
              ? await FileDialog.getExistingDirectory({
                  ...options,
                  title: trans.__('Open a folder of projections')
                })
              : await FileDialog.getOpenFiles({
                  ...options,
                  title: trans.__('Open an NXtomo file')
                });
          const path = answer.button.accept
            ? answer.value?.[0]?.path
            : undefined;
          if (path !== undefined) {
            await commands.execute(CommandIDs.openData, { path });
          }
        }
      : null;
    const model = new PanelModel(
      recipes,
      jobs,
      clusters,
      state,
      app.serviceManager.contents
    );
    const tools = new ToolCatalogue(api, jobs);
    const context = {
      model,
      clusters,
      tools,
      commands,
      trans,
      openData,
      fail
    };
    addTable(app, context, restorer);
    const panel = new TomoPanel(context);
    panel.disposed.connect(() => tools.dispose());
    shell.add(panel, 'right', { rank: 300, type: 'Tomography' });
    restorer?.add(panel, 'jupyterlab-tomo-panel');

    commands.addCommand(CommandIDs.showPanel, {
      label: trans.__('Show Tomography Panel'),
      icon: tomographyIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => shell.activateById(panel.id)
    });
    commands.addCommand(CommandIDs.findCentre, {
      label: trans.__('Find Centre of Rotation'),
      caption: trans.__('Find the axis of the current recipe by its method'),
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () =>
        recipes.currentWidget?.session.description.state === 'ready',
      execute: async () => {
        await recipes.currentWidget?.session.findCentre(jobs.choice.kernel);
      }
    });
    // A recipe that opens wants its panel; what the user hid later stays hidden.
    recipes.widgetAdded.connect((_, widget) => {
      if (!panel.isVisible) {
        void widget.context.ready.then(() => shell.activateById(panel.id));
      }
    });
    model.stateChanged.connect(() =>
      commands.notifyCommandChanged(CommandIDs.findCentre)
    );
    commands.commandChanged.connect((_, { id }) => {
      // It comes and goes with the notebooks.
      if (id === CommandIDs.insertCell) {
        panel.update();
      }
    });
  }
};

const entriesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-tomo:entries',
  description: 'Tomography in the launcher and in the command palette.',
  autoStart: true,
  requires: [IRecipeTracker],
  optional: [ILauncher, ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    recipes: IRecipeTracker,
    launcher: ILauncher | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_tomo');
    launcher?.add({
      command: CommandIDs.createNew,
      category: trans.__('Other'),
      rank: 3,
      args: { isLauncher: true }
    });
    for (const command of [
      CommandIDs.createNew,
      CommandIDs.findCentre,
      CommandIDs.reconstructSlice,
      CommandIDs.showPanel,
      CommandIDs.showJobs
    ]) {
      palette?.addItem({ command, category: trans.__('Tomography') });
    }
  }
};

export const plugins: JupyterFrontEndPlugin<unknown>[] = [
  panelPlugin,
  entriesPlugin
];
