/** A worker with engines of its own: it keeps a row for each look and makes slices of it. */
import { Engine, EngineError } from '../engine';
import type { FromWorker, ISliceDone, Look, ToWorker } from './messages';
import { Peer } from './peer';
import { answerPulse } from './pulse';
import { release } from './release';
import { begun, complete, LiveRow } from './row';
import { Sinograms } from './sinograms';

type Asked = Extract<ToWorker, { kind: 'slice' }>;
type Loaded = Extract<ToWorker, { kind: 'load' }>;

let compiled: WebAssembly.Module | null = null;
let peer: Peer | null = null;
let half: 0 | 1 = 0;
const engines = new Map<Look, Engine>();
const rows = new Map<Look, LiveRow>();
const sinograms = new Sinograms(key => answer({ kind: 'want', key }));
/** Both workers do things in the order in which they were asked, so neither waits for nothing. */
let work = Promise.resolve();
/** Parts of slices so far: between two of them it answers, and is at work all the same. */
let parts = 0;
/** What made a row fail, for the slice that asks for it. */
const broken = new Map<Look, Error>();

async function load({ look, head, bin, thin }: Loaded): Promise<void> {
  rows.get(look)?.dispose();
  rows.delete(look);
  broken.delete(look);
  try {
    let engine = engines.get(look);
    if (!engine) {
      if (!compiled) {
        throw new EngineError('engine-order', 'The worker was not started.');
      }
      engine = await Engine.instantiate(compiled);
      engines.set(look, engine);
    }
    const values = (): Promise<Float32Array> => sinograms.of(head.key);
    rows.set(look, new LiveRow(engine, head, values, bin, thin, half));
  } catch (error) {
    const reason = error instanceof Error ? error : new Error(String(error));
    broken.set(look, reason);
  }
}

/** The slice, or null when this worker's half went to the other one. */
async function make(
  row: LiveRow,
  { plan, centre, pair, room }: Asked
): Promise<{ data: Float32Array; size: number } | null> {
  const other = peer;
  if (!other) {
    return row.slice(plan, centre);
  }
  const part = await row.half(plan, centre, async (own, use) => {
    other.give(pair, 'rows', own);
    const taken = await other.take(pair, 'rows');
    parts++;
    const used = use(taken);
    other.back(taken);
    return used;
  });
  if (half === 1) {
    if (part) {
      const { data } = part;
      const copyTo = (target: Float32Array): void => target.set(data);
      other.give(pair, 'columns', { length: data.length, copyTo });
    }
    return null;
  }
  if (!part) {
    return row.slice(plan, centre);
  }
  // Its own half is in place before the other one comes.
  const data = begun(part, room);
  const columns = await other.take(pair, 'columns');
  complete(data, part, columns);
  other.back(columns);
  return { data, size: part.size };
}

async function slice(asked: Asked): Promise<void> {
  const { id, look, key } = asked;
  try {
    parts++;
    const from = performance.now();
    const row = rows.get(look);
    if (row?.head.key !== key) {
      throw (
        broken.get(look) ??
        new EngineError('engine-order', 'The worker holds another row.')
      );
    }
    const made = await make(row, asked);
    if (!made) {
      answer({ kind: 'given', id });
      return;
    }
    const took = performance.now() - from;
    const done: ISliceDone = { kind: 'done', id, ...made, bin: row.bin, took };
    answer(done, [made.data.buffer]);
  } catch (error) {
    const known = error instanceof EngineError ? error : null;
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
  } finally {
    // Slices of another size have no use for it; what was sent is empty.
    release(asked.room);
  }
}

function answer(message: FromWorker, transfer: Transferable[] = []): void {
  globalThis.postMessage(message, { transfer });
}

globalThis.onmessage = (event: MessageEvent<ToWorker>): void => {
  const message = event.data;
  switch (message.kind) {
    case 'start':
      compiled = message.module;
      peer = new Peer(message.peer);
      half = message.half;
      answerPulse(message.pulse, message.lock, () => parts);
      break;
    case 'sinogram':
      sinograms.came(message.key, message.data);
      break;
    case 'load':
      work = work.then(() => load(message));
      break;
    case 'slice':
      work = work.then(() => slice(message));
      break;
  }
};
