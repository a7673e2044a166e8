// AssemblyScript -> engine.wasm, for the browser, for Node and for the runner: one file; and what paints images in the page.
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { command } from './command.mjs';
import { root } from './root.mjs';
import { writeChanged } from './types.mjs';

/** Compile an entry of a folder `assembly`, as the `asconfig.json` beside it says. */
function assemble(folder, entry) {
  return command('asc', [
    `${folder}/${entry}`,
    '--config',
    `${folder}/asconfig.json`,
    '--target',
    'release'
  ]);
}

/** Small enough to be a text in the bundle: it is there when the first image is. */
async function buildPainter() {
  const folder = 'src/viewer/pixels/_generated';
  await mkdir(path.join(root, folder), { recursive: true });
  await assemble('src/viewer/pixels/assembly', 'painter.ts');
  const bytes = await readFile(path.join(root, folder, 'painter.wasm'));
  await writeChanged(
    `${folder}/painter.ts`,
    `// Made of ../assembly/painter.ts.\nexport const PAINTER =\n  '${bytes.toString('base64')}';\n`
  );
}

export async function buildEngine() {
  await mkdir(path.join(root, 'src/engine/build'), { recursive: true });
  await assemble('src/engine/assembly', 'index.ts');
  await buildPainter();
  for (const folder of ['tomo_runner/_built', 'lib/tuning']) {
    await mkdir(path.join(root, folder), { recursive: true });
    await copyFile(
      path.join(root, 'src/engine/build/engine.wasm'),
      path.join(root, folder, 'engine.wasm')
    );
  }
}
