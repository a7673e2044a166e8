/**
 * Who makes the image of a place in a recipe: the engines of this page, so
 * that slices follow the hand, or the agent.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';

import { failureOf, isAbort } from '../../api';
import type { Failure } from '../../api';
import type { Recipe } from '../../recipe';
import type { IRecipeSession, ITomoApi } from '../../tokens';
import { isLive, isOfBrowser, LiveSlices, sliceKey } from '../../tuning';
import type { EngineWorkers, ILiveImage, IWantedSlice } from '../../tuning';
import { byEither } from '../by-either';
import { images, links } from '../frames';
import type { IMessage } from '../message';
import type { IImage } from '../pixels/image';
import { standInWords } from '../stand-in';
import { AgentImages } from './agent-images';
import { Recovery } from './recovery';
import { comesLate, isWorth, transferSeconds } from './row-way';
import type { IShownPlace } from './shown';
import { wantedImage } from './wanted';
import type { IPlace, Stage } from './wanted';

/** The keys of what is shown; none: it is not what is wanted. */
interface IShownAs {
  /** In the cache of images, when the agent made it. */
  readonly image?: string;
  /** Of the slice in all digits, whoever made it. */
  readonly slice?: string;
}

export interface IRecipeImagesOptions {
  readonly session: IRecipeSession;
  readonly api: ITomoApi;
  readonly trans: TranslationBundle;
  /** Engines of this page; null where there are none, and the agent computes every slice. */
  readonly workers: EngineWorkers | null;
  /** The kernel that runs go to, where previews find their tools, too. */
  readonly kernel: () => string | undefined;
  /** Names the requests of this viewer, so that no other one aborts them. */
  readonly purpose: string;
  /** Which projections are looked at. */
  readonly stage: () => Stage;
  /** Pixels of the screen for one of the image; null: there is none. */
  readonly density: () => number | null;
  /** Memory of an image that nobody needs once that of a place is there, to be taken; null: there is none. */
  readonly room: (of: IShownPlace) => Float32Array | null;
  /** An image, the whole or a coarse one of it; the viewer may be elsewhere by now. */
  readonly show: (image: IImage, of: IShownPlace) => void;
  /** A first look at the slice that comes. */
  readonly look: (image: ILiveImage) => void;
  /** What was looked at is not going to come: the image that is shown is the one wanted. */
  readonly endLook: () => void;
  readonly failed: (failure: Failure) => void;
  /** What is to be said in the image's place; null: nothing. */
  readonly say: (message: IMessage | null) => void;
  readonly busy: (busy: boolean) => void;
  /** What is said of trouble has changed. */
  readonly troubled: () => void;
  /** Who makes the image has changed, or may: it is to be asked for again. */
  readonly changed: () => void;
}

export class RecipeImages implements IDisposable {
  constructor(private readonly _options: IRecipeImagesOptions) {
    const { api, workers, session, purpose } = _options;
    this._recovery = new Recovery(_options.changed);
    this._slices = workers
      ? new LiveSlices({
          api,
          workers,
          purpose: `row ${purpose}`,
          density: _options.density,
          room: () => _options.room(this._sliceShown()),
          look: look => {
            if (this.isLive) {
              _options.look(look);
            }
          },
          ready: (image, key) => {
            this._recovery.reset();
            // The server may have been asked, too.
            this._agent.drop();
            this._show(image, { slice: key }, this._sliceShown());
          },
          fetched: (seconds, transfer) => {
            session.tookRow(seconds);
            if (transfer) {
              links.observe(this._resource(), transfer);
            }
          },
          failed: error => this._fallBack(failureOf(error)),
          lost: error => {
            // The server was first; the browser is left alone for a while.
            this._recovery.failed(failureOf(error));
            _options.troubled();
          },
          busy: busy => this._works('page', busy)
        })
      : null;
    workers?.lateChanged.connect(this._lateChanged);
    this._live = this._slices !== null;
    this._agent = new AgentImages({
      ..._options,
      ready: (image, { key, place }) => {
        this._spareWorkers();
        const whole = place.position.mode === 'slice' && !image.sent;
        const slice = whole ? sliceKey(sliceOf(place)) : '';
        this._show(image, { image: key, slice }, place);
      },
      // Until the whole is there, its key stays wanted.
      look: (image, { place }) => this._show(image, {}, place),
      failed: failure => this._fail(failure),
      busy: busy => this._works('agent', busy)
    });
  }

  /** Whether slices are to follow the hand; null where no engine can make them. */
  get live(): boolean | null {
    return this._slices && isLive(this._options.session.recipe)
      ? this._live
      : null;
  }

  setLive(live: boolean): void {
    this._live = live;
    this._recovery.reset();
    this._shown = {};
    this._options.changed();
  }

  /** Whether what is shown follows the hand. */
  get isLive(): boolean {
    const { recipe, position } = this._options.session;
    return (
      this._live &&
      !this._recovery.isResting &&
      position.mode === 'slice' &&
      isLive(recipe) &&
      (isWorth(this.rowSeconds ?? 0) || this._hasRow())
    );
  }

  /** Whether the workers of the page give no slices, though they are asked. */
  get isLate(): boolean {
    return this._options.workers?.isLate === true;
  }

  /** Why slices come from the server, in a sentence; empty: they do not, or are not to come from here. */
  get trouble(): string {
    const { trouble } = this._recovery;
    const late = this.isLate && this.isLive;
    return standInWords(trouble, late, this._options.trans);
  }

  /** Seconds that a row will be on its way; null while nobody knows the data. */
  get rowSeconds(): number | null {
    const { description, recipe } = this._options.session;
    return description.state === 'ready'
      ? transferSeconds(description.value, recipe)
      : null;
  }

  /** Make the image of where the session is, unless it is shown. */
  ask(): void {
    const place = this._place();
    if (!place) {
      return;
    }
    const live = this.isLive ? this._slices : null;
    const slice = sliceOf(place);
    // A browser that is to be tried again is, though the server's slice is there.
    const made = this._shown.image === undefined || !this._recovery.trouble;
    if (live && made && sliceKey(slice) === this._shown.slice) {
      this._agent.drop();
      live.drop();
      this._options.endLook();
      this._options.say(null);
    } else if (!live || this.isLate) {
      // Whoever is first: the workers of the page may be slow, or lost.
      this._request(place, live, slice);
    } else if (this._glances(slice, place)) {
      live.drop();
    } else {
      this._agent.drop();
      live.ask(slice);
    }
  }

  /** Nothing is wanted any more. */
  drop(): void {
    this._agent.drop();
    this._slices?.drop();
  }

  /** What is shown is not what is wanted any more, whatever it is of. */
  reject(): void {
    this._shown = {};
  }

  /** As `drop`; and nothing is tried again until something is asked for. */
  stop(): void {
    this.drop();
    this.reject();
    this._recovery.hold();
  }

  /** Nothing that is kept counts any more: it is asked for again. */
  forget(): void {
    images.delete(this._shown.image ?? '');
    this._slices?.forget();
    this._shown = {};
  }

  /** The next image is asked for with all digits. */
  demandDigits(): void {
    this._exact = true;
  }

  /**
   * The slice of another recipe: of the row that is here, where this page makes
   * slices of it; else, or when it is late, of the server.
   *
   * @throws ApiError when the engine refuses it, or the server
   */
  beside(
    recipe: Recipe,
    server: (signal: AbortSignal) => Promise<IImage>,
    signal: AbortSignal
  ): Promise<IImage> {
    const { workers } = this._options;
    const place = this._place();
    const slices = this.isLive && isLive(recipe) ? this._slices : null;
    if (!workers || !place || !slices) {
      return server(signal);
    }
    const wanted = sliceOf({ ...place, recipe });
    const page = async (): Promise<IImage> => {
      try {
        const made = await slices.beside(wanted);
        return made ?? (await server(signal));
      } catch (error) {
        // The row may have been given up meanwhile.
        if (isAbort(error) && !signal.aborted) {
          return server(signal);
        }
        throw error;
      }
    };
    return byEither(workers, page, server, signal);
  }

  /** The memory of an image that nobody needs any more. */
  reuse(data: Float32Array): void {
    this._slices?.reuse(data);
  }

  get isDisposed(): boolean {
    return this._agent.isDisposed;
  }

  dispose(): void {
    this._options.workers?.lateChanged.disconnect(this._lateChanged);
    this._recovery.dispose();
    this._agent.dispose();
    this._slices?.dispose();
  }

  /** The agent makes the image, and the engines `slice` as well, when there are any. */
  private _request(
    place: IPlace,
    live: LiveSlices | null,
    slice: IWantedSlice
  ): void {
    const { api, say } = this._options;
    const wanted = wantedImage(api, place);
    this._exact = false;
    if (wanted.key === this._shown.image) {
      this._agent.drop();
      this._spareWorkers();
      this._options.endLook();
      say(null);
      return;
    }
    if (live) {
      live.ask(slice);
    } else {
      this._slices?.drop();
    }
    this._agent.ask(wanted);
  }

  /** What is looked at; null while nobody knows the data. */
  private _place(): IPlace | null {
    const { session, stage, kernel, purpose } = this._options;
    const { base, recipe, position, description } = session;
    if (base === null || description.state !== 'ready') {
      return null;
    }
    return {
      base,
      recipe,
      position,
      stage: stage(),
      description: description.value,
      exact: this._exact,
      kernel: kernel(),
      purpose
    };
  }

  /** Whether a coarse slice is asked of the agent first: the row will be on its way for long. */
  private _glances(slice: IWantedSlice, place: IPlace): boolean {
    if (
      !links.isSlow(this._resource()) ||
      !comesLate(this.rowSeconds ?? 0) ||
      this._slices?.isNear(slice)
    ) {
      return false;
    }
    return this._agent.glance(place);
  }

  /** The server's slice is there; only a browser that is tried again goes on with its own. */
  private _spareWorkers(): void {
    if (!this._recovery.trouble) {
      this._slices?.drop();
    }
  }

  /** The server helps for as long as it lasts. */
  private readonly _lateChanged = (): void => {
    if (this.isLate && this._atWork.has('page')) {
      this._options.changed();
    }
    this._options.troubled();
  };

  /** Whether a row is here, or on its way, that slices can be made of. */
  private _hasRow(): boolean {
    const place = this._place();
    return !!place && this._slices?.isNear(sliceOf(place)) === true;
  }

  /** Who sees the data; empty: this server. */
  private _resource(): string {
    return this._options.session.recipe.dataset?.resource ?? '';
  }

  /** What slices of the page are of. */
  private _sliceShown(): IShownPlace {
    const { session, stage } = this._options;
    const { recipe, position } = session;
    return {
      base: session.base ?? '',
      recipe,
      position: { ...position, mode: 'slice' },
      stage: stage()
    };
  }

  private _show(image: IImage, as: IShownAs, of: IShownPlace): void {
    this._shown = as;
    this._options.show(image, of);
  }

  /** Without an engine in the browser, the agent's is used until it is tried again. */
  private _fallBack(failure: Failure): void {
    if (!isOfBrowser(failure)) {
      this._fail(failure);
      return;
    }
    this._recovery.failed(failure);
    this._options.troubled();
    this._options.changed();
  }

  private _fail(failure: Failure): void {
    this._shown = {};
    this._options.failed(failure);
  }

  /** Busy until nobody is at work any more. */
  private _works(who: 'page' | 'agent', busy: boolean): void {
    if (busy) {
      this._atWork.add(who);
    } else {
      this._atWork.delete(who);
    }
    this._options.busy(this._atWork.size > 0);
  }

  private readonly _slices: LiveSlices | null;
  private readonly _agent: AgentImages;
  private readonly _recovery: Recovery;
  private _live: boolean;
  private _exact = false;
  private _shown: IShownAs = {};
  /** Who is at work. */
  private readonly _atWork = new Set<'page' | 'agent'>();
}

/** The slice of a place, as the engines of the page are asked for it. */
function sliceOf(place: IPlace): IWantedSlice {
  const { base, recipe, position, kernel, description } = place;
  const { columns } = description;
  return { base, recipe, row: position.row, columns, kernel };
}
