/**
 * The logs of a job read as one text, in the order in which they were seen to
 * grow. Offsets count the bytes of all and stay valid as they grow.
 */
import * as fs from 'node:fs/promises';

import type { Log } from '../../api/_generated/api';
import { systemCode } from '../failure';

const LIMIT = 64 * 1024;

/** A part of one file, or a heading before it; parts follow one another in the text. */
interface IPart {
  readonly file: string;
  readonly from: number;
  to: number;
  readonly heading?: Buffer;
}

export class JobLog {
  /**
   * @param files - absolute paths.
   * @param heading - the line before a part of a file that follows another's; left out: none.
   */
  constructor(
    private readonly _files: readonly string[],
    private readonly _heading?: (file: string) => string
  ) {}

  /** At most 64 KiB from byte `offset` on. */
  async read(offset: number): Promise<Log> {
    // One look after the other: two at a time would both note the same.
    this._looked = this._looked.then(
      () => this._look(),
      () => this._look()
    );
    await this._looked;
    const size = this._parts.reduce(
      (sum, part) => sum + part.to - part.from,
      0
    );
    let at = Math.min(offset, size);
    const pieces: Buffer[] = [];
    let room = LIMIT;
    let start = 0;
    for (const part of this._parts) {
      const length = part.to - part.from;
      const skip = Math.max(0, at - start);
      if (skip < length && room > 0) {
        const wanted = Math.min(length - skip, room);
        const piece = part.heading
          ? part.heading.subarray(skip, skip + wanted)
          : await slice(part.file, part.from + skip, wanted);
        pieces.push(piece);
        room -= piece.byteLength;
        at += piece.byteLength;
      }
      start += length;
    }
    const bytes = wholeCharacters(
      Buffer.concat(pieces),
      at < size || room === 0
    );
    return {
      text: bytes.toString('utf8'),
      offset: at - (LIMIT - room - bytes.byteLength),
      size
    };
  }

  /** Note what has been appended since the last look. */
  private async _look(): Promise<void> {
    for (const file of this._files) {
      const known = this._parts.reduce(
        (to, part) =>
          part.file === file && !part.heading ? Math.max(to, part.to) : to,
        0
      );
      const size = await sizeOf(file);
      if (size <= known) {
        continue;
      }
      const last = this._parts.at(-1);
      if (last?.file === file) {
        last.to = size;
      } else {
        if (this._heading) {
          const heading = Buffer.from(`${this._heading(file)}\n`);
          this._parts.push({
            file,
            from: 0,
            to: heading.byteLength,
            heading
          });
        }
        this._parts.push({ file, from: known, to: size });
      }
    }
  }

  private readonly _parts: IPart[] = [];
  private _looked = Promise.resolve();
}

/** The last `limit` bytes of a file, as whole lines; empty when there is none. */
export async function lastLines(file: string, limit: number): Promise<string> {
  const size = await sizeOf(file);
  const bytes = await slice(
    file,
    Math.max(0, size - limit),
    Math.min(size, limit)
  );
  const text = bytes.toString('utf8');
  return size > limit ? text.slice(text.indexOf('\n') + 1) : text;
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await fs.stat(file)).size;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') {
      return 0;
    }
    throw error;
  }
}

async function slice(
  file: string,
  from: number,
  length: number
): Promise<Buffer> {
  if (length <= 0) {
    return Buffer.alloc(0);
  }
  const handle = await fs.open(file, 'r');
  try {
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await handle.read(buffer, 0, length, from);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Without a character that is cut at the end, when more text follows. */
function wholeCharacters(bytes: Buffer, cut: boolean): Buffer {
  if (!cut) {
    return bytes;
  }
  for (let back = 1; back <= Math.min(3, bytes.byteLength); back++) {
    const byte = bytes[bytes.byteLength - back];
    if (byte < 0x80) {
      break;
    }
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? bytes.subarray(0, bytes.byteLength - back) : bytes;
    }
  }
  return bytes;
}
