/**
 * Slices of one row about several axes, computed by workers of the page.
 */
import type { IDisposable } from '@lumino/disposable';

import { isAbort } from '../../api';
import type { IApiClient } from '../../api';
import type { Recipe } from '../../recipe';
import {
  coarseness,
  planOf,
  release,
  rowOf,
  rowRequest,
  Selection
} from '../../tuning';
import type { EngineWorkers, IRow } from '../../tuning';
import type { IImage } from '../pixels/image';

/** Slices are binned to at most so many columns: nine of them are on the page at once. */
const WIDE = 1024;
/** Rows that are kept. */
const KEPT = 3;

/** What the slices are made of. */
export interface ISource {
  readonly base: string;
  readonly recipe: Recipe;
  /** Row of the full image. */
  readonly row: number;
  /** Columns of the full image. */
  readonly columns: number;
}

export interface ICentreSlicesOptions {
  readonly api: IApiClient;
  readonly workers: EngineWorkers;
  /** Purpose of the requests, of this widget alone. */
  readonly purpose: string;
  /** A slice about one of the axes; its index, and the width of its pixels. */
  readonly ready: (index: number, image: IImage, bin: number) => void;
  readonly failed: (error: unknown) => void;
  readonly busy: (busy: boolean) => void;
}

export class CentreSlices implements IDisposable {
  constructor(private readonly _options: ICentreSlicesOptions) {}

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** Slices about these columns of the full image, the middle ones first; they replace those still under way. */
  async ask(source: ISource, columns: readonly number[]): Promise<void> {
    if (this._disposed) {
      return;
    }
    const turn = ++this._turn;
    this._fetching?.abort();
    this._options.busy(true);
    const middle = (columns.length - 1) / 2;
    const order = columns
      .map((_, index) => index)
      .sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
    try {
      const row = this._selection.of(source.recipe, await this._rowOf(source));
      // One after the other: the workers share each of them.
      for (
        let index = order.shift();
        index !== undefined && turn === this._turn;
        index = order.shift()
      ) {
        await this._slice(source, row, columns[index], index, turn);
      }
    } catch (error) {
      if (turn === this._turn && !isAbort(error)) {
        this._options.failed(error);
      }
    }
    // A newer request says itself when it is done.
    if (turn === this._turn) {
      this._options.busy(false);
    }
  }

  /** Nothing is wanted any more. */
  drop(): void {
    this._turn++;
    this._fetching?.abort();
  }

  dispose(): void {
    this._disposed = true;
    this.drop();
    this._selection.clear();
    this._rows.forEach(({ sinogram }) => release(sinogram.data));
    this._rows.clear();
  }

  private async _slice(
    source: ISource,
    row: IRow,
    column: number,
    index: number,
    turn: number
  ): Promise<void> {
    const { plan, centre } = planOf(
      { ...source, recipe: about(source.recipe, column) },
      row
    );
    const { count, columns } = row.sinogram;
    const { data, size, bin } = await this._options.workers.slice(
      'whole',
      row,
      coarseness(columns, count, WIDE),
      plan,
      centre
    );
    if (turn === this._turn) {
      this._options.ready(
        index,
        { data, rows: size, columns: size, about: {} },
        bin
      );
    }
  }

  private async _rowOf(source: ISource): Promise<IRow> {
    // With an axis, so that nobody looks for one first.
    const recipe = about(source.recipe, (source.columns - 1) / 2);
    const { dataset, regions, filters } = recipe;
    const key = JSON.stringify([
      source.base,
      source.row,
      dataset,
      regions?.roi,
      regions?.air,
      filters
    ]);
    const kept = this._rows.get(key);
    if (kept) {
      return kept;
    }
    const fetching = new AbortController();
    this._fetching = fetching;
    try {
      const frame = await this._options.api.preview(
        rowRequest({ ...source, recipe }, this._options.purpose),
        fetching.signal
      );
      const own = `${this._options.purpose} ${key}`;
      const row = rowOf(frame, { ...source, recipe }, own);
      this._rows.set(key, row);
      for (const [old, { sinogram }] of [...this._rows].slice(0, -KEPT)) {
        release(sinogram.data);
        this._rows.delete(old);
      }
      return row;
    } finally {
      if (this._fetching === fetching) {
        this._fetching = null;
      }
    }
  }

  private readonly _selection = new Selection();
  private readonly _rows = new Map<string, IRow>();
  private _fetching: AbortController | null = null;
  private _turn = 0;
  private _disposed = false;
}

/** The recipe with its axis at a column, and no other tool than the engine. */
function about(recipe: Recipe, column: number): Recipe {
  const { reconstruction } = recipe;
  const own = (reconstruction?.tool ?? 'builtin') === 'builtin';
  return {
    ...recipe,
    regions: { ...recipe.regions, centre: { column } },
    reconstruction: own ? reconstruction : undefined
  };
}
