/**
 * The one event stream of a tab: open while someone listens and the tab is
 * seen, opened again with growing pauses after it was lost.
 */
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import type { Failure, Notice } from './_generated/api';
import { failureOf } from './errors';
import { readNotice } from './replies';

/** A signal that tells how many listen. */
export class CountedSignal<T, U> extends Signal<T, U> {
  constructor(
    sender: T,
    private readonly _onCount: (count: number) => void
  ) {
    super(sender);
  }

  override connect(
    slot: (sender: T, args: U) => void,
    thisArg?: unknown
  ): boolean {
    const added = super.connect(slot, thisArg);
    this._add(added ? 1 : 0);
    return added;
  }

  override disconnect(
    slot: (sender: T, args: U) => void,
    thisArg?: unknown
  ): boolean {
    const removed = super.disconnect(slot, thisArg);
    this._add(removed ? -1 : 0);
    return removed;
  }

  private _add(change: number): void {
    if (change !== 0) {
      this._count += change;
      this._onCount(this._count);
    }
  }

  private _count = 0;
}

/** Takes the data lines out of a stream of Server-Sent Events. */
export class EventParser {
  /** Feed a piece of the stream; returns the data of the events that are complete. */
  push(text: string): string[] {
    const lines = (this._rest + text).split('\n');
    this._rest = lines.pop() ?? '';
    const events: string[] = [];
    for (const line of lines.map(raw => raw.replace(/\r$/, ''))) {
      if (line === '' && this._data.length) {
        events.push(this._data.join('\n'));
        this._data = [];
      } else if (line.startsWith('data:')) {
        this._data.push(line.slice(5).replace(/^ /, ''));
      }
    }
    return events;
  }

  private _rest = '';
  private _data: string[] = [];
}

/** Seconds before the next attempt: 1, 2, 4 ... 30, and a fifth of that by chance so that tabs do not come together. */
export function pauseAfter(failures: number, chance = Math.random()): number {
  const pause = Math.min(30, 2 ** Math.max(0, failures - 1));
  return pause * (0.9 + 0.2 * chance);
}

/** The part of `document` that the stream looks at. */
export type Visibility = Pick<
  Document,
  'visibilityState' | 'addEventListener' | 'removeEventListener'
>;

export interface INoticeStreamOptions {
  /** Opens the stream; rejects when that fails. */
  open(signal: AbortSignal): Promise<Response>;
  onNotice(notice: Notice): void;
  /** A failure when the stream cannot be had, null whenever it has been opened or has lost a notice. */
  onConnection(failure: Failure | null): void;
  visibility?: Visibility;
  /** Seconds without a byte after which the stream counts as dead; the proxy sends one every 15 s. */
  silence?: number;
}

export class NoticeStream implements IDisposable {
  constructor(private readonly _options: INoticeStreamOptions) {
    this._visibility = _options.visibility ?? document;
    this._visibility.addEventListener('visibilitychange', this._update);
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    this._visibility.removeEventListener('visibilitychange', this._update);
    this._update();
  }

  /** Whether anyone listens. */
  set wanted(wanted: boolean) {
    this._wanted = wanted;
    this._update();
  }

  private readonly _update = (): void => {
    const open =
      this._wanted &&
      !this._disposed &&
      this._visibility.visibilityState === 'visible';
    if (!open) {
      this._run?.abort();
      this._run = null;
    } else if (!this._run) {
      this._run = new AbortController();
      void this._keepOpen(this._run.signal);
    }
  };

  /** Never rejects. */
  private async _keepOpen(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const from = Date.now();
      try {
        await this._follow(signal);
        // A stream that ends at once is as bad as one that does not open.
        failures = Date.now() - from > 5000 ? 0 : failures + 1;
      } catch (error) {
        if (signal.aborted) {
          return;
        }
        failures = Date.now() - from > 60000 ? 1 : failures + 1;
        this._options.onConnection(failureOf(error));
      }
      await sleep(1000 * pauseAfter(failures), signal);
    }
  }

  /** Until the stream ends. */
  private async _follow(signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const abort = (): void => stop.abort();
    signal.addEventListener('abort', abort);
    const watchdog = new Watchdog((this._options.silence ?? 45) * 1000, abort);
    try {
      const response = await this._options.open(stop.signal);
      const reader = response.body?.getReader();
      if (!reader) {
        return;
      }
      this._revision = null;
      this._options.onConnection(null);
      const decoder = new TextDecoder();
      const parser = new EventParser();
      for (;;) {
        watchdog.feed();
        const { done, value } = await reader.read();
        if (done || signal.aborted) {
          return;
        }
        parser
          .push(decoder.decode(value, { stream: true }))
          .forEach(data => this._take(data));
      }
    } finally {
      watchdog.stop();
      signal.removeEventListener('abort', abort);
    }
  }

  private _take(data: string): void {
    const read = readNotice(parsed(data));
    if ('problem' in read) {
      // A notice that is not understood may have meant anything.
      this._options.onConnection(null);
      return;
    }
    const { rev } = read.value;
    const missed = this._revision !== null && rev > this._revision + 1;
    this._revision = rev;
    if (missed) {
      this._options.onConnection(null);
    }
    this._options.onNotice(read.value);
  }

  private readonly _visibility: Visibility;
  private _wanted = false;
  private _disposed = false;
  private _run: AbortController | null = null;
  private _revision: number | null = null;
}

/** Calls back when it has not been fed for a while. */
class Watchdog {
  constructor(
    private readonly _patience: number,
    private readonly _bark: () => void
  ) {
    this.feed();
  }

  feed(): void {
    this.stop();
    this._timer = setTimeout(this._bark, this._patience);
  }

  stop(): void {
    clearTimeout(this._timer);
  }

  private _timer: ReturnType<typeof setTimeout> | undefined;
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
}
