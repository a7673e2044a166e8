// npm start [-- arguments of jupyter lab]: JupyterLab with the example notebook and the panel beside it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { root } from './build/root.mjs';
import { hashOf, stampOf, writeStamp } from './build/stamps.mjs';
import { main, prepare, step } from './environment.mjs';
import { copyNotebooks } from './notebooks.mjs';
import { environment, must, python } from './process.mjs';

const work = 'examples/work';
const notebook = `${work}/first_reconstruction.ipynb`;
const workspace = 'tomography';

async function makeExampleData() {
  const hash = await hashOf(['examples/make_data.py']);
  const made = existsSync(path.join(root, 'examples/data/phantom.tomo.json'));
  if (!made || (await stampOf('example')) !== hash) {
    await step('generating the example data', () =>
      must(python, ['examples/make_data.py'])
    );
    await writeStamp('example', hash);
  }
}

/** The first start lays out notebook and panel; later ones find what the user left. */
async function layOut() {
  const file = 'examples/workspace.json';
  const hash = await hashOf([file]);
  if ((await stampOf('workspace')) !== hash) {
    await must(
      'jupyter',
      ['lab', 'workspaces', 'import', file, '--name', workspace],
      { quiet: true }
    );
    await writeStamp('workspace', hash);
  }
}

function jupyterLab(args) {
  const asRoot = process.getuid?.() === 0 ? ['--allow-root'] : [];
  const child = spawn(
    'jupyter',
    [
      'lab',
      `--LabApp.default_url=/lab/workspaces/${workspace}/tree/${notebook}`,
      ...asRoot,
      ...args
    ],
    { cwd: root, env: environment(), stdio: 'inherit' }
  );
  // Ctrl-C reaches JupyterLab by itself, which asks before it stops.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => resolve(code ?? 1));
  });
}

await main(async () => {
  process.chdir(root);
  await prepare();
  await makeExampleData();
  await copyNotebooks(
    path.join(root, 'examples/notebooks'),
    path.join(root, work)
  );
  await layOut();
  return jupyterLab(process.argv.slice(2));
});
