/**
 * The content of a recipe document: its projections, sinograms and slices.
 */
import type { IThemeManager } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IAxis } from '../../axis';
import { inWords } from '../../field-names';
import { rowThrough } from '../../recipe';
import type { Rectangle } from '../../recipe';
import type { IRecipeSession, ITomoApi, ViewMode } from '../../tokens';
import { release } from '../../tuning';
import type { EngineWorkers, ILiveImage } from '../../tuning';
import { element } from '../dom';
import { ImagePanel } from '../image-panel';
import { pixelOf } from '../compare';
import type { ICompareSource, ISubject } from '../compare';
import { duration } from '../format';
import { isFree } from '../pixels/image';
import type { IImage } from '../pixels/image';
import type { Overlay } from '../pixels/overlays';
import { precisionMarks } from '../precision';
import { warningMarks } from '../warning-marks';
import {
  changeOf,
  overlaysOf,
  rotationOf,
  rowSecondsOf,
  warningsOf
} from './regions';
import { Earlier } from './earlier';
import { factsOf } from './facts';
import { comparables } from './comparables';
import { RecipeImages } from './recipe-images';
import type { IShownPlace } from './recipe-images';
import { RecipeSweep } from './recipe-sweep';
import { RecipeToolbar } from './toolbar';
import type { Region } from './toolbar';
import { comesLate, isWorth } from './row-way';
import { Troubles } from './troubles';
import { amountOf, isAt, wantedKey } from './wanted';
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
      draw: region => this._draw(region),
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
      show: (image, of) => this._show(image, of),
      look: look => this._look(look),
      endLook: () => {
        this.view.endLook();
        this.standing.settle();
      },
      failed: failure => this.message(this._troubles.failed(failure)),
      say: message => this.message(message),
      busy: busy => this._works(busy),
      troubled: () => this._troubled(),
      changed: () => this._update(0)
    });
    this.view.moved.connect((_, overlay) => this._moved(overlay));
    this.view.picked.connect((_, at) => {
      const { image } = this;
      if (session.position.mode === 'projection' && image) {
        const rotation = rotationOf(session.recipe, image, this._found());
        const row = rotation ? rowThrough(at, rotation) : at.y;
        session.moveTo({ row: Math.round(row) });
      }
    });
    this.view.drawn.connect((_, box) => this._drawn(box));
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
    this._overlays();
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
      this._facts(this._shown.image, this._shown.mode);
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
    if (this._shown?.mode === 'slice' && !this.showsBefore) {
      this.view.showLook(image, bin);
    }
  }

  /** @param place what the image is of; the viewer may be elsewhere by now. */
  private _show(image: IImage, { recipe, position, stage }: IShownPlace): void {
    const slice = position.mode === 'slice';
    const { path = '', pixelSize } = recipe.dataset ?? {};
    // Values of another scale: the levels would be black or white all over.
    const scale = slice ? JSON.stringify([image.about.unit, pixelSize]) : '';
    const fresh =
      this._shown?.mode !== position.mode ||
      this._shown.path !== path ||
      this._shown.scale !== scale;
    const first = this._shown === null;
    const took = rowSecondsOf(image);
    if (took !== null) {
      this.options.session.tookRow(took);
    }
    this._troubles.reset();
    const { description } = this.options.session;
    const told = description.state === 'ready' ? description.value : null;
    const of = {
      kind: position.mode,
      row: position.mode === 'projection' ? null : position.row,
      frame: position.mode === 'projection' ? position.frame : null,
      pixel: pixelOf(pixelSize ?? told?.pixelSize)
    };
    this._shown = { mode: position.mode, path, scale, image, of };
    const before = new Set([this.image, this._earlier.image]);
    this._earlier.replaced(
      JSON.stringify([
        recipe.dataset,
        position.mode,
        position.mode === 'projection' ? [position.frame, stage] : position.row
      ]),
      wantedKey('', recipe, position, stage),
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
      relevel: fresh || this._relevel || (!slice && this.contrast.automatic),
      wanted: isAt(this.options.session.position, position)
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
        this._images.reuse(old.data);
      }
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
    return this._isOfMode ? this._earlier.image : null;
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
    this._couldHold = this._earlier.image !== null;
    this._tools.set({
      position,
      stage: this._chosen,
      frames: data?.frames ?? 1,
      rows: data?.rows ?? 1,
      drawing: this.view.drawing ? this._region : null,
      live: slice ? this._images.live : null,
      canSweep: this._sweep.isPossible,
      zoomed: this.view.isZoomed,
      shown: this._shown !== null,
      before: this._couldHold
    });
  }

  /** Whether the recipe states an axis, which lies over projections then. */
  private _hasAxis(): boolean {
    return this.options.session.recipe.regions?.centre?.column !== undefined;
  }

  /** The axis that the run would find; null while that is not known. */
  private _found(): IAxis | null {
    const { centre } = this.options.session;
    return centre.state === 'ready' ? centre.value : null;
  }

  private _overlays(): void {
    const { session } = this.options;
    const { mode } = session.position;
    this.view.setOverlays(
      this._shown && this._shown.mode === mode
        ? overlaysOf(
            session.recipe,
            session.position,
            this._shown.image,
            this._found()
          )
        : []
    );
  }

  private _facts(image: IImage, mode: ViewMode): void {
    const { trans } = this.options;
    const { live } = this._images;
    const trouble = this._images.trouble || this._sweep.trouble;
    const way = this._images.rowSeconds ?? 0;
    this.info.node.replaceChildren(
      element(
        'span',
        '',
        [
          ...factsOf(image, mode, trans),
          ...(mode === 'projection' && !this._hasAxis()
            ? [
                trans.__(
                  'no axis to drag yet: find it, or state its column, under Centre of rotation in the panel'
                )
              ]
            : [])
        ].join(' · ')
      ),
      ...precisionMarks(image, trans, () => {
        this._images.demandDigits();
        this.refresh();
      }),
      ...warningMarks(
        [
          ...(trouble && mode === 'slice' ? [trouble] : []),
          ...(live && mode === 'slice' && !this._images.isLive && !isWorth(way)
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
  /** Names the requests of this viewer: what is asked for the same purpose is aborted. */
  private readonly _name = `viewer ${++viewers}`;
  private readonly _images: RecipeImages;
  private readonly _troubles: Troubles;
  private readonly _earlier = new Earlier();
  private readonly _sweep: RecipeSweep;
  private _chosen: Stage = 'raw';
  private _region: Region = 'roi';
  private _relevel = false;
  private _shown: {
    mode: ViewMode;
    path: string;
    scale: string;
    image: IImage;
    of: Omit<ISubject, 'unit'>;
  } | null = null;
  private _amount = '';
  private _timer = 0;
}
