/**
 * Splits an agent's output into its mark and frames while it arrives. Bodies
 * are handed on in the pieces in which they come.
 */
import {
  decodeHeader,
  FrameError,
  frameLengths,
  type IFrameHeader
} from '../../api/frame';

const MARK = 'TOMO-AGENT 1\n';
const PREFIX = 16;

export interface IFrameSink {
  /** The agent said that it is one. */
  mark(): void;
  /** @param head - the bytes of prefix and header, to be passed on as they are. */
  head(header: IFrameHeader, head: Uint8Array, bodyLength: number): void;
  body(piece: Uint8Array): void;
  /** The frame is complete. */
  end(): void;
}

export class FrameSplitter {
  constructor(private readonly _sink: IFrameSink) {}

  /**
   * Take the next bytes.
   *
   * @throws FrameError when they are not what an agent says.
   */
  push(chunk: Uint8Array): void {
    let rest = chunk;
    while (rest.byteLength > 0) {
      rest = this._left > 0 ? this._takeBody(rest) : this._takeHead(rest);
    }
  }

  private _takeBody(bytes: Uint8Array): Uint8Array {
    const piece = bytes.subarray(0, this._left);
    this._left -= piece.byteLength;
    this._sink.body(piece);
    if (this._left === 0) {
      this._sink.end();
    }
    return bytes.subarray(piece.byteLength);
  }

  /** Gather bytes until the mark, the prefix or the header is whole; the rest comes back. */
  private _takeHead(bytes: Uint8Array): Uint8Array {
    const room = this._wanted - this._gathered.byteLength;
    this._gathered = join(this._gathered, bytes.subarray(0, room));
    const rest = bytes.subarray(Math.min(room, bytes.byteLength));
    if (this._gathered.byteLength < this._wanted) {
      return rest;
    }
    if (!this._marked) {
      if (new TextDecoder().decode(this._gathered) !== MARK) {
        throw new FrameError('The agent did not say that it is one.');
      }
      this._marked = true;
      this._sink.mark();
      this._expect(PREFIX);
      return rest;
    }
    const lengths = frameLengths(this._gathered);
    if (!lengths || this._gathered.byteLength < PREFIX + lengths.header) {
      this._wanted = PREFIX + (lengths?.header ?? 0);
      return rest;
    }
    const head = this._gathered;
    this._expect(PREFIX);
    this._left = lengths.body;
    this._sink.head(decodeHeader(head.subarray(PREFIX)), head, lengths.body);
    if (lengths.body === 0) {
      this._sink.end();
    }
    return rest;
  }

  private _expect(bytes: number): void {
    this._gathered = new Uint8Array(0);
    this._wanted = bytes;
  }

  private _marked = false;
  private _gathered = new Uint8Array(0);
  private _wanted = MARK.length;
  /** Bytes of the present body that are still to come. */
  private _left = 0;
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.byteLength + b.byteLength);
  joined.set(a);
  joined.set(b, a.byteLength);
  return joined;
}
