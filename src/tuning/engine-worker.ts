/** The page's end of one worker. */
import type { IDisposable } from '@lumino/disposable';

import { ApiError } from '../api';
import type {
  FromWorker,
  ISinogram,
  ISliceDone,
  Look,
  ToWorker
} from './messages';
import { Pulse } from './pulse';

interface IPending {
  resolve(done: ISliceDone | null): void;
  reject(reason: Error): void;
}

export class EngineWorker implements IDisposable {
  /**
   * @param start starts the worker's script
   * @param peer where the other worker listens
   * @param half of each slice that it makes
   */
  constructor(
    start: () => Worker,
    module: WebAssembly.Module,
    peer: MessagePort,
    half: 0 | 1
  ) {
    this._worker = start();
    this._worker.onmessage = (event: MessageEvent<FromWorker>): void =>
      this._answered(event.data);
    this._worker.onerror = (event: ErrorEvent): void => {
      event.preventDefault();
      this._lose(event.message);
    };
    this._worker.onmessageerror = (): void => this._lose('');
    this._pulse = new Pulse(why => this._lose(why));
    const { far: pulse, lock } = this._pulse;
    this._post({ kind: 'start', module, peer, half, pulse, lock }, [
      peer,
      pulse
    ]);
  }

  /** How many slices it has not answered. */
  get pending(): number {
    return this._pending.size;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** Ask whether it lives, when something is expected of it; whether it answers, and so is not at work. */
  beat(): boolean {
    return this._pending.size === 0 || this._pulse.beat();
  }

  /** Give it a row, unless it has it. */
  load(look: Look, row: ISinogram, bin: number, thin: number): void {
    const { data, ...head } = row;
    const { key } = head;
    const had = this._rows.get(look);
    const known = [...this._rows.values()].some(each => each.row.key === key);
    if (this._disposed) {
      return;
    }
    // Who asks for a slice has the values; another one's of this key may be gone.
    this._rows.set(look, { row, bin, thin });
    if (had?.row.key === key && had.bin === bin && had.thin === thin) {
      return;
    }
    if (!known) {
      this._send(key, data);
    }
    this._post({ kind: 'load', look, head, bin, thin });
  }

  /**
   * A slice of the row that it was given; null when its half went to the other worker.
   *
   * @param room is handed over, for the slice
   * @throws ApiError when the engine refuses, or the worker is lost.
   */
  slice(
    look: Look,
    plan: Float64Array,
    centre: number,
    pair: number,
    room: Float32Array | null
  ): Promise<ISliceDone | null> {
    if (this._disposed) {
      return Promise.reject(lost(''));
    }
    const id = ++this._last;
    return new Promise((resolve, reject) => {
      this._pending.set(id, { resolve, reject });
      const key = this._rows.get(look)?.row.key ?? '';
      this._post(
        { kind: 'slice', id, look, pair, key, plan, centre, room },
        room ? [room.buffer] : []
      );
    });
  }

  /** Rows are to be given anew: their values may be others. */
  forget(): void {
    this._rows.clear();
  }

  /** @param why it is given up */
  end(why: string): void {
    this._lose(why);
  }

  dispose(): void {
    this._lose('');
  }

  private _answered(message: FromWorker): void {
    if (message.kind === 'want') {
      this._wanted(message.key);
      return;
    }
    const pending = this._pending.get(message.id);
    this._pending.delete(message.id);
    if (message.kind === 'done') {
      pending?.resolve(message);
      return;
    }
    if (message.kind === 'given') {
      pending?.resolve(null);
      return;
    }
    const { code, message: text, hint } = message;
    // Too large for this browser is not too large for the server.
    const where = code === 'engine-memory' ? 'browser' : message.where;
    pending?.reject(new ApiError({ code, message: text, where, hint }));
    if (code === 'engine-trap') {
      this._lose(text);
    }
  }

  /** It needs the values of a row again. */
  private _wanted(key: string): void {
    const rows = [...this._rows.values()].map(({ row }) => row);
    const found = rows.find(row => row.key === key && row.data.length > 0);
    this._send(key, found?.data ?? null);
  }

  /** They are copied once: the other worker needs them, too. */
  private _send(key: string, values: Float32Array | null): void {
    const data = values && values.slice();
    this._post({ kind: 'sinogram', key, data }, data ? [data.buffer] : []);
  }

  private _post(message: ToWorker, transfer: Transferable[] = []): void {
    this._worker.postMessage(message, transfer);
  }

  private _lose(why: string): void {
    if (this._disposed) {
      return;
    }
    this._disposed = true;
    this._pulse.dispose();
    this._worker.terminate();
    for (const pending of this._pending.values()) {
      pending.reject(lost(why));
    }
    this._pending.clear();
  }

  private readonly _worker: Worker;
  private readonly _pulse: Pulse;
  private readonly _pending = new Map<number, IPending>();
  private readonly _rows = new Map<
    Look,
    { row: ISinogram; bin: number; thin: number }
  >();
  private _last = 0;
  private _disposed = false;
}

function lost(why: string): ApiError {
  return new ApiError({
    code: 'worker-lost',
    message: `The computation of slices in this browser was lost${why ? ` (${why})` : ''}.`,
    where: 'browser',
    hint: 'It is started again with the next slice; the server computes slices meanwhile.'
  });
}
