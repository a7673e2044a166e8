// Two workers for one slice against one, 2048 x 1500, in turn: those of the page, as an axis moves
// and as parameters of stripe filters change.
// Rows for the table: one JSON object a line.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker } from 'node:worker_threads';
import esbuild from 'esbuild';

const [COLUMNS, COUNT, ROUNDS] = [2048, 1500, 21];
const MIDDLE = (COLUMNS - 1) / 2 + 1.3;
const HEAD = [2, COUNT, COLUMNS, MIDDLE, 0, 1, 0, 1, 1, 1, 0];

/** What changes from round to round: the axis, and the steps of the plan. */
const CHANGES = [
  { name: 'a slice', steps: () => [0], bar: 1.4 },
  {
    name: 'stripes by sorting',
    steps: round => [1, 1, 1, round % 2 ? 21 : 23]
  },
  {
    name: 'all stripes',
    steps: round => [1, 2, 4, 3 + 0.01 * round, 61, 21, 0.1]
  }
];

/** What a browser's worker has, in one of Node. */
const SHIM = `
const { parentPort } = require('node:worker_threads');
globalThis.postMessage = (message, { transfer } = {}) => parentPort.postMessage(message, transfer);
parentPort.on('message', data => globalThis.onmessage({ data }));
`;

/** One worker for all of a slice, with the same engine and the same row. */
const ALONE = `
import { Engine } from '../engine';
import { LiveRow } from './row';
let row;
globalThis.onmessage = async ({ data: { module, head, data, plan, centre } }) => {
  row ??= new LiveRow(await Engine.instantiate(module), head, () => Promise.resolve(data));
  const done = await row.slice(plan, centre);
  globalThis.postMessage(done, { transfer: [done.data.buffer] });
};
`;

async function bundled(entry) {
  const { outputFiles } = await esbuild.build({
    ...entry,
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    banner: { js: SHIM }
  });
  return outputFiles[0].text;
}

const folder = fileURLToPath(new URL('../src/tuning/', import.meta.url));
const [ours, alone] = await Promise.all([
  bundled({ entryPoints: [`${folder}worker.ts`] }),
  bundled({ stdin: { contents: ALONE, loader: 'ts', resolveDir: folder } })
]);
const wasm = new URL('../src/engine/build/engine.wasm', import.meta.url);
const module = await WebAssembly.compile(await readFile(wasm));

const head = {
  key: 'row',
  count: COUNT,
  columns: COLUMNS,
  angles: Float64Array.from(
    { length: COUNT },
    (_, i) => (180 * (i + 0.25)) / COUNT
  )
};
let seed = 1;
const data = Float32Array.from({ length: COUNT * COLUMNS }, () => {
  seed = (seed * 1103515245 + 12345) & 0x7fffffff;
  return seed / 0x7fffffff;
});

/** The next word of a worker about a slice; a failure is one. */
const answer = worker =>
  new Promise((resolve, reject) => {
    const hear = message => {
      if (message.kind === 'want') {
        return;
      }
      worker.off('message', hear);
      if (message.kind === 'failed') {
        reject(new Error(message.message));
      } else {
        resolve(message);
      }
    };
    worker.on('message', hear);
  });

/** Two workers with halves of their own; `slice` asks both. */
function startPair() {
  const { port1, port2 } = new MessageChannel();
  const workers = [port1, port2].map((peer, half) => {
    const worker = new Worker(ours, { eval: true });
    const { port2: pulse } = new MessageChannel();
    const start = { kind: 'start', module, peer, half, pulse, lock: '' };
    worker.postMessage(start, [peer, pulse]);
    const send = () =>
      worker.postMessage({ kind: 'sinogram', key: head.key, data });
    send();
    // Values that were not needed for a while are asked for again.
    worker.on('message', message => message.kind === 'want' && send());
    worker.postMessage({ kind: 'load', look: 'whole', head, bin: 1, thin: 1 });
    return worker;
  });
  const { key } = head;
  const slice = async (pair, plan, centre, spare) => {
    const [done] = await Promise.all(
      workers.map((worker, half) => {
        const room = half === 0 ? spare : null;
        const asked = { kind: 'slice', id: pair, look: 'whole', pair, key };
        const reply = answer(worker);
        worker.postMessage(
          { ...asked, plan, centre, room },
          room ? [room.buffer] : []
        );
        return reply;
      })
    );
    return done.data;
  };
  return { workers, slice };
}

function startOne() {
  const worker = new Worker(alone, { eval: true });
  let first = { module, head, data };
  const slice = async (_, plan, centre) => {
    const reply = answer(worker);
    worker.postMessage({ ...first, plan, centre });
    first = {};
    return (await reply).data;
  };
  return { workers: [worker], slice };
}

const median = list => list.toSorted((a, b) => a - b)[list.length >> 1];

const row = (name, value, unit, bar = null) =>
  process.stdout.write(
    `${JSON.stringify({ name, value: Number(value.toFixed(2)), unit, bar, ok: bar === null ? null : value >= bar })}\n`
  );

const kinds = { one: startOne(), two: startPair() };
/** As in the page, the slice before gives its memory to the next. */
const spares = { one: null, two: null };
const slices = {};
let pair = 0;
for (const { name: what, steps, bar } of CHANGES) {
  const times = { one: [], two: [] };
  for (let round = -3; round < ROUNDS; round++) {
    const plan = Float64Array.from([...HEAD, ...steps(round)]);
    const centre = MIDDLE + 0.05 * round;
    pair++;
    for (const name of ['one', 'two']) {
      const from = performance.now();
      const made = await kinds[name].slice(pair, plan, centre, spares[name]);
      if (round >= 0) {
        times[name].push(performance.now() - from);
      }
      spares[name] = slices[name] ?? null;
      slices[name] = made;
    }
    if (
      Buffer.compare(...['one', 'two'].map(k => Buffer.from(slices[k].buffer)))
    ) {
      throw new Error('Two workers made another slice than one.');
    }
  }
  const { one, two } = times;
  row(`engine, Node: ${what} by one worker`, median(one), 'ms');
  row(`engine, Node: ${what} by two workers`, median(two), 'ms');
  row(
    `engine, Node: ${what}, two workers against one`,
    median(one.map((time, i) => time / two[i])),
    'x',
    bar
  );
}
await Promise.all(
  Object.values(kinds).flatMap(({ workers }) =>
    workers.map(worker => worker.terminate())
  )
);
