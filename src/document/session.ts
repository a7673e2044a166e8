/**
 * One open recipe, shared by its viewer and the panel.
 */
import { PathExt } from '@jupyterlab/coreutils';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { failureOf, isAbort } from '../api';
import type { Centre, Description, Failure, IApiClient, Notice } from '../api';
import { axisChanges } from '../axis';
import { EditError, RECIPE_EXTENSION } from '../recipe';
import type { Recipe } from '../recipe';
import type {
  Fetched,
  IRecipeChange,
  IRecipeSession,
  IViewPosition
} from '../tokens';
import { begin, clamped, samePosition, START } from './position';
import { RecipeText } from './text';

/** Milliseconds of quiet after which a changed data set is described. */
const QUIET = 300;

export interface IRecipeSessionOptions {
  context: DocumentRegistry.IContext<DocumentRegistry.ICodeModel>;
  api: IApiClient;
  /** Shows a sentence to the user: an edit that could not be made. */
  warn: (sentence: string) => void;
  trans: TranslationBundle;
}

type Change =
  'recipe' | 'description' | 'centre' | 'position' | 'path' | 'cost';

export class RecipeSession implements IRecipeSession {
  constructor(options: IRecipeSessionOptions) {
    this._context = options.context;
    this._api = options.api;
    this._warn = options.warn;
    this._trans = options.trans;
    this._text = new RecipeText(options.context.model);
    this._text.changed.connect(this._onText, this);
    this._context.pathChanged.connect(this._onPath, this);
    this._api.connection.connect(this._onConnection, this);
    void this._start();
  }

  get path(): string {
    return this._context.path;
  }

  get name(): string {
    const name = PathExt.basename(this._context.localPath);
    return name.endsWith(RECIPE_EXTENSION)
      ? name.slice(0, -RECIPE_EXTENSION.length)
      : name;
  }

  get base(): string | null {
    return this._base;
  }

  get recipe(): Recipe {
    return this._text.recipe;
  }

  get problems(): readonly string[] {
    return this._text.problems;
  }

  get description(): Fetched<Description> {
    return this._description;
  }

  get centre(): Fetched<Centre> {
    return this._centre;
  }

  get position(): IViewPosition {
    return this._position;
  }

  get rowSeconds(): number | null {
    return this._rowSeconds;
  }

  get changed(): ISignal<IRecipeSession, Change> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._stop.signal.aborted;
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._stop.abort();
    this._finding?.abort();
    clearTimeout(this._timer);
    this._listen(false);
    this._text.dispose();
    Signal.clearData(this);
  }

  edit(...changes: IRecipeChange[]): void {
    if (this._context.model.readOnly) {
      this._warn(
        this._trans.__(
          '%1 cannot be written, so it cannot be changed: save it under another name.',
          this.path
        )
      );
      return;
    }
    try {
      this._text.edit(changes);
    } catch (error) {
      if (!(error instanceof EditError)) {
        throw error;
      }
      this._warn(
        this._trans.__(
          '%1 Open %2 with the text editor and correct it.',
          error.message,
          this.path
        )
      );
    }
  }

  undo(): void {
    this._text.undo();
  }

  redo(): void {
    this._text.redo();
  }

  moveTo(position: Partial<IViewPosition>): void {
    this._place(clamped({ ...this._position, ...position }, this._known()));
  }

  tookRow(seconds: number): void {
    this._rowSeconds = seconds;
    this._emit('cost');
  }

  async describe(): Promise<void> {
    clearTimeout(this._timer);
    if (!this._dataPath()) {
      this._describedPath = null;
      this._setDescription({ state: 'none' });
      return;
    }
    if (this._description.state !== 'ready') {
      this._setDescription({ state: 'pending' });
    }
    const fetched = await this._fetch<Description>(base =>
      this._api.describe(
        { purpose: `describe ${this._id}`, base, ...this._asked() },
        this._stop.signal
      )
    );
    if (fetched) {
      this._setDescription(fetched);
    }
  }

  async lookAgain(): Promise<void> {
    const known = this._known();
    if (!known) {
      return;
    }
    const fetched = await this._fetch<Description>(base =>
      this._api.describe(
        { purpose: `look ${this._id}`, base, ...this._asked() },
        this._stop.signal
      )
    );
    if (fetched?.state === 'ready' && fetched.value.stamp !== known.stamp) {
      this._setDescription(fetched);
    }
  }

  async findCentre(kernel?: string): Promise<void> {
    this._searched = searchedOf(this.recipe);
    if (!this._dataPath()) {
      this._setCentre({ state: 'failed', failure: noData(this._trans) });
      return;
    }
    const before = JSON.stringify(this.recipe.regions?.centre);
    const images = this._data;
    if (this._centre.state !== 'pending') {
      this._foundBefore = this._centre;
    }
    this._finding?.abort();
    const finding = new AbortController();
    this._finding = finding;
    this._setCentre({ state: 'pending' });
    const fetched = await this._fetch<Centre>(base =>
      this._api.centre(
        {
          purpose: `centre ${this._id}`,
          base,
          ...this._asked(),
          // Our own methods need no kernel's Python, which would have to be looked for.
          ...(kernel !== undefined && this._centreTool() ? { kernel } : {})
        },
        finding.signal
      )
    );
    // The axis of images that were turned or left out since is not that of those now.
    if (!fetched || finding.signal.aborted || images !== this._data) {
      return;
    }
    this._finding = null;
    this._setCentre(fetched);
    this._forgetFailure();
    // What was set by hand meanwhile stays; the panel offers what was found.
    if (
      JSON.stringify(this.recipe.regions?.centre) === before &&
      fetched.state === 'ready' &&
      fetched.value.confidence.level === 'good'
    ) {
      this.edit(...axisChanges(fetched.value, this.recipe));
    }
  }

  cancelCentre(): void {
    if (this._centre.state === 'pending') {
      this._finding?.abort();
      this._setCentre(this._foundBefore);
    }
  }

  private async _start(): Promise<void> {
    // A document that cannot be loaded is told by the document manager.
    const loaded = await this._context.ready.then(
      () => true,
      () => false
    );
    if (loaded && !this.isDisposed) {
      this._text.refresh();
    }
  }

  /** Ready or failed; null when nobody waits for it any more. */
  private async _fetch<T>(
    ask: (base: string) => Promise<T>
  ): Promise<Fetched<T> | null> {
    const data = this._dataPlace();
    try {
      const value = await ask(await this._resolved());
      return this._isStale(data) ? null : { state: 'ready', value };
    } catch (error) {
      const stale = isAbort(error) || this._isStale(data);
      return stale ? null : { state: 'failed', failure: failureOf(error) };
    }
  }

  private _isStale(data: string | null): boolean {
    return this.isDisposed || data !== this._dataPlace();
  }

  /** The recipe, and who sees its data. */
  private _asked(): { recipe: Recipe; resource?: string } {
    const { recipe } = this;
    const resource = recipe.dataset?.resource;
    return { recipe, ...(resource && { resource }) };
  }

  /** The absolute folder of the document. */
  private async _resolved(): Promise<string> {
    while (this._base === null) {
      const asked = this.path;
      const { path } = asked ? await this._api.resolve(asked) : { path: '' };
      // The document may have been moved meanwhile.
      if (this._base === null && asked === this.path) {
        this._base = path.slice(0, path.lastIndexOf('/')) || '/';
        this._emit('path');
      }
    }
    return this._base;
  }

  private readonly _onText = (): void => {
    const data = JSON.stringify(this.recipe.dataset ?? null);
    if (data !== this._data) {
      this._data = data;
      this._onData();
    }
    this._forgetFailure();
    this._emit('recipe');
  };

  /** What kept the axis from being found in another input is not said of this one. */
  private _forgetFailure(): void {
    const failed = (centre: Fetched<Centre>): boolean =>
      centre.state === 'failed' && searchedOf(this.recipe) !== this._searched;
    if (failed(this._foundBefore)) {
      this._foundBefore = { state: 'none' };
    }
    if (failed(this._centre)) {
      this._setCentre({ state: 'none' });
    }
  }

  /** Something of the data set changed: it is described when the changes stop. */
  private _onData(): void {
    const path = this._dataPlace();
    this._setCentre({ state: 'none' });
    if (path !== this._describedPath) {
      this._describedPath = path;
      this._begun = false;
      this._setDescription({ state: path === null ? 'none' : 'pending' });
    }
    clearTimeout(this._timer);
    if (path !== null) {
      this._timer = setTimeout(() => void this.describe(), QUIET);
    }
  }

  private readonly _onPath = (): void => {
    this._base = null;
    this._emit('path');
    void this.describe();
  };

  /** What failed because nobody answered is tried again when somebody does. */
  private readonly _onConnection = (
    _: IApiClient,
    { failure }: { failure: Failure | null }
  ): void => {
    if (failure === null && this._description.state === 'failed') {
      void this.describe();
    }
  };

  /** What failed because nobody was logged in is tried again when somebody is. */
  private readonly _onNotice = (_: IApiClient, notice: Notice): void => {
    const { description, recipe } = this;
    if (
      notice.kind === 'resource' &&
      description.state === 'failed' &&
      description.failure.code === 'logged-out' &&
      (!notice.id || notice.id === recipe.dataset?.resource)
    ) {
      void this.describe();
    }
  };

  /** The external tool whose method is to find the axis; undefined for our own methods. */
  private _centreTool(): string | undefined {
    const method = this.recipe.regions?.centre?.method;
    return this._known()?.centreMethods?.find(({ name }) => name === method)
      ?.tool;
  }

  private _dataPath(): string | undefined {
    return this.recipe.dataset?.path;
  }

  /** Path and who sees it: what tells two data sets apart; null without one. */
  private _dataPlace(): string | null {
    const { path, resource } = this.recipe.dataset ?? {};
    return path ? JSON.stringify([resource ?? '', path]) : null;
  }

  private _known(): Description | null {
    return this._description.state === 'ready' ? this._description.value : null;
  }

  private _setDescription(description: Fetched<Description>): void {
    if (
      description.state === this._description.state &&
      description.state !== 'ready' &&
      description.state !== 'failed'
    ) {
      return;
    }
    this._description = description;
    const waits =
      description.state === 'failed' &&
      description.failure.code === 'logged-out';
    this._listen(waits);
    if (description.state === 'ready') {
      const { value } = description;
      this._place(
        this._begun
          ? clamped(this._position, value)
          : begin(this._position, value)
      );
      this._begun = true;
    }
    this._emit('description');
  }

  /** Notices keep a connection open, so they are taken only while one is waited for. */
  private _listen(on: boolean): void {
    if (on !== this._listening) {
      this._listening = on;
      if (on) {
        this._api.notices.connect(this._onNotice);
      } else {
        this._api.notices.disconnect(this._onNotice);
      }
    }
  }

  private _setCentre(centre: Fetched<Centre>): void {
    if (centre.state !== 'none' || this._centre.state !== 'none') {
      this._centre = centre;
      this._emit('centre');
    }
  }

  private _place(position: IViewPosition): void {
    if (!samePosition(position, this._position)) {
      this._position = position;
      this._emit('position');
    }
  }

  private _emit(change: Change): void {
    if (!this.isDisposed) {
      this._changed.emit(change);
    }
  }

  private readonly _id = ++sessions;
  private readonly _context: DocumentRegistry.IContext<DocumentRegistry.ICodeModel>;
  private readonly _api: IApiClient;
  private readonly _warn: (sentence: string) => void;
  private readonly _trans: TranslationBundle;
  private readonly _text: RecipeText;
  private readonly _stop = new AbortController();
  private _rowSeconds: number | null = null;
  private readonly _changed = new Signal<IRecipeSession, Change>(this);
  private _base: string | null = null;
  private _description: Fetched<Description> = { state: 'none' };
  private _centre: Fetched<Centre> = { state: 'none' };
  private _foundBefore: Fetched<Centre> = { state: 'none' };
  private _finding: AbortController | null = null;
  /** What the axis was searched in last, as text. */
  private _searched = '';
  private _position: IViewPosition = START;
  /** `dataset` of the recipe as it was last seen. */
  private _data = 'null';
  private _describedPath: string | null = null;
  private _listening = false;
  /** Whether the position belongs to this data set. */
  private _begun = false;
  private _timer: ReturnType<typeof setTimeout> | undefined;
}

/** Number of sessions so far, for channels that no other session uses. */
let sessions = 0;

/** What of a recipe the search for the axis depends on, besides its data set. */
function searchedOf({ regions, filters }: Recipe): string {
  return JSON.stringify([regions ?? null, filters ?? null]);
}

function noData(trans: TranslationBundle): Failure {
  return {
    code: 'no-data-set',
    message: trans.__('The recipe has no data set.'),
    where: 'dataset.path',
    hint: trans.__('Choose the folder or the file of the projections.')
  };
}
