/**
 * A grid of slices, each with another value of one parameter or two; a click
 * takes the values into the recipe.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { axisAbout, withAxis } from '../../axis';
import type { IAxis } from '../../axis';
import type { IRecipeSession } from '../../tokens';
import { sliceKey } from '../../tuning';
import type { IWantedSlice } from '../../tuning';
import type { ContrastModel } from '../contrast';
import { button, element } from '../dom';
import { AxisBar } from './axis-bar';
import { cellsOf, headOf } from './cell-values';
import type { ICellValues } from './cell-values';
import { Computation } from './computation';
import { SweepGrid } from './grid';
import type { Schema } from './others';
import { sweepables } from './parameters';
import type { ISweepable, ISweptData } from './parameters';
import type { ISliceSource } from './slice-source';
import { SweepCell } from './sweep-cell';
import { withValues } from './values';

/** Most slices of a grid. */
const MOST = 100;
/** Least width at which a slice is computed, in pixels. */
const WIDTH = 320;
/** Most: more is not seen in a grid. */
const WIDEST = 1024;
/** Milliseconds after a change before the grid is made anew. */
const SETTLE = 150;

export interface ISweepViewOptions {
  readonly session: IRecipeSession;
  readonly sweep: ISliceSource;
  readonly contrast: ContrastModel;
  readonly trans: TranslationBundle;
  /** The axis with which the shown row was made; null when it is not known. */
  readonly axis: () => IAxis | null;
  /** The row about which it leans; null when it is not known. */
  readonly pivot: () => number | null;
  /** Another image is shown: the axis may be another one. */
  readonly shown: ISignal<unknown, unknown>;
  /** Kernel whose Python has tools; the server's own when left out. */
  readonly kernel?: string;
  /** Parameters of the recipe's method where it is another package's. */
  readonly schema?: Schema;
}

export class SweepView extends Widget {
  constructor(private readonly options: ISweepViewOptions) {
    super();
    const { session, trans, contrast, sweep, shown } = options;
    this.addClass('jp-tomo-sweep');
    this.node.tabIndex = -1;
    this.node.setAttribute('role', 'group');
    this.node.setAttribute('aria-label', trans.__('Sweep of a parameter'));
    const offered = this._offered();
    this._all = offered;
    const changed = (): void => this._changed();
    this._across = new AxisBar(trans, offered, false, 9, () => {
      if (this._down.axis?.sweepable.id === this._first) {
        this._down.clear();
      }
      this._down.offer(this._others());
      this._changed();
    });
    this._down = new AxisBar(trans, this._others(), true, 3, changed);
    this._grid = new SweepGrid(trans);
    this._computation = new Computation({
      source: sweep,
      trans,
      wanted: ({ values }) => this._wanted(values),
      width: () => Math.min(WIDEST, Math.max(WIDTH, this._grid.width)),
      came: () => this._grid.refresh()
    });
    const bar = element('div', 'jp-tomo-sweep-bar');
    bar.append(
      this._across.node,
      this._down.node,
      ...this._computation.nodes,
      button('✕', trans.__('Close the sweep (Escape)'), () =>
        this._closed.emit()
      )
    );
    this.node.append(bar, this._grid.node);
    this.node.addEventListener('keydown', this._keys);
    contrast.changed.connect(this._paint);
    session.changed.connect(this._follow);
    shown.connect(this._follow);
    this._make();
  }

  /** The user is done. */
  get closed(): ISignal<this, void> {
    return this._closed;
  }

  /** Why the server makes its slices, in a sentence; empty: it does not, or is to. */
  get trouble(): string {
    return this.options.sweep.standIn?.words ?? '';
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    const { session, contrast, shown } = this.options;
    clearTimeout(this._timer);
    this.node.removeEventListener('keydown', this._keys);
    contrast.changed.disconnect(this._paint);
    session.changed.disconnect(this._follow);
    shown.disconnect(this._follow);
    this._computation.dispose();
    this._grid.dispose();
    Signal.clearData(this);
    super.dispose();
  }

  private readonly _keys = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.preventDefault();
      this._closed.emit();
    } else if (this._grid.walk(event.key)) {
      event.preventDefault();
    }
    // The keys of the viewer belong to the image below.
    event.stopPropagation();
  };

  /** What can be tried out of the recipe as it is now. */
  private _offered(): ISweepable[] {
    const { session, axis, pivot, schema, trans, sweep } = this.options;
    const found = axis();
    const about = found && axisAbout(found, pivot() ?? found.row);
    const offered = sweepables(
      session.recipe,
      { ...dataOf(session, about), ...(schema && { schema }) },
      trans
    );
    // Where the server makes all slices, it does not so for some alone.
    return sweep.isHere
      ? offered
      : offered.map(one => ({ ...one, onServer: false }));
  }

  /** The first parameter, as text. */
  private get _first(): string | undefined {
    return this._across.axis?.sweepable.id;
  }

  /** What can be tried beside the first parameter. */
  private _others(): ISweepable[] {
    return this._all.filter(({ id }) => id !== this._first);
  }

  private _changed(): void {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this._make(), SETTLE);
  }

  /** The recipe or its place is another one: so are all slices, and what can be tried. */
  private readonly _follow = (): void => {
    if (this._made !== '' && this._key() !== this._made) {
      this._changed();
    }
  };

  /** What all slices of the grid depend on. */
  private _key(): string {
    const { session, axis, kernel } = this.options;
    const { base, recipe, position } = session;
    return sliceKey({
      base: base ?? '',
      recipe: withAxis(recipe, axis()),
      row: position.row,
      columns: columnsOf(session),
      ...(kernel !== undefined && { kernel })
    });
  }

  /** Lay out the grid, and compute its slices. */
  private _make(): void {
    if (this._made !== this._key()) {
      this._made = this._key();
      this._all = this._offered();
      this._across.offer(this._all);
      this._down.offer(this._others());
    }
    const { trans } = this.options;
    const across = this._across.axis;
    const down = this._down.axis;
    if (!across) {
      return;
    }
    const count = across.values.length * (down?.values.length ?? 1);
    if (count > MOST) {
      this._grid.set([], null, null);
      this._computation.end(
        trans.__('%1 slices are more than %2: take fewer values.', count, MOST)
      );
      return;
    }
    const cells = cellsOf(across, down, trans).map(each => this._cell(each));
    this._grid.set(cells, headOf(across, trans), down && headOf(down, trans));
    this._computation.begin(cells);
  }

  private _cell(values: ICellValues): SweepCell {
    const { trans, session, contrast } = this.options;
    const cell = new SweepCell({
      ...values,
      trans,
      contrast,
      take: () => {
        session.edit(...values.changes);
        this._closed.emit();
      },
      again: () => this._computation.again(cell)
    });
    return cell;
  }

  private _wanted({ changes }: ICellValues): IWantedSlice | null {
    const { session, axis, kernel } = this.options;
    const { base, position } = session;
    // Another value might move the axis that is found, and the search takes time.
    const recipe = withAxis(session.recipe, axis());
    return base === null
      ? null
      : {
          base,
          recipe: withValues(recipe, changes),
          row: position.row,
          columns: columnsOf(session),
          ...(kernel !== undefined && { kernel })
        };
  }

  private readonly _paint = (): void => {
    for (const cell of this._grid.cells) {
      cell.paint();
    }
    this._grid.refresh();
  };

  private readonly _across: AxisBar;
  private readonly _down: AxisBar;
  private readonly _grid: SweepGrid;
  private readonly _computation: Computation;
  private readonly _closed = new Signal<this, void>(this);
  /** What can be tried. */
  private _all: readonly ISweepable[];
  /** What the grid was made of; empty before it is. */
  private _made = '';
  private _timer: ReturnType<typeof setTimeout> | undefined;
}

/** Columns of the full image; 1 while nobody knows. */
function columnsOf({ description }: IRecipeSession): number {
  return description.state === 'ready' ? description.value.columns : 1;
}

function dataOf(session: IRecipeSession, axis: IAxis | null): ISweptData {
  const { description, position } = session;
  const { row } = position;
  const columns = columnsOf(session);
  if (description.state !== 'ready') {
    return { axis, columns, row, angles: null };
  }
  const { angles } = description.value;
  const { first, last } = angles;
  const known = first !== null && last !== null;
  return {
    axis,
    columns,
    row,
    angles: known ? [Math.min(first, last), Math.max(first, last)] : null
  };
}
