/** A worker with an engine of its own: it keeps one row and makes slices of it. */
import { Engine, EngineError } from '../engine';
import type { FromWorker, ISinogram, ToWorker } from './messages';
import { LiveRow } from './row';

let engine: Promise<Engine> | null = null;
let waiting: { sinogram: ISinogram; bin: number; thin: number } | null = null;
let row: LiveRow | null = null;

/** The row that was handed over last, in the engine. */
async function current(key: string): Promise<LiveRow> {
  if (!engine) {
    throw new EngineError('engine-order', 'The worker was not started.');
  }
  if (waiting) {
    const { sinogram, bin, thin } = waiting;
    waiting = null;
    row = new LiveRow(await engine, sinogram, bin, thin);
  }
  if (row?.key !== key) {
    throw new EngineError('engine-order', 'The worker holds another row.');
  }
  return row;
}

async function slice(
  id: number,
  key: string,
  plan: Float64Array,
  centre: number
): Promise<void> {
  try {
    const from = performance.now();
    const source = await current(key);
    const { data, size } = source.slice(plan, centre);
    const took = performance.now() - from;
    answer({ kind: 'done', id, data, size, bin: source.bin, took }, [
      data.buffer
    ]);
  } catch (error) {
    const known = error instanceof EngineError ? error : null;
    if (!known) {
      // A trap leaves the engine in no known state: the next row gets a fresh one.
      row = null;
    }
    answer({
      kind: 'failed',
      id,
      code: known?.code ?? 'engine-trap',
      message:
        known?.message ??
        `The engine stopped: ${error instanceof Error ? error.message : String(error)}`,
      where: known?.where ?? '',
      hint: known?.hint ?? ''
    });
  }
}

function answer(message: FromWorker, transfer: Transferable[] = []): void {
  globalThis.postMessage(message, { transfer });
}

globalThis.onmessage = (event: MessageEvent<ToWorker>): void => {
  const message = event.data;
  switch (message.kind) {
    case 'start':
      engine = Engine.instantiate(message.module);
      break;
    case 'load':
      waiting = message;
      break;
    case 'slice':
      void slice(message.id, message.key, message.plan, message.centre);
      break;
  }
};
