/**
 * The search for the axis of rotation of a recipe: what was found last, or why
 * nothing was.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';

import type { Centre, Failure, IApiClient } from '../api';
import { axisChanges } from '../axis';
import type { Recipe } from '../recipe';
import type { Fetched, IRecipeSession } from '../tokens';

/** What is asked about. */
export interface IAsked {
  readonly recipe: Recipe;
  /** Absolute folder that its relative paths start from. */
  readonly base: string;
  /** Who sees its data; left out: this server. */
  readonly resource?: string;
}

export interface IAxisSearchOptions {
  readonly session: Pick<IRecipeSession, 'recipe' | 'description' | 'edit'>;
  readonly api: Pick<IApiClient, 'centre'>;
  /** Purpose of the requests, of this session alone. */
  readonly purpose: string;
  readonly trans: TranslationBundle;
  /** Asks about the recipe as it is; null when nobody waits for it any more. */
  readonly fetch: (
    ask: (asked: IAsked) => Promise<Centre>
  ) => Promise<Fetched<Centre> | null>;
  /** `centre` is another one. */
  readonly changed: () => void;
}

export class AxisSearch implements IDisposable {
  constructor(private readonly _options: IAxisSearchOptions) {}

  /** The last answer. */
  get centre(): Fetched<Centre> {
    return this._centre;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** Find the axis and, unless it is uncertain, write it into the recipe. */
  async find(kernel?: string): Promise<void> {
    const { session, api, purpose, trans, fetch } = this._options;
    this._searched = searchedOf(session.recipe);
    if (!session.recipe.dataset?.path) {
      this._set({ state: 'failed', failure: noData(trans) });
      return;
    }
    const before = JSON.stringify(session.recipe.regions?.centre);
    const images = imagesOf(session.recipe);
    if (this._centre.state !== 'pending') {
      this._before = this._centre;
    }
    this._finding?.abort();
    const finding = new AbortController();
    this._finding = finding;
    this._set({ state: 'pending' });
    const fetched = await fetch(asked =>
      api.centre(
        {
          purpose,
          ...asked,
          // Our own methods need no kernel's Python, which would have to be looked for.
          ...(kernel !== undefined && this._tool() ? { kernel } : {})
        },
        finding.signal
      )
    );
    // The axis of images that were turned or left out since is not that of those now.
    if (
      !fetched ||
      finding.signal.aborted ||
      images !== imagesOf(session.recipe)
    ) {
      return;
    }
    this._finding = null;
    this._set(fetched);
    this.follow();
    // What was set by hand meanwhile stays; the panel offers what was found.
    if (
      JSON.stringify(session.recipe.regions?.centre) === before &&
      fetched.state === 'ready' &&
      fetched.value.confidence.level === 'good'
    ) {
      session.edit(...axisChanges(fetched.value, session.recipe));
    }
  }

  /** Find it no more; the last answer stays. */
  cancel(): void {
    if (this._centre.state === 'pending') {
      this._finding?.abort();
      this._set(this._before);
    }
  }

  /** The recipe has changed: what kept the axis from being found in another input is not said of this one. */
  follow(): void {
    const failed = (centre: Fetched<Centre>): boolean =>
      centre.state === 'failed' &&
      searchedOf(this._options.session.recipe) !== this._searched;
    if (failed(this._before)) {
      this._before = { state: 'none' };
    }
    if (failed(this._centre)) {
      this._set({ state: 'none' });
    }
  }

  /** The images are others: nothing is known of their axis. */
  forget(): void {
    this._set({ state: 'none' });
  }

  dispose(): void {
    this._disposed = true;
    this._finding?.abort();
  }

  /** The external tool whose method is to find the axis; undefined for our own methods. */
  private _tool(): string | undefined {
    const { recipe, description } = this._options.session;
    const method = recipe.regions?.centre?.method;
    return description.state === 'ready'
      ? description.value.centreMethods?.find(({ name }) => name === method)
          ?.tool
      : undefined;
  }

  private _set(centre: Fetched<Centre>): void {
    if (centre.state !== 'none' || this._centre.state !== 'none') {
      this._centre = centre;
      this._options.changed();
    }
  }

  private _centre: Fetched<Centre> = { state: 'none' };
  /** What was known before the search that is under way. */
  private _before: Fetched<Centre> = { state: 'none' };
  private _finding: AbortController | null = null;
  /** What the axis was searched in last, as text. */
  private _searched = '';
  private _disposed = false;
}

/** What of a recipe the search depends on, besides its data set. */
function searchedOf({ regions, filters }: Recipe): string {
  return JSON.stringify([regions ?? null, filters ?? null]);
}

/** Which images a recipe has, and how they are turned, as text. */
function imagesOf({ dataset }: Recipe): string {
  return JSON.stringify(dataset ?? null);
}

function noData(trans: TranslationBundle): Failure {
  return {
    code: 'no-data-set',
    message: trans.__('The recipe has no data set.'),
    where: 'dataset.path',
    hint: trans.__('Choose the folder or the file of the projections.')
  };
}
