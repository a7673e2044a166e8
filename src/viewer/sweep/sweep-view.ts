/**
 * A grid of slices, each with another value of one parameter or two; a click
 * takes the values into the recipe.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { failureOf, isAbort } from '../../api';
import type { IRecipeChange, IRecipeSession } from '../../tokens';
import type { ILiveImage, IWantedSlice, Sweep } from '../../tuning';
import type { ContrastModel } from '../contrast';
import { button, element } from '../dom';
import { short } from '../format';
import { colourTable } from '../pixels/colours';
import { paint } from '../pixels/paint';
import { AxisBar } from './axis-bar';
import type { ISweepAxis } from './axis-bar';
import type { SweepValue } from './parameters';
import { sweepables, withValues } from './parameters';

/** Most slices of a grid. */
const MOST = 100;
/** Width at which a slice is computed, in pixels. */
const WIDTH = 320;
/** Milliseconds after a change before the grid is made anew. */
const SETTLE = 150;

interface ICell {
  readonly changes: IRecipeChange[];
  readonly canvas: HTMLCanvasElement;
  readonly node: HTMLButtonElement;
  image: ILiveImage | null;
}

export interface ISweepViewOptions {
  readonly session: IRecipeSession;
  readonly sweep: Sweep;
  readonly contrast: ContrastModel;
  readonly trans: TranslationBundle;
  /** Column of the axis at the shown row, given or found; null when it is not known. */
  readonly column: number | null;
}

export class SweepView extends Widget {
  constructor(private readonly options: ISweepViewOptions) {
    super();
    const { session, trans, column, contrast } = options;
    this.addClass('jp-tomo-sweep');
    this.node.setAttribute('role', 'group');
    this.node.setAttribute('aria-label', trans.__('Sweep of a parameter'));
    const columns =
      session.description.state === 'ready'
        ? session.description.value.columns
        : 1;
    const all = sweepables(
      session.recipe,
      column,
      columns,
      trans.__('Centre of rotation')
    );
    const changed = (): void => this._changed();
    this._across = new AxisBar(trans, all, false, 9, changed);
    this._down = new AxisBar(trans, all, true, 3, changed);
    this._say.setAttribute('role', 'status');
    const bar = element('div', 'jp-tomo-sweep-bar');
    bar.append(
      this._across.node,
      this._down.node,
      this._say,
      button('✕', trans.__('Close the sweep (Escape)'), () =>
        this._closed.emit()
      )
    );
    this.node.append(bar, this._grid);
    this.node.addEventListener('keydown', this._keys);
    contrast.changed.connect(this._paint);
    this._make();
  }

  /** The user is done. */
  get closed(): ISignal<this, void> {
    return this._closed;
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    clearTimeout(this._timer);
    this.node.removeEventListener('keydown', this._keys);
    this.options.contrast.changed.disconnect(this._paint);
    this.options.sweep.dispose();
    this._cells = [];
    Signal.clearData(this);
    super.dispose();
  }

  private readonly _keys = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.preventDefault();
      this._closed.emit();
    }
    // The keys of the viewer belong to the image below.
    event.stopPropagation();
  };

  private _changed(): void {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this._make(), SETTLE);
  }

  /** Lay out the grid, and compute its slices one after the other. */
  private _make(): void {
    const across = this._across.axis;
    const down = this._down.axis;
    if (!across) {
      return;
    }
    const { trans } = this.options;
    const count = across.values.length * (down?.values.length ?? 1);
    if (count > MOST) {
      this.options.sweep.stop();
      this._say.textContent = trans.__(
        '%1 slices are more than %2: take fewer values.',
        count,
        MOST
      );
      return;
    }
    this._cells = cellsOf(across, down).map(({ changes, label, held }) =>
      this._cell(changes, label, held)
    );
    this._grid.className = `jp-tomo-sweep-grid${down ? ' jp-mod-two' : ''}`;
    this._grid.style.setProperty(
      '--jp-tomo-sweep-columns',
      String(across.values.length)
    );
    this._grid.replaceChildren(...this._cells.map(cell => cell.node));
    void this._compute(this._cells);
  }

  private _cell(changes: IRecipeChange[], label: string, held: boolean): ICell {
    const { trans, session } = this.options;
    const node = button('', trans.__('Take %1 into the recipe', label), () => {
      session.edit(...changes);
      this._closed.emit();
    });
    node.className = `jp-tomo-sweep-cell${held ? ' jp-mod-held' : ''}`;
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 1;
    node.append(
      canvas,
      element('span', '', held ? trans.__('%1 (now)', label) : label)
    );
    return { changes, canvas, node, image: null };
  }

  private async _compute(cells: ICell[]): Promise<void> {
    const { session, sweep, trans } = this.options;
    const { base, recipe, position } = session;
    if (base === null) {
      return;
    }
    let done = 0;
    this._say.textContent = trans.__('0 of %1', cells.length);
    try {
      const wanted: IWantedSlice[] = cells.map(({ changes }) => ({
        base,
        recipe: withValues(recipe, changes),
        row: position.row
      }));
      await sweep.run(wanted, WIDTH, (index, image) => {
        cells[index].image = image;
        this._paintCell(cells[index]);
        done += 1;
        this._say.textContent =
          done < cells.length ? trans.__('%1 of %2', done, cells.length) : '';
      });
    } catch (error) {
      if (!isAbort(error) && !this.isDisposed) {
        const { message, hint } = failureOf(error);
        this._say.textContent = hint ? `${message} ${hint}` : message;
      }
    }
  }

  private readonly _paint = (): void => {
    for (const cell of this._cells) {
      this._paintCell(cell);
    }
  };

  private _paintCell({ image, canvas }: ICell): void {
    const context = canvas.getContext('2d', { alpha: false });
    if (!image || !context) {
      return;
    }
    const { data, rows, columns } = image;
    const { look, levels } = this.options.contrast;
    const pixels = new ImageData(columns, rows);
    paint(data, new Uint32Array(pixels.data.buffer), colourTable(look), levels);
    canvas.width = columns;
    canvas.height = rows;
    context.putImageData(pixels, 0, 0);
  }

  private readonly _across: AxisBar;
  private readonly _down: AxisBar;
  private readonly _grid = element('div', 'jp-tomo-sweep-grid');
  private readonly _say = element('span', 'jp-tomo-sweep-say');
  private readonly _closed = new Signal<this, void>(this);
  private _cells: ICell[] = [];
  private _timer: ReturnType<typeof setTimeout> | undefined;
}

/** The cells of a grid, row by row. */
export function cellsOf(
  across: ISweepAxis,
  down: ISweepAxis | null
): { changes: IRecipeChange[]; label: string; held: boolean }[] {
  const rows: (SweepValue | null)[] = down ? [...down.values] : [null];
  return rows.flatMap(second =>
    across.values.map(first => {
      const changes = [{ path: across.sweepable.path, value: first }];
      const labels = [told(first)];
      let held = first === across.sweepable.value;
      if (down && second !== null) {
        changes.push({ path: down.sweepable.path, value: second });
        labels.push(told(second));
        held &&= second === down.sweepable.value;
      }
      return { changes, label: labels.join(' · '), held };
    })
  );
}

function told(value: SweepValue): string {
  return typeof value === 'number' ? short(value, 6) : String(value);
}
