/** The other worker, seen from one that makes half of a slice. */
import type { IGiven } from '../engine';
import type { IBetweenWorkers } from './messages';
import { release } from './release';

/** What a port is used for; a part of MessagePort. */
export interface IPort {
  postMessage(message: IBetweenWorkers, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent<IBetweenWorkers>) => void) | null;
}

/** What one worker gives the other for a slice; `rows` one after the other, each when it has those before. */
type What = 'rows' | 'columns';

/** Arrays that are kept: for a slice a worker gives two, and where filters change a list and a part of the sinogram. */
const KEPT = 4;
/** Milliseconds for which they are kept for the next slice. */
const KEEP = 10_000;

export class Peer {
  constructor(private readonly _port: IPort) {
    this._port.onmessage = ({ data: message }): void => {
      if (message.what === 'room') {
        this._keep(message.data);
        return;
      }
      const name = `${message.what} ${message.pair}`;
      const wanted = this._wanted.get(name);
      if (wanted) {
        this._wanted.delete(name);
        wanted(message.data);
      } else {
        this._early.set(name, message.data);
      }
    };
  }

  /** Give a copy. */
  give(pair: number, what: What, { length, copyTo }: IGiven): void {
    const room = this._room(length);
    const data = new Float32Array(room.buffer, 0, length);
    copyTo(data);
    this._port.postMessage({ pair, what, data }, [data.buffer]);
  }

  /** What the other worker gives for a slice, whether it has come or not. */
  take(pair: number, what: What): Promise<Float32Array> {
    const name = `${what} ${pair}`;
    const early = this._early.get(name);
    if (early) {
      this._early.delete(name);
      return Promise.resolve(early);
    }
    return new Promise(resolve => this._wanted.set(name, resolve));
  }

  /** What was taken is not needed any more: the other worker may use its memory again. */
  back(data: Float32Array): void {
    this._port.postMessage({ what: 'room', data }, [data.buffer]);
  }

  private _room(length: number): Float32Array {
    const at = this._free.findIndex(free => free.length >= length);
    return at < 0 ? new Float32Array(length) : this._free.splice(at, 1)[0];
  }

  private _keep(data: Float32Array): void {
    this._free.push(new Float32Array(data.buffer));
    this._free.sort((a, b) => a.length - b.length);
    this._free.splice(0, this._free.length - KEPT).forEach(release);
    clearTimeout(this._resting);
    this._resting = setTimeout(
      () => this._free.splice(0).forEach(release),
      KEEP
    );
  }

  /** The smallest first. */
  private readonly _free: Float32Array[] = [];
  private _resting: ReturnType<typeof setTimeout> | undefined;
  private readonly _early = new Map<string, Float32Array>();
  private readonly _wanted = new Map<string, (data: Float32Array) => void>();
}
