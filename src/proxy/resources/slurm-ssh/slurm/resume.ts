/** Going on with a job that has ended: only tasks whose slices are missing run again. */
import * as fs from 'node:fs/promises';

import type { IJobSpec, IRemotePlace, JobPaths } from '../../../job-folder';
import { rowsIn, SLICES } from '../copies/slices';
import { quote } from '../quote';
import type { IRemote } from '../remote';
import { readRecord, writeRecord, type ISlurmRecord } from './mirror';
import { submissionName } from './queue';

/**
 * Make a job ready to be submitted again. Its folder, if it has gone, is made
 * anew by the submission.
 */
export async function resumeThere(
  remote: IRemote,
  spec: IJobSpec,
  place: IRemotePlace,
  paths: JobPaths
): Promise<void> {
  const before = await readRecord(paths);
  const { stdout } = await remote.run(resumeScript(spec, place, before), {
    timeout: 60_000
  });
  const [folder, ...names] = stdout.trim().split('\n');
  const tasks = place.tasks ? missingTasks(place.tasks, rowsIn(names)) : null;
  const attempt = Math.max(1, before.attempt) + 1;
  if (folder === 'folder' && tasks && tasks.length > 0) {
    await remote.run(
      `{\ncd ${quote(place.folder)} || exit 73\nrm -f ${tasks.map(task => `tasks/${task}/status.json`).join(' ')}\n}\n`
    );
  }
  await fs.rm(paths.seen, { force: true });
  await fs.rm(paths.cancel, { force: true });
  await writeRecord(paths, {
    uid: submissionName(spec.id, attempt),
    phase: 'prepared',
    id: '',
    finish: '',
    tasks,
    attempt,
    tries: 0,
    sent: ''
  });
}

/** Prints `folder` or `none`, then the names of the slices. What is left of the last attempt is taken from the queue. */
function resumeScript(
  spec: IJobSpec,
  place: IRemotePlace,
  before: ISlurmRecord
): string {
  const ids = [before.id, before.finish].filter(Boolean).join(' ');
  return [
    '{',
    ...(ids ? [`scancel ${ids} >/dev/null 2>&1`] : []),
    `if cd ${quote(place.folder)} 2>/dev/null; then echo folder; rm -f cancel status.json; else echo none; fi`,
    `cd ${quote(spec.output)} 2>/dev/null && ls | grep -E '${SLICES}'`,
    'exit 0',
    '}',
    ''
  ].join('\n');
}

/** Tasks that have a row without a slice. */
export function missingTasks(
  tasks: readonly (readonly [number, number])[],
  rows: ReadonlySet<number>
): number[] {
  return tasks.flatMap(([first, last], index) => {
    for (let row = first; row < last; row++) {
      if (!rows.has(row)) {
        return [index];
      }
    }
    return [];
  });
}
