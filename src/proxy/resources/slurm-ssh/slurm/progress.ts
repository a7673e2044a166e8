/** Progress of an array: the sum over its tasks, whichever attempt they ran in. */
import { isObject } from '../../../files';
import {
  parseStatus,
  type IRemotePlace,
  type IStatus
} from '../../../job-folder';

/**
 * The status of a whole from the files of a poll.
 *
 * @param files - text of `status.json` and `tasks/<k>/status.json` by path.
 * @returns null when no runner has written one yet.
 */
export function wholeStatus(
  files: ReadonlyMap<string, string>,
  place: IRemotePlace
): IStatus | null {
  const own = parse(files.get('status.json'));
  if (!place.tasks) {
    return own;
  }
  const parts = place.tasks.map((_, index) =>
    parse(files.get(`tasks/${index}/status.json`))
  );
  const begun = parts.filter(part => part !== null);
  if (begun.length === 0 && !own) {
    return null;
  }
  const total = place.tasks.reduce((sum, [a, b]) => sum + b - a, 0);
  const done = parts.reduce((sum, part) => sum + (part?.slices.done ?? 0), 0);
  const working = begun.filter(part => part.state === 'running');
  const started = earliest(begun.flatMap(part => part.started ?? []));
  const rate = working.reduce(
    (sum, part) => sum + (part.progress.rate ?? 0),
    0
  );
  const memory = Math.max(0, ...begun.map(part => part.memory ?? 0));
  const remaining = working.flatMap(part => part.progress.remaining ?? []);
  const failed = begun.find(part => part.state === 'failed' && part.failure);
  const failure =
    own?.failure && own.state === 'failed' && !failed
      ? own.failure
      : failed?.failure;
  return {
    state: failed ? 'failed' : (own?.state ?? 'running'),
    progress: {
      stage: working[0]?.progress.stage ?? own?.progress.stage ?? 'waiting',
      done,
      total,
      ...(rate > 0 && { rate }),
      ...(remaining.length > 0 && { remaining: Math.max(...remaining) })
    },
    slices: { done, total },
    ...(memory > 0 && { memory }),
    ...(started && { started }),
    warnings: [
      ...new Set([...begun, ...(own ? [own] : [])].flatMap(p => p.warnings))
    ],
    ...(failure && { failure }),
    ...(own?.ended && { ended: own.ended }),
    seq: begun.reduce((sum, part) => sum + part.seq, own?.seq ?? 0),
    attempt: Math.max(0, ...begun.map(part => part.attempt))
  };
}

function parse(text: string | undefined): IStatus | null {
  if (!text) {
    return null;
  }
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? parseStatus(value) : null;
  } catch {
    // Cut, or spoiled by another program: the next poll reads it again.
    return null;
  }
}

function earliest(times: readonly string[]): string | undefined {
  return [...times].sort()[0];
}
