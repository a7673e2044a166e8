/**
 * What the panel shows: the current recipe, its estimate, the jobs, and which
 * sections are open.
 */
import { VDomModel } from '@jupyterlab/ui-components';
import type { Contents } from '@jupyterlab/services';
import type { IStateDB } from '@jupyterlab/statedb';
import { Debouncer } from '@lumino/polling';

import type { Estimate } from '../api';
import { failureOf, isAbort } from '../api';
import type {
  Fetched,
  IRecipeSession,
  IRecipeTracker,
  ITomoClusters,
  ITomoJobs
} from '../tokens';

/** Where the panel's state is kept between sessions. */
const STATE = 'jupyterlab-tomo:panel';
/** Pause after an edit before an estimate is asked for, in ms. */
const PAUSE = 500;
/** What failed so is answered when somebody is there again. */
const UNANSWERED = new Set(['network', 'proxy-down', 'proxy-unavailable']);
/** Recipes that are remembered. */
const RECENT = 5;

export class PanelModel extends VDomModel {
  constructor(
    private readonly _tracker: IRecipeTracker,
    readonly jobs: ITomoJobs,
    private readonly _clusters: ITomoClusters,
    private readonly _state: IStateDB | null,
    private readonly _contents: Pick<Contents.IManager, 'fileChanged'>
  ) {
    super();
    _tracker.currentChanged.connect(this._onCurrent);
    jobs.changed.connect(this._onJobs);
    _clusters.changed.connect(this._onClusters);
    _contents.fileChanged.connect(this._onFile);
    this._choice = choiceOf(jobs);
    this._onCurrent();
    this._restoring = this._restore();
  }

  /** The recipe that the panel edits; null when none is open. */
  get session(): IRecipeSession | null {
    return this._session;
  }

  /** What the whole run would take. */
  get estimate(): Fetched<Estimate> {
    return this._estimate;
  }

  /** Contents paths of the last recipes, newest first. */
  get recent(): readonly string[] {
    return this._recent;
  }

  /** Estimates are asked for only while the panel is seen. */
  get seen(): boolean {
    return this._seen;
  }
  set seen(seen: boolean) {
    if (seen && !this._seen) {
      void this.jobs.refresh();
    }
    this._seen = seen;
    this._askEstimate();
  }

  /** How often it has changed in anything else than the values of the recipe. */
  get turn(): number {
    return this._turn;
  }

  /** True once: the first time that the panel is seen in a workspace. */
  async isFirstSight(): Promise<boolean> {
    await this._restoring;
    const first = !this._sighted;
    this._sighted = true;
    if (first) {
      this._save();
    }
    return first;
  }

  isOpen(section: string): boolean {
    return !this._closed.has(section);
  }

  toggle(section: string): void {
    if (!this._closed.delete(section)) {
      this._closed.add(section);
    }
    this._save();
    this._changed();
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._ask.dispose();
    this._session?.changed.disconnect(this._onSession);
    this._tracker.currentChanged.disconnect(this._onCurrent);
    this.jobs.changed.disconnect(this._onJobs);
    this._clusters.changed.disconnect(this._onClusters);
    this._contents.fileChanged.disconnect(this._onFile);
    super.dispose();
  }

  private readonly _onCurrent = (): void => {
    const session = this._tracker.currentWidget?.session ?? null;
    if (session !== this._session) {
      this._session?.changed.disconnect(this._onSession);
      this._session = session;
      session?.changed.connect(this._onSession);
      this._estimate = { state: 'none' };
      if (session) {
        this._recent = [
          session.path,
          ...this._recent.filter(path => path !== session.path)
        ].slice(0, RECENT);
        this._save();
      }
      this._askEstimate();
    }
    this._changed();
  };

  private readonly _onSession = (_: IRecipeSession, what: string): void => {
    if (what === 'recipe' || what === 'description') {
      this._askEstimate();
    }
    if (what === 'recipe') {
      this.stateChanged.emit();
    } else if (what !== 'position') {
      this._changed();
    }
  };

  private readonly _onJobs = (): void => {
    const choice = choiceOf(this.jobs);
    const isBack = this._isCut && !this.jobs.failure;
    this._isCut = this.jobs.failure !== null;
    // What failed because nobody answered is asked again when somebody does,
    // though the list of jobs may never have missed him.
    const failed = isBack && this._estimate.state === 'failed';
    const unanswered = this._isUnanswered && !this.jobs.failure;
    if (choice !== this._choice || failed || unanswered) {
      this._choice = choice;
      this._askEstimate();
    }
    this._changed();
  };

  private readonly _onClusters = (): void => {
    this._changed();
  };

  /** What was renamed, moved or deleted here, alone or with its folder. */
  private readonly _onFile = (
    _: unknown,
    { type, oldValue, newValue }: Contents.IChangedArgs
  ): void => {
    const from = oldValue?.path;
    const to = type === 'rename' ? newValue?.path : undefined;
    if (from === undefined || (type === 'rename') !== (to !== undefined)) {
      return;
    }
    const recent = this._recent.flatMap(path => {
      const within = path === from || path.startsWith(`${from}/`);
      if (!within) {
        return [path];
      }
      return to === undefined ? [] : [to + path.slice(from.length)];
    });
    if (recent.join('\n') !== this._recent.join('\n')) {
      this._recent = [...new Set(recent)];
      this._save();
      this._changed();
    }
  };

  private _changed(): void {
    this._turn++;
    this.stateChanged.emit();
  }

  private _askEstimate(): void {
    const session = this._session;
    this._isUnanswered = false;
    if (this._seen && session && canEstimate(session)) {
      this._ask.invoke().catch(() => {
        // Disposed while it waited.
      });
    } else if (
      session &&
      session.description.state !== 'pending' &&
      this._estimate.state !== 'none'
    ) {
      // What held for other data or other words holds no more.
      this._setEstimate(session, { state: 'none' });
    }
  }

  private async _fetchEstimate(): Promise<void> {
    const session = this._session;
    // It may have become another one during the pause.
    if (!session || session.isDisposed || !canEstimate(session)) {
      return;
    }
    try {
      this._setEstimate(session, {
        state: 'ready',
        value: await this.jobs.estimate(session)
      });
    } catch (reason) {
      if (!isAbort(reason)) {
        this._setEstimate(session, {
          state: 'failed',
          failure: failureOf(reason)
        });
      }
    }
  }

  private _setEstimate(
    session: IRecipeSession,
    estimate: Fetched<Estimate>
  ): void {
    if (session === this._session && !this.isDisposed) {
      this._estimate = estimate;
      this._isUnanswered =
        estimate.state === 'failed' && UNANSWERED.has(estimate.failure.code);
      this._changed();
    }
  }

  private async _restore(): Promise<void> {
    const kept: unknown = await this._state?.fetch(STATE);
    if (typeof kept === 'object' && kept !== null) {
      this._closed = new Set([
        ...strings(Reflect.get(kept, 'closed')),
        ...this._closed
      ]);
      this._recent = [
        ...new Set([...this._recent, ...strings(Reflect.get(kept, 'recent'))])
      ].slice(0, RECENT);
      this._sighted = Reflect.get(kept, 'sighted') === true;
      this._changed();
    }
    this._restored = true;
  }

  private _save(): void {
    if (this._restored) {
      void this._state?.save(STATE, {
        closed: [...this._closed],
        recent: [...this._recent],
        sighted: this._sighted
      });
    }
  }

  private _session: IRecipeSession | null = null;
  private _estimate: Fetched<Estimate> = { state: 'none' };
  private _recent: readonly string[] = [];
  private _closed = new Set<string>();
  private _seen = false;
  private _turn = 0;
  private _restored = false;
  /** Nobody answers, as the list of jobs says. */
  private _isCut = false;
  /** Nobody answered when the estimate was asked for last. */
  private _isUnanswered = false;
  private _sighted = false;
  private readonly _restoring: Promise<void>;
  private _choice: string;
  private readonly _ask = new Debouncer(() => this._fetchEstimate(), PAUSE);
}

/** Without data and angles there is nothing to run, so nothing to estimate. */
function canEstimate({ description, problems }: IRecipeSession): boolean {
  return (
    description.state === 'ready' &&
    description.value.angles.source !== 'unknown' &&
    problems.length === 0
  );
}

/** What an estimate depends on, besides the recipe. */
function choiceOf({ choice, limits }: ITomoJobs): string {
  return JSON.stringify([choice.resource, choice.kernel, limits]);
}

function strings(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter((each): each is string => typeof each === 'string')
    : [];
}
