/**
 * The clock by which a page waits for its workers. Seconds are counted, not
 * time: they rest while a machine sleeps, and are few in a tab that is hidden.
 */
import type { IDisposable } from '@lumino/disposable';

/** Milliseconds between two looks. */
const BEAT = 1000;
/** Seconds without a slice after which the server is to help: most slices take a tenth of one. */
const LATE = 3;
/** Seconds for which all workers do nothing though a slice is due: between the steps of one there are a few pauses, each far shorter. */
const STUCK = 5;

export interface IWatchOptions {
  /** Ask the workers; whether all of them answer, and so none is at work. */
  readonly beat: () => boolean;
  /** Nothing has come for a while; or it has, after all. */
  readonly late: (late: boolean) => void;
  /** They wait for what will not come. */
  readonly stuck: () => void;
}

export class Watch implements IDisposable {
  constructor(private readonly _options: IWatchOptions) {}

  /** Nothing has come for a while. */
  get isLate(): boolean {
    return this._late;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** A slice is expected. */
  begin(): void {
    if (this._timer === undefined && !this._disposed) {
      this._timer = setInterval(() => this._look(), BEAT);
    }
  }

  /** One has come, or will not come; @param more are expected */
  settled(more: boolean): void {
    clearInterval(this._timer);
    this._timer = undefined;
    this._seconds = this._still = 0;
    if (more) {
      this.begin();
    }
    this._tell(false);
  }

  dispose(): void {
    this.settled(false);
    this._disposed = true;
  }

  private _look(): void {
    this._still = this._options.beat() ? this._still + 1 : 0;
    if (this._still === STUCK) {
      this._still = 0;
      this._options.stuck();
    }
    if (++this._seconds === LATE) {
      this._tell(true);
    }
  }

  private _tell(late: boolean): void {
    if (late !== this._late) {
      this._late = late;
      this._options.late(late);
    }
  }

  private _timer: ReturnType<typeof setInterval> | undefined;
  /** Since the last slice. */
  private _seconds = 0;
  private _still = 0;
  private _late = false;
  private _disposed = false;
}
