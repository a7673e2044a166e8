/** Seconds that are listened for a beat where the clocks say that there are none any more. */
const LISTEN = 8;
/** Seconds by which no clock is off: older than that is dead at once. */
const DAY = 86_400;

/**
 * The heart of a process on another machine, whose clock may be off: what
 * counts is that its beats are seen to come.
 */
export class Pulse {
  /**
   * @param heartbeat - the last beat, in seconds since 1970 by the other's clock.
   * @param stale - seconds without a beat after which it is dead.
   */
  lives(heartbeat: number, stale: number): boolean {
    const now = performance.now() / 1000;
    if (heartbeat !== this._last) {
      this._last = heartbeat;
      this._heard = now;
    }
    const age = Date.now() / 1000 - heartbeat;
    const patience = age < stale ? stale : LISTEN;
    return age < DAY && now - this._heard < patience;
  }

  private _last = NaN;
  private _heard = 0;
}
