/**
 * Slices for a sweep by the engine of the browser; by the agent where the
 * browser does not let it.
 */
import { failureOf } from '../../api';
import type { ILiveImage, IWantedSlice, Sweep } from '../../tuning';
import { isOfBrowser } from '../../tuning';
import type { ISliceSource } from './slice-source';

export class EngineSlices implements ISliceSource {
  constructor(
    private readonly _engine: Pick<Sweep, 'slice' | 'dispose' | 'isDisposed'>,
    private readonly _agent: ISliceSource
  ) {}

  get isDisposed(): boolean {
    return this._engine.isDisposed;
  }

  async slice(
    wanted: IWantedSlice,
    width: number,
    signal: AbortSignal
  ): Promise<ILiveImage> {
    try {
      return await this._engine.slice(wanted, width, signal);
    } catch (error) {
      if (signal.aborted || !isOfBrowser(failureOf(error))) {
        throw error;
      }
      return this._agent.slice(wanted, width, signal);
    }
  }

  dispose(): void {
    this._engine.dispose();
    this._agent.dispose();
  }
}
