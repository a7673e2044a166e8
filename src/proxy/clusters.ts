/** The clusters of the settings as resources, and the log-ins to them. */
import path from 'node:path';

import type { Resource } from '../api/_generated/api';
import type { IAgentProcess } from './agents';
import { unknownResource } from './failure';
import type { Forecaster } from './forecast';
import { isObject, type JsonObject } from './files';
import type { Jobs } from './jobs';
import type { Notices } from './notices';
import {
  HostKeys,
  Sessions,
  SlurmResource,
  startRemoteAgent,
  type IRemote,
  type IResource
} from './resources';
import {
  readSettings,
  type IClusterSettings,
  type ISpoiltCluster
} from './settings';

export interface IClustersOptions {
  /** Absolute folder of the job folders. */
  readonly jobs: string;
  /** Runtime folder of this machine. */
  readonly runtime: string;
  readonly notices: Notices;
  readonly forecast: Forecaster;
  /** Of all kinds, by name; clusters come and go with the settings. */
  readonly resources: Map<string, IResource>;
}

export class Clusters {
  constructor(private readonly _options: IClustersOptions) {
    const { jobs, notices } = _options;
    this.sessions = new Sessions(
      new HostKeys(path.join(path.dirname(jobs), 'known_hosts')),
      notices
    );
  }

  readonly sessions: Sessions;

  /** Where the mirrors of remote jobs are known as jobs. */
  set jobs(jobs: Jobs) {
    this._jobs = jobs;
  }

  /** Take the settings as they are now. What is still set as it was goes on undisturbed. */
  configure(settings: JsonObject): void {
    const { resources, notices } = this._options;
    const { clusters, spoilt } = readSettings(settings);
    this._spoilt = spoilt;
    this.sessions.configure(clusters);
    for (const [name, resource] of resources) {
      if (resource.kind === 'slurm-ssh' && !clusters.has(name)) {
        resource.dispose();
        resources.delete(name);
        this._slurm.delete(name);
      }
    }
    for (const cluster of clusters.values()) {
      const known = this._slurm.get(cluster.name);
      if (known) {
        known.cluster = cluster;
      } else {
        const made = this._make(cluster);
        this._slurm.set(cluster.name, made);
        resources.set(cluster.name, made);
      }
    }
    notices.emit('resource', '');
  }

  /** Entries of the settings that cannot be used, as resources that say why. */
  get spoilt(): Resource[] {
    return this._spoilt.map(({ name, failure }) => ({
      name,
      title: name,
      kind: 'slurm-ssh',
      state: 'offline',
      reason: failure,
      kernels: []
    }));
  }

  cluster(name: string): SlurmResource | undefined {
    return this._slurm.get(name);
  }

  /** @throws ProxyError when the user is not logged in to the cluster. */
  demand(user: string, name: string): IRemote {
    return this.sessions.demand(user, name);
  }

  /**
   * Start the agent of a user on a cluster.
   *
   * @throws ProxyError when the user is not logged in, or the runtime cannot be sent.
   */
  async startAgent(user: string, name: string): Promise<IAgentProcess> {
    const remote = this.demand(user, name);
    const known = this._slurm.get(name);
    if (!known) {
      throw unknownResource(name);
    }
    return startRemoteAgent(remote, known.cluster, this._options.runtime);
  }

  dispose(): void {
    this.sessions.dispose();
  }

  private _make(cluster: IClusterSettings): SlurmResource {
    const { jobs, runtime, notices, forecast } = this._options;
    return new SlurmResource(cluster, {
      sessions: this.sessions,
      notices,
      jobs,
      runtime,
      forecast,
      mirrors: name => this._jobs?.mirrors(name) ?? [],
      adopter: {
        adopt: async (...job) => {
          await this._jobs?.adopt(...job);
        }
      },
      onChange: id => {
        this._jobs?.changed(id).catch((error: unknown) => {
          process.stderr.write(`job ${id}: ${String(error)}\n`);
        });
      }
    });
  }

  private _jobs: Jobs | undefined;
  private _spoilt: readonly ISpoiltCluster[] = [];
  private readonly _slurm = new Map<string, SlurmResource>();
}

/** The settings in a further line of the input; null: the line holds none. */
export function settingsOf(line: string): JsonObject | null {
  try {
    const parsed: unknown = JSON.parse(line);
    return isObject(parsed) && isObject(parsed.settings)
      ? parsed.settings
      : null;
  } catch {
    // Not for us: the server extension writes nothing else.
    return null;
  }
}
