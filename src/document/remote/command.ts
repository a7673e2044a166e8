/**
 * The command that opens data of a cluster.
 */
import { InputDialog, Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { folderIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';

import { failureOf } from '../../api';
import type { IApiClient, Resource } from '../../api';
import { failureSentence } from '../../field-names';
import { CommandIDs } from '../../tokens';
import type { IRecipeSession } from '../../tokens';
import { chooseRemoteData } from './dialog';
import type { IChosen } from './model';

export interface IRemoteCommandOptions {
  readonly commands: CommandRegistry;
  readonly api: IApiClient;
  readonly trans: TranslationBundle;
  readonly current: () => IRecipeSession | null;
  /** Make and open a recipe of data on a cluster. */
  readonly create: (resource: string, chosen: IChosen) => Promise<void>;
}

export function addRemoteCommand(options: IRemoteCommandOptions): void {
  const { commands, trans, current, create } = options;
  commands.addCommand(CommandIDs.openRemoteData, {
    label: trans.__('Open Tomography Data on a Cluster…'),
    caption: trans.__('Choose projections that lie on a Slurm cluster'),
    icon: folderIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          resource: {
            type: 'string',
            description: trans.__('Name of the cluster')
          },
          replace: {
            type: 'boolean',
            description: trans.__(
              'Put it into the current recipe instead of a new one'
            )
          }
        }
      }
    },
    execute: async args => {
      const name = typeof args.resource === 'string' ? args.resource : '';
      try {
        const cluster = await clusterOf(options, name);
        if (!cluster) {
          return;
        }
        const session = args.replace === true ? current() : null;
        const { path, resource } = session?.recipe.dataset ?? {};
        const chosen = await chooseRemoteData({
          api: options.api,
          resource: cluster.name,
          title: cluster.title,
          path: resource === cluster.name ? parentOf(path) : '',
          trans
        });
        if (!chosen) {
          return;
        }
        if (session) {
          replaceData(session, cluster.name, chosen);
        } else {
          await create(cluster.name, chosen);
        }
      } catch (error) {
        Notification.error(failureSentence(failureOf(error), trans), {
          autoClose: false
        });
      }
    }
  });
}

/** The cluster that is meant, logged in to; null when the user gives up. */
async function clusterOf(
  { commands, api, trans }: IRemoteCommandOptions,
  name: string
): Promise<Resource | null> {
  const clusters = (await api.resources()).filter(
    each => each.kind === 'slurm-ssh' && (!name || each.name === name)
  );
  if (clusters.length === 0) {
    Notification.info(
      trans.__(
        'There is no such cluster. Add one in the section Setup of the panel.'
      ),
      { autoClose: 8000 }
    );
    return null;
  }
  let [cluster] = clusters;
  if (clusters.length > 1) {
    const titles = clusters.map(each => each.title);
    const { value } = await InputDialog.getItem({
      title: trans.__('On which cluster?'),
      items: titles
    });
    if (value === null) {
      return null;
    }
    cluster = clusters[Math.max(0, titles.indexOf(value))];
  }
  if (cluster.state === 'online') {
    return cluster;
  }
  const online: unknown = await commands.execute(CommandIDs.logIn, {
    resource: cluster.name
  });
  return online === true ? cluster : null;
}

/** One undo step: what named files of another machine goes with them. */
function replaceData(
  session: IRecipeSession,
  resource: string,
  { path, directory }: IChosen
): void {
  session.edit(
    { path: ['dataset', 'path'], value: directory ? slashed(path) : path },
    { path: ['dataset', 'resource'], value: resource },
    { path: ['dataset', 'flats'], value: undefined },
    { path: ['dataset', 'darks'], value: undefined }
  );
}

export function slashed(path: string): string {
  return path.endsWith('/') ? path : `${path}/`;
}

function parentOf(path: string | undefined): string {
  const plain = (path ?? '').replace(/\/+$/, '');
  return plain.startsWith('/')
    ? plain.slice(0, Math.max(1, plain.lastIndexOf('/')))
    : '';
}
