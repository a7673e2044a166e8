/**
 * Slices for a sweep by the engine of the browser, or by the agent.
 */
import type { ILiveImage, IWantedSlice, Sweep } from '../../tuning';
import { links } from '../frames';
import type { StandIn } from '../stand-in';
import { oneOfEachRow, rowsPrice } from './row-price';
import type { IRowCost } from './row-price';
import type { ISliceSource } from './slice-source';

export class EngineSlices implements ISliceSource {
  /**
   * @param standIn is disposed of with this
   * @param _rowCost what the server takes for the projections of a row; null: not known
   */
  constructor(
    private readonly _engine: Pick<Sweep, 'slice' | 'dispose' | 'isDisposed'>,
    private readonly _agent: ISliceSource,
    readonly standIn: StandIn,
    private readonly _rowCost: () => IRowCost | null
  ) {}

  readonly isHere = true;

  get isDisposed(): boolean {
    return this._engine.isDisposed;
  }

  /** What the engine takes is nothing beside the rows that it needs from the server. */
  seconds(wanted: readonly IWantedSlice[]): Promise<number | null> {
    const rows = oneOfEachRow(wanted);
    this._rows = rows.length;
    return Promise.resolve(rowsPrice(rows, this._rowCost()));
  }

  slice(
    wanted: IWantedSlice,
    width: number,
    signal: AbortSignal
  ): Promise<ILiveImage> {
    // A row is as large as many slices are: over a slow link, one of them comes.
    const resource = wanted.recipe.dataset?.resource ?? '';
    if (this._rows > 1 && links.isSlow(resource)) {
      return this._agent.slice(wanted, width, signal);
    }
    return this.standIn.make(
      () => this._engine.slice(wanted, width, signal),
      helping => this._agent.slice(wanted, width, helping),
      signal
    );
  }

  dispose(): void {
    this.standIn.dispose();
    this._engine.dispose();
    this._agent.dispose();
  }

  /** How many rows the slices of a grid are made of. */
  private _rows = 1;
}
