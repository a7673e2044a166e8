/**
 * The grid of a sweep: as large as the room allows, walked over by arrow keys.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';

import { element } from '../dom';
import { CloseUp } from './close-up';
import { GAP, layOut } from './layout';
import type { ILayout } from './layout';
import type { SweepCell } from './sweep-cell';

export class SweepGrid implements IDisposable {
  constructor(trans: TranslationBundle) {
    this._close = new CloseUp(trans);
    this.node.style.setProperty('--jp-tomo-sweep-gap', `${GAP}px`);
    this.node.append(this._grid, this._close.node);
    for (const event of ['pointerover', 'focusin'] as const) {
      this._grid.addEventListener(event, this._point);
    }
    if (typeof ResizeObserver !== 'undefined') {
      this._observer = new ResizeObserver(() => this._lay());
      this._observer.observe(this.node);
    }
  }

  readonly node = element('div', 'jp-tomo-sweep-stage');

  get isDisposed(): boolean {
    return this._disposed;
  }

  get cells(): readonly SweepCell[] {
    return this._cells;
  }

  /** Pixels at which a slice is shown at most. */
  get width(): number {
    const { tile, close } = this._layout ?? { tile: 0, close: null };
    return Math.max(tile, close?.size ?? 0) * window.devicePixelRatio;
  }

  /**
   * @param cells row by row
   * @param across how many values the first parameter has
   * @param down how many the second one has; null: there is none
   */
  set(cells: readonly SweepCell[], across: number, down: number | null): void {
    this._cells = cells;
    this._counts = { across, down };
    this._pointed = null;
    this._grid.replaceChildren(...cells.map(({ node }) => node));
    this._lay();
    this._look();
  }

  /** A slice came, or they are painted in other colours. */
  refresh(): void {
    this._look();
  }

  /** From one slice to the next by arrow keys. */
  walk(key: string): boolean {
    const here = this._cells.findIndex(({ node }) =>
      node.contains(document.activeElement)
    );
    const { across } = this._counts;
    const { columns = across, turned = false } = this._layout ?? {};
    // Lines of one parameter are wrapped where the grid is; of two, each has its own.
    const line = this._counts.down === null ? columns : across;
    const [left, up] = turned ? [line, 1] : [1, line];
    const by = {
      ArrowLeft: -left,
      ArrowRight: left,
      ArrowUp: -up,
      ArrowDown: up
    }[key];
    const next = by === undefined || here < 0 ? -1 : here + by;
    if (next < 0 || next >= this._cells.length) {
      return false;
    }
    this._cells[next].focus();
    return true;
  }

  dispose(): void {
    this._disposed = true;
    this._observer?.disconnect();
    for (const event of ['pointerover', 'focusin'] as const) {
      this._grid.removeEventListener(event, this._point);
    }
    this._cells = [];
  }

  private readonly _point = ({ target }: Event): void => {
    const cell = this._cells.find(
      ({ node }) => target instanceof Node && node.contains(target)
    );
    if (cell && cell !== this._pointed) {
      this._pointed = cell;
      this._look();
    }
  };

  private _look(): void {
    if (this._layout?.close) {
      const held = this._cells.find(({ values }) => values.held) ?? null;
      this._close.show(held, this._pointed);
    }
  }

  private _lay(): void {
    const { clientWidth: width, clientHeight: height } = this.node;
    const { across, down } = this._counts;
    if (!this._cells.length || width === 0) {
      return;
    }
    const layout = layOut(across, down, { width, height });
    this._layout = layout;
    const { columns, rows, tile, turned, close } = layout;
    this.node.classList.toggle('jp-mod-below', close?.where === 'below');
    const { style } = this._grid;
    style.gridTemplateColumns = `repeat(${columns}, ${tile}px)`;
    style.gridTemplateRows = `repeat(${rows}, ${tile}px)`;
    style.gridAutoFlow = turned ? 'column' : 'row';
    this._close.node.hidden = !close;
    if (close) {
      this._close.resize(close.size);
      this._look();
    }
  }

  private readonly _grid = element('div', 'jp-tomo-sweep-grid');
  private readonly _close: CloseUp;
  private readonly _observer: ResizeObserver | null = null;
  private _cells: readonly SweepCell[] = [];
  private _counts: { across: number; down: number | null } = {
    across: 0,
    down: null
  };
  private _layout: ILayout | null = null;
  private _pointed: SweepCell | null = null;
  private _disposed = false;
}
