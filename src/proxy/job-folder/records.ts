/**
 * The files of a job folder as plain data, read without trust.
 */
import type {
  Failure,
  Job,
  JobState,
  Submission
} from '../../api/_generated/api';
import { isObject, number, readObject, text, type JsonObject } from '../files';
import type { JobPaths } from './paths';

/** job.json: written once, before anything else happens to the job. */
export interface IJobSpec {
  readonly id: string;
  readonly name: string;
  readonly user: string;
  readonly created: string;
  readonly resource: string;
  /** Kernelspec that was asked for; empty: the default. */
  readonly kernel: string;
  readonly base: string;
  readonly document?: string;
  readonly cores: number;
  readonly memory: number;
  readonly rows?: Submission['rows'];
  /** Hash of the custom command that the user has approved. */
  readonly approved?: string;
  /** Absolute result folder. */
  readonly output: string;
  readonly runtime: string;
  readonly command: string;
  /** Only jobs of a cluster have it: what is here is their mirror. */
  readonly remote?: IRemotePlace;
}

/** Where a job is on its cluster, and what it is made of there. */
export interface IRemotePlace {
  /** Absolute job folder. */
  readonly folder: string;
  /** Absolute work folder that it lies in. */
  readonly work: string;
  /** Name of the account. */
  readonly user: string;
  readonly host: string;
  /** Rows of each task of an array; left out: one task does all. */
  readonly tasks?: readonly (readonly [number, number])[];
  /** Minutes. */
  readonly time: number;
  /** Paths of the recipe as the cluster sees them, by their keys under `dataset`. */
  readonly data: Readonly<Record<string, string>>;
  /** What is copied there before: files and folders, absolute. */
  readonly uploads: readonly { readonly from: string; readonly to: string }[];
  /** Copies are compared by content. */
  readonly checksum?: boolean;
}

/** status.json, as far as the proxy uses it. */
export interface IStatus {
  readonly state: JobState;
  readonly progress: Job['progress'];
  readonly slices: Job['slices'];
  /** Most bytes that the runner and its tools held; of an array, one task. */
  readonly memory?: number;
  readonly started?: string;
  readonly ended?: string;
  readonly output?: string;
  readonly warnings: string[];
  readonly failure?: Failure;
  readonly seq: number;
  readonly attempt: number;
}

/** lease.json of the runner. */
export interface ILease {
  readonly host: string;
  readonly pid: number;
  /** Seconds since 1970. */
  readonly heartbeat: number;
}

/** kernel.json: the kernel of an attempt and the server that it belongs to. */
export interface IKernelRecord {
  readonly session: string;
  readonly kernel: string;
  readonly spec: string;
  readonly attempt: number;
  /** Key of the Jupyter server. */
  readonly server: string;
  readonly host: string;
}

/** attempt.json of the bootstrap: what became of an attempt, seen from inside the kernel. */
export interface IAttempt {
  readonly attempt: number;
  readonly host: string;
  /** Process of the kernel. */
  readonly kernel: number;
  readonly python: string;
  /** Set when the child has ended, or could not be started. */
  readonly ended?: { readonly code: number | null; readonly failure?: Failure };
}

export async function readSpec(paths: JobPaths): Promise<IJobSpec | null> {
  const o = await readObject(paths.job);
  return o && parseSpec(o);
}

/** @returns null when the object lacks id or result folder. */
export function parseSpec(o: JsonObject): IJobSpec | null {
  const id = text(o, 'id');
  const output = text(o, 'output');
  if (!id || !output) {
    return null;
  }
  return {
    id,
    name: text(o, 'name') ?? id,
    user: text(o, 'user') ?? '',
    created: text(o, 'created') ?? '',
    resource: text(o, 'resource') ?? '',
    kernel: text(o, 'kernel') ?? '',
    base: text(o, 'base') ?? '',
    document: text(o, 'document'),
    cores: number(o, 'cores') ?? 1,
    memory: number(o, 'memory') ?? 0,
    rows: pair(o.rows),
    approved: text(o, 'approved'),
    output,
    runtime: text(o, 'runtime') ?? '',
    command: text(o, 'command') ?? '',
    ...(isObject(o.remote) && { remote: parsePlace(o.remote) })
  };
}

/** Where a remote job is; undefined when the object does not say it in absolute paths. */
export function parsePlace(o: JsonObject): IRemotePlace | undefined {
  const folder = text(o, 'folder') ?? '';
  const work = text(o, 'work') ?? '';
  if (!folder.startsWith('/') || !work.startsWith('/')) {
    return undefined;
  }
  const tasks: unknown[] = Array.isArray(o.tasks) ? o.tasks : [];
  const uploads: unknown[] = Array.isArray(o.uploads) ? o.uploads : [];
  return {
    folder,
    work,
    user: text(o, 'user') ?? '',
    host: text(o, 'host') ?? '',
    ...(tasks.length > 0 && {
      tasks: tasks.map(pair).filter(rows => rows !== undefined)
    }),
    time: number(o, 'time') ?? 60,
    data: texts(o.data),
    uploads: uploads.filter(isObject).flatMap(entry => {
      const [from, to] = [text(entry, 'from'), text(entry, 'to')];
      return from && to ? [{ from, to }] : [];
    }),
    ...(o.checksum === true && { checksum: true })
  };
}

export async function readStatus(paths: JobPaths): Promise<IStatus | null> {
  const o = await readObject(paths.status);
  return o ? parseStatus(o) : null;
}

export function parseStatus(o: JsonObject): IStatus | null {
  const state = STATES.find(name => name === o.state);
  if (!state) {
    return null;
  }
  const slices = isObject(o.slices) ? o.slices : {};
  return {
    state,
    progress: {
      stage: text(o, 'stage') ?? '',
      done: number(o, 'done') ?? 0,
      total: number(o, 'total') ?? 0,
      rate: number(o, 'rate'),
      remaining: number(o, 'remaining')
    },
    slices: { done: count(slices, 'done'), total: count(slices, 'total') },
    memory: count(o, 'memory') || undefined,
    started: text(o, 'started'),
    ended: text(o, 'ended'),
    output: text(o, 'output'),
    warnings: Array.isArray(o.warnings)
      ? o.warnings.filter((w): w is string => typeof w === 'string')
      : [],
    failure: parseFailure(o.failure),
    seq: number(o, 'seq') ?? 0,
    attempt: number(o, 'attempt') ?? 0
  };
}

/** The object that goes into status.json. */
export function statusJson(status: IStatus): JsonObject {
  const { progress, ...rest } = status;
  return { ...rest, ...progress };
}

export async function readLease(paths: JobPaths): Promise<ILease | null> {
  const o = await readObject(paths.lease);
  const pid = o && number(o, 'pid');
  if (!o || !pid) {
    return null;
  }
  return { host: text(o, 'host') ?? '', pid, heartbeat: seconds(o.heartbeat) };
}

export async function readKernel(
  paths: JobPaths
): Promise<IKernelRecord | null> {
  const o = await readObject(paths.kernel);
  const attempt = o && number(o, 'attempt');
  if (!o || !attempt) {
    return null;
  }
  return {
    session: text(o, 'session') ?? '',
    kernel: text(o, 'kernel') ?? '',
    spec: text(o, 'spec') ?? '',
    attempt,
    server: text(o, 'server') ?? '',
    host: text(o, 'host') ?? ''
  };
}

export async function readAttempt(paths: JobPaths): Promise<IAttempt | null> {
  const o = await readObject(paths.attempt);
  const attempt = o && number(o, 'attempt');
  const kernel = o && number(o, 'kernel');
  if (!o || !attempt || !kernel) {
    return null;
  }
  const ended = isObject(o.ended)
    ? {
        code: number(o.ended, 'code') ?? null,
        failure: parseFailure(o.ended.failure)
      }
    : undefined;
  return {
    attempt,
    kernel,
    host: text(o, 'host') ?? '',
    python: text(o, 'python') ?? '',
    ended
  };
}

export function parseFailure(value: unknown): Failure | undefined {
  if (!isObject(value)) {
    return undefined;
  }
  const message = text(value, 'message');
  if (!message) {
    return undefined;
  }
  return {
    code: text(value, 'code') ?? 'failed',
    message,
    where: text(value, 'where') ?? '',
    hint: text(value, 'hint') ?? ''
  };
}

const STATES: readonly JobState[] = [
  'queued',
  'starting',
  'running',
  'cancelling',
  'finished',
  'failed',
  'cancelled',
  'interrupted'
];

function pair(value: unknown): [number, number] | undefined {
  const values: unknown[] = Array.isArray(value) ? value : [];
  const [first, last] = values;
  return values.length === 2 &&
    typeof first === 'number' &&
    typeof last === 'number'
    ? [first, last]
    : undefined;
}

function texts(value: unknown): Record<string, string> {
  const entries = isObject(value) ? Object.entries(value) : [];
  return Object.fromEntries(
    entries.filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string'
    )
  );
}

function count(object: JsonObject, key: string): number {
  return Math.max(0, Math.trunc(number(object, key) ?? 0));
}

/** A time as seconds since 1970 or as ISO 8601. */
function seconds(value: unknown): number {
  if (typeof value === 'number') {
    return value;
  }
  const parsed = typeof value === 'string' ? Date.parse(value) / 1000 : NaN;
  return Number.isFinite(parsed) ? parsed : 0;
}
