/**
 * What a run on the chosen resource may take: a cluster's limits are among its
 * settings, those of the server itself are settings of their own. Pure.
 */
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { Resource } from '../api';
import type { ICluster, IRunChoice, IRunLimits } from '../tokens';
import { GIB } from './choice';

/** Limits of a choice; the settings are ahead of what the proxy has taken up. */
export function limitsOf(
  choice: IRunChoice,
  clusters: readonly ICluster[],
  resources: readonly Resource[]
): IRunLimits {
  const known = resources.find(each => each.name === choice.resource)?.cluster;
  const set = clusters.find(each => each.name === choice.resource);
  if (!known && !set) {
    return { cores: choice.cores, memory: choice.memory };
  }
  const memory = numberOf(set, 'memory');
  return {
    cores: numberOf(set, 'cores') ?? known?.cores ?? 4,
    memory:
      memory === undefined
        ? (known?.memory ?? 16 * GIB)
        : Math.round(memory * GIB),
    time: numberOf(set, 'time') ?? known?.time ?? 120,
    tasks: numberOf(set, 'tasks') ?? known?.tasks ?? 16
  };
}

/** The settings of a cluster with other limits. */
export function limitedCluster(
  cluster: ICluster,
  limits: Partial<IRunLimits>
): ReadonlyPartialJSONObject {
  const { memory, ...others } = limits;
  return {
    ...cluster,
    ...others,
    ...(memory === undefined
      ? {}
      : { memory: Number((memory / GIB).toFixed(2)) })
  };
}

function numberOf(
  cluster: ICluster | undefined,
  key: string
): number | undefined {
  const value = cluster?.[key];
  return typeof value === 'number' ? value : undefined;
}
