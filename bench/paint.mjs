// Values to pixels in the page: by WebAssembly, and by scripts where that is refused, in turn.
// Rows for the table: one JSON object a line.
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';

const SIZE = 2048;
const ROUNDS = 21;
const LEVELS = { low: 0.1, high: 0.9 };

/** The page's own modules. */
const ENTRY = `
export { colourTable, DEFAULT_LOOK } from './colours';
export { paint } from './paint';
export { paintRegion } from './painter';
export { meansOf } from './region';
`;

const { outputFiles } = await esbuild.build({
  stdin: {
    contents: ENTRY,
    loader: 'ts',
    resolveDir: fileURLToPath(new URL('../src/viewer/pixels/', import.meta.url))
  },
  bundle: true,
  write: false,
  platform: 'node',
  format: 'esm'
});
const { colourTable, DEFAULT_LOOK, meansOf, paint, paintRegion } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`
);

const table = colourTable(DEFAULT_LOOK);
const data = Float32Array.from({ length: SIZE * SIZE }, Math.random);

const row = (name, value, unit, bar, ok) =>
  process.stdout.write(
    `${JSON.stringify({ name, value: Number(value.toFixed(2)), unit, bar, ok })}\n`
  );
const median = values => values.sort((a, b) => a - b)[values.length >> 1];
const timed = act => {
  const from = performance.now();
  act();
  return performance.now() - from;
};

/** All of an image, or one of a quarter of its pixels, whose means of bin x bin pixels are painted. */
function compare(name, size, bin) {
  const image = { data: data.subarray(0, size * size), columns: size };
  const region = { left: 0, top: 0, right: size, bottom: size, bin };
  const rows = Math.ceil(size / bin);
  const out = new Uint32Array(rows * rows);
  const room = new Float32Array(rows * rows);
  const [fast, script, ratios] = [[], [], []];
  for (let round = 0; round < ROUNDS; round++) {
    const ours = timed(() =>
      paintRegion(image, region, 0, rows, out, table, LEVELS)
    );
    const theirs = timed(() =>
      paint(meansOf(image, region, 0, rows, room), out, table, LEVELS)
    );
    fast.push(ours);
    script.push(theirs);
    ratios.push(ours / theirs);
  }
  row(`paint: ${name}`, median(fast), 'ms', null, null);
  row(`paint: ${name}, by script`, median(script), 'ms', null, null);
  const ratio = median(ratios);
  row(`paint: ${name}, ratio`, ratio, '', 0.75, ratio <= 0.75);
}

compare('1024 x 1024, each pixel', 1024, 1);
compare('2048 x 2048, means of 2 x 2', 2048, 2);
compare('2048 x 2048, means of 3 x 3', 2048, 3);
