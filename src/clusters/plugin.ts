/**
 * Wiring of the clusters: the settings and log-ins, the commands, the status bar.
 */
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs, ITomoApi, ITomoClusters, ITomoJobs } from '../tokens';
import { addCommands } from './commands';
import type { ClusterSettings } from './model';
import { ClustersModel } from './model';
import { ClusterStatus, shownCluster } from './status';

/** Settings of the whole extension. */
const SETTINGS = 'jupyterlab-tomo:plugin';

const clustersPlugin: JupyterFrontEndPlugin<ITomoClusters> = {
  id: 'jupyterlab-tomo:clusters',
  description: 'The Slurm clusters of the settings, and the log-ins to them.',
  autoStart: true,
  requires: [ITomoApi],
  optional: [ISettingRegistry, ITranslator],
  provides: ITomoClusters,
  activate: async (
    app: JupyterFrontEnd,
    api: ITomoApi,
    registry: ISettingRegistry | null,
    translator: ITranslator | null
  ) =>
    new ClustersModel(
      api,
      await settingsOf(registry),
      (translator ?? nullTranslator).load('jupyterlab_tomo')
    )
};

const commandsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-tomo:cluster-commands',
  description: 'Commands that log in to clusters and out of them.',
  autoStart: true,
  requires: [ITomoClusters, ITomoJobs],
  optional: [IStateDB, ICommandPalette, IStatusBar, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    clusters: ITomoClusters,
    jobs: ITomoJobs,
    state: IStateDB | null,
    palette: ICommandPalette | null,
    statusBar: IStatusBar | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_tomo');
    const { commands } = app;
    addCommands({ commands, clusters, jobs, state, trans });
    for (const command of [CommandIDs.logIn, CommandIDs.logOut]) {
      palette?.addItem({ command, category: trans.__('Tomography') });
    }
    const item = new ClusterStatus(jobs, trans, resource => {
      void commands.execute(
        resource.state === 'offline' ? CommandIDs.logIn : CommandIDs.showPanel,
        resource.state === 'offline' ? { resource: resource.name } : {}
      );
    });
    statusBar?.registerStatusItem('jupyterlab-tomo:cluster-status', {
      item,
      align: 'right',
      rank: 21,
      isActive: () => shownCluster(jobs) !== null,
      activeStateChanged: jobs.changed
    });
  }
};

async function settingsOf(
  registry: ISettingRegistry | null
): Promise<ClusterSettings | null> {
  try {
    return registry ? await registry.load(SETTINGS) : null;
  } catch {
    // The settings editor shows why they cannot be read.
    return null;
  }
}

export const plugins: JupyterFrontEndPlugin<unknown>[] = [
  clustersPlugin,
  commandsPlugin
];
