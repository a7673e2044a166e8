/**
 * The grid of a sweep: as large as the room allows, walked over by arrow keys.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';

import { element } from '../dom';
import { CloseUp } from './close-up';
import type { IHead } from './cell-values';
import { headNodes } from './heads';
import { GAP, HEADS, layOut } from './layout';
import type { ILayout } from './layout';
import type { SweepCell } from './sweep-cell';

export class SweepGrid implements IDisposable {
  constructor(private readonly _trans: TranslationBundle) {
    this._close = new CloseUp(_trans);
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
   * @param across the first parameter; null: there are no slices
   * @param down the second one; null: there is none
   */
  set(
    cells: readonly SweepCell[],
    across: IHead | null,
    down: IHead | null
  ): void {
    this._cells = cells;
    this._heads = { across, down };
    this._counts = {
      across: across?.values.length ?? 0,
      down: down?.values.length ?? null
    };
    this._pointed = null;
    this._turned = null;
    this._grid.replaceChildren(...cells.map(({ node }) => node));
    this._head(false);
    this._lay();
    this._look();
  }

  /** A slice came, or they are painted in other colours. */
  refresh(): void {
    // One scale for all: in half acquisition each axis has slices of another size.
    const most = Math.max(0, ...this._cells.map(({ columns }) => columns));
    for (const cell of this._cells) {
      cell.frame = most;
    }
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
    const [left, top] =
      down === null ? ['', ''] : [HEADS.left, HEADS.top].map(lines);
    style.gridTemplateColumns = `${left}repeat(${columns}, ${tile}px)`;
    style.gridTemplateRows = `${top}repeat(${rows}, ${tile}px)`;
    this._head(turned);
    style.gridAutoFlow = turned ? 'column' : 'row';
    this._close.node.hidden = !close;
    if (close) {
      this._close.resize(close.size);
      this._look();
    }
  }

  /** The values at the sides of a grid of two parameters. */
  private _head(turned: boolean): void {
    const { across, down } = this._heads;
    if (!across || !down || turned === this._turned) {
      return;
    }
    this._turned = turned;
    const [columns, rows] = turned ? [down, across] : [across, down];
    // The slices stay where they are: one that was moved would lose the keys.
    this._headNodes.forEach(node => node.remove());
    this._headNodes = headNodes(columns, rows, this._trans);
    this._grid.prepend(...this._headNodes);
  }

  private readonly _grid = element('div', 'jp-tomo-sweep-grid');
  private readonly _close: CloseUp;
  private readonly _observer: ResizeObserver | null = null;
  private _cells: readonly SweepCell[] = [];
  private _counts: { across: number; down: number | null } = {
    across: 0,
    down: null
  };
  private _heads: { across: IHead | null; down: IHead | null } = {
    across: null,
    down: null
  };
  private _headNodes: readonly HTMLElement[] = [];
  /** How the heads lie; null: there are none yet. */
  private _turned: boolean | null = null;
  private _layout: ILayout | null = null;
  private _pointed: SweepCell | null = null;
  private _disposed = false;
}

/** Lines of heads, as a part of a template of columns or rows. */
function lines(sizes: readonly number[]): string {
  return sizes.map(size => `${size}px `).join('');
}
