/** Ends jobs that the user has on a cluster, whoever submitted them. */
import { promises as fs } from 'fs';

import { isRecipe } from '../../../../recipe/validation';
import { ProxyError } from '../../../failure';
import { readObject } from '../../../files';
import type { IRemotePlace, JobPaths } from '../../../job-folder';
import { quote } from '../quote';
import type { IRemote } from '../remote';
import type { ISlurmRecord } from './mirror';
import type { IQueueRow } from './queue';
import { refusal } from './refusals';
import { isWhole } from './shares';

/**
 * Milliseconds that a process list has from Cancel until Slurm ends it: its
 * runner asks Savu by the kill file, and ends it by a signal a minute later.
 */
const GRACE = 75_000;

/**
 * Take a job back from the scheduler; its runner stops at a slice. Safe to call
 * again, and to be called again while a process list that runs is given time:
 * then only what waits is taken back.
 */
export async function cancelThere(
  remote: IRemote,
  place: IRemotePlace,
  paths: JobPaths,
  record: ISlurmRecord
): Promise<void> {
  const ids = [record.id, record.finish].filter(Boolean).join(' ');
  const waiting = (await hasTime(paths)) ? '--state=PENDING ' : '';
  const { code, stderr } = await remote.run(
    `{\n: > ${quote(`${place.folder}/cancel`)}\nscancel ${waiting}${ids} || exit 76\nexit 0\n}\n`
  );
  if (code !== 0) {
    throw refusal({ code, stderr, stdout: '' });
  }
}

/** Whether the job is a process list that was cancelled not long ago. */
async function hasTime(paths: JobPaths): Promise<boolean> {
  const recipe: unknown = await readObject(paths.recipe);
  if (!isRecipe(recipe) || !isWhole(recipe)) {
    return false;
  }
  const asked = await fs.stat(paths.cancel).catch(() => null);
  return asked !== null && Date.now() - asked.mtimeMs < GRACE;
}

/**
 * @param rows - the queue as it was seen last: nothing else is ended.
 * @param ids - as the rows have them.
 */
export async function cancelListed(
  remote: IRemote,
  rows: readonly IQueueRow[],
  ids: readonly string[]
): Promise<void> {
  const listed = new Set(rows.map(row => row.text));
  const unknown = ids.find(id => !listed.has(id));
  if (unknown !== undefined) {
    throw new ProxyError(
      404,
      'no-such-job',
      `Job ${unknown} is not in your queue on the cluster.`,
      { where: 'ids', hint: 'Refresh the table: it may have ended.' }
    );
  }
  const { code, stderr } = await remote.run(
    `{\nscancel ${ids.map(quote).join(' ')} || exit 76\nexit 0\n}\n`
  );
  if (code !== 0) {
    throw refusal({ code, stderr, stdout: '' });
  }
}
