/**
 * Whose plugins the editors show: those of the Savu on a resource, or the
 * shipped catalogue. One for all editors; nothing is asked before there is one.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { failureOf, isAbort } from '../api';
import type { IApiClient, Resource } from '../api';
import { failureSentence } from '../field-names';
import type { ITomoJobs } from '../tokens';
import { installedCatalogue, SHIPPED } from './catalogue';
import type { ICatalogue } from './catalogue';

type Plugins = Pick<IApiClient, 'savuPlugins'>;
type Places = Pick<ITomoJobs, 'resources' | 'choice' | 'changed' | 'refresh'>;

/** Stands for the catalogue that is not of a resource. */
export const NOWHERE = '';

export class Catalogues {
  /** @param _places - the resources, and which one the panel has chosen; null: there is no panel. */
  constructor(
    private readonly _api: Plugins,
    private readonly _places: Places | null,
    private readonly _trans: TranslationBundle
  ) {}

  get changed(): ISignal<Catalogues, void> {
    return this._changed;
  }

  /** The one of the chosen place once it is known, else the shipped one. */
  get catalogue(): ICatalogue {
    return this._found;
  }

  /** Its Savu is being asked. */
  get pending(): boolean {
    return this._abort !== null;
  }

  /** Why the catalogue is not that of the chosen place; empty when it is, or while that is asked. */
  get reason(): string {
    return this._reason;
  }

  get places(): readonly Resource[] {
    return this._places?.resources ?? [];
  }

  /** Name of the resource whose Savu is meant: the panel's, until another one is chosen. */
  get place(): string {
    return this._chosen ?? this._places?.choice.resource ?? NOWHERE;
  }

  choose(place: string): void {
    this._chosen = place;
    this._look();
  }

  /** Ask again, as after an installation. */
  lookAgain(): void {
    this._asked = null;
    this._look(true);
  }

  /** There is an editor that shows them. */
  use(): void {
    if (!this._used) {
      this._used = true;
      this._places?.changed.connect(() => this._look());
      this._look();
      // The editor can be all that is open, and then nobody else has asked.
      void this._places?.refresh();
    }
  }

  private _look(again = false): void {
    const place = this.place;
    const resource = this.places.find(({ name }) => name === place);
    const kernel = this._places?.choice.kernel ?? '';
    const remote = resource !== undefined && resource.kind !== 'local-kernel';
    // A cluster that comes online can be asked at last; another kernel is another Python.
    const key = JSON.stringify([place, resource?.state, remote || kernel]);
    if (key === this._asked) {
      return;
    }
    this._asked = key;
    this._abort?.abort();
    this._abort = null;
    if (!resource) {
      this._set(SHIPPED, '');
    } else if (remote && resource.state !== 'online') {
      this._set(
        SHIPPED,
        this._trans.__(
          'Log in to %1 to see the plugins of its Savu.',
          resource.title || resource.name
        )
      );
    } else {
      const abort = (this._abort = new AbortController());
      const where = remote ? { resource: place } : { kernel };
      this._set(SHIPPED, '');
      void this._ask({ ...where, ...(again && { again }) }, remote, abort);
    }
  }

  private async _ask(
    where: { resource?: string; kernel?: string; again?: boolean },
    remote: boolean,
    abort: AbortController
  ): Promise<void> {
    let found = SHIPPED;
    let reason = '';
    try {
      const told = await this._api.savuPlugins(
        { purpose: 'savu-plugins', ...where },
        abort.signal
      );
      if (told.available) {
        // Log-in hosts rarely have the card that the nodes have.
        found = installedCatalogue(told, remote ? null : (told.gpu ?? null));
      } else {
        reason = `${told.why ?? ''} ${told.install ?? ''}`.trim();
      }
    } catch (error) {
      if (isAbort(error)) {
        return;
      }
      reason = failureSentence(failureOf(error), this._trans);
    }
    if (this._abort === abort) {
      this._abort = null;
      this._set(found, reason);
    }
  }

  private _set(found: ICatalogue, reason: string): void {
    this._found = found;
    this._reason = reason;
    this._changed.emit();
  }

  private _found: ICatalogue = SHIPPED;
  private _reason = '';
  private _chosen: string | null = null;
  private _asked: string | null = null;
  private _abort: AbortController | null = null;
  private _used = false;
  private readonly _changed = new Signal<this, void>(this);
}
