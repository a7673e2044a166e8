/** Jobs on a Slurm cluster that is reached by SSH. */
import type {
  FetchRequest,
  Job,
  Queue,
  Resource,
  Submission,
  SubmissionPlan
} from '../../../api/_generated/api';
import type { Recipe } from '../../../recipe/_generated/recipe';
import { isRecipe } from '../../../recipe/validation';
import { ProxyError } from '../../failure';
import type { Forecaster } from '../../forecast';
import { exists, replaceFile } from '../../files';
import type { IJobSpec, IRemotePlace, JobPaths } from '../../job-folder';
import type { Notices } from '../../notices';
import type { IClusterSettings } from '../../settings';
import type { IClusterResource, IPrepared, ISubmitter } from '../resource';
import { Fetches } from './copies/fetches';
import { runtimeThere } from './copies/runtime';
import type { IRemote } from './remote';
import { adoptJobs, type IAdopter } from './slurm/adoption';
import { batchScript, type IBatch } from './slurm/batch';
import { Forgotten, removeThere } from './slurm/forgotten';
import { Mover } from './slurm/mover';
import { readRecord, UNSEEN } from './slurm/mirror';
import { findPlace, type IPlace } from './slurm/place';
import { planJob, tellPlan, type IPlanning } from './slurm/plan';
import { cancelListed, cancelThere } from './slurm/cancel';
import { toQueued } from './slurm/queue';
import { resumeThere } from './slurm/resume';
import { mpiOf, usesGpu } from './slurm/shares';
import { Watcher, type IWatched } from './slurm/watcher';
import type { Sessions } from './ssh';

/** Milliseconds for which the surroundings of a log-in are believed. */
const BELIEVED = 30_000;

export interface ISlurmOptions {
  readonly sessions: Sessions;
  readonly notices: Notices;
  /** Absolute folder of the mirrors. */
  readonly jobs: string;
  /** Runtime folder of this machine. */
  readonly runtime: string;
  readonly forecast: Forecaster;
  /** Every job of this resource. */
  readonly mirrors: (resource: string) => readonly IWatched[];
  readonly adopter: IAdopter;
  /** A mirror has changed. */
  readonly onChange: (id: string) => void;
}

export class SlurmResource implements IClusterResource {
  constructor(
    private _cluster: IClusterSettings,
    private readonly _options: ISlurmOptions
  ) {
    const { sessions, notices, mirrors, onChange } = _options;
    this._forgotten = new Forgotten(_options.jobs);
    this._fetches = new Fetches(onChange);
    this._mover = new Mover({
      runtime: _options.runtime,
      batch: (spec, place, recipe) => this._batch(spec, place, recipe),
      onChange,
      onAccepted: user => this._watcher.hurry(user)
    });
    this._watcher = new Watcher({
      resource: this.name,
      every: () => this._cluster.poll,
      remotes: sessions,
      jobs: () => mirrors(this.name),
      owns: (remote, spec) => this._owns(remote, spec),
      watched: user => notices.watched(user),
      onArrival: (user, remote) => this._arrive(user, remote),
      onChange,
      onState: user => notices.emit('resource', this.name, user)
    });
  }

  readonly kind = 'slurm-ssh' as const;

  get name(): string {
    return this._cluster.name;
  }

  /** The settings have changed; jobs that are there are not touched. */
  set cluster(cluster: IClusterSettings) {
    this._cluster = cluster;
    this._places.clear();
  }

  get cluster(): IClusterSettings {
    return this._cluster;
  }

  describe(user: string): Promise<Resource> {
    return Promise.resolve(this._told(user));
  }

  probe(user: string): Promise<Resource> {
    return this.describe(user);
  }

  async plan(submission: Submission, by: ISubmitter): Promise<SubmissionPlan> {
    const planning = await this._planning(by);
    const planned = await planJob(submission, planning);
    return tellPlan(planned, planning, submission.checksum === true);
  }

  async prepare(submission: Submission, by: ISubmitter): Promise<IPrepared> {
    const { batch, recipe } = await planJob(
      submission,
      await this._planning(by)
    );
    const { spec } = batch;
    return {
      spec,
      recipe,
      status: { ...UNSEEN, output: spec.output }
    };
  }

  advance(spec: IJobSpec, paths: JobPaths): void {
    const remote = this._options.sessions.remote(spec.user, this.name);
    if (remote && this._owns(remote, spec)) {
      this._mover.advance(remote, spec, paths);
    }
  }

  moves(id: string): boolean {
    return this._mover.moves(id);
  }

  obstacle(spec: IJobSpec): string | undefined {
    const remote = this._options.sessions.remote(spec.user, this.name);
    return remote && !this._owns(remote, spec)
      ? `The job belongs to the account ${placeOf(spec).user} on ${this._cluster.title || this.name}: log in with it.`
      : this._mover.obstacle(spec.id);
  }

  transfer(id: string): Job['transfer'] {
    return this._mover.transfer(id) ?? this._fetches.transfer(id);
  }

  async cancel(spec: IJobSpec, paths: JobPaths): Promise<void> {
    const record = await readRecord(paths);
    const sent = record.phase === 'accepted' || record.phase === 'sent';
    const remote = sent ? this._demand(spec) : null;
    // Its age is how long a process list has been asked to stop.
    if (!(await exists(paths.cancel))) {
      await replaceFile(paths.cancel, '');
    }
    this._mover.stop(spec.id);
    if (remote && record.phase === 'accepted') {
      await cancelThere(remote, placeOf(spec), paths, record);
      this._watcher.hurry(spec.user);
    }
  }

  async resume(spec: IJobSpec, paths: JobPaths): Promise<void> {
    const remote = this._demand(spec);
    await resumeThere(remote, spec, placeOf(spec), paths);
  }

  async forget(spec: IJobSpec, paths: JobPaths): Promise<void> {
    const { sessions } = this._options;
    const record = await readRecord(paths);
    this._mover.stop(spec.id);
    this._fetches.stop(spec.id);
    const remote = sessions.remote(spec.user, this.name);
    if (record.attempt === 0) {
      return;
    }
    const removed =
      remote && (await removeThere(remote, placeOf(spec), spec.id));
    if (!removed) {
      await this._forgotten.add(spec.id);
    }
  }

  async fetch(
    spec: IJobSpec,
    paths: JobPaths,
    { folder, rows }: FetchRequest
  ): Promise<void> {
    await this._fetches.begin(this._demand(spec), paths, {
      job: spec.id,
      from: spec.output,
      to: folder,
      ...(rows && { rows })
    });
  }

  stopFetch(id: string): void {
    this._fetches.stop(id);
  }

  async freshen(spec: IJobSpec): Promise<void> {
    await this._watcher.freshen(spec.user);
  }

  script(spec: IJobSpec, recipe: object | null): string {
    return isRecipe(recipe)
      ? batchScript(this._batch(spec, placeOf(spec), recipe))
      : '';
  }

  async queue(user: string): Promise<Queue> {
    this._options.sessions.demand(user, this.name);
    this._watcher.know(user);
    await this._watcher.poll(user);
    const failure = this._watcher.failure(user);
    if (failure) {
      throw ProxyError.from(failure, 503);
    }
    return {
      resource: this.name,
      seen: this._watcher.seen(user),
      jobs: this._watcher.rows(user).map(toQueued)
    };
  }

  async cancelQueued(user: string, ids: readonly string[]): Promise<Queue> {
    const remote = this._options.sessions.demand(user, this.name);
    await cancelListed(remote, this._watcher.rows(user), ids);
    return this.queue(user);
  }

  /** The surroundings of a user's log-in. @throws ProxyError when there is none. */
  async place(user: string): Promise<IPlace> {
    const remote = this._options.sessions.demand(user, this.name);
    const known = this._places.get(user);
    if (known?.remote === remote && Date.now() - known.time < BELIEVED) {
      return known.place;
    }
    const place = await findPlace(remote, this._cluster.work);
    this._places.set(user, { remote, place, time: Date.now() });
    return place;
  }

  dispose(): void {
    this._watcher.dispose();
    this._mover.dispose();
    this._fetches.dispose();
  }

  private _told(user: string): Resource {
    this._watcher.know(user);
    const cluster = this._cluster;
    const standing = this._options.sessions.standing(user, this.name);
    const place = this._places.get(user)?.place;
    const reason =
      standing.reason ??
      (standing.state === 'online' ? this._watcher.problem(user) : null);
    const seen = this._watcher.seen(user);
    return {
      name: this.name,
      title: cluster.title || this.name,
      kind: this.kind,
      state: standing.state,
      ...(reason && { reason }),
      kernels: [],
      cluster: {
        host: cluster.host,
        port: cluster.port,
        user: standing.user ?? cluster.user,
        partition: cluster.partition,
        work: place?.work ?? cluster.work,
        cores: cluster.cores,
        memory: cluster.memory,
        time: cluster.time,
        tasks: cluster.tasks,
        ...(place?.version && { version: place.version }),
        ...(seen && { seen })
      }
    };
  }

  private async _arrive(user: string, remote: IRemote): Promise<void> {
    this._places.delete(user);
    const { jobs, adopter, notices } = this._options;
    const place = await this.place(user);
    await adoptJobs(remote, place, jobs, {
      adopter,
      forgotten: this._forgotten,
      owner: { user, resource: this.name, host: this._cluster.host }
    });
    notices.emit('resource', this.name, user);
  }

  private async _planning(by: ISubmitter): Promise<IPlanning> {
    const { sessions, runtime, forecast } = this._options;
    return {
      ...by,
      cluster: this._cluster,
      remote: sessions.demand(by.user, this.name),
      place: await this.place(by.user),
      runtime,
      forecast
    };
  }

  private _batch(spec: IJobSpec, place: IRemotePlace, recipe: Recipe): IBatch {
    // The runtime of today, whichever the job was made with.
    const runtime = runtimeThere(this._options.runtime, place.work);
    return {
      spec: { ...spec, runtime },
      place,
      cluster: this._cluster,
      tool: recipe.reconstruction?.tool ?? 'builtin',
      gpu: usesGpu(recipe),
      mpi: mpiOf(recipe)
    };
  }

  /** The account has two names where the one of the log-in is an alias. */
  private _owns(remote: IRemote, spec: IJobSpec): boolean {
    const { user } = placeOf(spec);
    const known = this._places.get(spec.user);
    return (
      !user ||
      user === remote.user ||
      (known?.remote === remote && user === known.place.user)
    );
  }

  private _demand(spec: IJobSpec): IRemote {
    return this._options.sessions.demand(spec.user, this.name);
  }

  private readonly _mover: Mover;
  private readonly _watcher: Watcher;
  private readonly _fetches: Fetches;
  private readonly _forgotten: Forgotten;
  private readonly _places = new Map<
    string,
    { remote: IRemote; place: IPlace; time: number }
  >();
}

function placeOf({ id, remote }: IJobSpec): IRemotePlace {
  if (!remote) {
    throw new ProxyError(409, 'not-remote', 'The job is not of a cluster.', {
      where: id
    });
  }
  return remote;
}
