/** A result copied here: slices first, the record that completes it last. */
import * as fs from 'node:fs/promises';
import path from 'node:path';

import { ProxyError, systemCode } from '../../../failure';
import {
  isObject,
  readObject,
  replaceJson,
  type JsonObject
} from '../../../files';
import type { IRemote, IRemoteEntry } from '../remote';
import { isPart } from '../ssh/part-files';
import { rowsOf, VOLUME } from './slices';
import { inParallel, type Transfer } from './transfer';

const PARALLEL = 3;
const MARK = '.tomo-fetch.json';
const RECORD = 'result.json';
/** Lock and journal of a run that goes on are not a part of its result. */
const OWN = new Set(['.tomo-job.json', '.tomo-run', MARK]);

/** A copy of a result. */
export interface IFetch {
  readonly job: string;
  /** Absolute result folder there. */
  readonly from: string;
  /** Absolute folder here. */
  readonly to: string;
  /** First row and one past the last; left out: all. */
  readonly rows?: readonly number[];
}

/** What is to be copied. */
export interface IFetchNeeds {
  readonly files: readonly IRemoteEntry[];
  readonly complete: boolean;
  readonly bytes: number;
}

/**
 * Look at a result there, and make ready the folder here.
 *
 * @throws ProxyError when there is nothing to copy, or the folder here holds something else.
 */
export async function fetchNeeds(
  remote: IRemote,
  fetch: IFetch
): Promise<IFetchNeeds> {
  const entries = await remote.files.list(fetch.from);
  const wanted = ({ name, directory }: IRemoteEntry): boolean => {
    const own = name === VOLUME ? [NaN, NaN] : rowsOf(name);
    const { rows } = fetch;
    const outside =
      rows !== undefined &&
      own !== null &&
      !(own[0] < rows[1] && own[1] > rows[0]);
    return !directory && !OWN.has(name) && !outside && name !== RECORD;
  };
  const files = entries.filter(wanted);
  if (!files.some(entry => rowsOf(entry.name)) && !files.some(isVolume)) {
    throw new ProxyError(
      409,
      'nothing-to-fetch',
      'There are no slices on the cluster to copy.',
      { where: fetch.from, hint: 'Wait until the job has made some.' }
    );
  }
  await makeRoom(fetch, files);
  return {
    files,
    complete: entries.some(entry => entry.name === RECORD),
    bytes: files.reduce((sum, entry) => sum + entry.size, 0)
  };
}

/** Copy what is not here yet. Goes on where an earlier, cut copy ended. */
export async function carryOutFetch(
  remote: IRemote,
  fetch: IFetch,
  needs: IFetchNeeds,
  transfer: Transfer
): Promise<void> {
  await inParallel(needs.files, PARALLEL, async entry => {
    const local = path.join(fetch.to, entry.name);
    if (await isSame(local, entry)) {
      transfer.skip(entry.size);
      return;
    }
    const tell = transfer.file();
    await remote.files.download(
      path.posix.join(fetch.from, entry.name),
      local,
      { signal: transfer.signal, onProgress: tell }
    );
    tell(entry.size);
  });
  transfer.signal.throwIfAborted();
  await removeParts(fetch.to);
  if (needs.complete) {
    await copyRecord(remote, fetch, needs.files);
    await fs.rm(path.join(fetch.to, MARK), { force: true });
  }
}

/** All files are here: what is left of copies that were cut is of files that have changed since. */
async function removeParts(folder: string): Promise<void> {
  for (const name of (await fs.readdir(folder)).filter(isPart)) {
    await fs.rm(path.join(folder, name), { force: true });
  }
}

/** The record of a part speaks of the part only. */
async function copyRecord(
  remote: IRemote,
  fetch: IFetch,
  files: readonly IRemoteEntry[]
): Promise<void> {
  const text = await remote.files.readText(
    path.posix.join(fetch.from, RECORD),
    64 << 20
  );
  const record: unknown = JSON.parse(text ?? 'null');
  if (!isObject(record)) {
    throw new ProxyError(502, 'no-result', 'result.json holds no record.', {
      where: path.posix.join(fetch.from, RECORD),
      hint: 'Run the job again.'
    });
  }
  await replaceJson(
    path.join(fetch.to, RECORD),
    fetch.rows ? partOf(record, fetch.rows, files) : record
  );
}

function partOf(
  record: JsonObject,
  rows: readonly number[],
  files: readonly IRemoteEntry[]
): JsonObject {
  const whole: unknown[] = Array.isArray(record.rows) ? record.rows : [];
  // A slab is copied whole, so that more rows than asked for may be here.
  const own = files.flatMap(entry => rowsOf(entry.name) ?? []);
  const [first, last] = whole.map(Number);
  const names = new Set(files.map(entry => entry.name));
  const listed: unknown[] = Array.isArray(record.files) ? record.files : [];
  return {
    ...record,
    rows: [
      Math.max(Math.min(rows[0], ...own), first),
      Math.min(Math.max(rows[1], ...own), last)
    ],
    files: listed.filter(name => typeof name === 'string' && names.has(name))
  };
}

/** A folder here that is new, empty, or an earlier copy of the same result. */
async function makeRoom(
  fetch: IFetch,
  files: readonly IRemoteEntry[]
): Promise<void> {
  if (!path.isAbsolute(fetch.to)) {
    throw new ProxyError(422, 'no-folder', `${fetch.to} is no absolute path.`, {
      where: 'folder',
      hint: 'Choose a folder on the disk of the server.'
    });
  }
  await fs.mkdir(fetch.to, { recursive: true });
  const names = await fs.readdir(fetch.to);
  const mark = await readObject(path.join(fetch.to, MARK));
  const record = await readObject(path.join(fetch.to, RECORD));
  const same =
    mark?.job === fetch.job ||
    (record !== null &&
      names.every(
        name => name === RECORD || files.some(entry => entry.name === name)
      ));
  if (names.length > 0 && !same) {
    throw new ProxyError(
      409,
      'folder-not-empty',
      `The folder ${fetch.to} holds something else already.`,
      { where: 'folder', hint: 'Choose another folder.' }
    );
  }
  // A record that is there from before would call an unfinished copy complete.
  await fs.rm(path.join(fetch.to, RECORD), { force: true });
  await replaceJson(path.join(fetch.to, MARK), {
    job: fetch.job,
    from: fetch.from
  });
  const free = await fs.statfs(fetch.to);
  const bytes = files.reduce((sum, entry) => sum + entry.size, 0);
  const here = await sizeHere(fetch.to, files);
  if (bytes - here > free.bavail * free.bsize) {
    throw new ProxyError(
      507,
      'disk-full',
      `The disk of ${fetch.to} has not enough room for the result.`,
      { where: 'folder', hint: 'Free some space, or copy some rows only.' }
    );
  }
}

async function sizeHere(
  folder: string,
  files: readonly IRemoteEntry[]
): Promise<number> {
  let sum = 0;
  for (const entry of files) {
    sum += (await sizeOf(path.join(folder, entry.name)))?.size ?? 0;
  }
  return sum;
}

async function isSame(local: string, entry: IRemoteEntry): Promise<boolean> {
  const found = await sizeOf(local);
  return (
    found?.size === entry.size &&
    Math.abs(found.modified - entry.modified) < 1.5
  );
}

async function sizeOf(
  file: string
): Promise<{ size: number; modified: number } | null> {
  try {
    const { size, mtimeMs } = await fs.stat(file);
    return { size, modified: mtimeMs / 1000 };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') {
      return null;
    }
    throw error;
  }
}

function isVolume({ name }: IRemoteEntry): boolean {
  return /\.(h5|hdf5|nxs)$/i.test(name);
}
