/**
 * Logging in and out, as the commands do it.
 */
import { InputDialog } from '@jupyterlab/apputils';
import type { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Resource } from '../api';
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
  const port = resource.cluster?.port ?? 22;
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
    canPin: of =>
      settings !== undefined && [host, `${host}:${port}`].includes(of),
    pin: hostKey =>
      settings
        ? clusters.save({ ...settings, hostKey }, settings.name)
        : Promise.resolve()
  });
  const { button } = await dialog.launch();
  if (!button.accept) {
    return false;
  }
  await remember(state, resource.name, dialog.known);
  await jobs.refresh();
  return true;
}
