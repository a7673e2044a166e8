/**
 * Where the slices of a sweep come from.
 */
import type { IDisposable } from '@lumino/disposable';

import type { ILiveImage, IWantedSlice } from '../../tuning';
import type { StandIn } from '../stand-in';

export interface ISliceSource extends IDisposable {
  /** Whether slices are made here, of rows of the server's. */
  readonly isHere: boolean;
  /** Who makes them where the page does not; left out: the page is to make none. */
  readonly standIn?: StandIn;
  /** Seconds that all of them take; null when nobody can tell. */
  seconds(
    wanted: readonly IWantedSlice[],
    signal: AbortSignal
  ): Promise<number | null>;
  /**
   * Compute one slice.
   *
   * @param width pixels at which it is shown
   * @throws ApiError when it cannot be; an AbortError after the signal.
   */
  slice(
    wanted: IWantedSlice,
    width: number,
    signal: AbortSignal
  ): Promise<ILiveImage>;
}
