/**
 * The jobs of everyone who uses this server: submitted, listed, cancelled,
 * resumed, forgotten.
 */
import * as fs from 'node:fs/promises';

import type { Job, JobList, Log, Submission } from '../../api/_generated/api';
import { ProxyError } from '../failure';
import { readObject } from '../files';
import { toJob, type IEntry } from './entry';
import { Launcher, type ILauncherOptions } from './launcher';
import { isEnded, isResumable } from './state';
import { prepare } from './submit';
import { Tracker, type ITrackerOptions } from './tracker';

export type IJobsOptions = ITrackerOptions & ILauncherOptions;

export class Jobs {
  constructor(private readonly _options: IJobsOptions) {
    this._launcher = new Launcher(() => this._tracker, _options);
    this._tracker = new Tracker(_options, () => this._launcher.pump());
  }

  /** Find every job again and go on with the queue. */
  async open(): Promise<void> {
    await this._tracker.open();
    this._launcher.pump();
  }

  /** Whether a job waits or runs for which this proxy must stay. */
  get busy(): boolean {
    return this._tracker.entries.some(
      entry => entry.mine && !isEnded(entry.state)
    );
  }

  /** Newest first. */
  async list(user: string): Promise<JobList> {
    await this._tracker.scan();
    const { rev } = this._options.notices;
    const jobs = this._tracker.entries
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
    if (isEnded(entry.state)) {
      return toJob(entry);
    }
    await fs.writeFile(entry.paths.cancel, '');
    const resource = this._tracker.resource(entry);
    if (resource && entry.state !== 'queued') {
      // Not awaited: a kernel that does not answer must not hold up the reply.
      void this._ask(entry, () => resource.cancel(entry.paths));
    }
    await this._tracker.look(entry);
    return toJob(entry);
  }

  /** Go on with an ended job: what is finished is kept. */
  async resume(id: string, user: string): Promise<Job> {
    const entry = await this._find(id, user);
    await this._tracker.look(entry);
    if (!isEnded(entry.state)) {
      return toJob(entry);
    }
    if (!isResumable(entry.state)) {
      throw new ProxyError(
        409,
        'job-finished',
        'The job is finished; there is nothing to resume.',
        { where: id, hint: 'Submit the recipe again to compute it anew.' }
      );
    }
    await this._tracker.own(entry);
    await this._tracker.resource(entry)?.check(entry.spec.kernel);
    await this._tracker.inTurn(entry, async () => {
      if (!isEnded(entry.state)) {
        return;
      }
      await this._tracker.release(entry);
      await fs.rm(entry.paths.cancel, { force: true });
      const progress = {
        ...entry.status.progress,
        stage: 'queued',
        remaining: undefined
      };
      await this._tracker.write(entry, {
        ...entry.status,
        state: 'queued',
        progress,
        ended: undefined,
        failure: undefined
      });
    });
    this._launcher.pump();
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
    await this._tracker.own(entry);
    await this._tracker.release(entry);
    this._tracker.drop(entry);
    await this._options.store.remove(id);
    this._options.notices.emit('job-removed', id, user);
  }

  async log(id: string, user: string, offset: number): Promise<Log> {
    return (await this._find(id, user)).log.read(offset);
  }

  /** Stop following. Jobs go on; their folders tell the next proxy. */
  dispose(): Promise<void> {
    return this._tracker.close();
  }

  private async _submit(submission: Submission, user: string): Promise<Job> {
    const { store, ownership, resources, runtime } = this._options;
    await this._tracker.scan();
    const known = this._tracker.entry(submission.id);
    if (!known) {
      const open = this._tracker.entries.filter(entry => !isEnded(entry.state));
      const { spec, recipe, status } = await prepare(submission, {
        user,
        runtime,
        resource: resources.get(submission.resource),
        folder: store.paths(submission.id).folder,
        taken: open.map(entry => entry.spec.output)
      });
      await store.create(spec, recipe, status, paths => ownership.found(paths));
    }
    const entry = await this._find(submission.id, user);
    this._launcher.pump();
    return toJob(entry);
  }

  private async _find(id: string, user: string): Promise<IEntry> {
    if (!this._tracker.entry(id)) {
      await this._tracker.scan();
    }
    const entry = this._tracker.entry(id);
    if (!entry || entry.spec.user !== user) {
      throw new ProxyError(404, 'no-job', 'There is no such job.', {
        where: id,
        hint: 'It may have been forgotten; refresh the list.'
      });
    }
    return entry;
  }

  /** Ask a resource for something whose failure shows in the job's folder anyway. */
  private async _ask(entry: IEntry, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      process.stderr.write(`job ${entry.spec.id}: ${String(error)}\n`);
    }
  }

  private readonly _launcher: Launcher;
  private readonly _tracker: Tracker;
  private _submitting: Promise<void> = Promise.resolve();
}
