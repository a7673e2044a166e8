/**
 * Slices for a sweep by the engine of the browser, or by the agent.
 */
import type { ILiveImage, IWantedSlice, Sweep } from '../../tuning';
import { byEither } from '../by-either';
import type { Lateness } from '../by-either';
import type { ISliceSource } from './slice-source';

export class EngineSlices implements ISliceSource {
  constructor(
    private readonly _engine: Pick<Sweep, 'slice' | 'dispose' | 'isDisposed'>,
    private readonly _agent: ISliceSource,
    private readonly _workers: Lateness
  ) {}

  get isDisposed(): boolean {
    return this._engine.isDisposed;
  }

  slice(
    wanted: IWantedSlice,
    width: number,
    signal: AbortSignal
  ): Promise<ILiveImage> {
    return byEither(
      this._workers,
      () => this._engine.slice(wanted, width, signal),
      helping => this._agent.slice(wanted, width, helping),
      signal
    );
  }

  dispose(): void {
    this._engine.dispose();
    this._agent.dispose();
  }
}
