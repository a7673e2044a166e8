// npm run build [-- --production] [-- --only types,engine,typescript,proxy,runtime,labextension]
// Each step leaves a stamp of what it was made from, by which `npm start` and `npm test` skip it.
import { buildEngine } from './build/engine.mjs';
import { command } from './build/command.mjs';
import { buildProxy } from './build/proxy.mjs';
import { buildRuntime } from './build/runtime.mjs';
import { inputsOf, removeStamp, writeStamp } from './build/stamps.mjs';
import { buildTypes } from './build/types.mjs';

const production = process.argv.includes('--production');
const onlyAt = process.argv.indexOf('--only');
const only = onlyAt > 0 ? process.argv[onlyAt + 1].split(',') : null;

const steps = {
  types: buildTypes,
  engine: buildEngine,
  typescript: async () => {
    await command('tsc', ['-p', 'tsconfig.json']);
    await command('tsc', ['-p', 'tsconfig.proxy.json']);
  },
  proxy: () => buildProxy({ production }),
  runtime: buildRuntime,
  labextension: () =>
    command(
      'jupyter-builder',
      production ? ['build', '.'] : ['build', '.', '--development', 'True']
    )
};

for (const [name, step] of Object.entries(steps)) {
  if (only && !only.includes(name)) {
    continue;
  }
  const from = Date.now();
  process.stdout.write(`build: ${name} ...\n`);
  const inputs = await inputsOf(name);
  await removeStamp(name);
  await step();
  await writeStamp(name, inputs);
  process.stdout.write(
    `build: ${name} took ${((Date.now() - from) / 1000).toFixed(1)} s\n`
  );
}
