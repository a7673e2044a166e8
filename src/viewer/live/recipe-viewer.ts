/**
 * The content of a recipe document: its projections, sinograms and slices.
 */
import type { IThemeManager } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IRecipeSession, ITomoApi, SessionChange } from '../../tokens';
import { release } from '../../tuning';
import type { EngineWorkers, ILiveImage } from '../../tuning';
import type { ICompareSource, ISubject } from '../compare';
import { ImagePanel } from '../image-panel';
import { isCoarse, isFree } from '../pixels/image';
import type { IImage } from '../pixels/image';
import { comparables } from './comparables';
import { Earlier } from './earlier';
import { infoOf } from './facts';
import { RecipeImages } from './recipe-images';
import { RecipeSweep } from './recipe-sweep';
import { RegionEditor } from './region-editor';
import { rowSecondsOf, usedAxis } from './regions';
import { comesLate, isWorth } from './row-way';
import { isAlike, seriesOf, shownOf, unitOf } from './shown';
import type { IShown, IShownPlace } from './shown';
import { RecipeToolbar } from './toolbar';
import { Troubles } from './troubles';
import { amountOf, isAt } from './wanted';
import type { Stage } from './wanted';

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

/** Number of viewers so far. */
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
      draw: region => this._regions.draw(region),
      toggleLive: () => this._images.setLive(!this._images.live),
      sweep: () => void this._sweep.open(),
      compare: () => this.compare(),
      hold: on => this.showBefore(on),
      resetZoom: () => this.view.resetZoom()
    });
    this.stepper = this._tools.stepper;
    this.toolbar.node.append(...this._tools.nodes);
    this._troubles = new Troubles({
      ...options,
      again: () => this._update(0),
      refresh: () => this.refresh()
    });
    this._sweep = new RecipeSweep({
      ...options,
      contrast: this.contrast,
      shown: this.shown,
      image: () => this._shown?.image ?? null,
      purpose: this._name,
      cover: view => this.cover(view),
      troubled: () => this._troubled(),
      closed: () => this.node.focus()
    });
    this._images = new RecipeImages({
      ...options,
      purpose: this._name,
      stage: () => this._chosen,
      density: () => this.view.density,
      room: of => this._room(of),
      show: (image, of) => this._show(image, of),
      look: look => this._look(look),
      endLook: () => {
        this.endLook();
        this._offerBefore();
        this.standing.settle();
      },
      failed: failure => this.message(this._troubles.failed(failure)),
      say: message => this.message(message),
      busy: busy => this._works(busy),
      troubled: () => this._troubled(),
      changed: () => this._update(0)
    });
    this._regions = new RegionEditor({
      session,
      view: this.view,
      shown: () => this._shown
    });
    this.view.viewChanged.connect(() => this._controls());
    session.changed.connect(this._changed);
    this._described();
    this._update(0);
  }

  override get subject(): ISubject {
    return { ...super.subject, ...this._shown?.of };
  }

  /** Ask for the shown image again, whatever the cache holds. */
  refresh(): void {
    this._images.forget();
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
    this._troubles.dispose();
    this._images.dispose();
    this._sweep.dispose();
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
    what: SessionChange
  ): void => {
    if (what === 'cost' || what === 'axis') {
      return;
    }
    const { recipe, position } = this.options.session;
    const { mode } = position;
    if (what === 'recipe') {
      this._earlier.edited(recipe);
    }
    this._regions.endElsewhere();
    if (what === 'description') {
      this._described();
    }
    if (mode === 'projection') {
      this._troubled();
    }
    const here = this._images.isLive && !this._images.isLate;
    const slow = what === 'recipe' && mode !== 'projection' && !here;
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
      this._images.forget();
    }
  }

  /** Bring everything in line with the session; the image after `delay` ms. */
  private _update(delay: number): void {
    this._controls();
    this._regions.update();
    // Under the heading of a slice, a projection is never what is wanted.
    this.standing.outdate(!this._isOfMode, delay);
    window.clearTimeout(this._timer);
    if (this._obstacle()) {
      this._images.drop();
      return;
    }
    if (delay === 0) {
      this._images.ask();
    } else {
      this._timer = window.setTimeout(() => this._images.ask(), delay);
    }
  }

  /** What is said of the image has changed, and it has not. */
  private _troubled(): void {
    if (this._shown) {
      this._tell(this._shown);
    }
  }

  private _works(busy: boolean): void {
    const { position, rowSeconds } = this.options.session;
    const way = this._images.rowSeconds ?? 0;
    this.setBusy(
      busy,
      position.mode === 'projection'
        ? null
        : (rowSeconds ?? (comesLate(way) ? way : null))
    );
  }

  /** A first look at the slice that comes. */
  private _look({ bin, ...image }: ILiveImage): void {
    if (this._shown?.mode === 'slice') {
      this.showLook(image, bin);
      this._offerBefore();
    }
  }

  /** @param of what the image is of; the viewer may be elsewhere by now. */
  private _show(image: IImage, of: IShownPlace): void {
    const { session, trans } = this.options;
    const { mode } = of.position;
    const slice = mode === 'slice';
    const shown = shownOf(image, of, session.description);
    const fresh = !isAlike(shown, this._shown);
    const first = this._shown === null;
    const took = rowSecondsOf(image);
    if (took !== null) {
      session.tookRow(took);
    }
    this._troubles.reset();
    this._shown = shown;
    const before = new Set([this.image, this._earlier.image]);
    const relevel =
      fresh || this._relevel || (!slice && this.contrast.automatic);
    const coarse = this.image !== null && isCoarse(this.image);
    const { place, made } = seriesOf(of);
    this._earlier.replaced(place, made, of.recipe, this.image);
    this.showImage(image, {
      unit: unitOf(image, of, trans),
      scope: slice ? 'disc' : 'all',
      middle: shown.of.middle,
      relevel,
      wanted: isAt(session.position, of.position)
    });
    if (!relevel && !coarse) {
      this.contrast.hold();
    }
    this._relevel = false;
    this._offerBefore(first);
    this._regions.update();
    this._tell(shown);
    before.delete(this._earlier.image);
    for (const old of before) {
      if (old && old !== image && isFree(old)) {
        this._images.reuse(old.data);
      }
    }
    const axis = slice ? usedAxis(image) : null;
    if (axis) {
      session.tookAxis(axis, of.recipe);
    }
  }

  /** Memory for an image that comes: under a first look of another series lies what will be before. */
  private _room(of: IShownPlace): Float32Array | null {
    const { place, made } = seriesOf(of);
    return this.isLookedAt && !this.isHeld
      ? this._earlier.give(place, made, isFree)
      : null;
  }

  /** The controls follow when there is something before, or not any more. */
  private _offerBefore(anyhow = false): void {
    if (anyhow || this._couldHold !== (this.before !== null)) {
      this._controls();
    }
  }

  /** The server stops, too; what is shown would be of an earlier recipe. */
  protected override cancel(): void {
    const { trans } = this.options;
    window.clearTimeout(this._timer);
    this._troubles.reset();
    this._images.stop();
    super.cancel();
    this.message({
      kind: 'empty',
      title: trans.__('Stopped before the image was there.'),
      hint: trans.__('Change something, or compute it after all.'),
      actions: [{ text: trans.__('Compute'), run: () => this.refresh() }]
    });
  }

  protected override get before(): IImage | null {
    if (!this._isOfMode) {
      return null;
    }
    // Under a first look lies what was before the edits that are looked at.
    const { image, isBegun } = this._earlier;
    return this.isLookedAt && isBegun ? this.image : image;
  }

  /** Whether what is shown is a projection, sinogram or slice as it is to be. */
  private get _isOfMode(): boolean {
    return this._shown?.mode === this.options.session.position.mode;
  }

  protected override sources(): readonly ICompareSource[] {
    return comparables({
      ...this.options,
      before: this.before,
      shown: this._shown?.image ?? null,
      stage: this._chosen,
      beside: (...asked) => this._images.beside(...asked),
      purpose: `compare ${this._name}`
    });
  }

  /** Why there can be no image, said in the image's place. */
  private _obstacle(): boolean {
    const obstacle = this._troubles.obstacle();
    if (!obstacle) {
      return false;
    }
    if (
      obstacle.kind === 'empty' &&
      !this.options.session.recipe.dataset?.path
    ) {
      this.clear();
      this._shown = null;
      this._images.reject();
    }
    this.message(obstacle);
    return true;
  }

  private _controls(): void {
    if (this.isDisposed) {
      return;
    }
    const { session } = this.options;
    const { position, description } = session;
    const data = description.state === 'ready' ? description.value : null;
    const slice = position.mode === 'slice';
    this._sweep.follow();
    this._couldHold = this.before !== null;
    this._tools.set({
      position,
      stage: this._chosen,
      frames: data?.frames ?? 1,
      rows: data?.rows ?? 1,
      drawing: this._regions.drawing,
      live: slice ? this._images.live : null,
      canSweep: this._sweep.isPossible,
      zoomed: this.view.isZoomed,
      shown: this._shown !== null,
      before: this._couldHold
    });
  }

  /** What is said of the image, below it. */
  private _tell({ image, mode }: IShown): void {
    const images = this._images;
    const way = images.rowSeconds ?? 0;
    const isFar = images.live && !images.isLive && !isWorth(way);
    const circumstances = {
      hasAxis: this._regions.hasAxis,
      trouble: images.trouble || this._sweep.trouble,
      tooFar: isFar ? way : null
    };
    this.info.node.replaceChildren(
      ...infoOf(image, mode, circumstances, this.options.trans, () => {
        images.demandDigits();
        this.refresh();
      })
    );
  }

  private readonly _tools: RecipeToolbar;
  private _couldHold = false;
  /** Names the requests of this viewer: what is asked for the same purpose is aborted. */
  private readonly _name = `viewer ${++viewers}`;
  private readonly _images: RecipeImages;
  private readonly _regions: RegionEditor;
  private readonly _troubles: Troubles;
  private readonly _earlier = new Earlier();
  private readonly _sweep: RecipeSweep;
  private _chosen: Stage = 'raw';
  private _relevel = false;
  private _shown: IShown | null = null;
  private _amount = '';
  private _timer = 0;
}
