/**
 * What the table of all jobs shows: jobs of this extension, or all that the
 * user has on a cluster, as rows of the same kind. Pure but for words.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Job, Queue, Resource } from '../../api';
import {
  elapsedText,
  memoryUsed,
  queueText,
  seenText,
  slurmState,
  tasksText,
  transferSentence
} from '../../cluster-words';
import {
  fractionOf,
  isActive,
  progressSentence,
  secondsBetween,
  stateWord
} from '../../job-words';
import { failureSentence } from '../../field-names';
import { formatBytes, formatTime } from '../../quantities';

export const COLUMNS = [
  'name',
  'state',
  'progress',
  'place',
  'id',
  'detail',
  'elapsed',
  'cores',
  'memory',
  'exit',
  'created',
  'command'
] as const;
export type Column = (typeof COLUMNS)[number];

/** A value to show, and the one to sort by; null is last in both orders. */
export interface ICell {
  readonly text: string;
  readonly sort: string | number | null;
}

export interface IRow {
  readonly key: string;
  /** As the colours know it. */
  readonly state: string;
  readonly active: boolean;
  /** 0 to 1; null where nobody counts. */
  readonly fraction: number | null;
  readonly cells: Readonly<Record<Column, ICell>>;
  /** The job of this extension that it is, or belongs to. */
  readonly job: Job | null;
}

const NOTHING: ICell = { text: '', sort: null };

export function jobRow(
  job: Job,
  resource: Resource | undefined,
  trans: TranslationBundle,
  now = new Date()
): IRow {
  const { slurm } = job;
  const active = isActive(job);
  const elapsed =
    slurm?.elapsed ??
    secondsBetween(job.started, job.ended ?? (active ? now.toISOString() : ''));
  const fraction = fractionOf(job);
  const used = memoryUsed(job);
  return {
    key: job.id,
    state: job.state,
    active,
    fraction,
    job,
    cells: {
      name: text(job.name),
      state: text(stateWord(job.state, trans)),
      progress: {
        text: job.transfer
          ? transferSentence(job.transfer, trans)
          : progressSentence(job, trans),
        sort: fraction
      },
      place: text(resource?.title ?? job.resource),
      id: identity(slurm?.id ?? ''),
      detail: text(
        [
          job.failure ? failureSentence(job.failure, trans) : '',
          slurm && !job.failure ? slurmState(slurm) : '',
          slurm ? queueText(slurm, trans, now) : '',
          slurm?.nodes ?? '',
          slurm && active ? tasksText(slurm, trans) : '',
          seenText(job, resource, trans, now)
        ]
          .filter(Boolean)
          .join(' · ')
      ),
      elapsed: slurm?.state.startsWith('PENDING')
        ? NOTHING
        : {
            text: elapsedText(elapsed, slurm?.limit, trans),
            sort: elapsed
          },
      cores: slurm?.cores === undefined ? NOTHING : number(slurm.cores),
      memory: used === null ? NOTHING : { text: formatBytes(used), sort: used },
      exit: text(slurm?.exit ?? ''),
      created: { text: formatTime(job.created, now), sort: job.created },
      command: text(job.command ?? '')
    }
  };
}

/** A row for one of all the jobs that the user has on a cluster. */
export function queuedRow(
  queued: Queue['jobs'][number],
  place: string,
  jobs: readonly Job[],
  trans: TranslationBundle,
  now = new Date()
): IRow {
  const job = jobs.find(each => each.id === queued.job) ?? null;
  const pending = queued.state.startsWith('PENDING');
  const reason = queued.reason && queued.reason !== 'None' ? queued.reason : '';
  const state = colourOf(queued.state);
  return {
    key: queued.id,
    state,
    // What is suspended can be ended, too, red as it is.
    active:
      ['queued', 'starting', 'running'].includes(state) ||
      /^(SUSPENDED|STOPPED)\b/.test(queued.state),
    fraction: null,
    job,
    cells: {
      // Ours are known by the name of the job, not by that of its submission.
      name: text(job?.name ?? queued.name),
      state: text(queued.state),
      progress: NOTHING,
      place: text(`${place} ${queued.partition}`),
      id: identity(queued.id),
      detail: text(
        [
          reason,
          pending && queued.expected
            ? trans.__('expected %1', formatTime(queued.expected, now))
            : '',
          queued.nodes
        ]
          .filter(Boolean)
          .join(' · ')
      ),
      elapsed: pending
        ? NOTHING
        : {
            text: elapsedText(queued.elapsed, queued.limit, trans),
            sort: queued.elapsed
          },
      cores: number(queued.cores),
      memory: NOTHING,
      exit: NOTHING,
      created: NOTHING,
      command: text(job?.command ?? queued.command ?? '')
    }
  };
}

/** Slurm's words in the colours of our states. */
export function colourOf(state: string): string {
  const word = state.split(/[ +]/)[0];
  switch (word) {
    case 'PENDING':
    case 'REQUEUED':
    case 'REQUEUE_HOLD':
    case 'REQUEUE_FED':
    case 'RESV_DEL_HOLD':
    case 'SPECIAL_EXIT':
      return 'queued';
    case 'CONFIGURING':
    case 'POWER_UP_NODE':
      return 'starting';
    case 'RUNNING':
    case 'COMPLETING':
    case 'RESIZING':
    case 'SIGNALING':
    case 'STAGE_OUT':
      return 'running';
    case 'COMPLETED':
      return 'finished';
    case 'CANCELLED':
      return 'cancelled';
    case 'PREEMPTED':
    case 'NODE_FAIL':
      return 'interrupted';
    default:
      return 'failed';
  }
}

/** Rows in the order of a column; those without a value come last. */
export function sorted(
  rows: readonly IRow[],
  column: Column,
  descending: boolean
): IRow[] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left, right] = [a.cells[column].sort, b.cells[column].sort];
    if (left === null || right === null) {
      return Number(left === null) - Number(right === null);
    }
    return typeof left === 'number' && typeof right === 'number'
      ? sign * (left - right)
      : sign *
          String(left).localeCompare(String(right), undefined, {
            numeric: true,
            sensitivity: 'base'
          });
  });
}

/** Rows that hold every word of a text somewhere. */
export function filtered(rows: readonly IRow[], words: string): IRow[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(row => {
    const all = COLUMNS.map(column => row.cells[column].text)
      .join('\n')
      .toLowerCase();
    return wanted.every(word => all.includes(word));
  });
}

function text(value: string): ICell {
  return { text: value, sort: value || null };
}

function number(value: number): ICell {
  return { text: String(value), sort: value };
}

/** Slurm's numbers are sorted as such: 27_4 after 27_3. */
function identity(id: string): ICell {
  return { text: id, sort: id || null };
}
