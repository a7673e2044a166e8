/**
 * The bar above a recipe's image.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IViewPosition, ViewMode } from '../../tokens';
import { button, segments, setHidden, setPressed } from '../dom';
import { helpButton, recipeGestures } from '../help';
import { Stepper } from '../stepper';
import type { Stage } from './wanted';

/** A region that is drawn on a projection. */
export type Region = 'roi' | 'air';

/** What the bar lets one do. */
export interface IToolbarActions {
  readonly setMode: (mode: ViewMode) => void;
  readonly setStage: (stage: Stage) => void;
  /** Go to a projection or a row, as the mode is. */
  readonly step: (value: number) => void;
  readonly draw: (region: Region) => void;
  readonly toggleLive: () => void;
  readonly sweep: () => void;
  readonly compare: () => void;
  /** Show the image before, or let go. */
  readonly hold: (on: boolean) => void;
  readonly resetZoom: () => void;
}

/** What the bar shows. */
export interface IToolbarState {
  readonly position: IViewPosition;
  readonly stage: Stage;
  readonly frames: number;
  readonly rows: number;
  /** The region that is drawn now. */
  readonly drawing: Region | null;
  /** Whether slices follow the hand; null where they cannot. */
  readonly live: boolean | null;
  readonly canSweep: boolean;
  readonly zoomed: boolean;
  /** Whether there is an image. */
  readonly shown: boolean;
  /** Whether there is one from before the last change. */
  readonly before: boolean;
}

export class RecipeToolbar {
  constructor(
    private readonly _trans: TranslationBundle,
    act: IToolbarActions
  ) {
    const trans = _trans;
    this._mode = segments<ViewMode>(
      trans.__('What is shown'),
      [
        ['projection', trans.__('Projection')],
        ['sinogram', trans.__('Sinogram')],
        ['slice', trans.__('Slice')]
      ],
      act.setMode
    );
    this._stage = segments<Stage>(
      trans.__('Stage'),
      [
        ['raw', trans.__('Raw')],
        ['processed', trans.__('Processed')]
      ],
      act.setStage
    );
    this.stepper = new Stepper(trans, act.step);
    this._roi = button(
      trans.__('Draw ROI'),
      trans.__('Draw the region of interest: drag a rectangle'),
      () => act.draw('roi')
    );
    this._air = button(
      trans.__('Draw air'),
      trans.__('Draw the air region: drag a rectangle beside the sample'),
      () => act.draw('air')
    );
    this._live = button(
      trans.__('Live'),
      trans.__(
        'Compute slices in this browser while something changes; off: the server computes them when the changes pause'
      ),
      act.toggleLive
    );
    this._sweep = button(
      trans.__('Sweep…'),
      trans.__(
        'See slices with other values of a parameter side by side, and choose'
      ),
      act.sweep
    );
    this._compare = button(
      trans.__('Compare…'),
      trans.__(
        'See this image against what it was before, without a filter, or against that of another recipe or result'
      ),
      act.compare
    );
    this._hold = holdButton(trans, act.hold);
    this._reset = button(
      trans.__('Reset zoom'),
      trans.__('Whole image (0)'),
      act.resetZoom
    );
    this._reset.classList.add('jp-mod-keeps-place');
    this.nodes = [
      this._mode.node,
      this.stepper.node,
      this._stage.node,
      this._roi,
      this._air,
      this._live,
      this._sweep,
      this._compare,
      this._hold,
      this._reset,
      helpButton(trans, recipeGestures(trans))
    ];
  }

  readonly stepper: Stepper;
  readonly nodes: readonly HTMLElement[];

  set(state: IToolbarState): void {
    const { mode, frame, row } = state.position;
    const projection = mode === 'projection';
    this._mode.set(mode);
    this._stage.set(state.stage);
    setHidden(this._stage.node, !projection);
    this.stepper.set({
      label: projection ? this._trans.__('frame') : this._trans.__('row'),
      value: projection ? frame : row,
      first: 0,
      last: Math.max(0, (projection ? state.frames : state.rows) - 1)
    });
    for (const [node, region] of [
      [this._roi, 'roi'],
      [this._air, 'air']
    ] as const) {
      setHidden(node, !projection);
      setPressed(node, state.drawing === region);
    }
    setHidden(this._live, state.live === null);
    setPressed(this._live, state.live ?? false);
    setHidden(this._sweep, !state.canSweep);
    setHidden(this._reset, !state.zoomed);
    this._hold.disabled = !state.before;
    for (const node of [this._roi, this._air, this._sweep, this._compare]) {
      node.disabled = !state.shown;
    }
  }

  private readonly _mode: ReturnType<typeof segments<ViewMode>>;
  private readonly _stage: ReturnType<typeof segments<Stage>>;
  private readonly _roi: HTMLButtonElement;
  private readonly _air: HTMLButtonElement;
  private readonly _live: HTMLButtonElement;
  private readonly _sweep: HTMLButtonElement;
  private readonly _compare: HTMLButtonElement;
  private readonly _hold: HTMLButtonElement;
  private readonly _reset: HTMLButtonElement;
}

/** Shows the image before for as long as it is held, by pointer or key. */
function holdButton(
  trans: TranslationBundle,
  hold: (on: boolean) => void
): HTMLButtonElement {
  const node = button(
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
    node.addEventListener(event, () => hold(on));
  }
  node.addEventListener('keydown', event => {
    if (event.key === ' ' || event.key === 'Enter') {
      hold(true);
    }
  });
  node.addEventListener('keyup', () => hold(false));
  return node;
}
