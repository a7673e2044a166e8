/**
 * The tools of the chosen kernel: asked for when the panel shows them, and
 * kept until the kernel is another, or its cluster comes or goes.
 */
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { IDisposable } from '@lumino/disposable';

import type { ITomoApi, ITomoJobs, Fetched } from '../tokens';
import type { Tool, ToolMethod } from '../api';
import { failureOf, isAbort } from '../api';
import type { IMethod, IParameterSchema, ITool } from '../recipe';
import { TOOLS } from '../recipe';

export class ToolCatalogue implements IDisposable {
  constructor(
    private readonly _api: Pick<ITomoApi, 'tools'>,
    private readonly _jobs: ITomoJobs
  ) {
    _jobs.changed.connect(this._onJobs);
  }

  /** What is known of the tools of the chosen kernel. */
  get found(): Fetched<readonly Tool[]> {
    return this._found;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._abort.signal.aborted;
  }

  /** Ask, unless that has been done for this kernel. */
  want(): void {
    if (this._found.state === 'none') {
      void this._ask(false);
    }
  }

  /** Ask again, as after an installation. */
  lookAgain(): void {
    void this._ask(true);
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._abort.abort();
    this._jobs.changed.disconnect(this._onJobs);
    Signal.clearData(this);
  }

  private async _ask(again: boolean): Promise<void> {
    const place = this._place();
    this._set(place, { state: 'pending' });
    const { resource, kernel } = this._jobs.choice;
    const chosen = this._jobs.resources.find(each => each.name === resource);
    const where =
      chosen && chosen.kind !== 'local-kernel' ? { resource } : { kernel };
    try {
      const { tools } = await this._api.tools(
        { purpose: 'tools', ...where, ...(again ? { again } : {}) },
        this._abort.signal
      );
      this._set(place, { state: 'ready', value: tools });
    } catch (reason) {
      if (!isAbort(reason)) {
        this._set(place, { state: 'failed', failure: failureOf(reason) });
      }
    }
  }

  private _set(place: string, found: Fetched<readonly Tool[]>): void {
    if (!this.isDisposed && place === this._place()) {
      this._asked = place;
      this._found = found;
      this._changed.emit();
    }
  }

  private readonly _onJobs = (): void => {
    if (this._found.state !== 'none' && this._asked !== this._place()) {
      this._found = { state: 'none' };
      this._changed.emit();
    }
  };

  private _place(): string {
    const { choice, resources } = this._jobs;
    const chosen = resources.find(each => each.name === choice.resource);
    // A cluster that comes online, or is known as one, can be asked at last.
    const reached = chosen?.state !== 'offline';
    return JSON.stringify([
      choice.resource,
      choice.kernel,
      chosen?.kind,
      reached
    ]);
  }

  private _found: Fetched<readonly Tool[]> = { state: 'none' };
  private _asked = '';
  private readonly _abort = new AbortController();
  private readonly _changed = new Signal<this, void>(this);
}

/** A tool as the panel offers it. */
export interface IOffer extends ITool {
  readonly methods: readonly IOfferedMethod[];
  /** Null while it is not known whether it can run. */
  readonly available: boolean | null;
  readonly version: string;
  /** Why it cannot run and what to do about it; empty when it can. */
  readonly why: string;
}

export interface IOfferedMethod extends IMethod {
  /** Why it cannot be used; undefined when it can. */
  readonly why?: string;
}

/** The tools that are always known, with what was found of them, then those of other packages. */
export function offersOf(found: readonly Tool[] | null): IOffer[] {
  const offers = TOOLS.map(tool => {
    const there = found?.find(each => each.name === tool.name);
    return {
      ...tool,
      methods: tool.methods.map(method => ({
        ...method,
        why: there?.methods.find(each => each.name === method.name)?.why
      })),
      ...stateOf(there)
    };
  });
  const others = (found ?? [])
    .filter(tool => !TOOLS.some(known => known.name === tool.name))
    .map(tool => ({
      name: tool.name,
      title: tool.title,
      help: tool.help,
      methods: tool.methods.map(methodOf),
      ...stateOf(tool)
    }));
  return [...offers, ...others];
}

function stateOf(
  tool: Tool | undefined
): Pick<IOffer, 'available' | 'version' | 'why'> {
  return {
    available: tool?.available ?? null,
    version: tool?.version ?? '',
    why: [tool?.why, tool?.available === false ? tool.install : '']
      .filter(Boolean)
      .join(' ')
  };
}

function methodOf(method: ToolMethod): IOfferedMethod {
  const schema: Record<string, IParameterSchema> = {};
  for (const [name, parameter] of Object.entries(method.schema)) {
    schema[name] = parameter;
  }
  return { ...method, schema };
}
