/**
 * What a remote job's folder here keeps beside the copied files: slurm.json
 * and seen.json, read without trust.
 */
import type { Failure, Job } from '../../../../api/_generated/api';
import {
  isObject,
  number,
  readObject,
  replaceJson,
  text,
  type JsonObject
} from '../../../files';
import { parseFailure, type IStatus, type JobPaths } from '../../../job-folder';
import { isSubmissionName } from './queue';

/** The status of a job whose runner has told nothing yet. */
export const UNSEEN: IStatus = {
  state: 'queued',
  progress: { stage: 'queued', done: 0, total: 0 },
  slices: { done: 0, total: 0 },
  warnings: [],
  seq: 0,
  attempt: 0
};

/** How far a submission has come. */
export type SubmissionPhase = 'prepared' | 'uploaded' | 'sent' | 'accepted';

const PHASES: readonly SubmissionPhase[] = [
  'prepared',
  'uploaded',
  'sent',
  'accepted'
];

/** slurm.json */
export interface ISlurmRecord {
  /** Unique name of the submission. */
  readonly uid: string;
  readonly phase: SubmissionPhase;
  /** Slurm's id of the job or array; empty before it is known. */
  readonly id: string;
  /** Slurm's id of the finishing task; empty: there is none. */
  readonly finish: string;
  /** Tasks of the array that this attempt runs; null: it is no array. */
  readonly tasks: readonly number[] | null;
  readonly attempt: number;
  /** How many times the submission has been tried; each try has a lock of its own on the cluster. */
  readonly tries: number;
  /** When it was sent. */
  readonly sent: string;
  /** Why it could not be submitted. */
  readonly failure?: Failure;
}

export type SlurmWhole = NonNullable<Job['slurm']>;
export type SlurmTask = SlurmWhole['tasks'][number];

/** seen.json */
export interface ISeen {
  /** When the cluster told it. */
  readonly time: string;
  readonly slurm: SlurmWhole;
  /** The result folder has its result.json. */
  readonly complete: boolean;
  /** The job folder on the cluster has gone. */
  readonly vanished: boolean;
  /** Accounting could not be asked: what has left the queue is not known. */
  readonly unaccounted: boolean;
  /** When a task was first seen to have ended without a result. */
  readonly ended?: string;
  /** It has ended, but accounting or a slow file system may yet tell more of it. */
  readonly early: boolean;
  /** Bytes free in the work folder, when that may be the reason of a failure. */
  readonly free?: number;
  /** Our own number on the cluster, to tell who cancelled. */
  readonly uid: string;
  /** Nothing more will happen: it is not asked about any more. */
  readonly settled: boolean;
}

export async function readRecord(paths: JobPaths): Promise<ISlurmRecord> {
  const o = (await readObject(paths.slurm)) ?? {};
  const uid = text(o, 'uid') ?? '';
  return {
    uid: isSubmissionName(uid) ? uid : '',
    phase: PHASES.find(phase => phase === o.phase) ?? 'prepared',
    id: digits(o, 'id'),
    finish: digits(o, 'finish'),
    tasks: Array.isArray(o.tasks)
      ? o.tasks.filter((task): task is number => Number.isInteger(task))
      : null,
    attempt: number(o, 'attempt') ?? 0,
    tries: number(o, 'tries') ?? 0,
    sent: text(o, 'sent') ?? '',
    ...(parseFailure(o.failure) && { failure: parseFailure(o.failure) })
  };
}

export function writeRecord(
  paths: JobPaths,
  record: ISlurmRecord
): Promise<void> {
  return replaceJson(paths.slurm, record);
}

export async function readSeen(paths: JobPaths): Promise<ISeen | null> {
  const o = await readObject(paths.seen);
  if (!o || !isObject(o.slurm)) {
    return null;
  }
  return {
    time: text(o, 'time') ?? '',
    slurm: parseWhole(o.slurm),
    complete: o.complete === true,
    vanished: o.vanished === true,
    unaccounted: o.unaccounted === true,
    ended: text(o, 'ended'),
    early: o.early === true,
    free: number(o, 'free'),
    uid: text(o, 'uid') ?? '',
    settled: o.settled === true
  };
}

export function writeSeen(paths: JobPaths, seen: ISeen): Promise<void> {
  return replaceJson(paths.seen, seen);
}

function parseWhole(o: JsonObject): SlurmWhole {
  const tasks: unknown[] = Array.isArray(o.tasks) ? o.tasks : [];
  return {
    id: text(o, 'id') ?? '',
    state: text(o, 'state') ?? '',
    reason: text(o, 'reason') ?? '',
    tasks: tasks.filter(isObject).map(parseTask),
    exit: text(o, 'exit'),
    nodes: text(o, 'nodes'),
    elapsed: number(o, 'elapsed'),
    limit: o.limit === null ? null : number(o, 'limit'),
    cores: number(o, 'cores'),
    memory: number(o, 'memory'),
    position: number(o, 'position'),
    expected: text(o, 'expected')
  };
}

function parseTask(o: JsonObject): SlurmTask {
  return {
    id: text(o, 'id') ?? '',
    index: number(o, 'index') ?? null,
    state: text(o, 'state') ?? '',
    reason: text(o, 'reason') ?? '',
    exit: text(o, 'exit'),
    node: text(o, 'node'),
    elapsed: number(o, 'elapsed'),
    memory: number(o, 'memory')
  };
}

/** An id of Slurm, of digits only: it goes into commands. */
function digits(o: JsonObject, key: string): string {
  const id = text(o, key) ?? '';
  return /^\d{1,20}$/.test(id) ? id : '';
}
