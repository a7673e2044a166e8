// npm run clean [-- --all]: remove what is built; with --all what is installed and generated, too.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { root } from './build/root.mjs';

const built = [
  'lib',
  'dist',
  'build',
  'tsconfig.tsbuildinfo',
  'src/api/_generated',
  'src/recipe/_generated',
  'src/viewer/pixels/_generated',
  'src/engine/build',
  'jupyterlab_tomo/labextension',
  'jupyterlab_tomo/_built',
  'tomo_runner/_built',
  'test-results',
  '.cache/stamps'
];
const installed = [
  '.venv',
  '.cache',
  'node_modules',
  'examples/data',
  'examples/work',
  'coverage'
];

for (const entry of [
  ...built,
  ...(process.argv.includes('--all') ? installed : [])
]) {
  await rm(path.join(root, entry), { recursive: true, force: true });
  process.stdout.write(`removed ${entry}\n`);
}
