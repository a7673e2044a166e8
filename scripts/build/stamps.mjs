// What each step of the build is made from, so that a step runs only when that changed.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from './root.mjs';

const folder = path.join(root, '.cache', 'stamps');
const skipped =
  /(^|\/)(__pycache__|__tests__|_generated|_built|build|\.[^/]+)(\/|$)/;

const schemas = [
  'src/recipe/recipe.schema.json',
  'src/recipe/steps.json',
  'src/recipe/tools.json',
  'src/recipe/advice.json',
  'src/recipe/default.tomo.json',
  'src/api/api.schema.json',
  'schema/plugin.json',
  'src/savu/catalogue.json'
];

/** For each step: files and folders that go in, and files that prove that it came out. */
const steps = {
  types: {
    from: [...schemas, 'scripts/build/types.mjs', 'package-lock.json'],
    makes: [
      'src/recipe/_generated/recipe.ts',
      'src/api/_generated/api.ts',
      'src/proxy/_generated/cluster.ts',
      'tomo_runner/_built/recipe.schema.json',
      'tomo_runner/_built/advice.json'
    ]
  },
  engine: {
    from: [
      'src/engine/assembly',
      'src/viewer/pixels/assembly',
      'scripts/build/engine.mjs',
      'scripts/build/types.mjs',
      'package-lock.json'
    ],
    makes: [
      'tomo_runner/_built/engine.wasm',
      'src/viewer/pixels/_generated/painter.ts'
    ]
  },
  typescript: {
    from: [
      'src',
      'tsconfig.json',
      'tsconfig.proxy.json',
      'package-lock.json',
      'scripts/build/types.mjs',
      'scripts/build/engine.mjs'
    ],
    makes: ['lib/index.js']
  },
  proxy: {
    from: [
      'src/proxy',
      'src/api',
      'src/recipe',
      'scripts/build/proxy.mjs',
      'scripts/build/types.mjs',
      'package-lock.json'
    ],
    makes: [
      'jupyterlab_tomo/_built/proxy.mjs',
      'jupyterlab_tomo/_built/savu.mjs'
    ]
  },
  runtime: {
    from: [
      'tomo_runner',
      ...schemas,
      'src/engine/assembly',
      'scripts/build/runtime.mjs',
      'scripts/build/types.mjs',
      'pyproject.toml'
    ],
    makes: ['jupyterlab_tomo/_built/runtime']
  },
  labextension: {
    from: [
      'src',
      'style',
      'schema',
      'package.json',
      'package-lock.json',
      'scripts/build/engine.mjs'
    ],
    makes: ['jupyterlab_tomo/labextension/package.json']
  }
};

async function files(entry) {
  const full = path.join(root, entry);
  if (!existsSync(full)) {
    return [];
  }
  if (path.extname(entry)) {
    return [entry];
  }
  const listed = await readdir(full, { recursive: true, withFileTypes: true });
  return listed
    .filter(item => item.isFile())
    .map(item =>
      path
        .relative(root, path.join(item.parentPath ?? item.path, item.name))
        .split(path.sep)
        .join('/')
    )
    .filter(file => !skipped.test(file))
    .sort();
}

/** A hash over names and bytes of files and folders of the checkout. */
export async function hashOf(entries) {
  const hash = createHash('sha256');
  for (const entry of entries) {
    for (const file of await files(entry)) {
      hash.update(`${file}\0`);
      hash.update(await readFile(path.join(root, file)));
    }
  }
  return hash.digest('hex');
}

/** The stamp of a step: what it was last made from. */
export const stampOf = name =>
  readFile(path.join(folder, name), 'utf8').catch(() => null);

export async function writeStamp(name, hash) {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, name), hash);
}

/** Forget a stamp, so that a step that fails half-way runs again. */
export const removeStamp = name => rm(path.join(folder, name), { force: true });

/** The hash of what goes into a step of the build. */
export const inputsOf = name => hashOf(steps[name].from);

/** Whether a step of the build has to run. */
export async function isStale(name) {
  if (steps[name].makes.some(file => !existsSync(path.join(root, file)))) {
    return true;
  }
  return (await stampOf(name)) !== (await inputsOf(name));
}
