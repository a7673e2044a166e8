/**
 * The clusters of the settings, and the log-ins to them.
 */
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSONObject, ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { JSONExt } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type {
  LoginAnswer,
  LoginReply,
  LoginRequest,
  Preflight,
  Queue,
  Resource
} from '../api';
import { ApiError, failureOf } from '../api';
import { freeName } from '../free-name';
import type { ICluster, ITomoApi, ITomoClusters } from '../tokens';
import { PRESETS } from './presets';
import { problemsByProperty } from './problems';

/** The setting that lists the clusters. */
const KEY = 'resources';

/** Where settings are kept; the part of JupyterLab's that is used. */
export type ClusterSettings = Pick<
  ISettingRegistry.ISettings,
  'composite' | 'user' | 'schema' | 'changed' | 'set' | 'validate'
>;

export class ClustersModel implements ITomoClusters {
  /**
   * @param _settings - null where there are none: then no cluster can be kept.
   */
  constructor(
    private readonly _api: ITomoApi,
    private readonly _settings: ClusterSettings | null,
    private readonly _trans: TranslationBundle
  ) {
    this._clusters = readClusters(_settings?.composite[KEY]);
    _settings?.changed.connect(this._onSettings);
  }

  readonly presets = PRESETS;

  get clusters(): readonly ICluster[] {
    return this._clusters;
  }

  get schema(): ReadonlyPartialJSONObject | null {
    const definitions = this._settings?.schema['definitions'];
    const schema = isObject(definitions) ? definitions['cluster'] : null;
    return isObject(schema) ? schema : null;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._settings?.changed.disconnect(this._onSettings);
    Signal.clearData(this);
  }

  freeName(wanted: string): string {
    return freeName(
      wanted,
      this._clusters.map(each => each.name)
    );
  }

  problems(
    cluster: ReadonlyPartialJSONObject,
    replaces: string | null
  ): Map<string, string> {
    const index = this._indexOf(replaces);
    const resources = this._with(cluster, replaces);
    const raw = JSON.stringify({ ...this._settings?.user, [KEY]: resources });
    const problems = problemsByProperty(
      this._settings?.validate(raw) ?? [],
      index,
      this._trans
    );
    if (
      this._clusters.some(
        (each, i) => i !== index && each.name === cluster['name']
      )
    ) {
      problems.set(
        'name',
        this._trans.__('Another cluster has this name already.')
      );
    }
    return problems;
  }

  async save(
    cluster: ReadonlyPartialJSONObject,
    replaces: string | null
  ): Promise<void> {
    const [problem] = this.problems(cluster, replaces);
    if (problem) {
      throw new ApiError({
        code: 'invalid-cluster',
        message: problem[1],
        where: problem[0],
        hint: this._trans.__('Correct it and save again.')
      });
    }
    await this._keep(this._with(cluster, replaces));
  }

  async remove(name: string): Promise<void> {
    await this._keep(this._clusters.filter(each => each.name !== name));
  }

  test(name: string, signal?: AbortSignal): Promise<Preflight> {
    return this._api.test(name, signal);
  }

  logIn(request: LoginRequest, signal?: AbortSignal): Promise<LoginReply> {
    return this._api.logIn(request, signal);
  }

  answer(answer: LoginAnswer, signal?: AbortSignal): Promise<LoginReply> {
    return this._api.answer(answer, signal);
  }

  logOut(name: string): Promise<Resource> {
    return this._api.logOut(name);
  }

  queue(name: string): Promise<Queue> {
    return this._api.queue(name);
  }

  cancelQueued(name: string, ids: readonly string[]): Promise<Queue> {
    return this._api.cancelQueued(name, ids);
  }

  private async _keep(
    clusters: readonly ReadonlyPartialJSONObject[]
  ): Promise<void> {
    if (!this._settings) {
      throw new ApiError({
        code: 'no-settings',
        message: this._trans.__('This JupyterLab keeps no settings.'),
        where: KEY,
        hint: this._trans.__('Ask the administrator of the server.')
      });
    }
    const kept = clusters.map(each => withoutDefaults(each, this.schema));
    this._keeping += 1;
    // What is edited next starts from what is being saved.
    this._take(kept);
    try {
      await this._settings.set(KEY, kept);
    } catch (reason) {
      throw new ApiError({
        ...failureOf(reason),
        code: 'settings-not-saved',
        hint: this._trans.__('Look at the settings of Tomography.')
      });
    } finally {
      this._keeping -= 1;
      if (this._keeping === 0) {
        this._take();
      }
    }
    await this._reload();
  }

  /** Let the proxy look, and those who show what it knows ask then: its word may come late. */
  private async _reload(): Promise<void> {
    await this._api.reloadSettings();
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _onSettings = (): void => {
    if (this._keeping === 0 && this._take()) {
      // Edited in JupyterLab's own settings editor.
      this._reload().catch(() => {
        // The proxy reads the settings when it starts; what it knows shows among the resources.
      });
    }
  };

  /** True when the list is another one now. */
  private _take(list: unknown = this._settings?.composite[KEY]): boolean {
    const clusters = readClusters(list);
    if (JSON.stringify(clusters) === JSON.stringify(this._clusters)) {
      return false;
    }
    this._clusters = clusters;
    this._changed.emit();
    return true;
  }

  /** Where a cluster stands, or the end of the list. */
  private _indexOf(name: string | null): number {
    const index = this._clusters.findIndex(each => each.name === name);
    return index < 0 ? this._clusters.length : index;
  }

  private _with(
    cluster: ReadonlyPartialJSONObject,
    replaces: string | null
  ): ReadonlyPartialJSONObject[] {
    const after: ReadonlyPartialJSONObject[] = [...this._clusters];
    after[this._indexOf(replaces)] = cluster;
    return after;
  }

  private _clusters: readonly ICluster[];
  private _keeping = 0;
  private _isDisposed = false;
  private readonly _changed = new Signal<this, void>(this);
}

/** The clusters of a setting; what is none is left out, the proxy says why. */
export function readClusters(value: unknown): ICluster[] {
  return Array.isArray(value) ? value.filter(isCluster) : [];
}

function isCluster(value: unknown): value is ICluster {
  return (
    isObject(value) &&
    typeof value['name'] === 'string' &&
    typeof value['host'] === 'string'
  );
}

function isObject(value: unknown): value is ReadonlyPartialJSONObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What differs from the defaults, so that the settings stay short and a default may change. */
export function withoutDefaults(
  cluster: ReadonlyPartialJSONObject,
  schema: ReadonlyPartialJSONObject | null
): JSONObject {
  const properties = schema?.['properties'];
  const kept = Object.entries(cluster).filter(([key, value]) => {
    const property = isObject(properties) ? properties[key] : undefined;
    const standard = isObject(property) ? property['default'] : undefined;
    return (
      value !== undefined &&
      (standard === undefined || !JSONExt.deepEqual(value, standard))
    );
  });
  const copy: unknown = JSON.parse(JSON.stringify(Object.fromEntries(kept)));
  return isCopy(copy) ? copy : {};
}

function isCopy(value: unknown): value is JSONObject {
  return isObject(value);
}
