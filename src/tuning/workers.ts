/**
 * The engines of this page: one worker for first looks, one for whole slices.
 * They start when they are needed, and end when nobody tunes.
 */
import type { IDisposable } from '@lumino/disposable';

import { EngineWorker } from './engine-worker';
import type { ISliceDone } from './messages';
import type { IRow } from './wanted';

/** Milliseconds without work after which workers end. */
const IDLE = 60_000;

export type Look = 'first' | 'whole';

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
    return this._workers.size;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  /**
   * A slice of a row, binned or whole.
   *
   * @throws ApiError when the engine refuses or the worker is lost; the next one starts afresh.
   */
  async slice(
    look: Look,
    row: IRow,
    coarse: { bin: number; thin: number },
    plan: Float64Array,
    centre: number
  ): Promise<ISliceDone> {
    clearTimeout(this._timer);
    try {
      const worker = await this._worker(look);
      if (worker.key !== row.sinogram.key) {
        worker.load(row.sinogram, coarse.bin, coarse.thin);
      }
      return await worker.slice(plan, centre);
    } finally {
      this._rest();
    }
  }

  dispose(): void {
    this._disposed = true;
    this._end();
  }

  private async _worker(look: Look): Promise<EngineWorker> {
    // A refusal is not kept: the next request tries again.
    this._module ??= this._options.compile();
    try {
      const module = await this._module;
      let worker = this._workers.get(look);
      if (!worker || worker.isDisposed) {
        worker = new EngineWorker(this._options.start, module);
        this._workers.set(look, worker);
      }
      return worker;
    } catch (error) {
      this._module = null;
      throw error;
    }
  }

  private _rest(): void {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this._end(), this._options.idle ?? IDLE);
  }

  private _end(): void {
    clearTimeout(this._timer);
    for (const worker of this._workers.values()) {
      worker.dispose();
    }
    this._workers.clear();
  }

  private readonly _workers = new Map<Look, EngineWorker>();
  private _module: Promise<WebAssembly.Module> | null = null;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _disposed = false;
}
