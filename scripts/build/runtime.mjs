// The runtime folder's pure-Python packages, and wasmtime for the platforms that clusters have.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  mkdir,
  readFile,
  readdir,
  rename,
  rm,
  writeFile
} from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { root } from './root.mjs';

const run = promisify(execFile);

// The oldest Python that a kernel or a cluster may have: pip picks releases that still run there.
const OLDEST_PYTHON = '3.9';
const PARTS = {
  common: {
    packages: ['fastjsonschema==2.21.2', 'tifffile==2024.8.30'],
    platforms: ['any']
  },
  'linux-x86_64': {
    packages: ['wasmtime==50.0.1'],
    platforms: [
      'manylinux1_x86_64',
      'manylinux2014_x86_64',
      'manylinux_2_17_x86_64'
    ]
  }
};

/** Python with pip: of the virtual environment where there is one. */
function python() {
  const local = path.join(root, '.venv/bin/python');
  return existsSync(local) ? local : 'python3';
}

/** Download the wheels of a part into the cache, unless they are there. */
async function wheels(name, { packages, platforms }) {
  const folder = path.join(root, '.cache/wheels', name);
  const here = existsSync(folder) ? await readdir(folder) : [];
  const isHere = wanted =>
    here.some(wheel => wheel.startsWith(`${wanted.replace('==', '-')}-`));
  if (!packages.every(isHere)) {
    await mkdir(folder, { recursive: true });
    const target = platforms.flatMap(platform => ['--platform', platform]);
    const options = [
      '--no-deps',
      '--only-binary=:all:',
      '--python-version',
      OLDEST_PYTHON,
      ...target
    ];
    await run(python(), [
      '-m',
      'pip',
      'download',
      '--quiet',
      ...options,
      '--dest',
      folder,
      ...packages
    ]);
  }
  const found = await readdir(folder);
  return packages.map(wanted =>
    path.join(
      folder,
      found.find(wheel => wheel.startsWith(`${wanted.replace('==', '-')}-`))
    )
  );
}

/** jupyterlab_tomo/_built/runtime: one folder for all platforms, one for each platform. */
export async function buildRuntime() {
  const target = path.join(root, 'jupyterlab_tomo/_built/runtime');
  const stamp = path.join(target, 'manifest.json');
  const manifest = `${JSON.stringify({ python: OLDEST_PYTHON, parts: PARTS }, null, 2)}\n`;
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === manifest) {
    return;
  }
  const aside = `${target}.making`;
  await rm(aside, { recursive: true, force: true });
  for (const [name, part] of Object.entries(PARTS)) {
    const folder = path.join(aside, name);
    await mkdir(folder, { recursive: true });
    for (const wheel of await wheels(name, part)) {
      await run(python(), ['-m', 'zipfile', '-e', wheel, folder]);
    }
  }
  await writeFile(path.join(aside, 'manifest.json'), manifest);
  await rm(target, { recursive: true, force: true });
  await rename(aside, target);
}
