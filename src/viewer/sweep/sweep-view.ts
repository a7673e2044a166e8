/**
 * A grid of slices, each with another value of one parameter or two; a click
 * takes the values into the recipe.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { failureOf, isAbort } from '../../api';
import { withAxis } from '../../axis';
import type { IAxis } from '../../axis';
import type { IRecipeChange, IRecipeSession } from '../../tokens';
import { formatSeconds } from '../../quantities';
import type { IWantedSlice } from '../../tuning';
import type { ContrastModel } from '../contrast';
import { button, element, setHidden } from '../dom';
import { short } from '../format';
import { failureSentence } from '../../field-names';
import type { ISliceSource } from './slice-source';
import { AxisBar } from './axis-bar';
import type { ISweepAxis } from './axis-bar';
import type { ISweptData, SweepValue } from './parameters';
import { sweepables, withValues } from './parameters';
import type { Schema } from './others';
import { SliceQueue } from './slice-queue';
import { SweepCell } from './sweep-cell';
import type { ICellValues } from './sweep-cell';

/** Most slices of a grid. */
const MOST = 100;
/** Width at which a slice is computed, in pixels. */
const WIDTH = 320;
/** Milliseconds after a change before the grid is made anew. */
const SETTLE = 150;
/** Share of a value up to which another one is the same. */
const ALIKE = 1e-5;
/** Seconds from which on a grid is begun only when it is asked for. */
const SLOW = 10;

export interface ISweepViewOptions {
  readonly session: IRecipeSession;
  readonly sweep: ISliceSource;
  readonly contrast: ContrastModel;
  readonly trans: TranslationBundle;
  /** The axis with which the shown row was made; null when it is not known. */
  readonly axis: IAxis | null;
  /** Kernel whose Python has tools; the server's own when left out. */
  readonly kernel?: string;
  /** Parameters of the recipe's method where it is another package's. */
  readonly schema?: Schema;
}

export class SweepView extends Widget {
  constructor(private readonly options: ISweepViewOptions) {
    super();
    const { session, trans, axis, contrast, schema } = options;
    this.addClass('jp-tomo-sweep');
    this.node.tabIndex = -1;
    this.node.setAttribute('role', 'group');
    this.node.setAttribute('aria-label', trans.__('Sweep of a parameter'));
    const all = sweepables(
      session.recipe,
      { ...dataOf(session, axis), ...(schema && { schema }) },
      trans
    );
    const changed = (): void => this._changed();
    this._queue = new SliceQueue(options.sweep, WIDTH);
    this._across = new AxisBar(trans, all, false, 9, changed);
    this._down = new AxisBar(trans, all, true, 3, changed);
    this._say.setAttribute('role', 'status');
    this._go = button(
      trans.__('Start'),
      trans.__('Compute these slices'),
      () => void this._compute(true)
    );
    this._end = button(
      trans.__('Stop'),
      trans.__('Compute no more of these slices'),
      () => this._stop()
    );
    this._go.hidden = this._end.hidden = true;
    const bar = element('div', 'jp-tomo-sweep-bar');
    bar.append(
      this._across.node,
      this._down.node,
      this._say,
      this._go,
      this._end,
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
    this._estimating?.abort();
    this._queue.dispose();
    this.options.sweep.dispose();
    this._cells = [];
    Signal.clearData(this);
    super.dispose();
  }

  private readonly _keys = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.preventDefault();
      this._closed.emit();
    } else if (this._walk(event.key)) {
      event.preventDefault();
    }
    // The keys of the viewer belong to the image below.
    event.stopPropagation();
  };

  /** From one slice to the next by arrow keys. */
  private _walk(key: string): boolean {
    const here = this._cells.findIndex(({ node }) =>
      node.contains(document.activeElement)
    );
    const columns = this._across.axis?.values.length ?? 1;
    const by = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -columns,
      ArrowDown: columns
    }[key];
    const next = by === undefined || here < 0 ? -1 : here + by;
    if (next < 0 || next >= this._cells.length) {
      return false;
    }
    this._cells[next].focus();
    return true;
  }

  private _changed(): void {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this._make(), SETTLE);
  }

  /** Lay out the grid, and compute its slices. */
  private _make(): void {
    const across = this._across.axis;
    const down = this._down.axis;
    if (!across) {
      return;
    }
    const { trans } = this.options;
    const count = across.values.length * (down?.values.length ?? 1);
    this._halt();
    setHidden(this._go, true);
    setHidden(this._end, true);
    if (count > MOST) {
      this._say.textContent = trans.__(
        '%1 slices are more than %2: take fewer values.',
        count,
        MOST
      );
      return;
    }
    this._cells = cellsOf(across, down).map(values => this._cell(values));
    this._grid.className = `jp-tomo-sweep-grid${down ? ' jp-mod-two' : ''}`;
    this._grid.style.setProperty(
      '--jp-tomo-sweep-columns',
      String(across.values.length)
    );
    this._grid.replaceChildren(...this._cells.map(cell => cell.node));
    void this._compute(false);
  }

  /** What is there stays; the rest can be had later. */
  private _stop(): void {
    this._halt();
    const focused = this._end === document.activeElement;
    this._go.hidden = false;
    this._end.hidden = true;
    if (focused) {
      this._go.focus();
    }
    this._say.textContent = this.options.trans.__('Stopped.');
  }

  private _halt(): void {
    this._estimating?.abort();
    this._queue.stop();
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
      again: () => this._ask([cell])
    });
    return cell;
  }

  /** @param slowly whether to begin however long it takes */
  private async _compute(slowly: boolean): Promise<void> {
    setHidden(this._go, true);
    const cells = this._cells.filter(({ isReady }) => !isReady);
    try {
      if (slowly || (await this._isQuick(cells))) {
        this._ask(cells);
      }
    } catch (error) {
      if (!isAbort(error) && !this.isDisposed) {
        this._say.textContent = failureSentence(
          failureOf(error),
          this.options.trans
        );
      }
    }
  }

  /** Ask for slices: each comes, or says what keeps it. */
  private _ask(cells: readonly SweepCell[]): void {
    for (const cell of cells) {
      cell.wait();
    }
    this._tell();
    this._queue.add(
      cells.flatMap(cell => {
        const wanted = this._wanted(cell);
        return wanted
          ? {
              wanted,
              ready: image => {
                cell.show(image);
                this._tell();
              },
              failed: error => {
                cell.fail(failureOf(error));
                this._tell();
              }
            }
          : [];
      })
    );
  }

  private _wanted({ changes }: SweepCell): IWantedSlice | null {
    const { session, axis, kernel } = this.options;
    const { base, position } = session;
    // Another value might move the axis that is found, and the search takes time.
    const recipe = withAxis(session.recipe, axis);
    return base === null
      ? null
      : {
          base,
          recipe: withValues(recipe, changes),
          row: position.row,
          ...(kernel !== undefined && { kernel })
        };
  }

  /** How far it is. */
  private _tell(): void {
    const { trans } = this.options;
    const { length } = this._cells;
    const failed = this._cells.filter(({ isFailed }) => isFailed).length;
    const done = this._cells.filter(({ isReady }) => isReady).length + failed;
    // Also where the engine makes them: what it does not, the server may take long for.
    setHidden(this._end, done === length);
    this._say.textContent =
      done < length
        ? trans.__('%1 of %2', done, length)
        : failed
          ? trans._n(
              '%1 of %2 slices failed, and says why.',
              '%1 of %2 slices failed; each says why.',
              failed,
              length
            )
          : '';
  }

  /** Whether the slices take no time to speak of; the user is told and asked when they do. */
  private async _isQuick(cells: readonly SweepCell[]): Promise<boolean> {
    const { sweep, trans } = this.options;
    if (!sweep.seconds) {
      return true;
    }
    const wanted = cells.flatMap(cell => this._wanted(cell) ?? []);
    this._say.textContent = trans.__('Estimating…');
    const estimating = new AbortController();
    this._estimating = estimating;
    const seconds = await sweep.seconds(wanted, estimating.signal);
    if (estimating.signal.aborted) {
      return false;
    }
    if (seconds !== null && seconds < SLOW) {
      return true;
    }
    this._say.textContent =
      seconds === null
        ? trans.__(
            'Nobody can tell how long these %1 slices take.',
            wanted.length
          )
        : trans.__(
            'These %1 slices take about %2.',
            wanted.length,
            formatSeconds(seconds)
          );
    this._go.hidden = false;
    return false;
  }

  private readonly _paint = (): void => {
    for (const cell of this._cells) {
      cell.paint();
    }
  };

  private readonly _across: AxisBar;
  private readonly _down: AxisBar;
  private readonly _grid = element('div', 'jp-tomo-sweep-grid');
  private readonly _say = element('span', 'jp-tomo-sweep-say');
  private readonly _go: HTMLButtonElement;
  private readonly _end: HTMLButtonElement;
  private readonly _closed = new Signal<this, void>(this);
  private readonly _queue: SliceQueue;
  private _estimating: AbortController | null = null;
  private _cells: SweepCell[] = [];
  private _timer: ReturnType<typeof setTimeout> | undefined;
}

function dataOf(session: IRecipeSession, axis: IAxis | null): ISweptData {
  const { description } = session;
  if (description.state !== 'ready') {
    return { axis, columns: 1, angles: null };
  }
  const { columns, angles } = description.value;
  const { first, last } = angles;
  const known = first !== null && last !== null;
  return {
    axis,
    columns,
    angles: known ? [Math.min(first, last), Math.max(first, last)] : null
  };
}

/** The cells of a grid, row by row. */
export function cellsOf(
  across: ISweepAxis,
  down: ISweepAxis | null
): ICellValues[] {
  const rows: (SweepValue | null)[] = down ? [...down.values] : [null];
  return rows.flatMap(second =>
    across.values.map(first => {
      const changes = changesOf(across.sweepable, first);
      const labels = [told(first)];
      let held = isSame(first, across.sweepable.value);
      if (down && second !== null) {
        changes.push(...changesOf(down.sweepable, second));
        labels.push(told(second));
        held &&= isSame(second, down.sweepable.value);
      }
      return { changes, label: labels.join(' · '), held };
    })
  );
}

/** A value, and what has to be stated with it. */
function changesOf(
  { path, besides = [] }: ISweepAxis['sweepable'],
  value: SweepValue
): IRecipeChange[] {
  return [{ path, value }, ...besides];
}

/** Whether two values are one: numbers are proposed with some digits less. */
function isSame(one: SweepValue, other: SweepValue): boolean {
  return typeof one === 'number' && typeof other === 'number'
    ? Math.abs(one - other) <= ALIKE * Math.max(Math.abs(one), Math.abs(other))
    : one === other;
}

function told(value: SweepValue): string {
  return typeof value === 'number' ? short(value, 6) : String(value);
}
