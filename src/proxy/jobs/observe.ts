/** Looks at everything that tells what a job does. */
import { exists } from '../files';
import type { IKernelResource } from '../resources';
import type { IEntry } from './entry';
import { lastLines } from './log';
import { readStatus } from '../job-folder';
import type { IObservation } from './state';
import { isComplete, runnerLives } from './store';

const TAIL = 600;

export async function observe(
  entry: IEntry,
  resource: IKernelResource | undefined
): Promise<IObservation> {
  const { paths, spec } = entry;
  // The lease first: a runner writes its last status before it gives the lease up.
  const runnerAlive = await runnerLives(paths, entry.pulse);
  const holder = await resource?.observe(paths);
  const ended = holder?.ended ?? null;
  return {
    runnerAlive,
    status: await readStatus(paths),
    cancelAsked: await exists(paths.cancel),
    complete: await isComplete(spec),
    holderAlive: holder?.alive ?? null,
    ended,
    lastLines: ended ? await lastLines(paths.stderr, TAIL) : '',
    watched: entry.watched
  };
}
