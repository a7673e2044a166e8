// AssemblyScript -> engine.wasm, for the browser, for Node and for the runner: one file.
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { command } from './command.mjs';
import { root } from './root.mjs';

export async function buildEngine() {
  await mkdir(path.join(root, 'src/engine/build'), { recursive: true });
  await command('asc', [
    'src/engine/assembly/index.ts',
    '--config',
    'src/engine/assembly/asconfig.json',
    '--target',
    'release'
  ]);
  for (const folder of ['tomo_runner/_built', 'lib/tuning']) {
    await mkdir(path.join(root, folder), { recursive: true });
    await copyFile(
      path.join(root, 'src/engine/build/engine.wasm'),
      path.join(root, folder, 'engine.wasm')
    );
  }
}
