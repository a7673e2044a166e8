/**
 * The centre of rotation by eye: slices about several axes, or a projection
 * over its mirror image; points at some rows, and the line through them.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Panel } from '@lumino/widgets';

import { failureOf } from '../../api';
import type { Description } from '../../api';
import type { IRecipeSession, ITomoApi, SessionChange } from '../../tokens';
import type { EngineWorkers } from '../../tuning';
import { Again } from '../again';
import { element } from '../dom';
import { short } from '../format';
import { failureMessage, MessageCard } from '../message';
import { StandIn } from '../stand-in';
import { warningMarks } from '../warning-marks';
import type { ICentrePoint } from './line';
import type { OverlayLook } from './overlay';
import { OverlayView } from './overlay-view';
import type { IOverlayMove } from './overlay-view';
import { oppositeImages } from './opposite';
import {
  beginSearch,
  foundCentre,
  isCentreOf,
  knownAxis,
  rowAt
} from './recipe-axis';
import { CentreSearch, COUNT } from './search';
import type { CentreSearches } from './searches';
import { CentreSlices, isInside } from './slices';
import { pointTable } from './table';
import type { IPointTable } from './table';
import { SliceTiles } from './tiles';
import { centreToolbar } from './toolbar';
import type { ICentreToolbar, Way } from './toolbar';

export interface ICentreByEyeOptions {
  readonly session: IRecipeSession;
  readonly api: ITomoApi;
  /** Disposed of with this. */
  readonly workers: EngineWorkers;
  readonly trans: TranslationBundle;
  /** What was found so far; it outlives this. */
  readonly searches: CentreSearches;
}

/** Number of widgets so far, for requests that no other aborts. */
let widgets = 0;

export class CentreByEye extends Panel {
  constructor(private readonly options: ICentreByEyeOptions) {
    super();
    this.addClass('jp-tomo-viewer');
    this.addClass('jp-tomo-centre');
    this.node.tabIndex = -1;
    const { trans, session } = options;
    const purpose = `centre by eye ${++widgets}`;
    this._purpose = purpose;
    this._message = new MessageCard(trans);
    this._standIn = new StandIn(options.workers, trans);
    this._standIn.changed.connect(() => {
      // The line below the overlay is not about slices.
      if (this._way === 'strip') {
        this._tell();
      }
    });
    this._slices = new CentreSlices({
      api: options.api,
      workers: options.workers,
      standIn: this._standIn,
      purpose,
      ready: (index, image) => {
        this._again.reset();
        this._tiles.show(index, image);
      },
      failed: error => this._fail(error),
      busy: busy => this._setBusy('slices', busy)
    });
    this._tiles = new SliceTiles(
      COUNT,
      trans.__('Slices about nine axes: click the sharpest')
    );
    this._overlay = new OverlayView(
      trans.__(
        'The first projection over the mirror image of the one half a turn later: drag until they agree'
      )
    );
    this._bar = centreToolbar({
      trans,
      way: way => {
        this._way = way;
        this._update();
      },
      look: look => {
        this._look = look;
        this._controls();
        this._paint();
      },
      step: step => {
        this._search.step = step;
        this._update();
      },
      row: row => this._visit(row),
      share: share => this._visitShare(share),
      column: column => {
        this._search.column = column;
        this._update();
      },
      size: () => this._data()
    });
    this._table = pointTable({
      trans,
      change: points => this._setPoints(points),
      add: () => {
        this._search.mark();
        this._update();
      },
      use: () => this._use(),
      visit: row => this._visit(row),
      size: () => this._data()
    });
    const body = element('div', 'jp-tomo-centre-body');
    const stage = element('div', 'jp-tomo-centre-stage');
    this._facts = element('p', 'jp-tomo-centre-facts');
    stage.append(
      this._tiles.node,
      this._overlay.node,
      this._message.node,
      this._facts
    );
    body.append(stage, this._table.node);
    this.node.append(this._bar.node, body);
    this._overlay.moved.connect(this._onOverlay, this);
    this._tiles.picked.connect(this._onPicked, this);
    session.changed.connect(this._onSession, this);
    this._begin();
  }

  /** The points so far. */
  get points(): readonly ICentrePoint[] {
    return this._search.points;
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this.options.session.changed.disconnect(this._onSession, this);
    this._fetching?.abort();
    this._again.dispose();
    this._slices.dispose();
    this._standIn.dispose();
    this._tiles.dispose();
    this._overlay.dispose();
    this._message.dispose();
    this.options.workers.dispose();
    super.dispose();
  }

  /** What was found in these data; nothing while they are read. */
  private _begin(): void {
    const data = this._data();
    const { session, searches } = this.options;
    const { base, recipe } = session;
    if (!data) {
      this._search = new CentreSearch();
    } else if (base) {
      this._search = searches.of(base, recipe.dataset, data);
      this._enter(data);
    }
    this._update();
  }

  /** Without points, one looks where the recipe, or what was found, has the axis now. */
  private _enter(data: Description): void {
    const entered = this._entered === this._search;
    this._entered = this._search;
    if (entered || this._search.points.length) {
      return;
    }
    beginSearch(this._search, this.options.session, data);
  }

  private _visitShare(share: number): void {
    const data = this._data();
    if (data) {
      this._visit(rowAt(this.options.session.recipe, data, share));
    }
  }

  private _visit(row: number): void {
    const data = this._data();
    if (!data) {
      return;
    }
    const next = Math.max(0, Math.min(data.rows - 1, Math.round(row)));
    this._search.visit(next, knownAxis(this.options.session, data));
    this._stayInside();
    this._update();
  }

  private readonly _onPicked = (_: SliceTiles, index: number): void => {
    this._search.pick(index);
    this._update();
  };

  private readonly _onOverlay = (
    _: OverlayView,
    { by, going }: IOverlayMove
  ): void => {
    this._search.column += by;
    this._stayInside();
    if (going) {
      this._paint();
      return;
    }
    this._search.mark();
    this._update();
  };

  /** No point is marked outside of the image. */
  private _stayInside(): void {
    const { columns } = this._data() ?? { columns: Infinity };
    const { column } = this._search;
    this._search.column = Math.max(0, Math.min(columns - 1, column));
  }

  private _setPoints(points: ICentrePoint[]): void {
    this._search.set(points);
    this._update();
  }

  /** One undo step. */
  private _use(): void {
    const { session } = this.options;
    const value = foundCentre(this._search, session.recipe);
    if (value) {
      session.edit({ path: ['regions', 'centre'], value });
    }
  }

  private readonly _onSession = (
    _: IRecipeSession,
    what: SessionChange
  ): void => {
    if (what === 'position' || what === 'centre' || what === 'axis') {
      return;
    }
    this._begin();
  };

  /** Everything after a change. */
  private _update(): void {
    const data = this._data();
    this._controls();
    if (!this._search.begun || !data || !this.options.session.base) {
      return;
    }
    this._message.display(null);
    if (this._way === 'strip') {
      this._askSlices(data);
    } else {
      void this._askImages();
    }
  }

  private _askSlices(data: Description): void {
    const { session, trans } = this.options;
    const { base, recipe } = session;
    const { row, columns } = this._search;
    const { dataset, regions, filters, reconstruction } = recipe;
    const key = JSON.stringify([
      base,
      row,
      columns,
      dataset,
      regions?.roi,
      regions?.air,
      filters,
      reconstruction
    ]);
    if (!base || key === this._key) {
      return;
    }
    this._key = key;
    const labels = columns.map(column =>
      isInside(column, data.columns) ? short(column, 8) : ''
    );
    this._tiles.expect(
      labels,
      labels.map(
        column =>
          column && trans.__('Column %1: click when it is the sharpest', column)
      )
    );
    void this._slices.ask(
      { base, recipe, row, columns: data.columns },
      columns
    );
  }

  private async _askImages(): Promise<void> {
    const { session, api } = this.options;
    const { base, recipe } = session;
    const { dataset, regions, filters } = recipe;
    const key = JSON.stringify([base, dataset, regions?.air, filters]);
    if (!base || key === this._imagesKey) {
      this._paint();
      return;
    }
    this._imagesKey = key;
    this._fetching?.abort();
    const fetching = new AbortController();
    this._fetching = fetching;
    this._setBusy('images', true);
    try {
      this._overlay.setImages(
        await oppositeImages(api, base, recipe, this._purpose, fetching.signal)
      );
      this._again.reset();
      this._paint();
    } catch (error) {
      if (!fetching.signal.aborted) {
        this._imagesKey = '';
        this._overlay.setImages(null);
        this._fail(error);
      }
    } finally {
      if (this._fetching === fetching) {
        this._fetching = null;
        this._setBusy('images', false);
      }
    }
  }

  private _paint(): void {
    const { trans } = this.options;
    if (this._way !== 'overlay') {
      return;
    }
    const { axis, row, column } = this._search;
    this._bar.setColumn(column);
    const difference = this._overlay.paint(axis, row, this._look);
    this._facts.textContent = Number.isFinite(difference)
      ? trans.__(
          'Drag the mirror image, or use the arrow keys (%1 px; with shift %2 px). Mean difference %3.',
          0.05,
          1,
          short(difference, 3)
        )
      : '';
  }

  private _fail(error: unknown): void {
    const failure = this._again.after(failureOf(error), this.options.trans);
    const retry = {
      text: this.options.trans.__('Try again'),
      run: () => this._askAgain()
    };
    this._key = '';
    this._message.display(failureMessage(failure, this.options.trans, [retry]));
  }

  private _askAgain(): void {
    this._key = this._imagesKey = '';
    this._update();
  }

  private _controls(): void {
    const { trans, session } = this.options;
    const { recipe } = session;
    const strip = this._way === 'strip';
    this._tiles.node.hidden = !strip;
    this._overlay.node.hidden = strip;
    this._bar.set(this._way, this._look, this._search);
    const { row, points, fit } = this._search;
    this._tell();
    const found = foundCentre(this._search, recipe);
    this._table.set(points, fit, row, isCentreOf(recipe, found));
    if (!this._data()) {
      this._message.display({
        kind: 'busy',
        title: trans.__('Reading the data set …')
      });
    }
  }

  /** Below the slices: what to do, and why the server makes them. */
  private _tell(): void {
    const { trans } = this.options;
    const { words } = this._standIn;
    this._facts.replaceChildren(
      ...(this._way === 'strip'
        ? [
            trans.__(
              'Click the sharpest slice; the next nine are closer together. Wheel: zoom, drag: move, all alike.'
            ),
            ...(words ? [' ', ...warningMarks([words], trans)] : [])
          ]
        : [])
    );
  }

  private _setBusy(what: 'slices' | 'images', busy: boolean): void {
    this._busy[what] = busy;
    if (!this.isDisposed) {
      const { slices, images } = this._busy;
      this.node.setAttribute('aria-busy', String(slices || images));
    }
  }

  private _data(): Description | null {
    const { description } = this.options.session;
    return description.state === 'ready' ? description.value : null;
  }

  private _search = new CentreSearch();
  private _entered: CentreSearch | null = null;
  private readonly _purpose: string;
  private readonly _again = new Again(() => this._askAgain());
  private readonly _slices: CentreSlices;
  private readonly _standIn: StandIn;
  private readonly _tiles: SliceTiles;
  private readonly _overlay: OverlayView;
  private readonly _table: IPointTable;
  private readonly _message: MessageCard;
  private readonly _bar: ICentreToolbar;
  private readonly _facts: HTMLElement;
  private readonly _busy = { slices: false, images: false };
  private _fetching: AbortController | null = null;
  private _way: Way = 'strip';
  private _look: OverlayLook = 'red-cyan';
  private _key = '';
  private _imagesKey = '';
}
