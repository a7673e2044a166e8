/** The copied files of a mirror: how much of each is here, and what a poll adds. */
import * as fs from 'node:fs/promises';
import path from 'node:path';

import { systemCode } from '../../../failure';
import type { IRemotePlace, JobPaths } from '../../../job-folder';
import { FILES, TAIL } from './poll-script';
import type { IGrown } from './poll-reply';

/** Files that grow, relative to the job folder, here as there. */
export function growing(place: IRemotePlace): string[] {
  return place.tasks
    ? [
        ...place.tasks.flatMap((_, index) => [
          `tasks/${index}/stdout.log`,
          `tasks/${index}/stderr.log`
        ]),
        'finish.log'
      ]
    : ['stdout.log', 'stderr.log', 'events.jsonl'];
}

/** Bytes of each that are here. */
export async function knownSizes(
  paths: JobPaths,
  place: IRemotePlace
): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const name of growing(place)) {
    try {
      const { size } = await fs.stat(path.join(paths.folder, name));
      sizes.set(name, size);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') {
        throw error;
      }
    }
  }
  return sizes;
}

/** Make a folder below another one, which is not made anew when the job was forgotten. */
async function makeBelow(folder: string, name: string): Promise<void> {
  let at = folder;
  for (const part of name.split('/').filter(each => each !== '.')) {
    at = path.join(at, part);
    try {
      await fs.mkdir(at);
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') {
        throw error;
      }
    }
  }
}

/**
 * Write what has grown, each piece at its place: two proxies that write the
 * same do no harm.
 *
 * @returns whether there may be more than this poll has brought.
 */
export async function writeGrown(
  paths: JobPaths,
  place: IRemotePlace,
  grown: readonly IGrown[]
): Promise<boolean> {
  const allowed = new Set(growing(place));
  for (const { file, from, bytes } of grown) {
    // Names come from the cluster: nothing else is written.
    if (!allowed.has(file) || !Number.isSafeInteger(from)) {
      continue;
    }
    const local = path.join(paths.folder, file);
    await makeBelow(paths.folder, path.dirname(file));
    const handle = await fs.open(
      local,
      fs.constants.O_RDWR | fs.constants.O_CREAT,
      0o600
    );
    try {
      await handle.write(bytes, 0, bytes.byteLength, from);
    } finally {
      await handle.close();
    }
  }
  return (
    grown.length >= FILES || grown.some(({ bytes }) => bytes.length >= TAIL)
  );
}
