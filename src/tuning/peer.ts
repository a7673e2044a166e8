/** The other worker, seen from one that makes half of a slice. */
import type { IBetweenWorkers } from './messages';

/** What a port is used for; a part of MessagePort. */
export interface IPort {
  postMessage(message: IBetweenWorkers, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent<IBetweenWorkers>) => void) | null;
}

export class Peer {
  constructor(private readonly _port: IPort) {
    this._port.onmessage = ({ data: { pair, what, data } }): void => {
      const name = `${what} ${pair}`;
      const wanted = this._wanted.get(name);
      if (wanted) {
        this._wanted.delete(name);
        wanted(data);
      } else {
        this._early.set(name, data);
      }
    };
  }

  /** Hand an array over; it must be alone in its buffer. */
  give(message: IBetweenWorkers): void {
    this._port.postMessage(message, [message.data.buffer]);
  }

  /** What the other worker gives for a slice, whether it has come or not. */
  take(pair: number, what: IBetweenWorkers['what']): Promise<Float32Array> {
    const name = `${what} ${pair}`;
    const early = this._early.get(name);
    if (early) {
      this._early.delete(name);
      return Promise.resolve(early);
    }
    return new Promise(resolve => this._wanted.set(name, resolve));
  }

  private readonly _early = new Map<string, Float32Array>();
  private readonly _wanted = new Map<string, (data: Float32Array) => void>();
}
