/**
 * Clusters of the settings, and one that is logged in to.
 */
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Signal } from '@lumino/signaling';

import type { LoginReply, Preflight, Queue, Resource } from '../../../api';
import type { ICluster, ITomoClusters } from '../../../tokens';
import pluginSchema from '../../../../schema/plugin.json';

/** Settings of clusters that are kept in memory; log-ins are answered by `replies`, in turn. */
export class FakeClusters implements ITomoClusters {
  clusters: readonly ICluster[] = [];
  readonly presets = [
    {
      title: 'SCARF (STFC)',
      help: 'The cluster of STFC.',
      cluster: { name: 'scarf', title: 'SCARF', host: 'scarf.rl.ac.uk' }
    }
  ];
  readonly schema = pluginSchema.definitions.cluster;
  readonly changed: Signal<ITomoClusters, void> = new Signal(this);
  isDisposed = false;
  readonly calls: string[] = [];
  wrong = new Map<string, string>();
  preflight: Preflight = { resource: 'scarf', checks: [] };
  listed: Queue = { resource: 'scarf', seen: '2026-11-23T20:00:00Z', jobs: [] };

  freeName(wanted: string): string {
    return wanted;
  }
  problems(): ReadonlyMap<string, string> {
    return this.wrong;
  }
  save(
    cluster: ReadonlyPartialJSONObject,
    replaces: string | null
  ): Promise<void> {
    this.calls.push(`save ${JSON.stringify(cluster)} for ${String(replaces)}`);
    const saved = { name: '', host: '', ...cluster };
    this.clusters = [
      ...this.clusters.filter(each => each.name !== replaces),
      saved
    ];
    this.changed.emit();
    return Promise.resolve();
  }
  remove(name: string): Promise<void> {
    this.calls.push(`remove ${name}`);
    this.clusters = this.clusters.filter(each => each.name !== name);
    this.changed.emit();
    return Promise.resolve();
  }
  test(name: string): Promise<Preflight> {
    this.calls.push(`test ${name}`);
    return Promise.resolve(this.preflight);
  }
  logIn(): Promise<LoginReply> {
    return Promise.resolve({ state: 'online' });
  }
  answer(): Promise<LoginReply> {
    return Promise.resolve({ state: 'online' });
  }
  logOut(name: string): Promise<Resource> {
    this.calls.push(`log out ${name}`);
    return Promise.resolve(scarf({ state: 'offline' }));
  }
  queue(name: string): Promise<Queue> {
    this.calls.push(`queue ${name}`);
    return Promise.resolve(this.listed);
  }
  cancelQueued(name: string, ids: readonly string[]): Promise<Queue> {
    this.calls.push(`cancel ${ids.join(' ')} on ${name}`);
    return Promise.resolve(this.listed);
  }
  dispose(): void {
    this.isDisposed = true;
  }
}

export function scarf(changes: Partial<Resource> = {}): Resource {
  return {
    name: 'scarf',
    title: 'SCARF',
    kind: 'slurm-ssh',
    state: 'online',
    kernels: [],
    cluster: {
      host: 'scarf.rl.ac.uk',
      port: 22,
      user: 'scarf123',
      partition: 'scarf',
      work: '/work3/imat/scarf123',
      cores: 8,
      memory: 31 * 1024 ** 3,
      time: 120,
      tasks: 16
    },
    ...changes
  };
}
