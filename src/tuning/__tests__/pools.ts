/**
 * Workers of a page for tests, which answer as they are told.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { FromWorker, ToWorker } from '../messages';
import type { IRow } from '../wanted';
import { EngineWorkers } from '../workers';

export const compiled = new WebAssembly.Module(
  readFileSync(path.join(__dirname, '../../engine/build/engine.wasm'))
);
export const PLAN = Float64Array.of(1, 2, 4, 1.5, 0, 1, 0, 1, 1, 1, 0);
export const ALL = { bin: 1, thin: 1 };

export const row = (key: string): IRow => ({
  sinogram: {
    key,
    data: new Float32Array(8),
    count: 2,
    columns: 4,
    angles: Float64Array.of(0, 90)
  },
  axis: { column: 1.5, row: 0, tilt: 0 },
  search: null,
  rotated: 0,
  left: 0,
  across: 4,
  down: 4,
  scale: 1,
  about: {}
});

/** A worker that answers as it is told. */
export class FakeWorker {
  static all: FakeWorker[] = [];
  static answer: (asked: ToWorker, number: number) => FromWorker | null = () =>
    null;

  constructor() {
    this._number = FakeWorker.all.push(this) - 1;
  }

  onmessage: ((event: MessageEvent<FromWorker>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  readonly asked: ToWorker[] = [];
  pulse: MessagePort | null = null;
  lock = '';
  ended = false;

  postMessage(message: ToWorker): void {
    this.asked.push(message);
    if (message.kind === 'start') {
      message.peer.close();
      this.pulse = message.pulse;
      this.lock = message.lock;
    }
    const answer = FakeWorker.answer(message, this._number % 2);
    if (answer) {
      setTimeout(() =>
        this.onmessage?.({ data: answer } as MessageEvent<FromWorker>)
      );
    }
  }

  terminate(): void {
    this.ended = true;
    this.pulse?.close();
  }

  private readonly _number: number;
}

const start = (): Worker => new FakeWorker() as unknown as Worker;

/** What a healthy pair answers: the first gives the slice. */
export function healthy(asked: ToWorker, number: number): FromWorker | null {
  if (asked.kind !== 'slice') {
    return null;
  }
  const { id } = asked;
  const data = Float32Array.of(id);
  return number === 0
    ? { kind: 'done', id, data, size: 1, bin: 1, took: 1 }
    : { kind: 'given', id };
}

export function failed(id: number, code: string): FromWorker {
  return { kind: 'failed', id, code, message: '', where: '', hint: '' };
}

/** What a browser tells when a script fails. */
export function fail(worker: FakeWorker, message: string): void {
  worker.onerror?.({
    message,
    preventDefault: () => undefined
  } as ErrorEvent);
}

let pools: EngineWorkers[] = [];

export function pool(
  options: Partial<ConstructorParameters<typeof EngineWorkers>[0]> = {}
): EngineWorkers {
  const made = new EngineWorkers({
    start,
    compile: () => Promise.resolve(compiled),
    ...options
  });
  pools.push(made);
  return made;
}

/** Workers are healthy at first, and all ended after each test. */
export function usePools(): void {
  beforeEach(() => {
    FakeWorker.all = [];
    FakeWorker.answer = healthy;
  });
  afterEach(() => {
    pools.forEach(each => each.dispose());
    pools = [];
    expect(FakeWorker.all.filter(worker => !worker.ended)).toEqual([]);
  });
}
