/**
 * The content of a recipe document: its projections, sinograms and slices.
 */
import type { IThemeManager } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { failureOf } from '../../api';
import type { Failure } from '../../api';
import type { Rectangle } from '../../recipe';
import type { IRecipeSession, ITomoApi, ViewMode } from '../../tokens';
import { isLive, LiveSlices, sliceKey, Sweep } from '../../tuning';
import type { EngineWorkers, ILiveImage } from '../../tuning';
import { button, element, segments } from '../dom';
import { images, links, Newest } from '../frames';
import { ImagePanel } from '../image-panel';
import type { ICompareSource } from '../compare';
import { failureMessage, logInAction } from '../message';
import type { IImage } from '../pixels/image';
import type { Overlay } from '../pixels/overlays';
import { precisionMarks } from '../precision';
import { Stepper } from '../stepper';
import { SweepView } from '../sweep';
import { changeOf, overlaysOf, usedCentre, warningsOf } from './regions';
import { Earlier } from './earlier';
import { factsOf, warningMarks } from './facts';
import { helpMark } from './keys';
import { obstacleOf } from './obstacle';
import { removals } from './removals';
import { wantedImage } from './wanted';
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

/** Number of viewers so far, for requests that no other viewer aborts. */
let viewers = 0;

export class RecipeViewer extends ImagePanel {
  constructor(private readonly options: IRecipeViewerOptions) {
    super(options.themes, options.trans);
    this.addClass('jp-tomo-viewer-recipe');
    const { trans, session } = options;
    this._mode = segments<ViewMode>(
      trans.__('What is shown'),
      [
        ['projection', trans.__('Projection')],
        ['sinogram', trans.__('Sinogram')],
        ['slice', trans.__('Slice')]
      ],
      mode => session.moveTo({ mode })
    );
    this._stage = segments<Stage>(
      trans.__('Stage'),
      [
        ['raw', trans.__('Raw')],
        ['processed', trans.__('Processed')]
      ],
      stage => {
        this._chosen = stage;
        this._relevel = true;
        this._update(0);
      }
    );
    const stepper = new Stepper(trans, value =>
      session.moveTo(
        session.position.mode === 'projection'
          ? { frame: value }
          : { row: value }
      )
    );
    this.stepper = stepper;
    this._stepper = stepper;
    this._roi = button(
      trans.__('Draw ROI'),
      trans.__('Draw the region of interest: drag a rectangle'),
      () => this._draw('roi')
    );
    this._air = button(
      trans.__('Draw air'),
      trans.__('Draw the air region: drag a rectangle beside the sample'),
      () => this._draw('air')
    );
    this._follow = button(
      trans.__('Live'),
      trans.__(
        'Compute slices in this browser while something changes; off: the server computes them when the changes pause'
      ),
      () => this._setLive(!this._live)
    );
    this._try = button(
      trans.__('Sweep…'),
      trans.__(
        'See slices with other values of a parameter side by side, and choose'
      ),
      () => this._openSweep()
    );
    this._compare = button(
      trans.__('Compare…'),
      trans.__(
        'See this image against what it was before, without a filter, or against that of another recipe or result'
      ),
      () => this.compare()
    );
    this._hold = button(
      trans.__('Before'),
      trans.__('Hold: the image before the last change (space bar)'),
      () => undefined
    );
    for (const [event, on] of [
      ['pointerdown', true],
      ['pointerup', false],
      ['pointerleave', false],
      ['pointercancel', false]
    ] as const) {
      this._hold.addEventListener(event, () => this.showBefore(on));
    }
    this._reset = button(
      trans.__('Reset zoom'),
      trans.__('Whole image (0)'),
      () => this.view.resetZoom()
    );
    this.toolbar.node.append(
      this._mode.node,
      this._stepper.node,
      this._stage.node,
      this._roi,
      this._air,
      this._follow,
      this._try,
      this._compare,
      this._hold,
      this._reset,
      helpMark(trans)
    );
    if (options.workers) {
      this._slices = new LiveSlices({
        api: options.api,
        workers: options.workers,
        purpose: `row ${++viewers}`,
        look: look => this._look(look),
        ready: (image, key) => this._show(image, key),
        failed: error => this._fallBack(failureOf(error)),
        busy: busy => this.setBusy(busy)
      });
    }
    this._live = this._slices !== null;
    this._requests = new Newest<IImage>({
      cached: key => images.get(key),
      ready: (image, wanted) => this._show(image, wanted.key),
      // Until the whole is there, its key stays wanted.
      look: image => this._show(image, ''),
      failed: error => this._fail(failureOf(error)),
      busy: busy => this.setBusy(busy)
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
    this._update(0);
  }

  /** Ask for the shown image again, whatever the cache holds. */
  refresh(): void {
    images.delete(this._key);
    this._slices?.forget();
    this._key = '';
    this._update(0);
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    window.clearTimeout(this._timer);
    this.options.session.changed.disconnect(this._changed);
    this._requests.dispose();
    this._slices?.dispose();
    this._sweep?.dispose();
    super.dispose();
  }

  private readonly _changed = (
    _: IRecipeSession,
    what: 'recipe' | 'description' | 'centre' | 'position' | 'path'
  ): void => {
    const { mode } = this.options.session.position;
    const slow = what === 'recipe' && mode !== 'projection' && !this._isLive();
    this._update(slow ? SETTLE : what === 'position' ? FOLLOW : 0);
  };

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
    const { session, api } = this.options;
    if (session.base === null || session.description.state !== 'ready') {
      return;
    }
    if (this._slices && this._isLive()) {
      this._requests.drop();
      const { base, recipe, position } = session;
      const slice = { base, recipe, row: position.row };
      if (sliceKey(slice) === this._key) {
        this._slices.drop();
        this.message(null);
      } else {
        this._slices.ask(slice);
      }
      return;
    }
    this._slices?.drop();
    const wanted = wantedImage(api, {
      base: session.base,
      recipe: session.recipe,
      position: session.position,
      stage: this._chosen,
      description: session.description.value,
      exact: this._exact,
      kernel: this.options.kernel()
    });
    this._exact = false;
    if (wanted.key === this._key) {
      this._requests.drop();
      this.message(null);
      return;
    }
    // A preview of an outdated recipe is of no interest; a projection on the way is,
    // unless it would hold up a slow link.
    const hurry =
      session.position.mode !== 'projection' || links.isSlow(this._resource());
    this._requests.ask(wanted, hurry);
  }

  /** Whether what is shown follows the hand. */
  private _isLive(): boolean {
    const { recipe, position } = this.options.session;
    return (
      this._live &&
      position.mode === 'slice' &&
      isLive(recipe) &&
      // A row of attenuation is as large as many slices are.
      !links.isSlow(this._resource())
    );
  }

  /** Who sees the data; empty: this server. */
  private _resource(): string {
    return this.options.session.recipe.dataset?.resource ?? '';
  }

  private _setLive(live: boolean): void {
    this._live = live;
    this._trouble = null;
    this._key = '';
    this._update(0);
  }

  private _openSweep(): void {
    const { workers, session, api, trans } = this.options;
    const image = this._shown?.image;
    if (!workers || !image || this._sweep) {
      return;
    }
    const sweep = new SweepView({
      session,
      sweep: new Sweep({ api, workers, purpose: `sweep ${this.id}` }),
      contrast: this.contrast,
      trans,
      column: session.recipe.regions?.centre?.column ?? usedCentre(image)
    });
    sweep.closed.connect(() => this._closeSweep());
    this._sweep = sweep;
    this.cover(sweep);
  }

  private _closeSweep(): void {
    this._sweep?.dispose();
    this._sweep = null;
    this.node.focus();
  }

  /** A first look at the slice that comes. */
  private _look({ bin, ...image }: ILiveImage): void {
    if (this._shown?.mode === 'slice' && this._isLive()) {
      this.view.showLook(image, bin);
    }
  }

  /** Without an engine in the browser, the agent's is used. */
  private _fallBack(failure: Failure): void {
    const lost = failure.where === 'browser' || failure.code === 'engine-trap';
    if (!lost) {
      this._fail(failure);
      return;
    }
    this._live = false;
    this._trouble = failure;
    this._update(0);
  }

  private _show(image: IImage, key: string): void {
    const { position, recipe } = this.options.session;
    const slice = position.mode === 'slice';
    const path = recipe.dataset?.path ?? '';
    const fresh =
      this._shown?.mode !== position.mode || this._shown.path !== path;
    this._key = key;
    this._shown = { mode: position.mode, path, image };
    this._earlier.replaced(
      JSON.stringify([
        recipe.dataset,
        position.mode,
        position.mode === 'projection'
          ? [position.frame, this._chosen]
          : position.row
      ]),
      this.image
    );
    this._hold.hidden = this._earlier.image === null;
    const unit = image.about.unit;
    this.showImage(image, {
      unit:
        typeof unit === 'string'
          ? unit
          : position.mode === 'projection' && this._chosen === 'raw'
            ? this.options.trans.__('counts')
            : '',
      scope: slice ? 'disc' : 'all',
      relevel: fresh || this._relevel || (!slice && this.contrast.automatic)
    });
    this._relevel = false;
    this._overlays();
    this._facts(image);
  }

  protected override get before(): IImage | null {
    return this._earlier.image;
  }

  protected override sources(): readonly ICompareSource[] {
    const { session, api, trans, kernel } = this.options;
    const { base, recipe, position, description } = session;
    const { before } = this;
    const first = before
      ? [
          {
            id: 'before',
            label: trans.__('Before the last change'),
            image: () => Promise.resolve(before)
          }
        ]
      : [];
    if (base === null || description.state !== 'ready') {
      return first;
    }
    const place = {
      base,
      recipe,
      position,
      stage: this._chosen,
      description: description.value,
      exact: true,
      kernel: kernel(),
      purpose: `compare ${this.id}`
    };
    return [...first, ...removals(api, place, trans)];
  }

  private _fail(failure: Failure): void {
    this._key = '';
    const { trans, logIn } = this.options;
    this.message(
      failureMessage(failure, [
        ...logInAction(failure, trans, () => logIn(this._resource())),
        { text: trans.__('Retry'), run: () => this.refresh() }
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
    const { session, trans } = this.options;
    const { mode, frame, row } = session.position;
    const data =
      session.description.state === 'ready' ? session.description.value : null;
    const projection = mode === 'projection';
    this._mode.set(mode);
    this._stage.set(this._chosen);
    this._stage.node.hidden = !projection;
    this._stepper.set({
      label: projection ? trans.__('frame') : trans.__('row'),
      value: projection ? frame : row,
      first: 0,
      last: Math.max(0, (projection ? data?.frames : data?.rows) ?? 1) - 1
    });
    for (const [node, region] of [
      [this._roi, 'roi'],
      [this._air, 'air']
    ] as const) {
      node.hidden = !projection;
      node.setAttribute(
        'aria-pressed',
        String(this.view.drawing && this._region === region)
      );
    }
    this._follow.hidden =
      this._slices === null || mode !== 'slice' || !isLive(session.recipe);
    this._follow.setAttribute('aria-pressed', String(this._live));
    this._try.hidden = this._follow.hidden;
    if (this._try.hidden) {
      this._sweep?.dispose();
      this._sweep = null;
    }
    this._reset.hidden = !this.view.isZoomed;
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

  private _facts(image: IImage): void {
    const { trans, session } = this.options;
    this.info.node.replaceChildren(
      element(
        'span',
        '',
        factsOf(image, session.position.mode, trans).join(' · ')
      ),
      ...precisionMarks(image, trans, () => {
        this._exact = true;
        this.refresh();
      }),
      ...warningMarks(
        [
          ...(this._trouble
            ? [trans.__('Live is off: %1', this._trouble.message)]
            : []),
          ...warningsOf(image)
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

  private _draw(region: 'roi' | 'air'): void {
    const again = this.view.drawing && this._region === region;
    this._region = region;
    this.view.drawing = !again;
  }

  private _drawn(rectangle: Rectangle): void {
    this.options.session.edit({
      path: ['regions', this._region],
      value: rectangle
    });
  }

  private readonly _mode: ReturnType<typeof segments<ViewMode>>;
  private readonly _stage: ReturnType<typeof segments<Stage>>;
  private readonly _stepper: Stepper;
  private readonly _roi: HTMLButtonElement;
  private readonly _air: HTMLButtonElement;
  private readonly _follow: HTMLButtonElement;
  private readonly _try: HTMLButtonElement;
  private readonly _compare: HTMLButtonElement;
  private readonly _hold: HTMLButtonElement;
  private readonly _reset: HTMLButtonElement;
  private readonly _requests: Newest<IImage>;
  private readonly _earlier = new Earlier();
  private readonly _slices: LiveSlices | null = null;
  private _sweep: SweepView | null = null;
  private _live: boolean;
  /** Why slices do not follow any more. */
  private _trouble: Failure | null = null;
  private _chosen: Stage = 'raw';
  private _region: 'roi' | 'air' = 'roi';
  private _relevel = false;
  /** The next image is asked for with all digits. */
  private _exact = false;
  private _shown: { mode: ViewMode; path: string; image: IImage } | null = null;
  private _key = '';
  private _timer = 0;
}
