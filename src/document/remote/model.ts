/**
 * A folder of a cluster as it is browsed: what is in it, what is selected, and
 * what would be opened.
 */
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { failureOf, isAbort } from '../../api';
import type { Failure, Folder, IApiClient } from '../../api';
import { DATA_EXTENSIONS } from '../open-data';

export type Entry = Folder['entries'][number];

/** Milliseconds between two letters of one name that is typed. */
const TYPING = 800;

export interface IChosen {
  /** Absolute, on the cluster. */
  readonly path: string;
  readonly directory: boolean;
}

export class FolderModel implements IDisposable {
  /** @param resource name of the cluster */
  constructor(
    private readonly _api: IApiClient,
    readonly resource: string
  ) {}

  /** The folder that is shown; null before the first answer. */
  get folder(): Folder | null {
    return this._folder;
  }

  /** Why the last folder asked for is not shown. */
  get failure(): Failure | null {
    return this._failure;
  }

  get busy(): boolean {
    return this._asking !== null;
  }

  /** A path that was written and not gone to; null: none. */
  get written(): string | null {
    return this._written;
  }

  write(path: string): void {
    this._written = path.trim() === this._folder?.path ? null : path.trim();
  }

  /** Of the selected entry; -1: none. */
  get selected(): number {
    return this._selected;
  }

  /** What would be opened: the selected folder or data file, else the folder shown. */
  get choice(): IChosen | null {
    const folder = this._folder;
    if (!folder) {
      return null;
    }
    const entry = folder.entries.at(this._selected);
    return this._selected >= 0 && entry && isData(entry)
      ? { path: joined(folder.path, entry.name), directory: entry.directory }
      : { path: folder.path, directory: true };
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    this._asking?.abort();
    Signal.clearData(this);
  }

  /**
   * Show a folder; the present one stays when that fails.
   *
   * @param path absolute; empty: where one begins
   */
  async go(path: string): Promise<void> {
    this._asking?.abort();
    const asking = new AbortController();
    this._asking = asking;
    this._failure = null;
    this._written = null;
    this._changed.emit();
    try {
      const from = this._folder?.path;
      const folder = await this._api.folder(
        { resource: this.resource, path },
        asking.signal
      );
      if (this._asking === asking) {
        this._folder = folder;
        // Going up, the folder that one comes from is the selected one.
        this._selected = folder.entries.findIndex(
          entry => from === joined(folder.path, entry.name)
        );
        this._typed = '';
      }
    } catch (error) {
      if (this._asking === asking && !isAbort(error)) {
        this._failure = failureOf(error);
        this._written = path || null;
      }
    }
    if (this._asking === asking && !this._disposed) {
      this._asking = null;
      this._changed.emit();
    }
  }

  async up(): Promise<void> {
    const parent = this._folder?.parent;
    if (typeof parent === 'string') {
      await this.go(parent);
    }
  }

  /** Go into the folder of an entry; false when it is none. */
  enter(index: number): boolean {
    const folder = this._folder;
    const entry = index >= 0 ? folder?.entries.at(index) : undefined;
    if (!folder || !entry?.directory) {
      return false;
    }
    void this.go(joined(folder.path, entry.name));
    return true;
  }

  select(index: number): void {
    // Who chooses from the list has left the path that was written.
    this._written = null;
    const last = (this._folder?.entries.length ?? 0) - 1;
    const next = Math.min(Math.max(index, -1), last);
    if (next !== this._selected) {
      this._selected = next;
      this._changed.emit();
    }
  }

  /** Select the next entry whose name begins with what is being typed. */
  type(letter: string, now = Date.now()): void {
    const entries = this._folder?.entries ?? [];
    const again = now - this._typedAt < TYPING;
    this._typed = (again ? this._typed : '') + letter.toLowerCase();
    this._typedAt = now;
    const from = this._selected + (again && this._typed.length > 1 ? 0 : 1);
    for (let i = 0; i < entries.length; i++) {
      const at = (Math.max(0, from) + i) % entries.length;
      if (entries[at].name.toLowerCase().startsWith(this._typed)) {
        this.select(at);
        return;
      }
    }
  }

  private _folder: Folder | null = null;
  private _failure: Failure | null = null;
  private _written: string | null = null;
  private _selected = -1;
  private _asking: AbortController | null = null;
  private _typed = '';
  private _typedAt = 0;
  private _disposed = false;
  private readonly _changed = new Signal<this, void>(this);
}

/** Whether an entry can be a data set: a folder, or a file that holds a whole one. */
export function isData(entry: Entry): boolean {
  const name = entry.name.toLowerCase();
  return (
    entry.directory || DATA_EXTENSIONS.some(ending => name.endsWith(ending))
  );
}

function joined(folder: string, name: string): string {
  return folder.endsWith('/') ? folder + name : `${folder}/${name}`;
}
