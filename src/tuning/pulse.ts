/**
 * Whether a worker lives. One that the browser ends, or that ends itself or
 * hangs, says nothing: it is asked, and waited for only so long.
 */
import type { IDisposable } from '@lumino/disposable';

/** Milliseconds between two questions. */
const BEAT = 1000;
/** Questions without an answer after which it is lost: the longest step at 4096 x 3000, fitted stripes, was measured at 5 s. */
const MOST = 30;

export class Pulse implements IDisposable {
  /** @param lost is called once */
  constructor(private readonly _lost: (why: string) => void) {
    const { port1, port2 } = new MessageChannel();
    this.far = port2;
    this._port = port1;
    this._port.onmessage = (): void => {
      this._open = 0;
    };
  }

  /** For the worker. */
  readonly far: MessagePort;

  get isDisposed(): boolean {
    return this._disposed;
  }

  /**
   * Whether something is expected of the worker: only then it is asked.
   *
   * Beats are counted, not time: they rest while a machine sleeps, and are few
   * in a tab that is hidden.
   */
  watch(on: boolean): void {
    if (!on || this._disposed) {
      clearInterval(this._timer);
      this._timer = undefined;
    } else if (this._timer === undefined) {
      this._open = 0;
      this._timer = setInterval(() => this._beat(), BEAT);
    }
  }

  dispose(): void {
    this._disposed = true;
    this.watch(false);
    this._port.close();
  }

  private _beat(): void {
    if (this._open === MOST) {
      this.dispose();
      this._lost('a worker does not answer any more');
      return;
    }
    this._open++;
    this._port.postMessage(null);
  }

  private readonly _port: MessagePort;
  private _timer: ReturnType<typeof setInterval> | undefined;
  /** Questions that are not answered. */
  private _open = 0;
  private _disposed = false;
}

/** The worker's part: it answers whenever it is not in the middle of a step. */
export function answerPulse(port: MessagePort): void {
  port.onmessage = (): void => port.postMessage(null);
}
