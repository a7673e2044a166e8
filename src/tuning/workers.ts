/**
 * The engines of this page: two workers that share each slice. They start when
 * they are needed, and end when nobody tunes.
 */
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { ApiError } from '../api';
import type { Failure } from '../api';
import { EngineWorker } from './engine-worker';
import type { ISliceDone, Look } from './messages';
import type { IRow } from './wanted';
import { Watch } from './watch';

/** Milliseconds without work after which workers end. */
const IDLE = 60_000;
/** Milliseconds between the refusals of two workers, at most. */
const ALIKE = 200;

export interface IWorkersOptions {
  /** Starts the worker's script. */
  readonly start: () => Worker;
  /** Compiles the engine. */
  readonly compile: () => Promise<WebAssembly.Module>;
  readonly idle?: number;
}

export class EngineWorkers implements IDisposable {
  constructor(private readonly _options: IWorkersOptions) {}

  /** How many live. */
  get count(): number {
    return this._pair?.length ?? 0;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** No slice has come for some seconds though one is due: whoever wants one asks the server, too. */
  get isLate(): boolean {
    return this._watch.isLate;
  }

  get lateChanged(): ISignal<this, boolean> {
    return this._lateChanged;
  }

  /**
   * A slice of a row, binned or whole. When a worker is lost, it is tried once
   * more with new ones.
   *
   * @param room an array that nobody needs any more, for the slice when it is as large
   * @throws ApiError when the engine refuses or workers are lost; the next one starts afresh.
   * @throws DOMException `AbortError` when the row's memory was given back while the workers started.
   */
  async slice(
    look: Look,
    row: IRow,
    coarse: { bin: number; thin: number },
    plan: Float64Array,
    centre: number,
    room: Float32Array | null = null
  ): Promise<ISliceDone> {
    this._underWay++;
    clearTimeout(this._timer);
    this._watch.begin();
    const asked = [look, row, coarse, plan, centre] as const;
    try {
      return await this._once(...asked, room);
    } catch (error) {
      if (!isLoss(error) || this._disposed) {
        throw error;
      }
      this._watch.settled(true);
      return await this._once(...asked, null);
    } finally {
      this._underWay--;
      this._watch.settled(this._underWay > 0);
      this._rest();
    }
  }

  /** Rows are given to the workers anew: data under the same names may be others. */
  forget(): void {
    this._pair?.forEach(worker => worker.forget());
  }

  dispose(): void {
    this._disposed = true;
    this._watch.dispose();
    this._end(this._pair);
    Signal.clearData(this);
  }

  private async _once(
    look: Look,
    row: IRow,
    coarse: { bin: number; thin: number },
    plan: Float64Array,
    centre: number,
    room: Float32Array | null
  ): Promise<ISliceDone> {
    const pair = this._running() ?? (await this._start());
    if (row.sinogram.data.length === 0) {
      throw new DOMException('The row was given up.', 'AbortError');
    }
    const number = ++this._last;
    const halves: Promise<ISliceDone | null>[] = [];
    try {
      for (const [i, worker] of pair.entries()) {
        worker.load(look, row.sinogram, coarse.bin, coarse.thin);
        const own = i === 0 ? room : null;
        halves.push(worker.slice(look, plan, centre, number, own));
      }
      const [done] = await Promise.all(halves);
      if (!done) {
        throw new TypeError('The first worker gave no slice.');
      }
      return done;
    } catch (error) {
      if (!(await isRefusal(error, halves))) {
        // The other half waits for what will not come.
        this._end(pair);
        await Promise.allSettled(halves);
      }
      throw error;
    }
  }

  /** Ask both; whether neither is at work. */
  private _beat(): boolean {
    const answers = this._pair?.map(worker => worker.beat()) ?? [];
    return answers.length > 0 && answers.every(Boolean);
  }

  /** The workers, when they are there. */
  private _running(): readonly EngineWorker[] | null {
    const lost = this._pair?.some(worker => worker.isDisposed) ?? true;
    return lost || this._disposed ? null : this._pair;
  }

  private async _start(): Promise<readonly EngineWorker[]> {
    try {
      // A refusal is not kept: the next request tries again.
      this._module ??= this._options.compile();
      const module = await this._module;
      if (this._disposed) {
        throw new TypeError('The page is closing');
      }
      if (!this._pair || this._pair.some(worker => worker.isDisposed)) {
        this._end(this._pair);
        const { port1, port2 } = new MessageChannel();
        this._pair = [port1, port2].map(
          (port, i) =>
            new EngineWorker(this._options.start, module, port, i === 0 ? 0 : 1)
        );
      }
      return this._pair;
    } catch (error) {
      this._module = null;
      throw refused(error);
    }
  }

  private _rest(): void {
    clearTimeout(this._timer);
    if (this._underWay === 0 && this._pair) {
      this._timer = setTimeout(
        () => this._end(this._pair),
        this._options.idle ?? IDLE
      );
    }
  }

  private _end(pair: readonly EngineWorker[] | null): void {
    for (const worker of pair ?? []) {
      worker.dispose();
    }
    if (pair === this._pair) {
      clearTimeout(this._timer);
      this._pair = null;
    }
  }

  private readonly _watch = new Watch({
    beat: () => this._beat(),
    late: late => this._lateChanged.emit(late),
    stuck: () =>
      this._pair?.forEach(worker =>
        worker.end('its workers wait for each other')
      )
  });
  private readonly _lateChanged = new Signal<this, boolean>(this);
  private _pair: readonly EngineWorker[] | null = null;
  private _module: Promise<WebAssembly.Module> | null = null;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _underWay = 0;
  private _last = 0;
  private _disposed = false;
}

/** Whether it is the browser that keeps the engine from a slice, which the agent makes all the same. */
export function isOfBrowser({ where, code }: Failure): boolean {
  return where === 'browser' || code === 'engine-trap';
}

/** Whether a worker has ended over a slice. */
export function isLoss(error: unknown): boolean {
  return error instanceof ApiError && error.failure.code === 'worker-lost';
}

/** Whether both refuse a plan alike: before they begin, so that they are as they were. */
async function isRefusal(
  error: unknown,
  halves: readonly Promise<unknown>[]
): Promise<boolean> {
  if (!(error instanceof ApiError) || isOfBrowser(error.failure)) {
    return false;
  }
  const both = Promise.allSettled(halves).then(ends =>
    ends.every(({ status }) => status === 'rejected')
  );
  const late = new Promise<false>(resolve =>
    setTimeout(() => resolve(false), ALIKE)
  );
  return Promise.race([both, late]);
}

/** The browser does not let the engine start. */
function refused(error: unknown): ApiError {
  const why = error instanceof Error ? error.message : String(error);
  return new ApiError({
    code: 'engine-refused',
    message: `This browser does not start the engine (${why}).`,
    where: 'browser',
    hint: 'Slices are computed by the server. WebAssembly and workers must be allowed for slices that follow the hand.'
  });
}
