/**
 * Slices of one row about several axes: by workers of the page, or by the
 * server when they are lost or late.
 */
import type { IDisposable } from '@lumino/disposable';

import { isAbort } from '../../api';
import type { IApiClient } from '../../api';
import type { Recipe } from '../../recipe';
import {
  coarseness,
  planOf,
  release,
  rowKey,
  rowOf,
  rowRequest,
  Selection
} from '../../tuning';
import type { EngineWorkers, ILiveImage, IRow } from '../../tuning';
import type { IImage } from '../pixels/image';
import type { StandIn } from '../stand-in';
import { sliceByAgent } from '../sweep';

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
  /** What makes slices where these do not. */
  readonly standIn: StandIn;
  /** Purpose of the requests, of this widget alone. */
  readonly purpose: string;
  /** A slice about one of the axes, and its index; another one when the server goes on with them. */
  readonly ready: (index: number, image: IImage) => void;
  readonly failed: (error: unknown) => void;
  readonly busy: (busy: boolean) => void;
}

interface IMade {
  readonly image: ILiveImage;
  readonly byServer: boolean;
}

export class CentreSlices implements IDisposable {
  constructor(private readonly _options: ICentreSlicesOptions) {}

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** Slices about those of these columns that lie in the full image, the middle ones first; they replace those still under way. */
  async ask(source: ISource, columns: readonly number[]): Promise<void> {
    if (this._disposed) {
      return;
    }
    this._turn.abort();
    this._turn = new AbortController();
    const { signal } = this._turn;
    this._options.busy(true);
    const middle = (columns.length - 1) / 2;
    const order = columns
      .map((_, index) => index)
      .filter(index => isInside(columns[index], source.columns))
      .sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
    const made: number[] = [];
    let byServer = false;
    try {
      // One after the other: the workers share each of them.
      for (
        let index = order.shift();
        index !== undefined && !signal.aborted;
        index = order.shift()
      ) {
        const next = await this._slice(
          { ...source, recipe: about(source.recipe, columns[index]) },
          byServer,
          signal
        );
        if (next.byServer && !byServer) {
          // Server and page bin in different ways: which is the sharpest shows only among slices of one of them.
          byServer = true;
          order.push(...made);
        }
        made.push(index);
        if (!signal.aborted) {
          this._options.ready(index, next.image);
        }
      }
    } catch (error) {
      if (!signal.aborted && !isAbort(error)) {
        this._options.failed(error);
      }
    }
    // A newer request says itself when it is done.
    if (!signal.aborted) {
      this._options.busy(false);
    }
  }

  /** Nothing is wanted any more. */
  drop(): void {
    this._turn.abort();
  }

  dispose(): void {
    this._disposed = true;
    this.drop();
    this._selection.clear();
    this._rows.forEach(({ sinogram }) => release(sinogram.data));
    this._rows.clear();
  }

  private _slice(
    source: ISource,
    byServer: boolean,
    signal: AbortSignal
  ): Promise<IMade> {
    return byServer
      ? this._byServer(source, signal)
      : this._options.standIn.make(
          () => this._byPage(source, signal),
          helping => this._byServer(source, helping),
          signal
        );
  }

  private async _byServer(
    source: ISource,
    signal: AbortSignal
  ): Promise<IMade> {
    const { api, purpose } = this._options;
    const [left, , right] = source.recipe.regions?.roi ?? [
      0,
      0,
      source.columns
    ];
    const options = {
      api,
      purpose: `${purpose} slice`,
      columns: right - left,
      kernel: undefined
    };
    const image = await sliceByAgent(options, source, WIDE, signal);
    return { image, byServer: true };
  }

  private async _byPage(source: ISource, signal: AbortSignal): Promise<IMade> {
    const whole = await this._rowOf(source, signal);
    const row = this._selection.of(source.recipe, whole);
    const { plan, centre } = planOf(source, row);
    const { count, columns } = row.sinogram;
    const { data, size, bin } = await this._options.workers.slice(
      'whole',
      row,
      coarseness(columns, count, WIDE),
      plan,
      centre
    );
    const image = { data, rows: size, columns: size, bin, about: {} };
    return { image, byServer: false };
  }

  private async _rowOf(source: ISource, signal: AbortSignal): Promise<IRow> {
    // With an axis, so that nobody looks for one first.
    const recipe = about(source.recipe, (source.columns - 1) / 2);
    const wanted = { ...source, recipe };
    const key = rowKey(wanted);
    const kept = this._rows.get(key);
    if (kept) {
      return kept;
    }
    const frame = await this._options.api.preview(
      rowRequest(wanted, this._options.purpose),
      signal
    );
    const row = rowOf(frame, wanted);
    this._rows.set(key, row);
    for (const [old, { sinogram }] of [...this._rows].slice(0, -KEPT)) {
      release(sinogram.data);
      this._rows.delete(old);
    }
    return row;
  }

  private readonly _selection = new Selection();
  private readonly _rows = new Map<string, IRow>();
  private _turn = new AbortController();
  private _disposed = false;
}

/** Whether an axis can stand there: no recipe takes one outside the image. */
export function isInside(column: number, columns: number): boolean {
  return column >= 0 && column <= columns - 1;
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
