/**
 * The runtime folder on a cluster: `<work>/runtime/<hash>`, brought there once
 * for each content, as one packed file.
 */
import { execFile } from 'node:child_process';
import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { messageOf, ProxyError } from '../../../failure';
import { quote } from '../quote';
import type { ICopyOptions, IRemote } from '../remote';

/** Days without use after which a runtime is removed. */
const UNUSED = 90;

/** Where the runtime of this machine goes. */
export function runtimeThere(runtime: string, work: string): string {
  return path.posix.join(work, 'runtime', path.basename(runtime));
}

const under = new WeakMap<IRemote, Map<string, Promise<string>>>();

/**
 * Bring the runtime to a cluster, unless it is there. Safe to call by several
 * at once, and from several machines.
 *
 * @param runtime - absolute folder here; its last component is its content hash.
 * @param work - absolute work folder there.
 * @returns the absolute folder there.
 * @throws ProxyError that names the folder.
 */
export function ensureRuntime(
  remote: IRemote,
  runtime: string,
  work: string,
  options: ICopyOptions = {}
): Promise<string> {
  const folder = runtimeThere(runtime, work);
  const known = under.get(remote) ?? new Map<string, Promise<string>>();
  under.set(remote, known);
  const going = known.get(folder) ?? bring(remote, runtime, folder, options);
  known.set(folder, going);
  // Only those who come while it is under way share it: the folder may be removed later.
  const forget = (): void => {
    if (known.get(folder) === going) {
      known.delete(folder);
    }
  };
  going.then(forget, forget);
  return going;
}

async function bring(
  remote: IRemote,
  runtime: string,
  folder: string,
  options: ICopyOptions
): Promise<string> {
  const packed = `${folder}.tar.gz`;
  const store = path.posix.dirname(folder);
  const first = await remote.run(
    `{\nif [ -e ${quote(`${folder}/tomo_runner/__init__.py`)} ]; then touch ${quote(folder)}; exit 0; fi\nmkdir -p ${quote(store)} || exit 73\nexit 1\n}\n`
  );
  if (first.code === 0) {
    return folder;
  }
  if (first.code !== 1) {
    throw notMade(folder, first.stderr);
  }
  const aside = await fs.mkdtemp(path.join(os.tmpdir(), 'tomo-runtime-'));
  try {
    const local = path.join(aside, 'runtime.tar.gz');
    await pack(runtime, local);
    await remote.files.upload(local, packed, options);
  } finally {
    await fs.rm(aside, { recursive: true, force: true });
  }
  const second = await remote.run(
    [
      '{',
      `aside=${quote(store)}/.new-$$`,
      'rm -rf "$aside"; mkdir "$aside" || exit 73',
      `tar -xzf ${quote(packed)} -C "$aside" || { rm -rf "$aside"; exit 74; }`,
      `[ -e ${quote(folder)} ] || mv "$aside" ${quote(folder)} || exit 74`,
      `rm -rf "$aside" ${quote(packed)}`,
      `find ${quote(store)} -mindepth 1 -maxdepth 1 -type d -mtime +${UNUSED} ! -path ${quote(folder)} -exec rm -rf {} + 2>/dev/null`,
      'exit 0',
      '}',
      ''
    ].join('\n'),
    { timeout: 300_000 }
  );
  if (second.code !== 0) {
    throw notMade(folder, second.stderr);
  }
  return folder;
}

async function pack(folder: string, file: string): Promise<void> {
  try {
    await promisify(execFile)('tar', [
      '-czf',
      file,
      '--exclude=__pycache__',
      '-C',
      folder,
      '.'
    ]);
  } catch (error) {
    throw new ProxyError(
      500,
      'runtime-not-packed',
      `The runtime of the reconstruction could not be packed: ${messageOf(error)}`,
      {
        where: folder,
        hint: 'See that tar is there and that the temporary folder of the server has room.',
        cause: error
      }
    );
  }
}

function notMade(folder: string, said: string): ProxyError {
  const words = said.trim().split('\n')[0];
  return new ProxyError(
    422,
    /No space|quota/i.test(said) ? 'disk-full' : 'runtime-not-written',
    `The runtime of the reconstruction cannot be put on the cluster${words ? `: ${words}` : '.'}`,
    {
      where: folder,
      hint: 'See that the work folder can be written and has 100 MB of room: press Test in Setup.'
    }
  );
}
