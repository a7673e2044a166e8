/**
 * The jobs of this user: fetched when something says that they changed.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Poll, Throttler } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type {
  Estimate,
  Failure,
  FetchRequest,
  Job,
  Notice,
  Resource,
  Submission,
  SubmissionPlan
} from '../api';
import { failureOf } from '../api';
import type {
  IRecipeSession,
  IRunChoice,
  IRunLimits,
  ISavedCommand,
  ITomoApi,
  ITomoClusters,
  ITomoJobs
} from '../tokens';
import type { Recipe } from '../recipe';
import { isRecipe, kernelForCost } from '../recipe';
import type { AskApproval, ICommandStore } from './approval';
import { approvedCommand, NO_COMMANDS } from './approval';
import type { IChoiceStore } from './choice';
import { limitedCluster, limitsOf } from './limits';
import { baseOf, kernelOf, repeated, submissionOf } from './submission';

/** At most this often notices lead to requests, in ms. */
const NOTICE_LIMIT = 200;
/** Beyond this many changed jobs the whole list is one request. */
const SINGLY = 3;

/**
 * Follows the jobs from the first `refresh` on, so that a page on which nobody
 * asks for jobs starts nothing on the server.
 */
export class JobsModel implements ITomoJobs {
  constructor(
    private readonly _api: ITomoApi,
    private readonly _store: IChoiceStore,
    private readonly _clusters: ITomoClusters | null,
    private readonly _trans: TranslationBundle,
    private readonly _commands: ICommandStore = NO_COMMANDS,
    private readonly _ask: AskApproval = refuse
  ) {
    _store.changed.connect(this._onChoice);
    _clusters?.changed.connect(this._onClusters);
  }

  get jobs(): readonly Job[] {
    return this._jobs;
  }

  get resources(): readonly Resource[] {
    return this._resources;
  }

  get failure(): Failure | null {
    return this._failure;
  }

  get choice(): IRunChoice {
    const { choice } = this._store;
    // A kernel that is gone is none: the default runs then, and is shown.
    return this._resources.length
      ? { ...choice, kernel: kernelOf(choice, this._resources) }
      : choice;
  }

  get limits(): IRunLimits {
    return limitsOf(
      this.choice,
      this._clusters?.clusters ?? [],
      this._resources
    );
  }

  get commands(): readonly ISavedCommand[] {
    return this._commands.commands;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._store.changed.disconnect(this._onChoice);
    this._clusters?.changed.disconnect(this._onClusters);
    this._api.notices.disconnect(this._onNotice);
    this._api.connection.disconnect(this._onConnection);
    this._poll?.dispose();
    this._wake?.dispose();
    Signal.clearData(this);
  }

  setChoice(choice: Partial<IRunChoice>): void {
    this._kept(this._store.set(choice));
  }

  setLimits(limits: Partial<IRunLimits>): void {
    const { cores, memory } = { ...this.limits, ...limits };
    const cluster = this._clusters?.clusters.find(
      each => each.name === this.choice.resource
    );
    this._kept(
      cluster && this._clusters
        ? this._clusters.save(limitedCluster(cluster, limits), cluster.name)
        : this._store.set({ cores, memory })
    );
  }

  /** What cannot be kept is told of where the jobs are shown. */
  private _kept(saved: Promise<void>): void {
    saved.catch((reason: unknown) => this._fail(reason));
  }

  async submit(
    session: IRecipeSession,
    rows?: [number, number],
    checksum = false
  ): Promise<Job> {
    this._follow();
    const job = await this._api.submit({
      ...this._submission(session, rows),
      ...(checksum && { checksum }),
      ...(await this._approval(session.recipe))
    });
    this._put(job);
    return job;
  }

  async plan(
    session: IRecipeSession,
    rows?: [number, number],
    checksum = false
  ): Promise<SubmissionPlan> {
    return this._api.plan({
      ...this._submission(session, rows),
      ...(checksum && { checksum })
    });
  }

  async runAgain(id: string): Promise<Job> {
    const { choice } = this;
    const before = await this._api.job(id);
    const { cores, memory, time } = limitsOf(
      { ...choice, resource: before.resource },
      this._clusters?.clusters ?? [],
      this._resources
    );
    const again = await repeated(
      before,
      { cores, memory, time },
      this._api,
      this._trans
    );
    const job = await this._api.submit({
      ...again,
      ...(isRecipe(again.recipe) && (await this._approval(again.recipe)))
    });
    this._put(job);
    return job;
  }

  private _submission(
    session: IRecipeSession,
    rows?: [number, number]
  ): Submission {
    const { choice, limits, _resources, _trans } = this;
    return submissionOf(session, choice, limits, _resources, _trans, rows);
  }

  /** Asks for the command of a recipe that has one. */
  private async _approval(recipe: Recipe): Promise<{ approved?: string }> {
    const approved = await approvedCommand(
      recipe,
      this._commands,
      this._ask,
      this._trans
    );
    return approved === undefined ? {} : { approved };
  }

  job(id: string): Promise<Job> {
    return this._api.job(id);
  }

  async fetchResult(id: string, request: FetchRequest): Promise<void> {
    this._put(await this._api.fetchResult(id, request));
  }

  async stopFetching(id: string): Promise<void> {
    this._put(await this._api.stopFetching(id));
  }

  async estimate(session: IRecipeSession): Promise<Estimate> {
    const { cores, memory } = this.limits;
    const resource = session.recipe.dataset?.resource;
    return this._api.estimate({
      purpose: 'estimate',
      base: baseOf(session, this._trans),
      recipe: session.recipe,
      name: session.name,
      cores,
      memory,
      ...kernelForCost(session.recipe, this.choice.kernel),
      // Only who sees the data can tell.
      ...(resource && { resource })
    });
  }

  async cancel(id: string): Promise<void> {
    this._put(await this._api.cancel(id));
  }

  async resume(id: string): Promise<void> {
    this._put(await this._api.resume(id));
  }

  async forget(id: string): Promise<void> {
    await this._api.forget(id);
    this._drop(id);
  }

  async log(
    id: string,
    offset: number
  ): Promise<{ text: string; offset: number; size: number }> {
    return this._api.log(id, offset);
  }

  /** Fetch everything again; a failure is kept, not thrown. */
  async refresh(): Promise<void> {
    this._follow();
    try {
      await this._fetch();
    } catch {
      // Kept as `failure`, where everybody who shows jobs sees it.
    }
  }

  private async _fetch(): Promise<void> {
    try {
      const [list, resources] = await Promise.all([
        this._api.jobs(),
        this._api.resources()
      ]);
      if (this._isDisposed) {
        return;
      }
      this._jobs = newestFirst(list.jobs);
      this._resources = resources;
      this._failure = null;
      this._changed.emit();
    } catch (reason) {
      this._fail(reason);
      throw reason;
    }
  }

  private _follow(): void {
    if (this._poll || this._isDisposed) {
      return;
    }
    this._api.notices.connect(this._onNotice);
    this._api.connection.connect(this._onConnection);
    this._wake = new Throttler(() => this._fetchChanged(), {
      limit: NOTICE_LIMIT,
      edge: 'trailing'
    });
    this._poll = new Poll({
      auto: true,
      name: 'jupyterlab-tomo:jobs',
      factory: () => this._fetch(),
      frequency: {
        interval: this._store.poll * 1000,
        backoff: true,
        max: 300 * 1000
      },
      standby: 'when-hidden'
    });
  }

  /** Ask for a job, or for all, soon. */
  private _soon(what: string): void {
    this._dirty.add(what);
    this._fetchSoon();
  }

  private _fetchSoon(): void {
    this._wake?.invoke().then(
      () => {
        // Nothing was begun anew while it ran: what came then may be newer than its answers.
        if (this._dirty.size) {
          this._fetchSoon();
        }
      },
      () => {
        // Disposed while it waited.
      }
    );
  }

  private async _fetchChanged(): Promise<void> {
    const ids = [...this._dirty];
    this._dirty.clear();
    if (ids.length > SINGLY || ids.includes(ALL)) {
      return this.refresh();
    }
    try {
      for (const job of await Promise.all(ids.map(id => this._api.job(id)))) {
        this._put(job);
      }
    } catch {
      // One of them may be gone by now: the list tells.
      await this.refresh();
    }
  }

  private readonly _onNotice = (_: unknown, notice: Notice): void => {
    if (notice.kind === 'job-removed') {
      this._drop(notice.id);
      return;
    }
    this._soon(notice.kind === 'job' ? notice.id : ALL);
  };

  private readonly _onConnection = (
    _: unknown,
    { failure }: { failure: Failure | null }
  ): void => {
    this._failure = failure;
    if (failure) {
      this._changed.emit();
    } else {
      void this.refresh();
    }
  };

  /** Their states may be others now; on a page where nobody looks at jobs nothing is asked. */
  private readonly _onClusters = (): void => {
    this._changed.emit();
    if (this._poll) {
      this._soon(ALL);
    }
  };

  private readonly _onChoice = (): void => {
    if (this._poll) {
      this._poll.frequency = {
        ...this._poll.frequency,
        interval: this._store.poll * 1000
      };
    }
    this._changed.emit();
  };

  private _put(job: Job): void {
    if (this._isDisposed) {
      return;
    }
    const listed = { ...job };
    delete listed.recipe;
    delete listed.script;
    this._jobs = newestFirst([
      ...this._jobs.filter(each => each.id !== job.id),
      listed
    ]);
    this._failure = null;
    this._changed.emit();
  }

  private _drop(id: string): void {
    this._jobs = this._jobs.filter(job => job.id !== id);
    this._changed.emit();
  }

  private _fail(reason: unknown): void {
    if (!this._isDisposed) {
      this._failure = failureOf(reason);
      this._changed.emit();
    }
  }

  private _jobs: readonly Job[] = [];
  private _resources: readonly Resource[] = [];
  private _failure: Failure | null = null;
  private _isDisposed = false;
  private _poll: Poll | null = null;
  private _wake: Throttler | null = null;
  private readonly _dirty = new Set<string>();
  private readonly _changed = new Signal<this, void>(this);
}

/** Stands among changed ids for "everything". */
const ALL = '*';

function newestFirst(jobs: readonly Job[]): Job[] {
  return [...jobs].sort((a, b) => b.created.localeCompare(a.created));
}

/** Where nobody can be asked, nothing is allowed. */
function refuse(): ReturnType<AskApproval> {
  return Promise.resolve({ allowed: false, keep: false });
}
