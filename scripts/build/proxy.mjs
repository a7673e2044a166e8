// src/proxy -> ESM files that any Node >= 20 runs: the proxy, and its thread for HDF5.
import path from 'node:path';
import esbuild from 'esbuild';
import { root } from './root.mjs';

/** What CommonJS packages expect of their file. */
export const banner = [
  "import { createRequire as __createRequire } from 'node:module';",
  "import { fileURLToPath as __fileURLToPath } from 'node:url';",
  "import { dirname as __pathDirname } from 'node:path';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = __fileURLToPath(import.meta.url);',
  'const __dirname = __pathDirname(__filename);'
].join('\n');

export async function buildProxy({ production = false } = {}) {
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: [
      { in: 'src/proxy/main.ts', out: 'proxy' },
      { in: 'src/proxy/savu/worker.ts', out: 'savu' }
    ],
    outdir: path.join(root, 'jupyterlab_tomo/_built'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    // jsonc-parser's main is a UMD file that cannot be bundled.
    mainFields: ['module', 'main'],
    external: ['*.node', 'cpu-features'],
    banner: { js: banner },
    minifySyntax: production,
    minifyWhitespace: production,
    sourcemap: false,
    legalComments: 'linked',
    logLevel: 'warning'
  });
}
