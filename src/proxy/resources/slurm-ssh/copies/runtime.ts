/**
 * The runtime folder on a cluster: `<work>/runtime/<hash>`, brought there once
 * for each content, as one packed file.
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { messageOf, ProxyError } from '../../../failure';
import { quote } from '../quote';
import type { ICopyOptions, IRemote } from '../remote';

/** Days without use after which a runtime is removed. */
const UNUSED = 90;
/** What Python adds by itself, here and there. */
const SKIPPED = '__pycache__';

/** Where the runtime of this machine goes. */
export function runtimeThere(runtime: string, work: string): string {
  return path.posix.join(work, 'runtime', path.basename(runtime));
}

/** A runtime that is being brought. */
interface IUnderWay {
  readonly done: Promise<string>;
  /** Stops it. */
  readonly signal: AbortSignal | undefined;
}

const under = new WeakMap<IRemote, Map<string, IUnderWay>>();

/**
 * Bring the runtime to a cluster, unless it is there. Safe to call by several
 * at once, and from several machines.
 *
 * @param runtime - absolute folder here; its last component is its content hash.
 * @param work - absolute work folder there.
 * @returns the absolute folder there.
 * @throws ProxyError that names the folder.
 */
export async function ensureRuntime(
  remote: IRemote,
  runtime: string,
  work: string,
  options: ICopyOptions = {}
): Promise<string> {
  const folder = runtimeThere(runtime, work);
  const known = under.get(remote) ?? new Map<string, IUnderWay>();
  under.set(remote, known);
  for (
    let shared = known.get(folder);
    shared !== undefined;
    shared = known.get(folder)
  ) {
    try {
      return await shared.done;
    } catch (error) {
      // Whoever brought it was stopped: that is no matter of the others.
      if (!shared.signal?.aborted) {
        throw error;
      }
      options.signal?.throwIfAborted();
    }
  }
  // Only those who come while it is under way share it: the folder may be removed later.
  const done = bring(remote, runtime, folder, options).finally(() =>
    known.delete(folder)
  );
  known.set(folder, { done, signal: options.signal });
  return done;
}

async function bring(
  remote: IRemote,
  runtime: string,
  folder: string,
  options: ICopyOptions
): Promise<string> {
  const packed = `${folder}.tar.gz`;
  const store = path.posix.dirname(folder);
  const whole = wholeness(await filesOf(runtime));
  const first = await remote.run(
    [
      '{',
      whole,
      `if whole ${quote(folder)}; then touch ${quote(folder)}; exit 0; fi`,
      `mkdir -p ${quote(store)} || exit 73`,
      'exit 1',
      '}',
      ''
    ].join('\n')
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
    ['{', whole, replacement(folder, packed), 'exit 0', '}', ''].join('\n'),
    { timeout: 300_000 }
  );
  if (second.code !== 0) {
    throw notMade(folder, second.stderr);
  }
  return folder;
}

/**
 * A function of the shell that tells whether a folder has all files: sites
 * remove, one by one, those that nobody has read for long.
 */
function wholeness(files: number): string {
  return `whole() { [ "$(($(find "$1" -name ${SKIPPED} -prune -o -type f -print 2>/dev/null | wc -l)))" -eq ${files} ]; }`;
}

/**
 * Puts what is packed in the place of a folder that is not whole. It is
 * complete before the other one is moved, and what runs from that finds it
 * under the same path; when it cannot be put there, the other one stays.
 */
function replacement(folder: string, packed: string): string {
  const store = path.posix.dirname(folder);
  // Log-in hosts share the work folder, so that a process number names nobody.
  const id = randomUUID().slice(0, 8);
  return [
    `folder=${quote(folder)} packed=${quote(packed)}`,
    `new=${quote(`${store}/.new-${id}`)} old=${quote(`${store}/.old-${id}`)}`,
    'place() {',
    '  mkdir "$new" || return 73',
    '  tar -xzf "$packed" -C "$new" && whole "$new" || return 74',
    '  for try in 1 2 3 4 5; do',
    '    if whole "$folder"; then return 0; fi',
    // Another machine may have moved it away a moment ago.
    '    [ ! -e "$folder" ] || mv "$folder" "$old" || continue',
    '    mv "$new" "$folder" || { [ ! -e "$old" ] || mv "$old" "$folder"; return 74; }',
    // Where another machine has put it meanwhile, mv goes into it.
    `    rm -rf "$folder/.new-${id}" "$old"`,
    '    return 0',
    '  done',
    '  return 74',
    '}',
    // One that was quicker removes what is packed, or a third brings it again; either may be
    // between its two moves.
    'settled() { for _ in 1 2 3 4 5; do if whole "$folder"; then return 0; fi; rm -rf "$new"; if [ -e "$packed" ] && place; then return 0; fi; sleep 1; done; return 1; }',
    'code=0',
    'whole "$folder" || place || code=$?',
    '[ $code = 0 ] || ! settled || code=0',
    'rm -rf "$new" "$packed"',
    '[ $code = 0 ] || exit $code',
    `find ${quote(store)} -mindepth 1 -maxdepth 1 -type d -mtime +${UNUSED} ! -path "$folder" -exec rm -rf {} + 2>/dev/null`
  ].join('\n');
}

/** How many files are packed. */
async function filesOf(folder: string): Promise<number> {
  let files = 0;
  for (const entry of await fs.readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory() && entry.name !== SKIPPED) {
      files += await filesOf(path.join(folder, entry.name));
    } else if (entry.isFile()) {
      files += 1;
    }
  }
  return files;
}

async function pack(folder: string, file: string): Promise<void> {
  try {
    await promisify(execFile)('tar', [
      '-czf',
      file,
      `--exclude=${SKIPPED}`,
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
