/** Files over SFTP: many requests under way, sent in the order of the file. */
import type { FileHandle } from 'node:fs/promises';

import {
  utils,
  type FileEntryWithStats,
  type SFTPWrapper,
  type Stats
} from 'ssh2';

import { isObject } from '../../../files';
import type { IRemoteEntry } from '../remote';
import { denied, fileFailure, missing, type IPart, type IStore } from './store';
import { Window } from './window';

/** Bytes of a request to a server that does not say how many it takes. */
const CHUNK = 32_768;
/** The most of a request: what OpenSSH takes since 8.5. Fewer requests are less work at both ends. */
const LARGEST = 261_120;
/** Bytes that are under way: twice the window of a channel, so that neither end waits. */
const UNDER_WAY = 4 << 20;

const LIMITS = 'limits@openssh.com';

const { STATUS_CODE, OPEN_MODE } = utils.sftp;

export class SftpStore implements IStore {
  /** @param gone - rejects when the connection has gone: ssh2 then leaves callbacks uncalled. */
  constructor(
    private readonly _sftp: SFTPWrapper,
    private readonly _gone: Promise<never>
  ) {
    this._chunk = requestLength(_sftp);
    this._requests = Math.ceil(UNDER_WAY / this._chunk);
    this.loose = this._chunk * this._requests;
  }

  readonly sftp = true;
  readonly loose: number;

  async list(path: string): Promise<IRemoteEntry[]> {
    const entries = await this._call<FileEntryWithStats[]>(path, done =>
      this._sftp.readdir(path, done)
    );
    const known = await Promise.all(
      entries.map(async ({ filename, attrs }) =>
        attrs.isSymbolicLink()
          ? // A link that leads nowhere is none of the entries.
            this.stat(`${path}/${filename}`).catch(() => null)
          : entryOf(filename, attrs)
      )
    );
    return known.filter(entry => entry !== null);
  }

  async stat(path: string): Promise<IRemoteEntry | null> {
    try {
      const stats = await this._call<Stats>(path, done =>
        this._sftp.stat(path, done)
      );
      return entryOf(path.slice(path.lastIndexOf('/') + 1), stats);
    } catch (error) {
      if (isMissing(error)) {
        return null;
      }
      throw error;
    }
  }

  async read(path: string, offset: number, length: number): Promise<Buffer> {
    return this._with(path, OPEN_MODE.READ, async handle => {
      const buffer = Buffer.allocUnsafe(length);
      const there = await this._fill(path, handle, buffer, offset);
      return buffer.subarray(0, there);
    });
  }

  async create(path: string, content: Buffer, mode: number): Promise<void> {
    const flags = OPEN_MODE.WRITE | OPEN_MODE.CREAT | OPEN_MODE.TRUNC;
    await this._with(
      path,
      flags,
      async handle => {
        const window = new Window(this._requests);
        for (let at = 0; at < content.length; at += this._chunk) {
          await window.enter();
          const length = Math.min(this._chunk, content.length - at);
          window.run(
            this._do(path, done =>
              this._sftp.write(handle, content, at, length, at, done)
            )
          );
        }
        await window.empty();
        // Not what the umask leaves of it.
        await this._do(path, done => this._sftp.fchmod(handle, mode, done));
      },
      mode
    );
  }

  async rename(from: string, to: string): Promise<void> {
    await this._do(to, done => this._sftp.ext_openssh_rename(from, to, done));
  }

  async remove(path: string): Promise<void> {
    try {
      await this._do(path, done => this._sftp.unlink(path, done));
    } catch (error) {
      if (!isMissing(error)) {
        throw error;
      }
    }
  }

  async makeFolder(path: string): Promise<void> {
    const entry = await this.stat(path);
    if (entry?.directory) {
      return;
    }
    const parent = path.replace(/\/+[^/]+\/*$/, '');
    if (parent) {
      await this.makeFolder(parent);
    }
    try {
      await this._do(path, done => this._sftp.mkdir(path, done));
    } catch (error) {
      // Somebody else may have made it meanwhile.
      if (!(await this.stat(path))?.directory) {
        throw error;
      }
    }
  }

  async setTime(path: string, seconds: number): Promise<void> {
    await this._do(path, done =>
      this._sftp.utimes(path, seconds, seconds, done)
    );
  }

  async send(source: FileHandle, path: string, part: IPart): Promise<void> {
    const flags =
      OPEN_MODE.WRITE |
      OPEN_MODE.CREAT |
      (part.from === 0 ? OPEN_MODE.TRUNC : 0);
    await this._with(path, flags, async handle => {
      const window = new Window(this._requests);
      const spare = new Spare(this._chunk);
      let there = part.from;
      for (let at = part.from; at < part.size; at += this._chunk) {
        await window.enter();
        part.signal?.throwIfAborted();
        const data = spare.take();
        const most = Math.min(this._chunk, part.size - at);
        const { bytesRead } = await source.read(data, 0, most, at);
        window.run(
          this._do(path, done =>
            this._sftp.write(handle, data, 0, bytesRead, at, done)
          ).then(() => {
            spare.give(data);
            part.tell((there += bytesRead));
          })
        );
      }
      await window.empty();
    });
  }

  async receive(path: string, target: FileHandle, part: IPart): Promise<void> {
    await this._with(path, OPEN_MODE.READ, async handle => {
      const window = new Window(this._requests);
      const spare = new Spare(this._chunk);
      let there = part.from;
      const copy = async (at: number, length: number): Promise<void> => {
        const data = spare.take();
        const wanted = data.subarray(0, length);
        const read = await this._fill(path, handle, wanted, at);
        await target.write(data, 0, read, at);
        spare.give(data);
        part.tell((there += read));
      };
      for (let at = part.from; at < part.size; at += this._chunk) {
        await window.enter();
        part.signal?.throwIfAborted();
        window.run(copy(at, Math.min(this._chunk, part.size - at)));
      }
      await window.empty();
    });
  }

  /** Fill a buffer from an offset on; fewer bytes at the end of the file. */
  private async _fill(
    path: string,
    handle: Buffer,
    buffer: Buffer,
    offset: number
  ): Promise<number> {
    let there = 0;
    while (there < buffer.length) {
      const read = await this._call<number>(path, done =>
        this._sftp.read(
          handle,
          buffer,
          there,
          buffer.length - there,
          offset + there,
          done
        )
      );
      if (read === 0) {
        break;
      }
      there += read;
    }
    return there;
  }

  private async _with<T>(
    path: string,
    flags: number,
    use: (handle: Buffer) => Promise<T>,
    mode = 0o644
  ): Promise<T> {
    const handle = await this._call<Buffer>(path, done =>
      this._sftp.open(path, flags, mode, done)
    );
    let result: T;
    try {
      result = await use(handle);
    } catch (error) {
      // The first error is the one that tells.
      this._sftp.close(handle, () => undefined);
      throw error;
    }
    await this._do(path, done => this._sftp.close(handle, done));
    return result;
  }

  private _call<T>(
    path: string,
    ask: (done: (error: Error | null | undefined, value: T) => void) => void
  ): Promise<T> {
    const answered = new Promise<T>((resolve, reject) =>
      ask((error, value) =>
        error ? reject(failureOfSftp(path, error)) : resolve(value)
      )
    );
    return Promise.race([answered, this._gone]);
  }

  /** The same for what answers with nothing. */
  private _do(
    path: string,
    ask: (done: (error?: Error | null) => void) => void
  ): Promise<void> {
    return this._call<void>(path, done => ask(error => done(error, undefined)));
  }

  private readonly _chunk: number;
  private readonly _requests: number;
}

/** Buffers for one request each, used again: new ones keep the garbage collector busy. */
class Spare {
  constructor(private readonly _length: number) {}

  take(): Buffer {
    return this._free.pop() ?? Buffer.allocUnsafeSlow(this._length);
  }

  give(buffer: Buffer): void {
    this._free.push(buffer);
  }

  private readonly _free: Buffer[] = [];
}

/** Bytes of a request: what the server says that it takes (ssh2 keeps that to itself). */
function requestLength(sftp: SFTPWrapper): number {
  const said: unknown = Reflect.get(sftp, '_extensions');
  const takes = ['_maxReadLen', '_maxWriteLen'].map(name =>
    Number(Reflect.get(sftp, name))
  );
  return isObject(said) && LIMITS in said && takes.every(Number.isFinite)
    ? Math.min(LARGEST, ...takes)
    : CHUNK;
}

function failureOfSftp(path: string, error: Error): Error {
  const code: unknown = Reflect.get(error, 'code');
  switch (code) {
    case STATUS_CODE.NO_SUCH_FILE:
      return missing(path);
    case STATUS_CODE.PERMISSION_DENIED:
      return denied(path);
    default:
      return fileFailure(path, error);
  }
}

function isMissing(error: unknown): boolean {
  return fileFailure('', error).failure.code === 'no-file';
}

function entryOf(name: string, stats: Stats): IRemoteEntry {
  return {
    name,
    directory: stats.isDirectory(),
    size: stats.size,
    modified: stats.mtime
  };
}
