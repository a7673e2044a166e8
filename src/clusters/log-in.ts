/**
 * Logging in and out, as the commands do it.
 */
import { InputDialog, Notification } from '@jupyterlab/apputils';
import type { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Resource } from '../api';
import { failureOf } from '../api';
import { failureSentence } from '../job-words';
import type { ITomoClusters, ITomoJobs } from '../tokens';
import { LoginDialog, remember, remembered } from './login';

export interface ILogInOptions {
  readonly clusters: ITomoClusters;
  readonly jobs: ITomoJobs;
  readonly state: IStateDB | null;
  readonly trans: TranslationBundle;
}

/** Those of the resources that are clusters. */
export function clusterResources(jobs: ITomoJobs): Resource[] {
  return jobs.resources.filter(each => each.kind === 'slurm-ssh');
}

/** The cluster that is meant: the named, the chosen, the only one, or the one that the user picks. */
export async function meantCluster(
  { jobs, trans }: ILogInOptions,
  name: string | undefined,
  fits: (resource: Resource) => boolean
): Promise<Resource | null> {
  const all = clusterResources(jobs);
  if (name !== undefined) {
    return all.find(each => each.name === name) ?? null;
  }
  const fitting = all.filter(fits);
  const chosen = fitting.find(each => each.name === jobs.choice.resource);
  if (chosen || fitting.length < 2) {
    return chosen ?? fitting[0] ?? null;
  }
  const picked = await InputDialog.getItem({
    title: trans.__('Which cluster?'),
    items: fitting.map(each => each.title)
  });
  return fitting.find(each => each.title === picked.value) ?? null;
}

/** Ask until the cluster is online or the user gives up; true when it is. */
export async function logIn(
  options: ILogInOptions,
  resource: Resource
): Promise<boolean> {
  const { clusters, jobs, state, trans } = options;
  const settings = clusters.clusters.find(each => each.name === resource.name);
  const key = settings?.['key'];
  const host = resource.cluster?.host ?? settings?.host ?? resource.name;
  const dialog = new LoginDialog({
    clusters,
    trans,
    resource: resource.name,
    title: resource.title,
    host,
    known: await remembered(state, resource.name, {
      user: resource.cluster?.user ?? '',
      key: typeof key === 'string' ? key : ''
    }),
    // The key of a jump host has no place in the settings.
    canPin: of => settings !== undefined && hostOf(of) === host
  });
  const { button } = await dialog.launch();
  if (!button.accept) {
    return false;
  }
  await remember(state, resource.name, dialog.known);
  await jobs.refresh();
  const pinned = [...dialog.pinned].find(([of]) => hostOf(of) === host);
  if (settings && pinned) {
    try {
      await clusters.save({ ...settings, hostKey: pinned[1] }, settings.name);
    } catch (reason) {
      Notification.warning(failureSentence(failureOf(reason)));
    }
  }
  return true;
}

/** [host]:port or host:port -> host. */
function hostOf(named: string): string {
  return (
    /^\[(.+)\](?::\d+)?$/.exec(named)?.[1] ??
    /^([^:]+)(?::\d+)?$/.exec(named)?.[1] ??
    named
  );
}
