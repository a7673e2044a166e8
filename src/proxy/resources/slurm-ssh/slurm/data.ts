/** How a cluster gets at the data of a recipe: it sees them, or they are copied. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import type { SubmissionPlan } from '../../../../api/_generated/api';
import type { Recipe } from '../../../../recipe/_generated/recipe';
import { ProxyError } from '../../../failure';
import type { IUpload } from '../copies/upload';
import type { ICluster } from './cluster';

export interface IDataPlan {
  readonly how: Exclude<SubmissionPlan['data'], 'here'>;
  /** Paths of the recipe as the cluster sees them, by their keys under `dataset`. */
  readonly data: Readonly<Record<string, string>>;
  readonly uploads: readonly IUpload[];
  /** Folder of the recipe as the cluster sees it; null: it does not. */
  readonly base: string | null;
}

/**
 * @param base - absolute folder here that relative paths start from.
 * @param work - absolute work folder there.
 */
export async function planData(
  recipe: Recipe,
  base: string,
  cluster: ICluster,
  work: string
): Promise<IDataPlan> {
  const given = pathsOf(recipe);
  const resource = recipe.dataset?.resource;
  if (resource && resource !== 'local') {
    return there(given, resource, cluster.name);
  }
  const data: Record<string, string> = {};
  const uploads: IUpload[] = [];
  for (const [key, name] of given) {
    const local = path.resolve(base, name);
    const mapped = translate(local, cluster.paths);
    data[key] = mapped ?? (await toUpload(local, work, uploads));
  }
  return {
    how: uploads.length > 0 ? 'upload' : 'mapped',
    data,
    uploads,
    base: translate(base, cluster.paths)
  };
}

/** A path of this machine as the cluster sees it; null when no mapping fits. The longest that fits counts. */
export function translate(
  local: string,
  paths: ICluster['paths']
): string | null {
  const fitting = paths
    .map(pair => ({ ...pair, local: withoutSlash(pair.local) }))
    .filter(
      pair =>
        local === pair.local ||
        local.startsWith(pair.local === '/' ? '/' : `${pair.local}/`)
    )
    .sort((a, b) => b.local.length - a.local.length)[0];
  return fitting
    ? path.posix.join(fitting.remote, local.slice(fitting.local.length))
    : null;
}

function there(
  given: readonly (readonly [string, string])[],
  resource: string,
  name: string
): IDataPlan {
  if (resource !== name) {
    throw new ProxyError(
      422,
      'data-elsewhere',
      `The data are on ${resource}, and ${name} does not see them.`,
      {
        where: 'dataset.resource',
        hint: `Submit to ${resource}, or choose data that ${name} sees.`
      }
    );
  }
  const relative = given.find(([, where]) => !where.startsWith('/'));
  if (relative) {
    throw new ProxyError(
      422,
      'path-relative',
      `dataset.${relative[0]} is ${relative[1]}, which starts from nowhere on ${name}.`,
      { where: `dataset.${relative[0]}`, hint: 'Give its absolute path there.' }
    );
  }
  return { how: 'remote', data: {}, uploads: [], base: null };
}

/** All paths of a recipe's data set with their keys. */
function pathsOf({ dataset }: Recipe): (readonly [string, string])[] {
  const { path: main, flats, darks } = dataset ?? {};
  const all: (readonly [string, string | undefined])[] = [
    ['path', main],
    ['flats.before', flats?.before],
    ['flats.after', flats?.after],
    ['darks.before', darks?.before],
    ['darks.after', darks?.after]
  ];
  return all.flatMap(([key, value]) => (value ? [[key, value] as const] : []));
}

/** Where a path will be once it is uploaded; adds what has to be. */
async function toUpload(
  local: string,
  work: string,
  uploads: IUpload[]
): Promise<string> {
  const stat = await fs.stat(local).catch(() => null);
  // One image stands for its folder, which the readers look at as a whole.
  const image = stat?.isFile() && /\.tiff?$/i.test(local);
  const from = image ? path.dirname(local) : withoutSlash(local);
  const inside = uploads.find(
    other => from === other.from || from.startsWith(`${other.from}/`)
  );
  const to = inside
    ? path.posix.join(inside.to, from.slice(inside.from.length))
    : path.posix.join(work, 'data', keyOf(from), path.basename(from));
  if (!inside) {
    uploads.push({ from, to });
  }
  return image ? path.posix.join(to, path.basename(local)) : to;
}

/** The same for the same folder of the same machine, so that it is copied once. */
function keyOf(folder: string): string {
  return createHash('sha256')
    .update(`${os.hostname()}\0${folder}`)
    .digest('hex')
    .slice(0, 16);
}

function withoutSlash(folder: string): string {
  return folder.length > 1 ? folder.replace(/\/+$/, '') : folder;
}
