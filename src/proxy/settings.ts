/**
 * The plugin's settings that the proxy reads. What is wrong in one cluster
 * does not take the others down: it is told as the reason why that one is
 * offline.
 */
import type { Failure } from '../api/_generated/api';
import { sentencesOf, type ISchemaError } from '../recipe/sentences';
import type { Cluster } from './_generated/cluster';
import { validateCluster } from './_generated/validators';
import { isObject, number, text, type JsonObject } from './files';

/** A cluster as the settings describe it, every default filled in. */
export interface IClusterSettings extends Readonly<Omit<Cluster, 'memory'>> {
  /** Bytes of a task. */
  readonly memory: number;
}

/** An entry of the settings that cannot be used. */
export interface ISpoiltCluster {
  /** As the entry says, or its place in the list. */
  readonly name: string;
  readonly failure: Failure;
}

export interface IProxySettings {
  /** Jobs on this machine at a time. */
  readonly localJobs: number;
  /** By name, in the order of the settings. */
  readonly clusters: ReadonlyMap<string, IClusterSettings>;
  readonly spoilt: readonly ISpoiltCluster[];
}

export function readSettings(settings: JsonObject): IProxySettings {
  const localJobs = Math.trunc(number(settings, 'localJobs') ?? 1);
  const clusters = new Map<string, IClusterSettings>();
  const spoilt: ISpoiltCluster[] = [];
  entriesOf(settings.resources).forEach((entry, index) => {
    const name =
      (isObject(entry) && text(entry, 'name')) || `cluster ${index + 1}`;
    const complain = (what: string, field: string): void => {
      const where = `resources.${index}${field && `.${field}`}`;
      spoilt.push({ name, failure: spoiltSettings(name, what, where) });
    };
    // The validator fills in defaults: the caller's object stays as it is.
    const filled: unknown = structuredClone(entry);
    if (!isCluster(filled)) {
      const [problem] = sentencesOf(validator.errors ?? [], 'The entry');
      complain(problem?.message ?? 'The entry is not valid.', problem?.path);
    } else if (clusters.has(filled.name)) {
      complain('Another cluster has this name.', 'name');
    } else {
      clusters.set(filled.name, inBytes(filled));
    }
  });
  return {
    localJobs: Math.min(64, Math.max(1, localJobs)),
    clusters,
    spoilt
  };
}

interface IValidator {
  (value: unknown): boolean;
  errors?: readonly ISchemaError[] | null;
}

const validator: IValidator = validateCluster;

function isCluster(value: unknown): value is Cluster {
  return validator(value);
}

function entriesOf(resources: unknown): readonly unknown[] {
  return Array.isArray(resources) ? resources : [];
}

function inBytes(cluster: Cluster): IClusterSettings {
  return { ...cluster, memory: Math.round(cluster.memory * 2 ** 30) };
}

function spoiltSettings(name: string, what: string, where: string): Failure {
  return {
    code: 'bad-settings',
    message: `The settings of ${name} cannot be used: ${what}`,
    where,
    hint: 'Mend it in the Setup section, or in the settings editor.'
  };
}
