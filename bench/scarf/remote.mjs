// What the proxy does over SSH, without the proxy: the same modules on one connection.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import esbuild from 'esbuild';
import { banner } from '../../scripts/build/proxy.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = path.join(root, 'src/proxy/resources/slurm-ssh');
const parts = [
  'ssh/connect',
  'ssh/credentials',
  'ssh/host-keys',
  'slurm/poll-script',
  'slurm/poll-reply'
];

/** The proxy's own modules, built for this run. */
export async function load() {
  const aside = await mkdtemp(path.join(os.tmpdir(), 'tomo-bench-'));
  const outfile = path.join(aside, 'remote.mjs');
  await esbuild.build({
    absWorkingDir: root,
    stdin: {
      contents: parts
        .map(
          part => `export * from ${JSON.stringify(path.join(folder, part))};`
        )
        .join('\n'),
      resolveDir: root,
      loader: 'ts'
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
    external: ['*.node', 'cpu-features'],
    banner: { js: banner },
    logLevel: 'warning'
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(aside, { recursive: true });
  }
}

/** One connection to the test cluster. */
export async function connectTo(modules, cluster) {
  const { connect, credentialsOf, HostKeys } = modules;
  return connect({
    user: 'bench',
    cluster: {
      host: cluster.host,
      port: cluster.port,
      jump: '',
      hostKey: cluster.hostKey
    },
    credentials: credentialsOf(
      { resource: 'bench', method: 'key', key: cluster.plainKey },
      { name: 'bench', user: cluster.user, key: '' }
    ),
    hostKeys: new HostKeys(path.join(os.tmpdir(), 'no-such-file'), []),
    trust: '',
    ask: () => Promise.reject(new Error('nobody is there')),
    signal: new AbortController().signal
  });
}

export const median = numbers =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Seconds that something takes. */
export async function timed(work) {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1000;
}

export function row(name, value, unit, bar = null, ok = null) {
  process.stdout.write(`${JSON.stringify({ name, value, unit, bar, ok })}\n`);
}
