/** What squeue prints: one row a task, delimited, the name last as it may hold anything. */
import type { QueuedJob } from '../../../../api/_generated/api';
import { phaseOf } from './states';
import { parseDuration, parseId, parseMoment, type ISlurmId } from './text';

/** For `squeue -o`: id, state, reason, elapsed, limit, expected start, cores, partition, nodes, name, and after a character that names do not have the command. */
export const QUEUE_FORMAT = '%i|%T|%r|%M|%l|%S|%C|%P|%N|%j\x1f%o';

/** A row of squeue. */
export interface IQueueRow {
  readonly id: ISlurmId;
  readonly text: string;
  readonly state: string;
  readonly reason: string;
  /** Seconds. */
  readonly elapsed: number;
  /** Seconds; null: none. */
  readonly limit: number | null;
  /** Start, or when it is expected; empty: not known. */
  readonly start: string;
  readonly cores: number;
  readonly partition: string;
  readonly nodes: string;
  readonly name: string;
  /** What was submitted; empty: not told. */
  readonly command: string;
}

/** Rows of squeue; a line that is none (a name with a line feed goes on there) is left out. */
export function parseQueue(output: string): IQueueRow[] {
  return output.split('\n').flatMap(line => {
    const fields = line.split('|');
    const id = parseId(fields[0]);
    if (fields.length < 10 || !id) {
      return [];
    }
    const [text, state, reason, elapsed, limit, start, cores, partition] =
      fields;
    const [name = '', command = ''] = fields.slice(9).join('|').split('\x1f');
    return [
      {
        id,
        text,
        state,
        reason: reason === 'None' ? '' : reason,
        elapsed: parseDuration(elapsed) ?? 0,
        limit: parseDuration(limit),
        start: parseMoment(start),
        cores: Number(cores) || 0,
        partition,
        nodes: fields[8],
        name,
        command: command === '(null)' ? '' : command
      }
    ];
  });
}

/** For `squeue -o` of the jobs that wait, most urgent first. */
export const WAITING_FORMAT = '%F|%P';

/**
 * Jobs before one in its partition's queue.
 *
 * @param output - rows of all waiting jobs, most urgent first; an array is one job.
 */
export function positionOf(output: string, id: string): number | undefined {
  const before = new Set<string>();
  const rows = output.split('\n').map(line => line.split('|'));
  const own = rows.find(([job]) => job === id);
  if (!own) {
    return undefined;
  }
  for (const [job, partition] of rows) {
    if (job === id) {
      break;
    }
    if (partition === own[1]) {
      before.add(job);
    }
  }
  return before.size;
}

/** The unique name of a submission, and of its finishing task. */
export function submissionName(job: string, attempt: number): string {
  return `tomo-${job}-${attempt}`;
}

/** Whether a text is such a name: it goes into commands. */
export function isSubmissionName(text: string): boolean {
  return /^tomo-[0-9a-f-]{36}-\d{1,9}$/.test(text);
}

export function finishName(name: string): string {
  return `${name}-finish`;
}

/** The id of our job that a name stands for. */
export function jobOfName(name: string): string | null {
  return (
    /^tomo-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-\d+(?:-finish)?$/.exec(
      name
    )?.[1] ?? null
  );
}

/** A row as the api tells it. */
export function toQueued(row: IQueueRow): QueuedJob {
  const job = jobOfName(row.name);
  return {
    id: row.text,
    name: row.name,
    state: row.state,
    reason: row.reason,
    partition: row.partition,
    nodes: row.nodes,
    elapsed: row.elapsed,
    limit: row.limit,
    cores: row.cores,
    ...(row.start &&
      phaseOf(row.state) === 'waiting' && { expected: row.start }),
    ...(row.command && { command: row.command }),
    ...(job && { job })
  };
}
