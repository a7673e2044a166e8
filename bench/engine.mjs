// The engine in Node, one thread. Rows for the table: one JSON object a line.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const file = new URL('../src/engine/build/engine.wasm', import.meta.url);
const module = await WebAssembly.compile(await readFile(fileURLToPath(file)));
const { exports: engine } = await WebAssembly.instantiate(module, {});

const row = (name, value, unit, bar = null) =>
  process.stdout.write(
    `${JSON.stringify({ name, value: Number(value.toFixed(2)), unit, bar, ok: bar === null ? null : value <= bar })}\n`
  );

/** Median milliseconds of a call, warm. */
function time(action, repeats = 11) {
  action();
  const times = Array.from({ length: repeats }, () => {
    const from = performance.now();
    action();
    return performance.now() - from;
  });
  return times.sort((a, b) => a - b)[repeats >> 1];
}

/** Configure with random attenuation; `steps` are those of a plan. */
function prepare(columns, count, steps) {
  const plan = [
    2,
    count,
    columns,
    (columns - 1) / 2 + 1.3,
    0,
    1,
    0,
    1,
    1,
    1,
    0,
    ...steps
  ];
  const atPlan = engine.allocate(8 * plan.length);
  const atAngles = engine.allocate(8 * count);
  new Float64Array(engine.memory.buffer, atPlan, plan.length).set(plan);
  const angles = Float64Array.from(
    { length: count },
    (_, i) => (180 * (i + 0.25)) / count
  );
  new Float64Array(engine.memory.buffer, atAngles, count).set(angles);
  const refused = engine.configure(atPlan, plan.length, atAngles);
  if (refused !== 0) {
    throw new Error(`The engine refused with code ${refused}.`);
  }
  engine.release(atPlan);
  engine.release(atAngles);
  new Float32Array(
    engine.memory.buffer,
    engine.sinogram(),
    columns * count
  ).set(Float32Array.from({ length: columns * count }, () => Math.random()));
  engine.process();
  engine.spectra();
}

for (const [columns, count, bar] of [
  [512, 360, 3.5],
  [1024, 720, 17],
  [2048, 1500, 77]
]) {
  prepare(columns, count, [0]);
  row(
    `engine, Node: spectra ${columns}x${count}`,
    time(() => engine.spectra()),
    'ms'
  );
  row(
    `engine, Node: image ${columns}x${count}`,
    time(() => engine.image(NaN)),
    'ms',
    bar
  );
  row(
    `engine, Node: spectra and image ${columns}x${count}`,
    time(() => {
      engine.spectra();
      engine.image(NaN);
    }),
    'ms',
    bar
  );
}

for (const [name, step, bar] of [
  ['all', [2, 4, 3, 61, 21, 0.1], 40],
  ['sorting, size 21', [1, 1, 21], 13],
  ['wavelet-Fourier, level 5', [8, 3, 5, 2, 2], 10],
  ['large', [4, 4, 3, 51, 0.1, 1], null],
  ['dead', [3, 3, 3, 51, 1], null],
  ['interpolation', [5, 4, 3, 51, 0.1, 1], null],
  ['filtering', [6, 3, 3, 21, 1], null],
  ['fitting', [7, 2, 2, 10], null],
  ['Fourier', [9, 3, 20, 8, 1], null]
]) {
  prepare(835, 376, [1, ...step]);
  row(
    `engine, Node: stripes 835x376, ${name}`,
    time(() => engine.process()),
    'ms',
    bar
  );
}

/**
 * Of each filter the parameters that a new step has, and those among the
 * allowed ones that take longest: none may be much slower to tune.
 */
for (const [name, usual, slowest] of [
  ['all', [2, 4, 3, 61, 21, 0.1], [2, 4, 0.1, 301, 301, 0]],
  ['dead', [3, 3, 3, 51, 1], [3, 3, 0.1, 301, 1]],
  ['interpolation', [5, 4, 3, 51, 0.1, 1], [5, 4, 0.1, 301, 0, 1]],
  ['large', [4, 4, 3, 51, 0.1, 1], [4, 4, 0.1, 301, 0, 1]],
  ['sorting', [1, 1, 21], [1, 1, 301]],
  ['filtering', [6, 3, 3, 21, 1], [6, 3, 10, 301, 1]],
  ['fitting', [7, 2, 2, 10], [7, 2, 5, 100]],
  ['wavelet-Fourier', [8, 3, 5, 2, 2], [8, 3, 12, 100, 3]],
  ['Fourier', [9, 3, 20, 8, 1], [9, 3, 500, 1, 20]]
]) {
  const [often, worst] = [usual, slowest].map(step => {
    prepare(2048, 1500, [1, ...step]);
    return time(() => engine.process(), 3);
  });
  row(`engine, Node: stripes 2048x1500, ${name}`, often, 'ms');
  row(`engine, Node: stripes 2048x1500, ${name}, slowest`, worst, 'ms');
  row(
    `engine, Node: stripes 2048x1500, ${name}, slowest to usual`,
    worst / often,
    'x',
    5
  );
}

const side = 2048;
const data = engine.allocate(4 * side * side);
const out = engine.allocate(4 * side * side);
const pixels = Float32Array.from({ length: side * side }, () => Math.random());
new Float32Array(engine.memory.buffer, data, side * side).set(pixels);
row(
  'engine, Node: spots 2048x2048, 3x3',
  time(() => engine.removeOutliers(data, out, side, side, 3, 5, 1)),
  'ms',
  8
);
row(
  'engine, Node: spots 2048x2048, 5x5',
  time(() => engine.removeOutliers(data, out, side, side, 5, 5, 1)),
  'ms'
);
row(
  'engine, Node: noise 2048x2048',
  time(() => engine.noise(data, side, side, 3)),
  'ms'
);
row(
  'engine, Node: minus log 2048x2048',
  time(() => engine.attenuate(data, out, 0, 0, side * side, 1, 0.001, 1)),
  'ms'
);
