/**
 * Where the viewer of a recipe stands, kept inside the data set.
 */
import type { Description } from '../api';
import type { IViewPosition } from '../tokens';

/** Before anything is known of the data set. */
export const START: IViewPosition = { mode: 'projection', frame: 0, row: 0 };

/** The nearest position that exists; without a description only negative ones do not. */
export function clamped(
  position: IViewPosition,
  data: Description | null
): IViewPosition {
  return {
    mode: position.mode,
    frame: within(position.frame, data ? data.frames : Infinity),
    row: within(position.row, data ? data.rows : Infinity)
  };
}

/** Where to begin in a data set: its first projection and its middle row. */
export function begin(
  position: IViewPosition,
  data: Description
): IViewPosition {
  return clamped(
    { ...position, frame: 0, row: Math.floor(data.rows / 2) },
    data
  );
}

export function samePosition(a: IViewPosition, b: IViewPosition): boolean {
  return a.mode === b.mode && a.frame === b.frame && a.row === b.row;
}

function within(value: number, count: number): number {
  const whole = Number.isFinite(value) ? Math.round(value) : 0;
  return Math.max(0, Math.min(whole, count - 1));
}
