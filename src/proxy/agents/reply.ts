/** A frame on its way from an agent to a client, at the client's pace. */

/** Milliseconds after which a client that does not read loses the rest. */
const PATIENCE = 30_000;
const HIGH_WATER = 4 << 20;

export class FrameReply {
  /**
   * @param pace - called with true when the client lags behind, and with false
   * when it has caught up.
   * @param onAbandon - the client has gone.
   */
  constructor(pace: (wait: boolean) => void, onAbandon: () => void) {
    this._pace = pace;
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: controller => {
          this._controller = controller;
        },
        pull: () => this._caughtUp(),
        cancel: () => {
          this._done = true;
          this._caughtUp();
          onAbandon();
        }
      },
      { highWaterMark: HIGH_WATER, size: chunk => chunk.byteLength }
    );
  }

  readonly stream: ReadableStream<Uint8Array>;

  /** Send bytes on. They are copied: the source may use its buffer again. */
  write(bytes: Uint8Array): void {
    if (this._done || !this._controller) {
      return;
    }
    this._controller.enqueue(bytes.slice());
    if ((this._controller.desiredSize ?? 0) <= 0 && !this._late) {
      this._late = setTimeout(
        () => this.fail(new Error('The client stopped reading.')),
        PATIENCE
      );
      this._pace(true);
    }
  }

  end(): void {
    if (!this._done) {
      this._done = true;
      this._controller?.close();
    }
    this._caughtUp();
  }

  fail(error: Error): void {
    if (!this._done) {
      this._done = true;
      this._controller?.error(error);
    }
    this._caughtUp();
  }

  private _caughtUp(): void {
    if (this._late) {
      clearTimeout(this._late);
      this._late = undefined;
      this._pace(false);
    }
  }

  private readonly _pace: (wait: boolean) => void;
  private _controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  private _late: NodeJS.Timeout | undefined;
  private _done = false;
}
