/**
 * Reads and writes process lists in a thread of its own, which is started
 * when it is needed, given up when it hangs, and ended when it is idle.
 */
import { Worker } from 'node:worker_threads';

import type { SavuFile, SavuList } from '../../api/_generated/api';
import { messageOf, ProxyError } from '../failure';
import type { IAnswer, Order } from './talk';

export interface ISavuListsOptions {
  /** Script of the thread. */
  readonly worker: URL | string;
  /** Milliseconds that one file may take. */
  readonly limit?: number;
  /** Milliseconds without work after which the thread ends. */
  readonly idle?: number;
}

const LIMIT = 10_000;
const IDLE = 60_000;
/** MiB that the thread's JavaScript may take. */
const HEAP = 256;

interface IWaiting {
  readonly settle: (answer: IAnswer) => void;
  readonly fail: (error: ProxyError) => void;
  readonly timer: NodeJS.Timeout;
}

export class SavuLists {
  constructor(private readonly _options: ISavuListsOptions) {}

  /**
   * @param content - an HDF5 file in base64.
   * @throws ProxyError when it is none or holds no list, or cannot be read in time.
   */
  async read(content: string): Promise<SavuList> {
    const bytes = new Uint8Array(Buffer.from(content, 'base64'));
    const { list } = await this._ask({ op: 'read', bytes });
    if (!list) {
      throw lost('nothing was read');
    }
    return list;
  }

  async write(list: SavuList): Promise<SavuFile> {
    const { bytes } = await this._ask({ op: 'write', list });
    if (!bytes) {
      throw lost('nothing was written');
    }
    return { content: Buffer.from(bytes).toString('base64') };
  }

  dispose(): void {
    this._end(lost('the proxy is ending'));
  }

  private async _ask(order: Order): Promise<IAnswer> {
    const id = this._next++;
    const answer = await new Promise<IAnswer>((settle, fail) => {
      const timer = setTimeout(
        () => this._end(tooSlow()),
        this._options.limit ?? LIMIT
      );
      this._waiting.set(id, { settle, fail, timer });
      this._thread().postMessage({ ...order, id });
    });
    if (answer.failure) {
      throw ProxyError.from(answer.failure, answer.status ?? 500);
    }
    return answer;
  }

  private _thread(): Worker {
    clearTimeout(this._idle);
    if (this._worker) {
      return this._worker;
    }
    const worker = new Worker(this._options.worker, {
      resourceLimits: { maxOldGenerationSizeMb: HEAP },
      // The library writes its diagnosis there; the failure says what matters.
      stderr: true
    });
    worker.stderr.resume();
    worker.on('message', (answer: IAnswer) => this._settle(answer));
    worker.on('error', error => this._lose(worker, messageOf(error)));
    worker.on('exit', () => this._lose(worker, 'it ended'));
    worker.unref();
    this._worker = worker;
    return worker;
  }

  private _settle(answer: IAnswer): void {
    const waiting = this._waiting.get(answer.id);
    this._waiting.delete(answer.id);
    clearTimeout(waiting?.timer);
    waiting?.settle(answer);
    if (this._waiting.size === 0) {
      this._idle = setTimeout(
        () => this._end(lost('it was idle')),
        this._options.idle ?? IDLE
      );
      this._idle.unref();
    }
  }

  private _lose(worker: Worker, why: string): void {
    if (this._worker === worker) {
      this._end(lost(why));
    }
  }

  /** Give up the thread and all that waits for it; the next request has a new one. */
  private _end(error: ProxyError): void {
    clearTimeout(this._idle);
    const worker = this._worker;
    this._worker = null;
    void worker?.terminate();
    const waiting = [...this._waiting.values()];
    this._waiting.clear();
    for (const { timer, fail } of waiting) {
      clearTimeout(timer);
      fail(error);
    }
  }

  private _worker: Worker | null = null;
  private _idle: NodeJS.Timeout | undefined;
  private _next = 1;
  private readonly _waiting = new Map<number, IWaiting>();
}

function tooSlow(): ProxyError {
  return new ProxyError(
    422,
    'savu-too-slow',
    'Reading the process list took too long and was given up: the file is probably damaged.',
    { hint: 'Save it again with Savu, or restore it from a backup.' }
  );
}

function lost(why: string): ProxyError {
  return new ProxyError(
    503,
    'savu-lost',
    `The process list was not handled: the thread that does so was lost (${why}).`,
    { hint: 'Try again; if it stays, the file is probably damaged.' }
  );
}
