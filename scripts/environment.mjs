// Everything that a clean clone lacks: a virtual environment, packages, the build. Each step is skipped when
// nothing that it depends on has changed.
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { root } from './build/root.mjs';
import {
  hashOf,
  isStale,
  removeStamp,
  stampOf,
  writeStamp
} from './build/stamps.mjs';
import { must, python, run, venv, venvBin } from './process.mjs';

const builds = [
  'types',
  'engine',
  'typescript',
  'proxy',
  'runtime',
  'labextension'
];

/** Say what is done, do it, and say how long it took. */
export async function step(title, work) {
  const from = Date.now();
  process.stdout.write(`tomo: ${title} ...\n`);
  await work();
  process.stdout.write(
    `tomo: ${title}: ${((Date.now() - from) / 1000).toFixed(1)} s\n`
  );
}

/** Run `work` when what it depends on differs from the last time. */
async function once(name, title, entries, proof, work) {
  const hash = await hashOf(entries);
  if (existsSync(proof) && (await stampOf(name)) === hash) {
    return;
  }
  await removeStamp(name);
  await step(title, work);
  await writeStamp(name, hash);
}

function checkNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) {
    throw new Error(
      `Node ${process.versions.node} is too old: install Node 20 or newer.`
    );
  }
}

/** The first Python that is new enough and can make a virtual environment. */
async function findPython() {
  const asked = process.env.PYTHON ? [process.env.PYTHON] : [];
  const names = [
    'python3',
    'python',
    ...[14, 13, 12, 11, 10].map(v => `python3.${v}`)
  ];
  const check =
    'import sys, venv, ensurepip; print(*sys.version_info[:2]); sys.exit(sys.version_info < (3, 10))';
  const seen = [];
  for (const name of [...asked, ...names]) {
    const found = await run(name, ['-c', check], { quiet: true }).catch(
      () => null
    );
    if (found?.code === 0) {
      return name;
    }
    if (found) {
      seen.push(`${name}: ${found.output.trim().split('\n').at(-1)}`);
    }
  }
  const why = seen.length ? ` Found: ${seen.join('; ')}.` : '';
  throw new Error(
    `No Python 3.10 or newer that can make a virtual environment.${why} ` +
      'Install one (Debian and Ubuntu: apt install python3 python3-venv), or name it: PYTHON=/path/to/python npm start'
  );
}

async function makeVenv() {
  const works =
    existsSync(python) &&
    (await run(python, ['-m', 'pip', '--version'], { quiet: true })).code === 0;
  if (!works) {
    const found = await findPython();
    await step('making a virtual environment in .venv', async () => {
      await rm(venv, { recursive: true, force: true });
      await must(found, ['-m', 'venv', venv]);
    });
  }
}

/** Whether node_modules is what package-lock.json says; npm keeps its own record of what it installed. */
async function nodeModulesAreCurrent() {
  const read = async file =>
    JSON.parse(await readFile(path.join(root, file), 'utf8')).packages;
  try {
    const [wanted, installed] = await Promise.all([
      read('package-lock.json'),
      read('node_modules/.package-lock.json')
    ]);
    return Object.entries(wanted).every(
      ([name, { version, optional, devOptional, peer }]) =>
        name === '' ||
        installed[name]?.version === version ||
        (!(name in installed) && (optional || devOptional || peer))
    );
  } catch {
    return false;
  }
}

async function installNodePackages() {
  if (!(await nodeModulesAreCurrent())) {
    await step('installing the JavaScript packages (about a minute)', () =>
      must('npm', ['ci', '--no-audit', '--no-fund'])
    );
  }
}

const pip = (...args) => must(python, ['-m', 'pip', 'install', '-q', ...args]);

/** What the build itself runs with; without isolation pip takes it from here, too. */
const installBuilders = () =>
  once(
    'builders',
    'installing JupyterLab and the build tools (about half a minute)',
    ['pyproject.toml', 'scripts/environment.mjs'],
    path.join(venvBin, 'jupyter-builder'),
    () =>
      pip(
        'jupyterlab>=4.4,<5',
        'jupyter-builder>=1.2,<2',
        'hatchling>=1.21',
        'editables>=0.5',
        'hatch-nodejs-version>=0.3.2'
      )
  );

/** The package itself, editable. After the build: the wheel's files have to be there. */
const installPackage = () =>
  once(
    'package',
    'installing the package and what its tests need',
    [
      'pyproject.toml',
      'install.json',
      'jupyter-config',
      'scripts/hatch_build.py',
      'package.json'
    ],
    path.join(venvBin, 'jupyter-tomo'),
    () => pip('--no-build-isolation', '-e', '.[develop,test]')
  );

async function build() {
  const stale = [];
  for (const name of builds) {
    if (await isStale(name)) {
      stale.push(name);
    }
  }
  if (stale.length) {
    await step(`building: ${stale.join(', ')}`, () =>
      must('node', ['scripts/build.mjs', '--only', stale.join(',')])
    );
  }
}

/** `pip install -e` copies the extension; a link shows every later build. */
const linkExtension = () =>
  once(
    'link',
    'linking the extension into JupyterLab',
    ['package.json', 'pyproject.toml', 'install.json'],
    path.join(venv, 'share/jupyter/labextensions/jupyterlab-tomo/package.json'),
    () => must('jupyter-builder', ['develop', '.', '--overwrite'])
  );

/** Make the checkout ready to start and to test; within a second or two when it already is. */
export async function prepare() {
  const from = Date.now();
  checkNode();
  await makeVenv();
  await installNodePackages();
  await installBuilders();
  await build();
  await installPackage();
  await linkExtension();
  process.stdout.write(
    `tomo: ready (${((Date.now() - from) / 1000).toFixed(1)} s)\n`
  );
}

/** Run a script's main function; what goes wrong is one sentence, not a stack. */
export async function main(work) {
  try {
    process.exitCode = (await work()) ?? 0;
  } catch (error) {
    process.stderr.write(`tomo: ${error.message}\n`);
    process.exitCode = 1;
  }
}
