/** A remote job as its mirror tells it, without asking anybody. */
import { open } from 'node:fs/promises';

import { exists, readObject, text } from '../../../files';
import { parseFailure, readStatus, type JobPaths } from '../../../job-folder';
import type { IRemoteView } from '../../resource';
import { judgeRemote } from './judge';
import {
  readRecord,
  readSeen,
  UNSEEN,
  type ISeen,
  type ISlurmRecord
} from './mirror';
import { worst } from './states';

const LAST = 600;

/** @param moving - this proxy is bringing it to the scheduler now. */
export async function viewRemote(
  paths: JobPaths,
  moving: boolean
): Promise<IRemoteView & { readonly settled: boolean }> {
  const [record, seen, status, cancelAsked, fetched] = await Promise.all([
    readRecord(paths),
    readSeen(paths),
    readStatus(paths),
    exists(paths.cancel),
    readObject(paths.fetched)
  ]);
  const verdict = judgeRemote({
    record,
    seen,
    status,
    cancelAsked,
    moving,
    lastLines: await lastLines(paths, record, seen)
  });
  const uncopied = parseFailure(fetched?.failure);
  const copied = fetched?.done === true ? text(fetched, 'folder') : undefined;
  return {
    ...verdict,
    warnings: [
      ...verdict.warnings,
      ...(uncopied
        ? [`The result could not be copied: ${uncopied.message}`]
        : [])
    ],
    status: {
      ...(status ?? UNSEEN),
      // Of a run that was killed, the scheduler alone knows when.
      ended: status?.ended ?? (verdict.settled ? seen?.time : undefined)
    },
    ...(seen && {
      ...(seen.slurm.id === record.id && { slurm: seen.slurm }),
      seen: seen.time
    }),
    ...(copied && { fetched: copied })
  };
}

/** The end of the log that tells why the job has ended, if it has. */
async function lastLines(
  paths: JobPaths,
  record: ISlurmRecord,
  seen: ISeen | null
): Promise<string> {
  if (!record.tasks) {
    return (await lastOf(paths.stderr)) || lastOf(paths.stdout);
  }
  const main = seen?.slurm.tasks.filter(task => task.id !== record.finish);
  const index = worst(main ?? [])?.index ?? null;
  return index === null
    ? lastOf(paths.finish)
    : (await lastOf(paths.task(index, 'stderr.log'))) ||
        lastOf(paths.task(index, 'stdout.log'));
}

/** The last lines of a file; empty when there is none. */
async function lastOf(file: string): Promise<string> {
  const handle = await open(file, 'r').catch(() => null);
  if (!handle) {
    return '';
  }
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, LAST);
    const { buffer, bytesRead } = await handle.read(
      Buffer.alloc(length),
      0,
      length,
      size - length
    );
    const lines = buffer.subarray(0, bytesRead).toString('utf8');
    return size > LAST ? lines.slice(lines.indexOf('\n') + 1) : lines;
  } finally {
    await handle.close();
  }
}
