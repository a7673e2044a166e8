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
import type { IAxis } from '../axis';
import { EditError, RECIPE_EXTENSION } from '../recipe';
import type { Recipe } from '../recipe';
import type {
  Fetched,
  IRecipeChange,
  IRecipeSession,
  IViewPosition,
  SessionChange
} from '../tokens';
import { AxisSearch } from './axis-search';
import type { IAsked } from './axis-search';
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

export class RecipeSession implements IRecipeSession {
  constructor(options: IRecipeSessionOptions) {
    this._context = options.context;
    this._api = options.api;
    this._warn = options.warn;
    this._trans = options.trans;
    this._text = new RecipeText(options.context.model);
    this._axis = new AxisSearch({
      session: this,
      api: options.api,
      purpose: `centre ${this._id}`,
      trans: options.trans,
      fetch: ask => this._fetch(ask),
      changed: () => this._emit('centre')
    });
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
    return this._axis.centre;
  }

  get position(): IViewPosition {
    return this._position;
  }

  get rowSeconds(): number | null {
    return this._rowSeconds;
  }

  get usedAxis(): IAxis | null {
    return this._usedAxis;
  }

  get changed(): ISignal<IRecipeSession, SessionChange> {
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
    this._axis.dispose();
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

  tookAxis(axis: IAxis, { dataset }: Recipe): void {
    // The data may be others by the time a slice is there.
    if (textOf(dataset) === this._data && !isSame(axis, this._usedAxis)) {
      this._usedAxis = axis;
      // Where the recipe has a column, nobody shows it, and slices follow the hand.
      if (this.recipe.regions?.centre?.column === undefined) {
        this._emit('axis');
      }
    }
  }

  async describe(): Promise<void> {
    clearTimeout(this._timer);
    if (!this.recipe.dataset?.path) {
      this._describedPath = null;
      this._setDescription({ state: 'none' });
      return;
    }
    if (this._description.state !== 'ready') {
      this._setDescription({ state: 'pending' });
    }
    const fetched = await this._fetch(this._describing('describe'));
    if (fetched) {
      this._setDescription(fetched);
    }
  }

  async lookAgain(): Promise<void> {
    const known = this._known();
    if (!known) {
      return;
    }
    const fetched = await this._fetch(this._describing('look'));
    if (fetched?.state === 'ready' && fetched.value.stamp !== known.stamp) {
      this._setDescription(fetched);
    }
  }

  findCentre(kernel?: string): Promise<void> {
    return this._axis.find(kernel);
  }

  cancelCentre(): void {
    this._axis.cancel();
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
    ask: (asked: IAsked) => Promise<T>
  ): Promise<Fetched<T> | null> {
    const data = this._dataPlace();
    try {
      const value = await ask(this._asked(await this._resolved()));
      return this._isStale(data) ? null : { state: 'ready', value };
    } catch (error) {
      const stale = isAbort(error) || this._isStale(data);
      return stale ? null : { state: 'failed', failure: failureOf(error) };
    }
  }

  private _isStale(data: string | null): boolean {
    return this.isDisposed || data !== this._dataPlace();
  }

  private _asked(base: string): IAsked {
    const { recipe } = this;
    const resource = recipe.dataset?.resource;
    return { base, recipe, ...(resource && { resource }) };
  }

  private _describing(
    purpose: string
  ): (asked: IAsked) => Promise<Description> {
    return asked =>
      this._api.describe(
        { purpose: `${purpose} ${this._id}`, ...asked },
        this._stop.signal
      );
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
    const data = textOf(this.recipe.dataset);
    if (data !== this._data) {
      this._data = data;
      this._onData();
    }
    this._axis.follow();
    this._emit('recipe');
  };

  /** Something of the data set changed: it is described when the changes stop. */
  private _onData(): void {
    const path = this._dataPlace();
    this._axis.forget();
    this._usedAxis = null;
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

  private _place(position: IViewPosition): void {
    if (!samePosition(position, this._position)) {
      this._position = position;
      this._emit('position');
    }
  }

  private _emit(change: SessionChange): void {
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
  private readonly _axis: AxisSearch;
  private readonly _stop = new AbortController();
  private _rowSeconds: number | null = null;
  private _usedAxis: IAxis | null = null;
  private readonly _changed = new Signal<IRecipeSession, SessionChange>(this);
  private _base: string | null = null;
  private _description: Fetched<Description> = { state: 'none' };
  private _position: IViewPosition = START;
  /** `dataset` of the recipe as it was last seen. */
  private _data = 'null';
  private _describedPath: string | null = null;
  private _listening = false;
  /** Whether the position belongs to this data set. */
  private _begun = false;
  private _timer: ReturnType<typeof setTimeout> | undefined;
}

/** A data set as text. */
function textOf(dataset: Recipe['dataset']): string {
  return JSON.stringify(dataset ?? null);
}

function isSame(one: IAxis, other: IAxis | null): boolean {
  return (
    one.column === other?.column &&
    one.row === other.row &&
    one.tilt === other.tilt
  );
}

/** Number of sessions so far, for channels that no other session uses. */
let sessions = 0;
