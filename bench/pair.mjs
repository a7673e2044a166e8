// Two workers for one slice against one, 2048 x 1500, in turn. Rows for the table: one JSON object a line.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  isMainThread,
  MessageChannel,
  parentPort,
  Worker,
  workerData
} from 'node:worker_threads';

const [COLUMNS, COUNT, ROUNDS] = [2048, 1500, 15];

/** An engine for half 0 or 1 of each slice, or -1 for all of it, with random attenuation and its spectra made. */
async function prepare(share) {
  const file = new URL('../src/engine/build/engine.wasm', import.meta.url);
  const { instance } = await WebAssembly.instantiate(
    await readFile(fileURLToPath(file)),
    {}
  );
  const engine = instance.exports;
  const middle = (COLUMNS - 1) / 2 + 1.3;
  const plan = [2, COUNT, COLUMNS, middle, 0, 1, 0, 1, 1, 1, 0, 0];
  const atPlan = engine.allocate(8 * plan.length);
  const atAngles = engine.allocate(8 * COUNT);
  new Float64Array(engine.memory.buffer, atPlan, plan.length).set(plan);
  const angles = new Float64Array(engine.memory.buffer, atAngles, COUNT);
  angles.forEach((_, i) => {
    angles[i] = (180 * (i + 0.25)) / COUNT;
  });
  engine.share(share);
  if (engine.configure(atPlan, plan.length, atAngles) !== 0) {
    throw new Error('The engine refused.');
  }
  const size = COUNT * COLUMNS;
  const data = new Float32Array(engine.memory.buffer, engine.sinogram(), size);
  let seed = 1;
  data.forEach((_, i) => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    data[i] = seed / 0x7fffffff;
  });
  engine.process();
  engine.spectra();
  return engine;
}

const bytes = (engine, at, length) =>
  new Uint8Array(engine.memory.buffer, at, length);

/** What a half gives the other, all rows one after the other. */
function given(engine, at, which) {
  const rows = engine.halfRows(which);
  const columns = engine.halfBytes(which);
  const packed = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    packed.set(
      bytes(engine, at + row * engine.halfStride(), columns),
      row * columns
    );
  }
  return packed;
}

/** Half of a slice, with what the other worker gives. */
function half(engine, which, port) {
  const at = engine.beginHalf(NaN);
  const own = given(engine, at, which);
  port.postMessage(own, [own.buffer]);
  return new Promise(resolve => {
    port.once('message', other => {
      bytes(engine, engine.takeHalf(), other.length).set(other);
      const out = engine.finishHalf();
      const middle = engine.halfColumns();
      const columns = which === 0 ? middle : COLUMNS - middle;
      resolve(bytes(engine, out, 4 * COLUMNS * columns).slice());
    });
  });
}

const median = list => list.toSorted((a, b) => a - b)[list.length >> 1];

const row = (name, value, unit, bar, ok) =>
  process.stdout.write(
    `${JSON.stringify({ name, value: Number(value.toFixed(2)), unit, bar, ok })}\n`
  );

async function work() {
  const { which, port } = workerData;
  const [engine, whole] = [await prepare(which), await prepare(-1)];
  parentPort.on('message', async kind => {
    const data =
      kind === 'half'
        ? await half(engine, which, port)
        : bytes(whole, whole.image(NaN), 4 * COLUMNS ** 2).slice();
    parentPort.postMessage(data, [data.buffer]);
  });
  parentPort.postMessage('ready');
}

const answer = worker =>
  new Promise(resolve => {
    worker.once('message', resolve);
  });

/** What each worker has to do, one after the other in this thread: what two free cores would give. */
async function measureWork() {
  const [engine, ...engines] = [
    await prepare(-1),
    await prepare(0),
    await prepare(1)
  ];
  const timed = action => {
    const from = performance.now();
    const result = action();
    return [performance.now() - from, result];
  };
  const ratios = [];
  for (let round = 0; round < ROUNDS; round++) {
    const [one] = timed(() =>
      bytes(engine, engine.image(NaN), 4 * COLUMNS ** 2).slice()
    );
    const began = engines.map((each, which) =>
      timed(() => given(each, each.beginHalf(NaN), which))
    );
    const ended = engines.map((each, which) =>
      timed(() => {
        const [, other] = began[1 - which];
        bytes(each, each.takeHalf(), other.length).set(other);
        const middle = each.halfColumns();
        const columns = which === 0 ? middle : COLUMNS - middle;
        return bytes(each, each.finishHalf(), 4 * COLUMNS * columns).slice();
      })
    );
    const longest = parts => Math.max(...parts.map(([time]) => time));
    ratios.push(one / (longest(began) + longest(ended)));
  }
  row(
    'engine, Node: a slice against its longer half',
    median(ratios),
    'x',
    null,
    null
  );
}

async function measure() {
  const { port1, port2 } = new MessageChannel();
  const workers = [port1, port2].map(
    (port, which) =>
      new Worker(fileURLToPath(import.meta.url), {
        workerData: { which, port },
        transferList: [port]
      })
  );
  await Promise.all(workers.map(answer));
  const ask = kinds =>
    Promise.all(
      kinds.map((kind, i) => {
        const reply = answer(workers[i]);
        workers[i].postMessage(kind);
        return reply;
      })
    );
  const times = { one: [], two: [] };
  for (let round = -2; round < ROUNDS; round++) {
    for (const [name, kinds] of [
      ['one', ['whole']],
      ['two', ['half', 'half']]
    ]) {
      const from = performance.now();
      await ask(kinds);
      if (round >= 0) {
        times[name].push(performance.now() - from);
      }
    }
  }
  await Promise.all(workers.map(worker => worker.terminate()));
  const ratios = times.one.map((one, i) => one / times.two[i]);
  const [one, two, ratio] = [times.one, times.two, ratios].map(median);
  row('engine, Node: a slice by one worker', one, 'ms', null, null);
  row('engine, Node: a slice by two workers', two, 'ms', null, null);
  row('engine, Node: two workers against one', ratio, 'x', 1.4, ratio >= 1.4);
}

if (isMainThread) {
  await measureWork();
  await measure();
} else {
  await work();
}
