/** Knows when nobody needs the proxy any more. */
const LOOK = 1_000;

export class Activity {
  /**
   * @param idle - seconds of rest after which `onIdle` is called; 0: never.
   * @param busy - whether work goes on that nobody asks about, as a job.
   */
  constructor(idle: number, busy: () => boolean, onIdle: () => void) {
    if (idle > 0) {
      this._timer = setInterval(
        () => {
          if (this._inside > 0 || busy()) {
            this._last = Date.now();
          } else if (Date.now() - this._last >= idle * 1000) {
            clearInterval(this._timer);
            onIdle();
          }
        },
        Math.min(LOOK, idle * 1000)
      );
      this._timer.unref();
    }
  }

  /** A request or a stream begins; call the result once when it ends. */
  enter(): () => void {
    this._inside += 1;
    let left = false;
    return () => {
      if (!left) {
        left = true;
        this._inside -= 1;
        this._last = Date.now();
      }
    };
  }

  dispose(): void {
    clearInterval(this._timer);
  }

  private _inside = 0;
  private _last = Date.now();
  private _timer: NodeJS.Timeout | undefined;
}
