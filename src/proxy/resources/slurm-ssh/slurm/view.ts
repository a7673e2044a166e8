/** A remote job as its mirror tells it, without asking anybody. */
import { open } from 'node:fs/promises';

import { exists, readObject, text } from '../../../files';
import { readStatus, type JobPaths } from '../../../job-folder';
import type { IRemoteView } from '../../resource';
import { judgeRemote } from './judge';
import { readRecord, readSeen } from './mirror';

const LAST = 600;

const UNSEEN = {
  state: 'queued',
  progress: { stage: 'queued', done: 0, total: 0 },
  slices: { done: 0, total: 0 },
  warnings: [],
  seq: 0,
  attempt: 0
} as const;

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
  const lastLines =
    (await lastOf(paths.stderr)) || (await lastOf(paths.stdout));
  const verdict = judgeRemote({
    record,
    seen,
    status,
    cancelAsked,
    moving,
    lastLines
  });
  const copied = fetched?.done === true ? text(fetched, 'folder') : undefined;
  return {
    ...verdict,
    status: { ...(status ?? { ...UNSEEN, warnings: [] }) },
    ...(seen && {
      ...(seen.slurm.id === record.id && { slurm: seen.slurm }),
      seen: seen.time
    }),
    ...(copied && { fetched: copied })
  };
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
