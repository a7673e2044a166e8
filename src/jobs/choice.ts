/**
 * Where a run goes and what it may take, kept as settings so that it holds in
 * the next session and an administrator can set it.
 */
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IRunChoice } from '../tokens';

/** Bytes in a GiB. */
export const GIB = 1024 ** 3;

/** What holds when nothing was ever chosen. */
export const DEFAULT_CHOICE: IRunChoice = {
  resource: 'local',
  kernel: '',
  cores: 2,
  memory: 4 * GIB
};

/** Keeps the choice of where to run. */
export interface IChoiceStore {
  readonly choice: IRunChoice;
  /** Seconds between polls that nothing else asked for. */
  readonly poll: number;
  readonly changed: ISignal<unknown, void>;
  set(choice: Partial<IRunChoice>): Promise<void>;
}

type Setting = (key: string) => unknown;

/** The choice in settings whose memory is in GiB; anything unfit is the default. */
export function readChoice(setting: Setting): IRunChoice {
  const cores = setting('cores');
  const memory = setting('memory');
  return {
    resource: textOr(setting('resource'), DEFAULT_CHOICE.resource),
    kernel: textOr(setting('kernel'), DEFAULT_CHOICE.kernel),
    cores:
      typeof cores === 'number' && cores >= 1
        ? Math.round(cores)
        : DEFAULT_CHOICE.cores,
    memory:
      typeof memory === 'number' && memory > 0
        ? Math.round(memory * GIB)
        : DEFAULT_CHOICE.memory
  };
}

/** The choice as the plugin's settings keep it. */
export class SettingsChoice implements IChoiceStore {
  constructor(private readonly _settings: ISettingRegistry.ISettings) {
    _settings.changed.connect(() => this._changed.emit());
  }

  /** What was chosen last holds at once, and not when the server has kept it. */
  get choice(): IRunChoice {
    const kept = readChoice(key => this._settings.composite[key]);
    return this._unkept.reduce<IRunChoice>(
      (choice, next) => ({ ...choice, ...next }),
      kept
    );
  }

  get poll(): number {
    const poll = this._settings.composite['poll'];
    return typeof poll === 'number' && poll >= 2 ? poll : 30;
  }

  get changed(): ISignal<unknown, void> {
    return this._changed;
  }

  async set(choice: Partial<IRunChoice>): Promise<void> {
    this._unkept = [...this._unkept, choice];
    this._changed.emit();
    try {
      for (const [key, value] of Object.entries(choice)) {
        await this._settings.set(
          key,
          key === 'memory' ? Number(value) / GIB : value
        );
      }
    } finally {
      // What could not be kept does not hold either.
      this._unkept = this._unkept.filter(each => each !== choice);
      this._changed.emit();
    }
  }

  private _unkept: readonly Partial<IRunChoice>[] = [];
  private readonly _changed = new Signal<this, void>(this);
}

/** The choice of this page only, where there are no settings. */
export class PageChoice implements IChoiceStore {
  readonly poll = 30;

  get choice(): IRunChoice {
    return this._choice;
  }

  get changed(): ISignal<unknown, void> {
    return this._changed;
  }

  set(choice: Partial<IRunChoice>): Promise<void> {
    this._choice = { ...this._choice, ...choice };
    this._changed.emit();
    return Promise.resolve();
  }

  private _choice = DEFAULT_CHOICE;
  private readonly _changed = new Signal<this, void>(this);
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}
