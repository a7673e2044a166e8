/**
 * Commands that log in and out.
 */
import { Notification } from '@jupyterlab/apputils';
import type { CommandRegistry } from '@lumino/commands';
import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate, DisposableSet } from '@lumino/disposable';

import { failureOf } from '../api';
import { failureSentence } from '../field-names';
import { CommandIDs } from '../tokens';
import type { ILogInOptions } from './log-in';
import { clusterResources, logIn, meantCluster } from './log-in';

export interface ICommandOptions extends ILogInOptions {
  readonly commands: CommandRegistry;
}

export function addCommands(options: ICommandOptions): IDisposable {
  const { commands, clusters, jobs, trans } = options;
  const added = new DisposableSet();
  const describedBy = {
    args: {
      type: 'object' as const,
      properties: {
        resource: {
          type: 'string',
          description: trans.__(
            'Name of the cluster; left out: the chosen one, or the user is asked'
          )
        }
      }
    }
  };
  const named = (args: { resource?: unknown }): string | undefined =>
    typeof args.resource === 'string' ? args.resource : undefined;

  added.add(
    commands.addCommand(CommandIDs.logIn, {
      label: trans.__('Log in to a Cluster…'),
      caption: trans.__('Log in to a Slurm cluster by SSH'),
      describedBy,
      execute: async args => {
        await known(options);
        const resource = await meantCluster(
          options,
          named(args),
          each => each.state !== 'online'
        );
        if (resource?.state === 'online') {
          Notification.info(
            trans.__(
              'You are logged in to %1 already. Log out first to log in with another name.',
              resource.title
            ),
            { autoClose: 5000 }
          );
          return true;
        }
        if (resource) {
          return logIn(options, resource);
        }
        if (clusterResources(jobs).every(each => each.state !== 'online')) {
          Notification.info(
            trans.__(
              'There is no such cluster. Add one in the section Setup of the panel.'
            ),
            {
              actions: [
                {
                  label: trans.__('Show Setup'),
                  callback: () => void commands.execute(CommandIDs.showPanel)
                }
              ]
            }
          );
        }
        return false;
      }
    })
  );

  added.add(
    commands.addCommand(CommandIDs.logOut, {
      label: trans.__('Log out of a Cluster'),
      caption: trans.__('Forget the log-in; jobs go on'),
      describedBy,
      isEnabled: args =>
        clusterResources(jobs).some(
          each =>
            each.state !== 'offline' &&
            (named(args) === undefined || each.name === named(args))
        ),
      execute: async args => {
        const resource = await meantCluster(
          options,
          named(args),
          each => each.state !== 'offline'
        );
        if (!resource) {
          return;
        }
        try {
          await clusters.logOut(resource.name);
          await jobs.refresh();
        } catch (reason) {
          Notification.error(failureSentence(failureOf(reason), trans), {
            autoClose: false
          });
        }
      }
    })
  );

  const refresh = (): void => {
    commands.notifyCommandChanged(CommandIDs.logOut);
  };
  jobs.changed.connect(refresh);
  added.add(new DisposableDelegate(() => jobs.changed.disconnect(refresh)));
  return added;
}

/** The resources are asked for when nobody has done so yet. */
async function known({ jobs }: ILogInOptions): Promise<void> {
  if (jobs.resources.length === 0) {
    await jobs.refresh();
  }
}
