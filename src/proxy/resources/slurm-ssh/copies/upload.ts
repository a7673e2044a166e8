/** Data that a cluster does not see, copied there: never again what is there already. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

import { quote } from '../quote';
import type { IRemote } from '../remote';
import { listFiles, type IListed } from './listing';
import { inParallel, type Transfer } from './transfer';

const PARALLEL = 3;
/** SFTP tells times in whole seconds. */
const SAME_TIME = 1.5;
/** Files of one sha256sum. */
const SUMMED = 200;

/** A file or folder here, and where it goes. */
export interface IUpload {
  readonly from: string;
  readonly to: string;
}

interface IPending {
  readonly file: IListed;
  readonly local: string;
  readonly remote: string;
}

/** What of an upload is missing there. */
export interface IUploadNeeds {
  readonly pending: readonly IPending[];
  readonly bytes: number;
}

/**
 * Compare an upload with what is there, by size and time.
 *
 * @param checksum - compare what seems to be the same by content, too.
 */
export async function uploadNeeds(
  remote: IRemote,
  upload: IUpload,
  checksum = false
): Promise<IUploadNeeds> {
  const files = await listFiles(upload.from);
  const there = await thereAlready(remote, upload.to);
  const same = (file: IListed): boolean => {
    const known = there.get(file.name);
    return (
      known !== undefined &&
      known.size === file.size &&
      Math.abs(known.modified - file.modified) <= SAME_TIME
    );
  };
  const pair = (file: IListed): IPending => ({
    file,
    local: file.name ? path.join(upload.from, file.name) : upload.from,
    remote: file.name ? path.posix.join(upload.to, file.name) : upload.to
  });
  const pending = files.filter(file => !same(file)).map(pair);
  if (checksum) {
    pending.push(...(await differing(remote, files.filter(same).map(pair))));
  }
  return {
    pending,
    bytes: pending.reduce((sum, { file }) => sum + file.size, 0)
  };
}

/** Copy what is missing. Goes on where an earlier, cut copy ended. */
export async function carryOut(
  remote: IRemote,
  needs: IUploadNeeds,
  transfer: Transfer
): Promise<void> {
  const folders = new Set(
    needs.pending.map(entry => path.posix.dirname(entry.remote))
  );
  for (const folder of folders) {
    await remote.files.makeFolder(folder);
  }
  await inParallel(needs.pending, PARALLEL, async entry => {
    const tell = transfer.file();
    await remote.files.upload(entry.local, entry.remote, {
      signal: transfer.signal,
      onProgress: tell
    });
    tell(entry.file.size);
  });
}

/** Files there by name, with one command: sizes and times, each line ended by a NUL as names may hold anything. */
async function thereAlready(
  remote: IRemote,
  root: string
): Promise<Map<string, { size: number; modified: number }>> {
  const { stdout } = await remote.run(
    `{\n[ -e ${quote(root)} ] || exit 0\nfind -H ${quote(root)} -type f -printf '%s %T@ %P\\0'\n}\n`,
    { timeout: 120_000 }
  );
  const known = new Map<string, { size: number; modified: number }>();
  for (const line of stdout.split('\0')) {
    const found = /^\n?(\d+) (\d+(?:\.\d+)?) ([^]*)$/.exec(line);
    if (found) {
      known.set(found[3], {
        size: Number(found[1]),
        modified: Number(found[2])
      });
    }
  }
  return known;
}

/** Of files that seem to be the same, those whose content differs. */
async function differing(
  remote: IRemote,
  entries: readonly IPending[]
): Promise<IPending[]> {
  const wrong: IPending[] = [];
  for (let at = 0; at < entries.length; at += SUMMED) {
    const some = entries.slice(at, at + SUMMED);
    const names = some.map(entry => quote(entry.remote)).join(' ');
    const { stdout } = await remote.run(
      // A backslash before a sum says that the name is escaped: the order tells which it is.
      `{\nsha256sum -- ${names} | sed 's/^\\\\*\\([0-9a-f]*\\).*/\\1/'\n}\n`,
      { timeout: 3_600_000 }
    );
    const sums = stdout.trim().split('\n');
    for (const [index, entry] of some.entries()) {
      if ((await sumOf(entry.local)) !== sums[index]) {
        wrong.push(entry);
      }
    }
  }
  return wrong;
}

async function sumOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
