/**
 * The jobs of everyone who uses this server: submitted, listed, cancelled,
 * resumed, forgotten.
 */
import * as fs from 'node:fs/promises';

import type {
  FetchRequest,
  Job,
  JobList,
  Log,
  Queue,
  Submission,
  SubmissionPlan
} from '../../api/_generated/api';
import { ProxyError } from '../failure';
import type { Forecaster } from '../forecast';
import { readObject } from '../files';
import type { IClusterResource, IResource } from '../resources';
import type { IJobSpec, IStatus, JobPaths } from '../job-folder';
import type { IEntry } from './entry';
import { Launcher, type ILauncherOptions } from './launcher';
import { planHere } from './plan';
import { isEnded, isResumable } from './state';
import { requireApproval } from '../submission';
import { prepare } from './submit';
import { Tracker, type ITrackerOptions } from './tracker';
import { Turns } from './turns';

export type IJobsOptions = ITrackerOptions &
  ILauncherOptions & { readonly forecast: Forecaster };

/** A remote job and where its mirror is. */
export type IMirrored = Pick<IEntry, 'spec' | 'paths'>;

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
      entry =>
        !isEnded(entry.state) &&
        (entry.spec.remote
          ? this._tracker.tell(entry).transfer !== undefined
          : entry.mine)
    );
  }

  /** Newest first. */
  async list(user: string): Promise<JobList> {
    await this._tracker.scan();
    const { rev } = this._options.notices;
    const jobs = this._tracker.entries
      .filter(entry => entry.spec.user === user)
      .sort((a, b) => b.spec.created.localeCompare(a.spec.created))
      .map(entry => this._tracker.tell(entry));
    return { rev, jobs };
  }

  /** One job with its recipe. */
  async get(id: string, user: string): Promise<Job> {
    const entry = await this._find(id, user);
    const recipe = await readObject(entry.paths.recipe);
    const script = this._tracker.cluster(entry)?.script(entry.spec, recipe);
    return {
      ...this._tracker.tell(entry),
      ...(recipe && { recipe }),
      ...(script && { script })
    };
  }

  /** Submitting the same id again answers with the job that there is. */
  submit(submission: Submission, user: string): Promise<Job> {
    // One after the other: two must not be given the same output folder. A
    // cluster that is slow to answer holds up none but its own.
    const { resource } = submission;
    const remote = this._options.resources.get(resource)?.kind === 'slurm-ssh';
    const place = remote ? `${resource}\n${user}` : '';
    return this._turns.take(place, () => this._submit(submission, user));
  }

  async cancel(id: string, user: string): Promise<Job> {
    const entry = await this._find(id, user);
    if (isEnded(entry.state)) {
      return this._tracker.tell(entry);
    }
    if (entry.spec.remote) {
      await this._cluster(entry).cancel(entry.spec, entry.paths);
      await this._tracker.look(entry);
      return this._tracker.tell(entry);
    }
    await fs.writeFile(entry.paths.cancel, '');
    const resource = this._tracker.kernels(entry);
    if (resource && entry.state !== 'queued') {
      // Not awaited: a kernel that does not answer must not hold up the reply.
      void this._ask(entry, () => resource.cancel(entry.paths));
    }
    await this._tracker.look(entry);
    return this._tracker.tell(entry);
  }

  /** Go on with an ended job: what is finished is kept. */
  async resume(id: string, user: string): Promise<Job> {
    const entry = await this._find(id, user);
    await this._tracker.look(entry);
    if (!isEnded(entry.state)) {
      return this._tracker.tell(entry);
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
    if (entry.spec.remote) {
      const cluster = this._cluster(entry);
      // A second request that comes meanwhile would begin another attempt.
      await this._tracker.change(entry, async () => {
        if (isResumable(entry.state)) {
          await cluster.resume(entry.spec, entry.paths);
        }
      });
      return this._tracker.tell(entry);
    }
    await this._tracker.kernels(entry)?.check(entry.spec.kernel);
    await this._tracker.act(entry, async () => {
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
    return this._tracker.tell(entry);
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
    await this._tracker.cluster(entry)?.forget(entry.spec, entry.paths);
    await this._tracker.release(entry);
    this._tracker.drop(entry);
    await this._options.store.remove(id);
    this._options.notices.emit('job-removed', id, user);
  }

  async log(id: string, user: string, offset: number): Promise<Log> {
    const entry = await this._find(id, user);
    await this._tracker.cluster(entry)?.freshen(entry.spec, entry.paths);
    return entry.log.read(offset);
  }

  /** What a submission would do; nothing is made. */
  plan(submission: Submission, user: string): Promise<SubmissionPlan> {
    const { resource, taken } = this._place(submission, user);
    return resource?.kind === 'slurm-ssh'
      ? resource.plan(submission, { user, taken })
      : planHere(submission, user, this._options.forecast);
  }

  /** Copy the result of a remote job here. */
  async fetch(id: string, user: string, request: FetchRequest): Promise<Job> {
    const entry = await this._find(id, user);
    await this._cluster(entry).fetch(entry.spec, entry.paths, request);
    await this._tracker.look(entry);
    return this._tracker.tell(entry);
  }

  async stopFetch(id: string, user: string): Promise<Job> {
    const entry = await this._find(id, user);
    this._cluster(entry).stopFetch(id);
    await this._tracker.look(entry);
    return this._tracker.tell(entry);
  }

  /** All jobs of the user on a cluster, asked now. */
  queue(resource: string, user: string): Promise<Queue> {
    return this._named(resource).queue(user);
  }

  /** End jobs of the user on a cluster, ours or not. */
  cancelQueued(
    resource: string,
    user: string,
    ids: readonly string[]
  ): Promise<Queue> {
    return this._named(resource).cancelQueued(user, ids);
  }

  /** Every job of a cluster. */
  mirrors(resource: string): readonly IMirrored[] {
    return this._tracker.entries.filter(
      ({ spec }) => spec.remote && spec.resource === resource
    );
  }

  /** Take in a job that another machine has left on a cluster. */
  async adopt(
    spec: IJobSpec,
    recipe: object,
    status: IStatus,
    own: (paths: JobPaths) => Promise<void>
  ): Promise<void> {
    const { store, ownership } = this._options;
    await store.create(spec, recipe, status, async paths => {
      await ownership.found(paths);
      await own(paths);
    });
    await this._tracker.scan();
  }

  /** The mirror of a remote job has changed, or one has come. */
  async changed(id: string): Promise<void> {
    const entry = this._tracker.entry(id);
    await (entry ? this._tracker.look(entry) : this._tracker.scan());
  }

  /** Stop following. Jobs go on; their folders tell the next proxy. */
  dispose(): Promise<void> {
    return this._tracker.close();
  }

  private async _submit(submission: Submission, user: string): Promise<Job> {
    requireApproval(submission);
    const { store, ownership, runtime } = this._options;
    await this._tracker.scan();
    const known = this._tracker.entry(submission.id);
    if (!known) {
      const { resource, taken } = this._place(submission, user);
      const { spec, recipe, status } =
        resource?.kind === 'slurm-ssh'
          ? await resource.prepare(submission, { user, taken })
          : await prepare(submission, {
              user,
              runtime,
              resource,
              folder: store.paths(submission.id).folder,
              taken
            });
      await store.create(spec, recipe, status, paths => ownership.found(paths));
    }
    const entry = await this._find(submission.id, user);
    this._launcher.pump();
    return this._tracker.tell(entry);
  }

  /** Where a submission would go, and the result folders that are taken there. */
  private _place(
    submission: Submission,
    user: string
  ): { resource: IResource | undefined; taken: string[] } {
    const resource = this._options.resources.get(submission.resource);
    const remote = resource?.kind === 'slurm-ssh';
    const taken = this._tracker.entries
      .filter(
        ({ spec, state }) =>
          !isEnded(state) &&
          spec.id !== submission.id &&
          (remote
            ? spec.resource === resource.name && spec.user === user
            : !spec.remote)
      )
      .map(entry => entry.spec.output);
    return { resource, taken };
  }

  private _named(resource: string): IClusterResource {
    const cluster = this._options.resources.get(resource);
    if (cluster?.kind !== 'slurm-ssh') {
      throw noCluster(resource);
    }
    return cluster;
  }

  private _cluster(entry: IEntry): IClusterResource {
    const cluster = this._tracker.cluster(entry);
    if (!cluster) {
      throw noCluster(entry.spec.resource);
    }
    return cluster;
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
  private readonly _turns = new Turns();
}

function noCluster(name: string): ProxyError {
  return new ProxyError(422, 'no-resource', `There is no cluster ${name}.`, {
    where: 'resource',
    hint: 'See the clusters in Setup: it may have been renamed or removed.'
  });
}
