/**
 * The content of a recipe document: its projections, sinograms and slices.
 */
import type { IThemeManager } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { failureOf } from '../../api';
import type { Failure } from '../../api';
import { fieldOf, inWords } from '../../field-names';
import { isOfAnotherPackage } from '../../recipe';
import type { Rectangle } from '../../recipe';
import type { IRecipeSession, ITomoApi, ViewMode } from '../../tokens';
import {
  isLive,
  isOfBrowser,
  LiveSlices,
  release,
  sliceKey
} from '../../tuning';
import type { EngineWorkers, ILiveImage, IWantedSlice } from '../../tuning';
import { element } from '../dom';
import { images, links, Newest } from '../frames';
import { ImagePanel } from '../image-panel';
import type { ICompareSource } from '../compare';
import { duration } from '../format';
import { failureMessage, logInAction } from '../message';
import { isFree } from '../pixels/image';
import type { IImage } from '../pixels/image';
import type { Overlay } from '../pixels/overlays';
import { precisionMarks } from '../precision';
import { othersSchema, SweepView } from '../sweep';
import type { Schema } from '../sweep';
import {
  changeOf,
  overlaysOf,
  projectionSecondsOf,
  rowSecondsOf,
  usedAxis,
  warningsOf
} from './regions';
import { Earlier } from './earlier';
import { factsOf, warningMarks } from './facts';
import { obstacleOf } from './obstacle';
import { Recovery } from './recovery';
import { comparables } from './comparables';
import { sliceSource } from './slice-source';
import { SlowSlices } from './slow-slice';
import type { Verdict } from './slow-slice';
import { RecipeToolbar } from './toolbar';
import type { Region } from './toolbar';
import { comesLate, isWorth, transferSeconds } from './row-way';
import { amountOf, wantedGlance, wantedImage } from './wanted';
import type { IPlace, IWantedImage, Stage } from './wanted';

/** Milliseconds after the last edit before a row is computed again. */
const SETTLE = 200;
/** Milliseconds after a move before an image is fetched. */
const FOLLOW = 20;

export interface IRecipeViewerOptions {
  readonly session: IRecipeSession;
  readonly api: ITomoApi;
  readonly themes: IThemeManager | null;
  readonly trans: TranslationBundle;
  readonly showPanel: () => void;
  readonly logIn: (resource: string) => void;
  /** Engines of this page; null where there are none, and the agent computes every slice. */
  readonly workers: EngineWorkers | null;
  /** The kernel that runs go to, where previews find their tools, too. */
  readonly kernel: () => string | undefined;
}

/** What an image is of. */
type IShownPlace = Pick<IPlace, 'recipe' | 'position' | 'stage'>;

/** Number of viewers so far, for requests that no other viewer aborts. */
let viewers = 0;

export class RecipeViewer extends ImagePanel {
  constructor(private readonly options: IRecipeViewerOptions) {
    super(options.themes, options.trans);
    this.addClass('jp-tomo-viewer-recipe');
    const { trans, session } = options;
    this._tools = new RecipeToolbar(trans, {
      setMode: mode => session.moveTo({ mode }),
      setStage: stage => {
        this._chosen = stage;
        this._relevel = true;
        this._update(0);
      },
      step: value =>
        session.moveTo(
          session.position.mode === 'projection'
            ? { frame: value }
            : { row: value }
        ),
      draw: region => this._draw(region),
      toggleLive: () => this._setLive(!this._live),
      sweep: () => void this._openSweep(),
      compare: () => this.compare(),
      hold: on => this.showBefore(on),
      resetZoom: () => this.view.resetZoom()
    });
    this.stepper = this._tools.stepper;
    this.toolbar.node.append(...this._tools.nodes);
    if (options.workers) {
      this._slices = new LiveSlices({
        api: options.api,
        workers: options.workers,
        purpose: `row ${++viewers}`,
        look: look => this._look(look),
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
      });
      options.workers.lateChanged.connect(this._lateChanged);
    }
    this._live = this._slices !== null;
    this._slow = new SlowSlices({
      api: this.options.api,
      purpose: `slow ${this.id}`,
      kernel: this.options.kernel,
      trans: this.options.trans,
      changed: () => this._update(0)
    });
    this._requests = new Newest<IImage, IWantedImage>({
      cached: key => images.get(key),
      ready: (image, { key, place, glance }) => {
        if (glance) {
          this._glanced = key;
          this._update(0);
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
    this.view.moved.connect((_, overlay) => this._moved(overlay));
    this.view.picked.connect((_, at) => {
      if (session.position.mode === 'projection') {
        session.moveTo({ row: Math.round(at.y) });
      }
    });
    this.view.drawn.connect((_, box) => this._drawn(box));
    this.view.viewChanged.connect(() => this._controls());
    session.changed.connect(this._changed);
    this._described();
    this._update(0);
  }

  /** Ask for the shown image again, whatever the cache holds. */
  refresh(): void {
    images.delete(this._key);
    this._slices?.forget();
    this._key = '';
    this._update(0);
  }

  /** The kernel has changed: images that depend on it have other keys. */
  followKernel(): void {
    this._update(0);
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    window.clearTimeout(this._timer);
    this.options.session.changed.disconnect(this._changed);
    this.options.workers?.lateChanged.disconnect(this._lateChanged);
    this._requests.dispose();
    this._slow.dispose();
    this._slices?.dispose();
    this._sweep?.dispose();
    this._shown = null;
    const { image } = this;
    const { image: earlier } = this._earlier;
    super.dispose();
    for (const old of [image, earlier]) {
      if (old && isFree(old)) {
        release(old.data);
      }
    }
  }

  private readonly _changed = (
    _: IRecipeSession,
    what: 'recipe' | 'description' | 'centre' | 'position' | 'path' | 'cost'
  ): void => {
    if (what === 'cost') {
      return;
    }
    const { mode } = this.options.session.position;
    if (mode !== 'projection' && this.view.drawing) {
      // Regions are drawn in the columns and rows of projections.
      this.view.drawing = false;
    }
    if (what === 'description') {
      this._described();
    }
    const slow = what === 'recipe' && mode !== 'projection' && !this._isLive();
    this._update(slow ? SETTLE : what === 'position' ? FOLLOW : 0);
  };

  /** Data may have come or gone since the row was fetched. */
  private _described(): void {
    const { description } = this.options.session;
    if (description.state !== 'ready') {
      return;
    }
    const amount = amountOf(description.value);
    if (amount !== this._amount) {
      this._amount = amount;
      this._slices?.forget();
      this._key = '';
    }
  }

  /** Bring everything in line with the session; the image after `delay` ms. */
  private _update(delay: number): void {
    this._controls();
    this._overlays();
    window.clearTimeout(this._timer);
    if (this._obstacle()) {
      this._requests.drop();
      this._slices?.drop();
      return;
    }
    if (delay === 0) {
      this._ask();
    } else {
      this._timer = window.setTimeout(() => this._ask(), delay);
    }
  }

  private _ask(): void {
    const place = this._place();
    if (!place) {
      return;
    }
    const { base, recipe, position, kernel } = place;
    const live = this._isLive() ? this._slices : null;
    const slice = { base, recipe, row: position.row, kernel };
    if (live && sliceKey(slice) === this._key) {
      this._requests.drop();
      live.drop();
      this.view.endLook();
      this.message(null);
      return;
    }
    if (live && !this._isLate) {
      if (this._glances(slice, place)) {
        live.drop();
      } else {
        this._requests.drop();
        live.ask(slice);
      }
      return;
    }
    const wanted = wantedImage(this.options.api, place);
    this._exact = false;
    if (wanted.key === this._key) {
      this._requests.drop();
      this._slices?.drop();
      this.message(null);
      return;
    }
    if (live) {
      // Whoever is first: the workers of the page may be slow, or lost.
      live.ask(slice);
    } else {
      this._slices?.drop();
    }
    const patience = this._patience(wanted.key);
    if (patience !== 'go') {
      this._requests.drop();
      this.message(patience === 'wait' ? null : patience);
      return;
    }
    // A preview of an outdated recipe is of no interest; a projection on the way is,
    // unless it would hold up a slow link.
    const hurry =
      position.mode !== 'projection' || links.isSlow(this._resource());
    this._requests.ask(wanted, hurry);
    const computing = this._slow.computing(wanted.key, () => {
      this._requests.drop();
      this._update(0);
    });
    if (computing && images.get(wanted.key) === undefined) {
      this.message(computing);
    }
  }

  /** What is looked at; null while nobody knows the data. */
  private _place(): IPlace | null {
    const { base, recipe, position, description } = this.options.session;
    if (base === null || description.state !== 'ready') {
      return null;
    }
    return {
      base,
      recipe,
      position,
      stage: this._chosen,
      description: description.value,
      exact: this._exact,
      kernel: this.options.kernel()
    };
  }

  /** Whether a coarse slice is asked of the agent first: the row will be on its way for long. */
  private _glances(slice: IWantedSlice, place: IPlace): boolean {
    if (
      !links.isSlow(this._resource()) ||
      !comesLate(transferSeconds(place.description, place.recipe)) ||
      this._slices?.isNear(slice)
    ) {
      return false;
    }
    const wanted = wantedGlance(this.options.api, place);
    if (this._glanced === wanted.key) {
      return false;
    }
    this._requests.ask(wanted, true);
    return true;
  }

  /** Whether an image may be asked for: a slice of an external tool may take long. */
  private _patience(key: string): Verdict {
    const { base, recipe, position } = this.options.session;
    const asked = position.mode === 'slice' && images.get(key) === undefined;
    return asked && base !== null ? this._slow.about(base, recipe, key) : 'go';
  }

  /** Whether what is shown follows the hand. */
  private _isLive(): boolean {
    const { recipe, position } = this.options.session;
    return (
      this._live &&
      !this._recovery.isResting &&
      position.mode === 'slice' &&
      isLive(recipe) &&
      isWorth(this._rowComes() ?? 0)
    );
  }

  /** Whether the workers of the page give no slices, though they are asked. */
  private get _isLate(): boolean {
    return this.options.workers?.isLate === true;
  }

  /** The server helps for as long as it lasts. */
  private readonly _lateChanged = (): void => {
    if (this._isLate && this._atWork.has('page')) {
      this._update(0);
    }
    if (this._shown) {
      this._facts(this._shown.image, this._shown.mode);
    }
  };

  /** Why slices come from the server; empty: they do not. */
  private _trouble(): string {
    const { trouble } = this._recovery;
    if (trouble) {
      return trouble.message;
    }
    return this._isLate && this._isLive()
      ? this.options.trans.__(
          'This browser has given no slice for some seconds.'
        )
      : '';
  }

  /** Seconds that a row will be on its way; null while nobody knows the data. */
  private _rowComes(): number | null {
    const { description, recipe } = this.options.session;
    return description.state === 'ready'
      ? transferSeconds(description.value, recipe)
      : null;
  }

  /** Who sees the data; empty: this server. */
  private _resource(): string {
    return this.options.session.recipe.dataset?.resource ?? '';
  }

  private _setLive(live: boolean): void {
    this._live = live;
    this._recovery.reset();
    this._key = '';
    this._update(0);
  }

  private async _openSweep(): Promise<void> {
    const { session, api, kernel } = this.options;
    const { recipe } = session;
    const schema = isOfAnotherPackage(recipe.reconstruction?.tool ?? '')
      ? await othersSchema(api, recipe, `sweep tools ${this.id}`, kernel())
      : undefined;
    if (!this.isDisposed && recipe === session.recipe) {
      this._sweepOf(schema);
    }
  }

  private _sweepOf(schema: Schema | undefined): void {
    const { session, trans } = this.options;
    const image = this._shown?.image;
    if (!image || this._sweep) {
      return;
    }
    const sweep = new SweepView({
      session,
      sweep: sliceSource(
        this.options,
        image.columns,
        `sweep ${this.id}`,
        () => this._shown && projectionSecondsOf(this._shown.image)
      ),
      contrast: this.contrast,
      trans,
      axis: () => this._shown && usedAxis(this._shown.image),
      shown: this.shown,
      kernel: this.options.kernel(),
      schema
    });
    sweep.closed.connect(() => this._closeSweep());
    this._sweep = sweep;
    this._sweepTool = session.recipe.reconstruction?.tool;
    this.cover(sweep);
  }

  private _closeSweep(): void {
    this._sweep?.dispose();
    this._sweep = null;
    this.node.focus();
  }

  /** The busy mark stays until nobody is at work any more. */
  private _works(who: 'page' | 'agent', busy: boolean): void {
    if (busy) {
      this._atWork.add(who);
    } else {
      this._atWork.delete(who);
    }
    const { position, rowSeconds } = this.options.session;
    const way = this._rowComes() ?? 0;
    this.setBusy(
      this._atWork.size > 0,
      position.mode === 'projection'
        ? null
        : (rowSeconds ?? (comesLate(way) ? way : null))
    );
  }

  /** A first look at the slice that comes. */
  private _look({ bin, ...image }: ILiveImage): void {
    if (this._shown?.mode === 'slice' && this._isLive() && !this.showsBefore) {
      this.view.showLook(image, bin);
    }
  }

  /** Without an engine in the browser, the agent's is used until it is tried again. */
  private _fallBack(failure: Failure): void {
    if (!isOfBrowser(failure)) {
      this._fail(failure);
      return;
    }
    this._recovery.failed(failure);
    this._update(0);
  }

  /** What slices of the page are of. */
  private _sliceShown(): IShownPlace {
    const { recipe, position } = this.options.session;
    return {
      recipe,
      position: { ...position, mode: 'slice' },
      stage: this._chosen
    };
  }

  /** @param place what the image is of; the viewer may be elsewhere by now. */
  private _show(
    image: IImage,
    key: string,
    { recipe, position, stage }: IShownPlace
  ): void {
    const slice = position.mode === 'slice';
    const path = recipe.dataset?.path ?? '';
    const fresh =
      this._shown?.mode !== position.mode || this._shown.path !== path;
    const first = this._shown === null;
    const took = rowSecondsOf(image);
    if (took !== null) {
      this.options.session.tookRow(took);
    }
    this._key = key;
    this._shown = { mode: position.mode, path, image };
    const before = new Set([this.image, this._earlier.image]);
    this._earlier.replaced(
      JSON.stringify([
        recipe.dataset,
        position.mode,
        position.mode === 'projection' ? [position.frame, stage] : position.row
      ]),
      this.image
    );
    const unit = image.about.unit;
    this.showImage(image, {
      unit:
        typeof unit === 'string'
          ? unit
          : position.mode === 'projection' && stage === 'raw'
            ? this.options.trans.__('counts')
            : '',
      scope: slice ? 'disc' : 'all',
      relevel: fresh || this._relevel || (!slice && this.contrast.automatic)
    });
    this._relevel = false;
    if (first || this._couldHold !== (this._earlier.image !== null)) {
      this._controls();
    }
    this._overlays();
    this._facts(image, position.mode);
    before.delete(this._earlier.image);
    for (const old of before) {
      if (old && old !== image && isFree(old)) {
        this._slices?.reuse(old.data);
      }
    }
  }

  /** The server stops, too; what is shown would be of an earlier recipe. */
  protected override cancel(): void {
    const { trans } = this.options;
    this._slices?.drop();
    this._requests.drop();
    this._key = '';
    super.cancel();
    this.message({
      kind: 'empty',
      title: trans.__('Stopped before the image was there.'),
      hint: trans.__('Change something, or compute it after all.'),
      actions: [{ text: trans.__('Compute'), run: () => this.refresh() }]
    });
  }

  protected override get before(): IImage | null {
    return this._earlier.image;
  }

  protected override sources(): readonly ICompareSource[] {
    return comparables({
      ...this.options,
      before: this.before,
      shown: this._shown?.image ?? null,
      stage: this._chosen,
      purpose: `compare ${this.id}`
    });
  }

  private _fail(failure: Failure): void {
    this._key = '';
    const { trans, logIn, showPanel } = this.options;
    this.message(
      failureMessage(failure, trans, [
        ...logInAction(failure, trans, () => logIn(this._resource())),
        { text: trans.__('Try again'), run: () => this.refresh() },
        ...(fieldOf(failure.where, trans)
          ? [{ text: trans.__('Show panel'), run: showPanel }]
          : [])
      ])
    );
  }

  /** Why there can be no image, said in the image's place. */
  private _obstacle(): boolean {
    const { session, trans, showPanel, logIn } = this.options;
    const obstacle = obstacleOf(session, trans, {
      showPanel,
      logIn: () => logIn(this._resource())
    });
    if (!obstacle) {
      return false;
    }
    if (obstacle.kind === 'empty' && !session.recipe.dataset?.path) {
      this.clear();
      this._shown = null;
      this._key = '';
    }
    this.message(obstacle);
    return true;
  }

  private _controls(): void {
    if (this.isDisposed) {
      return;
    }
    const { session } = this.options;
    const { position, recipe, description } = session;
    const data = description.state === 'ready' ? description.value : null;
    const slice = position.mode === 'slice';
    const tool = recipe.reconstruction?.tool;
    const canSweep = slice && tool !== 'command';
    if (!canSweep || this._sweepTool !== tool) {
      this._sweep?.dispose();
      this._sweep = null;
    }
    this._couldHold = this._earlier.image !== null;
    this._tools.set({
      position,
      stage: this._chosen,
      frames: data?.frames ?? 1,
      rows: data?.rows ?? 1,
      drawing: this.view.drawing ? this._region : null,
      live: this._slices && slice && isLive(recipe) ? this._live : null,
      canSweep,
      zoomed: this.view.isZoomed,
      shown: this._shown !== null,
      before: this._couldHold
    });
  }

  private _overlays(): void {
    const { session } = this.options;
    const { mode } = session.position;
    this.view.setOverlays(
      this._shown && this._shown.mode === mode
        ? overlaysOf(session.recipe, session.position, this._shown.image)
        : []
    );
  }

  private _facts(image: IImage, mode: ViewMode): void {
    const { trans } = this.options;
    const trouble = this._trouble();
    const way = this._rowComes() ?? 0;
    const far = this._live && isLive(this.options.session.recipe);
    this.info.node.replaceChildren(
      element('span', '', factsOf(image, mode, trans).join(' · ')),
      ...precisionMarks(image, trans, () => {
        this._exact = true;
        this.refresh();
      }),
      ...warningMarks(
        [
          ...(trouble && mode === 'slice'
            ? [
                trans.__(
                  'The server computes slices for now: %1 The browser is tried again by itself.',
                  trouble
                )
              ]
            : []),
          ...(far && mode === 'slice' && !isWorth(way)
            ? [
                trans.__(
                  'The server computes slices: one row of this scan would be %1 on its way to this page.',
                  duration(way)
                )
              ]
            : []),
          ...warningsOf(image).map(text => inWords(text, trans))
        ],
        trans
      )
    );
  }

  private _moved(overlay: Overlay): void {
    const { session } = this.options;
    if (overlay.id === 'row') {
      session.moveTo({ row: overlay.row });
      return;
    }
    const change = changeOf(overlay);
    if (change) {
      session.edit(change);
    }
  }

  private _draw(region: Region): void {
    const again = this.view.drawing && this._region === region;
    this._region = region;
    this.view.drawing = !again;
  }

  private _drawn(rectangle: Rectangle): void {
    if (this._shown?.mode !== 'projection') {
      return;
    }
    this.options.session.edit({
      path: ['regions', this._region],
      value: rectangle
    });
  }

  private readonly _tools: RecipeToolbar;
  private _couldHold = false;
  private readonly _requests: Newest<IImage, IWantedImage>;
  private readonly _slow: SlowSlices;
  private readonly _earlier = new Earlier();
  private readonly _slices: LiveSlices | null = null;
  private _sweep: SweepView | null = null;
  /** The tool whose slices the sweep shows. */
  private _sweepTool: string | undefined;
  private _live: boolean;
  private readonly _recovery = new Recovery();
  private _chosen: Stage = 'raw';
  private _region: Region = 'roi';
  private _relevel = false;
  /** The next image is asked for with all digits. */
  private _exact = false;
  private _shown: { mode: ViewMode; path: string; image: IImage } | null = null;
  private _key = '';
  private _amount = '';
  /** The coarse slice that was shown last. */
  private _glanced = '';
  /** Who is at work. */
  private readonly _atWork = new Set<'page' | 'agent'>();
  private _timer = 0;
}
