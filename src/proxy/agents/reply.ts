/** Frames on their way from an agent to a client. */

/** Where the bytes of a frame go. */
export interface IReply {
  /** Take bytes; the source may use its buffer again. */
  write(bytes: Uint8Array): void;
  end(): void;
  fail(error: Error): void;
}

/** Milliseconds after which a client that does not read loses the rest. */
const PATIENCE = 30_000;
const HIGH_WATER = 4 << 20;

/** One that goes on piece by piece, at the client's pace. */
export class FrameReply implements IReply {
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

/** One that is gathered, in the one piece of memory in which it is answered with. */
export class WholeReply implements IReply {
  constructor(bytes: number) {
    this._bytes = new ArrayBuffer(bytes);
    this.whole = new Promise((resolve, reject) => {
      this._settle = { resolve, reject };
    });
    // Nobody may ask for it.
    this.whole.catch(() => undefined);
  }

  /** All of its bytes; rejected when they do not come. */
  readonly whole: Promise<ArrayBuffer>;

  write(bytes: Uint8Array): void {
    new Uint8Array(this._bytes, this._at).set(bytes);
    this._at += bytes.byteLength;
  }

  end(): void {
    this._settle?.resolve(this._bytes);
  }

  fail(error: Error): void {
    this._settle?.reject(error);
  }

  private readonly _bytes: ArrayBuffer;
  private _settle: {
    resolve(bytes: ArrayBuffer): void;
    reject(error: Error): void;
  } | null = null;
  private _at = 0;
}
