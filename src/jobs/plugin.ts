/**
 * Wiring of the jobs: the model, the commands, the status bar.
 */
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import {
  CommandIDs,
  IRecipeTracker,
  ITomoApi,
  ITomoClusters,
  ITomoJobs
} from '../tokens';
import type { ICommandStore } from './approval';
import { askInDialog, NO_COMMANDS, SettingsCommands } from './approval';
import type { IChoiceStore } from './choice';
import { PageChoice, SettingsChoice } from './choice';
import { addCommands } from './commands';
import { addJobCommands } from './job-commands';
import { JobsModel } from './model';
import { Notifier } from './notifier';
import { JobStatus } from './status';

/** Settings of the whole extension. */
const SETTINGS = 'jupyterlab-tomo:plugin';
/** Type of the Jupyter session that a local job runs in. */
const SESSION_TYPE = 'tomo';

const jobsPlugin: JupyterFrontEndPlugin<ITomoJobs> = {
  id: 'jupyterlab-tomo:jobs',
  description: 'Follows the reconstruction jobs.',
  autoStart: true,
  requires: [ITomoApi],
  optional: [ITomoClusters, ISettingRegistry, ITranslator],
  provides: ITomoJobs,
  activate: async (
    app: JupyterFrontEnd,
    api: ITomoApi,
    clusters: ITomoClusters | null,
    registry: ISettingRegistry | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_tomo');
    const { choice, kept } = await stores(registry);
    const jobs = new JobsModel(
      api,
      choice,
      clusters,
      trans,
      kept,
      askInDialog(trans)
    );
    // Without a reason to ask, nothing is started on the server: a job that still runs is one.
    const { sessions } = app.serviceManager;
    const resume = (): void => {
      for (const session of sessions.running()) {
        if (session.type === SESSION_TYPE) {
          sessions.runningChanged.disconnect(resume);
          void jobs.refresh();
          return;
        }
      }
    };
    sessions.runningChanged.connect(resume);
    resume();
    return jobs;
  }
};

const commandsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-tomo:job-commands',
  description:
    'Commands that run recipes, and what notifications say of the runs.',
  autoStart: true,
  requires: [ITomoJobs, IRecipeTracker, ITomoApi],
  optional: [INotebookTracker, ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    jobs: ITomoJobs,
    recipes: IRecipeTracker,
    api: ITomoApi,
    notebooks: INotebookTracker | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_tomo');
    const { commands } = app;
    const notifier = new Notifier(jobs, commands, trans);
    const { contents } = app.serviceManager;
    const options = {
      commands,
      jobs,
      notifier,
      recipes,
      notebooks,
      contents,
      api,
      trans
    };
    addCommands(options);
    addJobCommands(options);
    recipes.widgetAdded.connect(() => {
      void jobs.refresh();
    });
    for (const command of [
      CommandIDs.reconstruct,
      CommandIDs.showPlan,
      CommandIDs.insertCell
    ]) {
      palette?.addItem({ command, category: trans.__('Tomography') });
    }
  }
};

const statusPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-tomo:job-status',
  description: 'Shows in the status bar how far the jobs are.',
  autoStart: true,
  requires: [ITomoJobs],
  optional: [IStatusBar, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    jobs: ITomoJobs,
    statusBar: IStatusBar | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_tomo');
    const item = new JobStatus(jobs, trans, () => {
      void app.commands.execute(CommandIDs.showPanel);
    });
    statusBar?.registerStatusItem('jupyterlab-tomo:job-status', {
      item,
      align: 'right',
      rank: 20,
      isActive: () => jobs.jobs.length > 0 || jobs.resources.length > 0,
      activeStateChanged: jobs.changed
    });
  }
};

async function stores(
  registry: ISettingRegistry | null
): Promise<{ choice: IChoiceStore; kept: ICommandStore }> {
  try {
    const settings = await registry?.load(SETTINGS);
    if (settings) {
      return {
        choice: new SettingsChoice(settings),
        kept: new SettingsCommands(settings)
      };
    }
  } catch {
    // Settings that cannot be read must not keep anybody from running: the settings editor shows why.
  }
  return { choice: new PageChoice(), kept: NO_COMMANDS };
}

export const plugins: JupyterFrontEndPlugin<unknown>[] = [
  jobsPlugin,
  commandsPlugin,
  statusPlugin
];
