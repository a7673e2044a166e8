/**
 * Follows the jobs of each user who is logged in: one batched poll for
 * everything, often while something runs and is looked at, not at all while
 * nobody looks.
 */
import { replaceJson, exists } from '../../../files';
import { failureOf, messageOf, ProxyError } from '../../../failure';
import {
  readStatus,
  statusJson,
  type IJobSpec,
  type IRemotePlace,
  type JobPaths
} from '../../../job-folder';
import type { Failure } from '../../../../api/_generated/api';
import type { IRemote, IRemotes } from '../remote';
import { cancelThere } from './cancel';
import { knownSizes, writeGrown } from './files';
import { nextPoll } from './intervals';
import {
  readRecord,
  readSeen,
  writeSeen,
  type ISeen,
  type ISlurmRecord
} from './mirror';
import { parsePoll, type IPollReply } from './poll-reply';
import { pollScript, type IPolled } from './poll-script';
import { wholeStatus } from './progress';
import type { IQueueRow } from './queue';
import { seeJob } from './sight';
import { phaseOf } from './states';
import { viewRemote } from './view';

const TICK = 1_000;
/** Milliseconds for which what was seen is new enough for a look at a log. */
const FRESH = 2_000;
/** The scheduler gives itself up after 18 s; accounting may take as long again. */
const PATIENCE = 90_000;
/** What a job ends with that could not write, also to tell why. */
const UNTOLD = new Set(['task-failed', 'launch-failed']);

/** A job as the watcher needs it. */
export interface IWatched {
  readonly spec: IJobSpec;
  readonly paths: JobPaths;
}

export interface IWatcherOptions {
  readonly resource: string;
  /** Seconds between polls when nothing of ours runs. */
  readonly every: () => number;
  readonly remotes: IRemotes;
  /** Every job of the resource. */
  readonly jobs: () => readonly IWatched[];
  /** Whether a log-in is to the account that the job belongs to. */
  readonly owns: (remote: IRemote, spec: IJobSpec) => boolean;
  /** Whether a page of the user is open and seen. */
  readonly watched: (user: string) => boolean;
  /** The first contact in a log-in. */
  readonly onArrival: (user: string, remote: IRemote) => Promise<void>;
  readonly onChange: (id: string) => void;
  /** What is known of the resource has changed. */
  readonly onState: (user: string) => void;
}

/** What is known of one user's cluster. */
interface IUserState {
  remote: IRemote | null;
  /** Milliseconds since 1970 of the next poll. */
  next: number;
  /** Until then a job is new, and is asked about often. */
  fresh: number;
  runs: boolean;
  errors: number;
  /** When the last poll began. */
  asked: number;
  polling: Promise<void> | null;
  seen: string;
  rows: readonly IQueueRow[];
  problem: Failure | null;
}

/** A job of a poll with all that is known of it before. */
interface ISubject extends IWatched {
  readonly place: IRemotePlace;
  readonly record: ISlurmRecord;
  readonly before: ISeen | null;
  /** Bytes of each growing file that are here. */
  readonly known: ReadonlyMap<string, number>;
}

export class Watcher {
  constructor(private readonly _options: IWatcherOptions) {
    this._timer = setInterval(() => this._tick(), TICK);
    this._timer.unref();
  }

  /** From now on this user's log-ins are noticed. */
  know(user: string): void {
    this._state(user);
  }

  /** When the scheduler last answered this user; empty: not yet. */
  seen(user: string): string {
    return this._state(user).seen;
  }

  rows(user: string): readonly IQueueRow[] {
    return this._state(user).rows;
  }

  /** Why the scheduler did not answer the last time. */
  problem(user: string): Failure | null {
    return this._state(user).problem;
  }

  /** Why the last poll brought nothing; null: it did. */
  failure(user: string): Failure | null {
    const { errors, problem } = this._state(user);
    return errors > 0 || problem?.code === 'slurm-down' ? problem : null;
  }

  /** A job is new: ask soon, and often for a while. */
  hurry(user: string): void {
    const state = this._state(user);
    state.fresh = Date.now() + 60_000;
    state.next = Math.min(state.next, Date.now() + 1_000);
  }

  /** Ask now; who comes while a poll is under way gets the next one. */
  async poll(user: string): Promise<void> {
    const state = this._state(user);
    this._meet(user, state);
    await state.polling;
    await (state.polling ?? this._poll(user, state));
  }

  /** Ask now, unless it was done a moment ago or nobody is logged in. */
  async freshen(user: string): Promise<void> {
    const state = this._state(user);
    if (state.remote && Date.now() - state.asked > FRESH) {
      await this.poll(user);
    }
  }

  dispose(): void {
    clearInterval(this._timer);
  }

  private _tick(): void {
    for (const { spec } of this._options.jobs()) {
      this.know(spec.user);
    }
    for (const [user, state] of this._states) {
      this._meet(user, state);
      const due = state.remote && Date.now() >= state.next && !state.polling;
      if (due && (state.next === 0 || this._options.watched(user))) {
        void this._poll(user, state);
      }
    }
  }

  /** Whoever is logged in now. */
  private _meet(user: string, state: IUserState): void {
    const remote = this._options.remotes.remote(user, this._options.resource);
    if (remote !== state.remote) {
      state.remote = remote;
      state.errors = 0;
      state.next = 0;
      if (remote) {
        void this._arrive(user, remote);
      }
    }
  }

  private async _arrive(user: string, remote: IRemote): Promise<void> {
    try {
      await this._options.onArrival(user, remote);
    } catch (error) {
      complain(`log-in to ${this._options.resource}`, error);
    }
  }

  private _poll(user: string, state: IUserState): Promise<void> {
    const { remote } = state;
    if (!remote) {
      return Promise.resolve();
    }
    state.asked = Date.now();
    const polling = this._look(user, state, remote)
      .then(
        () => {
          state.errors = 0;
        },
        (error: unknown) => {
          state.errors += 1;
          state.problem = failureOf(error).failure;
        }
      )
      .finally(() => {
        state.polling = null;
        state.next =
          Date.now() +
          1000 *
            nextPoll({
              every: this._options.every(),
              runs: state.runs || Date.now() < state.fresh,
              errors: state.errors
            });
      });
    state.polling = polling;
    return polling;
  }

  private async _look(
    user: string,
    state: IUserState,
    remote: IRemote
  ): Promise<void> {
    const subjects = await this._subjects(user, remote);
    const polled = subjects.map(({ spec, place, record, known }): IPolled => ({
      folder: place.folder,
      output: spec.output,
      id: record.id,
      finish: record.finish,
      tasks: record.tasks?.length ?? 1,
      arrayed: record.tasks !== null,
      known
    }));
    const waiting = subjects.some(
      ({ before, record }) =>
        before?.slurm.id !== record.id ||
        phaseOf(before.slurm.state) === 'waiting'
    );
    const { mark, text } = pollScript(polled, waiting);
    const { stdout } = await remote.run(text, { timeout: PATIENCE });
    const reply = parsePoll(stdout, mark, polled);
    state.rows = reply.queue ?? state.rows;
    state.seen = reply.queue ? new Date().toISOString() : state.seen;
    let runs = false;
    for (const [at, subject] of subjects.entries()) {
      const taken = await alone(subject, () =>
        this._take(remote, subject, reply, at)
      );
      runs = taken === true || runs;
    }
    state.runs = runs;
    const before = state.problem?.code;
    state.problem = problemOf(reply);
    if (before !== state.problem?.code) {
      this._options.onState(user);
    }
    if (!reply.queue && !reply.accounts?.length) {
      throw new ProxyError(503, 'slurm-down', state.problem?.message ?? '', {
        where: 'slurm'
      });
    }
  }

  /** Jobs of the user that the scheduler has, and that may change yet. */
  private async _subjects(user: string, remote: IRemote): Promise<ISubject[]> {
    const subjects: ISubject[] = [];
    for (const { spec, paths } of this._options.jobs()) {
      // Another account does not see the folder: it would take it for gone.
      if (
        spec.user !== user ||
        !spec.remote ||
        !this._options.owns(remote, spec)
      ) {
        continue;
      }
      const place = spec.remote;
      const subject = await alone({ spec, paths }, () =>
        readSubject({ spec, paths }, place)
      );
      if (subject) {
        subjects.push(subject);
      }
    }
    return subjects;
  }

  /** @returns whether the job runs, or Slurm has not told yet how it ended. */
  private async _take(
    remote: IRemote,
    { spec, paths, place, record, before }: ISubject,
    reply: IPollReply,
    at: number
  ): Promise<boolean> {
    const folder = reply.folders.get(at);
    const more = await writeGrown(paths, place, folder?.grown ?? []);
    const status = folder && wholeStatus(folder.statuses, place);
    const known = await readStatus(paths);
    // A tool that computes for long has no news but its memory.
    if (
      status &&
      (status.seq !== known?.seq || status.memory !== known.memory)
    ) {
      await replaceJson(paths.status, statusJson(status));
    }
    const seen = seeJob(record, before, reply, at, Date.now());
    if (!seen) {
      return false;
    }
    await writeSeen(paths, seen);
    let view = await viewRemote(paths, false);
    if (view.state === 'failed' && UNTOLD.has(view.failure?.code ?? '')) {
      const free = await remote.files.free(place.work, true).catch(() => null);
      if (free !== null) {
        await writeSeen(paths, { ...seen, free });
        view = await viewRemote(paths, false);
      }
    }
    if (view.settled && !more && !seen.unaccounted) {
      const known = await readSeen(paths);
      await writeSeen(paths, { ...(known ?? seen), settled: true });
    }
    if (view.state === 'cancelling' && (await exists(paths.cancel))) {
      await cancelThere(remote, place, paths, record).catch((error: unknown) =>
        complain(`job ${spec.id}`, error)
      );
    }
    this._options.onChange(spec.id);
    const ending =
      view.state === 'finished' && !view.settled && !seen.unaccounted;
    return ending || view.state === 'running' || view.state === 'cancelling';
  }

  private _state(user: string): IUserState {
    const known = this._states.get(user);
    if (known) {
      return known;
    }
    const state: IUserState = {
      remote: null,
      next: 0,
      fresh: 0,
      runs: false,
      errors: 0,
      asked: 0,
      polling: null,
      seen: '',
      rows: [],
      problem: null
    };
    this._states.set(user, state);
    return state;
  }

  private readonly _states = new Map<string, IUserState>();
  private readonly _timer: NodeJS.Timeout;
}

/** null: the scheduler does not have the job, or nothing will change any more. */
async function readSubject(
  { spec, paths }: IWatched,
  place: IRemotePlace
): Promise<ISubject | null> {
  const record = await readRecord(paths);
  const before = await readSeen(paths);
  const settled = before?.settled && before.slurm.id === record.id;
  if (record.phase !== 'accepted' || settled) {
    return null;
  }
  const known = await knownSizes(paths, place);
  return { spec, paths, place, record, before, known };
}

/** What goes wrong with the folder of one job here is no matter of the others. */
async function alone<T>(
  { spec, paths }: IWatched,
  act: () => Promise<T>
): Promise<T | null> {
  try {
    return await act();
  } catch (error) {
    // It may have been forgotten meanwhile.
    if (await exists(paths.folder)) {
      complain(`job ${spec.id}`, error);
    }
    return null;
  }
}

function problemOf(reply: IPollReply): Failure | null {
  if (reply.queue && reply.accounts) {
    return null;
  }
  const what = reply.queue ? 'accounting' : 'scheduler';
  return {
    code: reply.queue ? 'accounting-down' : 'slurm-down',
    message: `The ${what} of the cluster does not answer${reply.said ? `: ${reply.said.split('\n')[0]}` : '.'}`,
    where: 'slurm',
    hint: 'Jobs go on; what they do shows when it answers again.'
  };
}

function complain(what: string, error: unknown): void {
  process.stderr.write(`${what}: ${messageOf(error)}\n`);
}
