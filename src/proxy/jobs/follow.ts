/**
 * Follows job folders: the file system's messages wake up, and a look every
 * second finds what they missed, as on network drives.
 */
import { watch, type FSWatcher } from 'node:fs';

const EVERY = 1_000;
const GATHER = 50;

export class Follower {
  /** @param look - called for one job, and on every beat with null for all. */
  constructor(private readonly _look: (id: string | null) => void) {
    this._timer = setInterval(() => this._look(null), EVERY);
  }

  /** Watch exactly these folders. */
  follow(folders: ReadonlyMap<string, string>): void {
    for (const [id, watcher] of this._watchers) {
      if (!folders.has(id)) {
        watcher.close();
        this._watchers.delete(id);
      }
    }
    for (const [id, folder] of folders) {
      if (!this._watchers.has(id)) {
        this._watch(id, folder);
      }
    }
  }

  dispose(): void {
    clearInterval(this._timer);
    for (const timer of this._waking.values()) {
      clearTimeout(timer);
    }
    this.follow(new Map());
  }

  private _watch(id: string, folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name === 'status.json' || name === 'attempt.json') {
          this._wake(id);
        }
      });
      // Without messages (a removed folder, no watches left) the beat remains.
      watcher.on('error', () => watcher.close());
      this._watchers.set(id, watcher);
    } catch {
      // The same: the beat finds what happens.
    }
  }

  private _wake(id: string): void {
    if (!this._waking.has(id)) {
      const timer = setTimeout(() => {
        this._waking.delete(id);
        this._look(id);
      }, GATHER);
      this._waking.set(id, timer);
    }
  }

  private readonly _timer: NodeJS.Timeout;
  private readonly _watchers = new Map<string, FSWatcher>();
  private readonly _waking = new Map<string, NodeJS.Timeout>();
}
