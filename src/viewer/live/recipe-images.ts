/**
 * Who makes the image of a place in a recipe: the engines of this page, so
 * that slices follow the hand, or the agent.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';

import { failureOf } from '../../api';
import type { Failure } from '../../api';
import type { Recipe } from '../../recipe';
import type { IRecipeSession, ITomoApi } from '../../tokens';
import { isLive, isOfBrowser, LiveSlices, sliceKey } from '../../tuning';
import type { EngineWorkers, ILiveImage, IWantedSlice } from '../../tuning';
import { images, links, Newest } from '../frames';
import type { IMessage } from '../message';
import type { IImage } from '../pixels/image';
import { Recovery } from './recovery';
import { comesLate, isWorth, transferSeconds } from './row-way';
import { SlowSlices } from './slow-slice';
import type { Verdict } from './slow-slice';
import { wantedGlance, wantedImage } from './wanted';
import type { IPlace, IWantedImage, Stage } from './wanted';

/** What an image is of. */
export type IShownPlace = Pick<IPlace, 'recipe' | 'position' | 'stage'>;

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
          look: look => {
            if (this.isLive) {
              _options.look(look);
            }
          },
          ready: (image, key) => {
            this._recovery.reset();
            // The server may have been asked, too.
            this._requests.drop();
            this._show(image, key, this._sliceShown());
          },
          fetched: (seconds, transfer) => {
            session.tookRow(seconds);
            if (transfer) {
              links.observe(this._resource(), transfer);
            }
          },
          failed: error => this._fallBack(failureOf(error)),
          busy: busy => this._works('page', busy)
        })
      : null;
    workers?.lateChanged.connect(this._lateChanged);
    this._live = this._slices !== null;
    this._slow = new SlowSlices({
      api,
      purpose: `slow ${purpose}`,
      kernel: _options.kernel,
      trans: _options.trans,
      changed: _options.changed
    });
    this._requests = new Newest<IImage, IWantedImage>({
      cached: key => images.get(key),
      ready: (image, { key, place, glance }) => {
        if (glance) {
          this._glanced = key;
          _options.changed();
          return;
        }
        // The workers of the page may be late with it.
        this._slices?.drop();
        this._show(image, key, place);
      },
      // Until the whole is there, its key stays wanted.
      look: (image, { place }) => this._show(image, '', place),
      failed: error => this._fail(failureOf(error)),
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
    this._key = '';
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

  /** Why slices come from the server; empty: they do not, or are not to come from here. */
  get trouble(): string {
    const { trouble } = this._recovery;
    if (trouble) {
      return trouble.message;
    }
    return this._isLate && this.isLive
      ? this._options.trans.__(
          'This browser has given no slice for some seconds.'
        )
      : '';
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
    if (live && sliceKey(slice) === this._key) {
      this._requests.drop();
      live.drop();
      this._options.endLook();
      this._options.say(null);
    } else if (!live || this._isLate) {
      // Whoever is first: the workers of the page may be slow, or lost.
      this._request(place, live, slice);
    } else if (this._glances(slice, place)) {
      live.drop();
    } else {
      this._requests.drop();
      live.ask(slice);
    }
  }

  /** Nothing is wanted any more. */
  drop(): void {
    this._requests.drop();
    this._slices?.drop();
  }

  /** What is shown is not what is wanted any more, whatever it is of. */
  reject(): void {
    this._key = '';
  }

  /** Nothing that is kept counts any more: it is asked for again. */
  forget(): void {
    images.delete(this._key);
    this._slices?.forget();
    this._key = '';
  }

  /** The next image is asked for with all digits. */
  demandDigits(): void {
    this._exact = true;
  }

  /**
   * The slice of another recipe, made here of the row that is here.
   *
   * @returns null when it is to be asked of the agent
   * @throws ApiError when the engine refuses it
   */
  async beside(recipe: Recipe): Promise<IImage | null> {
    const place = this._place();
    if (!place || !this.isLive || !isLive(recipe)) {
      return null;
    }
    try {
      const wanted = sliceOf({ ...place, recipe });
      return (await this._slices?.beside(wanted)) ?? null;
    } catch (error) {
      if (isOfBrowser(failureOf(error))) {
        return null;
      }
      throw error;
    }
  }

  /** The memory of an image that nobody needs any more. */
  reuse(data: Float32Array): void {
    this._slices?.reuse(data);
  }

  get isDisposed(): boolean {
    return this._requests.isDisposed;
  }

  dispose(): void {
    this._options.workers?.lateChanged.disconnect(this._lateChanged);
    this._recovery.dispose();
    this._requests.dispose();
    this._slow.dispose();
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
    if (wanted.key === this._key) {
      this._requests.drop();
      this._slices?.drop();
      say(null);
      return;
    }
    if (live) {
      live.ask(slice);
    } else {
      this._slices?.drop();
    }
    const patience = this._patience(wanted.key);
    if (patience !== 'go') {
      this._requests.drop();
      say(patience === 'wait' ? null : patience);
      return;
    }
    // A preview of an outdated recipe is of no interest; a projection on the way is,
    // unless it would hold up a slow link.
    const hurry =
      place.position.mode !== 'projection' || links.isSlow(this._resource());
    this._requests.ask(wanted, hurry);
    const computing = this._slow.computing(wanted.key, () => {
      this._requests.drop();
      this._options.changed();
    });
    if (computing && images.get(wanted.key) === undefined) {
      say(computing);
    }
  }

  /** Whether an image may be asked for: a slice of an external tool may take long. */
  private _patience(key: string): Verdict {
    const { base, recipe, position } = this._options.session;
    const asked = position.mode === 'slice' && images.get(key) === undefined;
    return asked && base !== null ? this._slow.about(base, recipe, key) : 'go';
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
    const wanted = wantedGlance(this._options.api, place);
    if (this._glanced === wanted.key) {
      return false;
    }
    this._requests.ask(wanted, true);
    return true;
  }

  /** Whether the workers of the page give no slices, though they are asked. */
  private get _isLate(): boolean {
    return this._options.workers?.isLate === true;
  }

  /** The server helps for as long as it lasts. */
  private readonly _lateChanged = (): void => {
    if (this._isLate && this._atWork.has('page')) {
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
    return { recipe, position: { ...position, mode: 'slice' }, stage: stage() };
  }

  private _show(image: IImage, key: string, of: IShownPlace): void {
    this._key = key;
    this._options.show(image, of);
  }

  /** Without an engine in the browser, the agent's is used until it is tried again. */
  private _fallBack(failure: Failure): void {
    if (!isOfBrowser(failure)) {
      this._fail(failure);
      return;
    }
    this._recovery.failed(failure);
    this._options.changed();
  }

  private _fail(failure: Failure): void {
    this._key = '';
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
  private readonly _requests: Newest<IImage, IWantedImage>;
  private readonly _slow: SlowSlices;
  private readonly _recovery: Recovery;
  private _live: boolean;
  private _exact = false;
  /** The coarse slice that was shown last. */
  private _glanced = '';
  /** Of what is shown; empty: it is not what is wanted. */
  private _key = '';
  /** Who is at work. */
  private readonly _atWork = new Set<'page' | 'agent'>();
}

/** The slice of a place, as the engines of the page are asked for it. */
function sliceOf(place: IPlace): IWantedSlice {
  const { base, recipe, position, kernel, description } = place;
  const { columns } = description;
  return { base, recipe, row: position.row, columns, kernel };
}
