/**
 * Newest wins: one request a purpose; a newer one aborts the older.
 */

/** What a request runs under. */
export interface ITurn {
  /** Name of the channel, of this tab and purpose. */
  readonly channel: string;
  readonly signal: AbortSignal;
  /** To be called when the request has ended, however. */
  done(): void;
}

/** Longest name of a channel in the api. */
const MAX_NAME = 120;

export class Channels {
  /** @param tab - name of this tab, not used by any other. */
  constructor(private readonly _tab: string) {}

  /** Abort the request of a purpose that is under way, and begin a new one. */
  begin(purpose: string, outer?: AbortSignal): ITurn {
    const controller = new AbortController();
    const abort = (): void => controller.abort();
    this._current.get(purpose)?.abort();
    this._current.set(purpose, controller);
    if (outer?.aborted) {
      abort();
    }
    outer?.addEventListener('abort', abort);
    return {
      channel: this._nameOf(purpose),
      signal: controller.signal,
      done: () => {
        outer?.removeEventListener('abort', abort);
        if (this._current.get(purpose) === controller) {
          this._current.delete(purpose);
        }
      }
    };
  }

  /** Abort all that is under way. */
  abortAll(): void {
    for (const controller of this._current.values()) {
      controller.abort();
    }
    this._current.clear();
  }

  private _nameOf(purpose: string): string {
    const name = `${this._tab}:${purpose}`;
    if (name.length <= MAX_NAME) {
      return name;
    }
    let number = this._long.get(purpose);
    if (number === undefined) {
      number = this._long.size;
      this._long.set(purpose, number);
    }
    return `${this._tab}:#${number}`;
  }

  private readonly _current = new Map<string, AbortController>();
  /** Numbers of the purposes that are too long for a name. */
  private readonly _long = new Map<string, number>();
}
