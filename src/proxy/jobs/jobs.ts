/**
 * The jobs of everyone who uses this server: found again at the start,
 * submitted, started in turn, followed, cancelled, resumed.
 */
import * as fs from 'node:fs/promises';

import type { Job, JobList, Log, Submission } from '../../api/_generated/api';
import { failureOf, ProxyError } from '../failure';
import { readObject, replaceJson } from '../files';
import type { Notices } from '../notices';
import type { IResource } from '../resources';
import { newEntry, toJob, type IEntry } from './entry';
import { Follower } from './follow';
import { observe } from './observe';
import type { Ownership } from './ownership';
import { nextJobs } from './queue';
import { readKernel, statusJson, type IStatus } from '../job-folder';
import { isEnded, isResumable, judge } from './state';
import type { JobStore } from './store';
import { prepare } from './submit';

/** Milliseconds after which a judgement that the runner did not write is believed. */
const DOUBT = 700;
/** Milliseconds after which a start that a dead proxy left half done is made again. */
const STRANDED = 20_000;

export interface IJobsOptions {
  readonly store: JobStore;
  readonly ownership: Ownership;
  readonly notices: Notices;
  readonly resources: ReadonlyMap<string, IResource>;
  /** Goes on PYTHONPATH of the runner. */
  readonly runtime: string;
  /** How many local jobs may be under way at a time. */
  readonly limit: number;
}

export class Jobs {
  constructor(private readonly _options: IJobsOptions) {}

  /** Find every job again and go on with the queue. */
  async open(): Promise<void> {
    await this._options.store.open();
    await this._options.ownership.open();
    await this._scan();
    await Promise.all(
      [...this._entries.values()].map(entry => this._look(entry))
    );
    this._follower = new Follower(id => this._beat(id));
    this._pump();
  }

  /** Whether a job waits or runs for which this proxy must stay. */
  get busy(): boolean {
    return [...this._entries.values()].some(
      entry => entry.mine && !isEnded(entry.state)
    );
  }

  /** Newest first. */
  async list(user: string): Promise<JobList> {
    await this._scan();
    const rev = this._options.notices.rev;
    const jobs = [...this._entries.values()]
      .filter(entry => entry.spec.user === user)
      .sort((a, b) => b.spec.created.localeCompare(a.spec.created))
      .map(toJob);
    return { rev, jobs };
  }

  /** One job with its recipe. */
  async get(id: string, user: string): Promise<Job> {
    const entry = await this._find(id, user);
    const recipe = await readObject(entry.paths.recipe);
    return { ...toJob(entry), ...(recipe && { recipe }) };
  }

  /** Submitting the same id again answers with the job that there is. */
  submit(submission: Submission, user: string): Promise<Job> {
    // One after the other: two must not be given the same output folder.
    const made = this._submitting.then(() => this._submit(submission, user));
    this._submitting = made.then(
      () => undefined,
      () => undefined
    );
    return made;
  }

  async cancel(id: string, user: string): Promise<Job> {
    const entry = await this._find(id, user);
    if (!isEnded(entry.state)) {
      await fs.writeFile(entry.paths.cancel, '');
      // Not awaited: a kernel that does not answer must not hold up the reply.
      this._resource(entry)
        ?.cancel(entry.paths)
        .catch(error => this._complain(entry, error));
      await this._look(entry);
    }
    return toJob(entry);
  }

  async resume(id: string, user: string): Promise<Job> {
    const entry = await this._find(id, user);
    await this._look(entry);
    if (!isEnded(entry.state)) {
      return toJob(entry);
    }
    if (!isResumable(entry.state)) {
      throw new ProxyError(
        409,
        'job-finished',
        'The job is finished; there is nothing to resume.',
        {
          where: id
        }
      );
    }
    await this._own(entry);
    await this._resource(entry)?.check(entry.spec.kernel);
    await this._ended(entry);
    await fs.rm(entry.paths.cancel, { force: true });
    await this._write(entry, {
      ...entry.status,
      state: 'queued',
      progress: {
        ...entry.status.progress,
        stage: 'queued',
        remaining: undefined
      },
      ended: undefined,
      failure: undefined
    });
    await this._look(entry);
    this._pump();
    return toJob(entry);
  }

  /** Forget an ended job; its result stays. */
  async forget(id: string, user: string): Promise<void> {
    const entry = await this._find(id, user);
    if (!isEnded(entry.state)) {
      throw new ProxyError(409, 'job-active', 'The job has not ended yet.', {
        where: id,
        hint: 'Cancel it first.'
      });
    }
    await this._own(entry);
    await this._ended(entry);
    this._entries.delete(id);
    await this._options.store.remove(id);
    this._options.notices.emit('job-removed', id, user);
  }

  async log(id: string, user: string, offset: number): Promise<Log> {
    return (await this._find(id, user)).log.read(offset);
  }

  /** Stop following. Jobs go on; their folders tell the next proxy. */
  async dispose(): Promise<void> {
    this._disposed = true;
    this._follower?.dispose();
    await this._options.ownership.close();
  }

  private async _submit(submission: Submission, user: string): Promise<Job> {
    const { store, ownership, resources, runtime } = this._options;
    await this._scan();
    const known = this._entries.get(submission.id);
    if (!known) {
      const open = [...this._entries.values()].filter(
        entry => !isEnded(entry.state)
      );
      const made = await prepare(submission, {
        user,
        runtime,
        resource: resources.get(submission.resource),
        folder: store.paths(submission.id).folder,
        taken: open.map(entry => entry.spec.output)
      });
      await store.create(made.spec, made.recipe, made.status, paths =>
        ownership.found(paths)
      );
    } else if (known.spec.user !== user) {
      throw notFound(submission.id);
    }
    await this._scan();
    const entry = await this._find(submission.id, user);
    this._pump();
    return toJob(entry);
  }

  /** Take in job folders that are new, drop those that are gone. */
  private async _scan(): Promise<void> {
    const ids = new Set(await this._options.store.ids());
    for (const [id, entry] of this._entries) {
      if (!ids.has(id)) {
        this._entries.delete(id);
        this._options.notices.emit('job-removed', id, entry.spec.user);
      }
    }
    for (const id of ids) {
      if (this._entries.has(id)) {
        continue;
      }
      const spec = await this._options.store.read(id);
      if (spec && spec.id === id && !this._entries.has(id)) {
        const entry = newEntry(spec, this._options.store.paths(id));
        this._entries.set(id, entry);
        await this._look(entry);
      }
    }
  }

  /** Bring the entry up to date with the folder; write a state that only we can know. */
  private _look(entry: IEntry): Promise<void> {
    entry.turn = entry.turn
      .then(() => this._lookNow(entry))
      .catch(error => this._complain(entry, error));
    return entry.turn;
  }

  private async _lookNow(entry: IEntry): Promise<void> {
    if (this._disposed || this._entries.get(entry.spec.id) !== entry) {
      return;
    }
    const resource = this._resource(entry);
    let seen = await observe(entry, resource);
    let verdict = judge(seen);
    if (!isEnded(verdict.state) && !entry.mine) {
      entry.mine = await this._options.ownership.owns(entry.paths);
    }
    const written = seen.status?.state;
    if (verdict.state !== written && isEnded(verdict.state) && entry.mine) {
      if (verdict.state !== 'cancelled' || written !== 'queued') {
        // The runner, or the server that is stopping, may be about to say it better.
        await new Promise(resolve => setTimeout(resolve, DOUBT));
        seen = await observe(entry, resource);
        verdict = judge(seen);
      }
      if (this._disposed) {
        return;
      }
      if (
        verdict.state !== seen.status?.state &&
        isEnded(verdict.state) &&
        !seen.runnerAlive
      ) {
        await this._write(entry, {
          ...(seen.status ?? entry.status),
          ...verdict,
          ended: new Date().toISOString()
        });
        seen = { ...seen, status: entry.status };
      }
    }
    this._take(entry, seen.status, verdict);
    if (seen.runnerAlive || seen.holderAlive === true) {
      entry.watched = true;
    }
    if (isEnded(entry.state)) {
      await this._ended(entry);
    } else if (entry.mine) {
      await this._unstrand(entry);
    }
  }

  private _take(
    entry: IEntry,
    status: IStatus | null,
    verdict: ReturnType<typeof judge>
  ): void {
    if (entry.state !== verdict.state) {
      entry.since = Date.now();
    }
    entry.status = status ?? entry.status;
    entry.state = verdict.state;
    entry.failure = verdict.failure;
    const told = JSON.stringify(toJob(entry));
    if (told !== entry.told) {
      entry.told = told;
      this._options.notices.emit('job', entry.spec.id, entry.spec.user);
    }
  }

  /** Give back the kernel of an ended job. */
  private async _ended(entry: IEntry): Promise<void> {
    entry.watched = false;
    const record = await readKernel(entry.paths);
    if (record?.session) {
      await this._resource(entry)?.release(entry.paths);
    }
    this._pump();
  }

  /** A start that nobody finishes, as its proxy was killed, is made again. */
  private async _unstrand(entry: IEntry): Promise<void> {
    if (entry.state !== 'starting' || entry.launching) {
      return;
    }
    const record = await readKernel(entry.paths);
    if (record && Date.now() - entry.since < STRANDED) {
      return;
    }
    await this._resource(entry)?.release(entry.paths);
    await this._write(entry, { ...entry.status, state: 'queued' });
    this._take(entry, entry.status, { state: 'queued' });
    this._pump();
  }

  /** Start what the queue lets start. */
  private _pump(): void {
    if (this._disposed) {
      return;
    }
    const queued = [...this._entries.values()].map(entry => ({
      id: entry.spec.id,
      created: entry.spec.created,
      state: entry.launching ? ('starting' as const) : entry.state,
      mine: entry.mine,
      here: entry.mine
    }));
    for (const id of nextJobs(queued, this._options.limit)) {
      const entry = this._entries.get(id);
      if (entry) {
        entry.launching = true;
        entry.turn = entry.turn
          .then(() => this._launch(entry))
          .catch(error => this._complain(entry, error));
      }
    }
    this._follow();
  }

  private async _launch(entry: IEntry): Promise<void> {
    const { paths, spec } = entry;
    const resource = this._resource(entry);
    const attempt = entry.status.attempt + 1;
    try {
      if (!resource) {
        throw new ProxyError(
          422,
          'no-resource',
          `There is no resource named ${spec.resource}.`,
          {
            where: 'resource',
            hint: 'Submit the job to another resource.'
          }
        );
      }
      await fs.rm(paths.kernel, { force: true });
      await fs.rm(paths.attempt, { force: true });
      await this._write(entry, {
        ...entry.status,
        state: 'starting',
        progress: { ...entry.status.progress, stage: 'starting' },
        attempt
      });
      this._take(entry, entry.status, { state: 'starting' });
    } catch (error) {
      entry.launching = false;
      await this._fail(entry, error);
      return;
    }
    // Not awaited in turn: the job can be looked at, and cancelled, while it starts.
    resource
      .start({ ...spec, runtime: this._options.runtime }, paths, attempt)
      .catch(error => this._fail(entry, error))
      .catch(error => this._complain(entry, error))
      .finally(() => {
        entry.launching = false;
        void this._look(entry);
      });
  }

  /** The attempt could not be started. */
  private async _fail(entry: IEntry, error: unknown): Promise<void> {
    const cancelled = await fs.access(entry.paths.cancel).then(
      () => true,
      () => false
    );
    const { failure } = failureOf(
      error instanceof ProxyError
        ? error
        : new ProxyError(
            502,
            'kernel-not-started',
            `Kernel ${entry.spec.kernel} did not start: ${error instanceof Error ? error.message : String(error)}`,
            {
              where: `kernel ${entry.spec.kernel}`,
              hint: 'Press Resume to try again, or choose another kernel.'
            }
          )
    );
    await this._write(entry, {
      ...entry.status,
      state: cancelled ? 'cancelled' : 'failed',
      failure: cancelled ? undefined : failure,
      ended: new Date().toISOString()
    });
  }

  private async _write(entry: IEntry, status: IStatus): Promise<void> {
    entry.status = { ...status, seq: status.seq + 1 };
    await replaceJson(entry.paths.status, statusJson(entry.status));
  }

  private _beat(id: string | null): void {
    const entries =
      id === null ? [...this._entries.values()] : [this._entries.get(id)];
    for (const entry of entries) {
      if (entry && !isEnded(entry.state) && entry.state !== 'queued') {
        void this._look(entry);
      }
    }
    this._beats += id === null ? 1 : 0;
    if (id === null && this._beats % 5 === 0) {
      // Jobs of other servers on this home, and those left by one that died.
      this._others().catch(error =>
        process.stderr.write(
          `jobs folder: ${failureOf(error).failure.message}\n`
        )
      );
    }
  }

  private async _others(): Promise<void> {
    await this._scan();
    for (const entry of this._entries.values()) {
      if (!entry.mine && !isEnded(entry.state)) {
        await this._look(entry);
      }
    }
    this._pump();
  }

  private _follow(): void {
    const active = [...this._entries.values()].filter(
      entry => !isEnded(entry.state) && entry.state !== 'queued'
    );
    this._follower?.follow(
      new Map(active.map(entry => [entry.spec.id, entry.paths.folder]))
    );
  }

  private async _own(entry: IEntry): Promise<void> {
    entry.mine =
      entry.mine || (await this._options.ownership.owns(entry.paths));
    if (!entry.mine) {
      throw new ProxyError(
        409,
        'job-elsewhere',
        'The job belongs to another Jupyter server that is running.',
        {
          where: entry.spec.id,
          hint: 'Open that server, or stop it first.'
        }
      );
    }
  }

  private async _find(id: string, user: string): Promise<IEntry> {
    if (!this._entries.has(id)) {
      await this._scan();
    }
    const entry = this._entries.get(id);
    if (!entry || entry.spec.user !== user) {
      throw notFound(id);
    }
    return entry;
  }

  private _resource(entry: IEntry): IResource | undefined {
    return this._options.resources.get(entry.spec.resource);
  }

  /** What goes wrong while following a job belongs into the server's log. */
  private _complain(entry: IEntry, error: unknown): void {
    const { failure } = failureOf(error);
    process.stderr.write(`job ${entry.spec.id}: ${failure.message}\n`);
  }

  private readonly _entries = new Map<string, IEntry>();
  private _submitting: Promise<void> = Promise.resolve();
  private _follower: Follower | undefined;
  private _beats = 0;
  private _disposed = false;
}

function notFound(id: string): ProxyError {
  return new ProxyError(404, 'no-job', 'There is no such job.', {
    where: id,
    hint: 'It may have been forgotten; refresh the list.'
  });
}
