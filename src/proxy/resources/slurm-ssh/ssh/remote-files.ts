/**
 * Files on the host: SFTP where it works, scripts where a profile spoils it.
 * What is written is there whole or not at all.
 */
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';

import { ProxyError } from '../../../failure';
import type { ICopyOptions, IRemoteEntry, IRemoteFiles } from '../remote';
import { freeBytes } from './free-space';
import { beside, partFile } from './part-files';
import type { Scripts } from './scripts';
import {
  badName,
  checkPath,
  fileFailure,
  fileTooLarge,
  full,
  missing,
  type IPart,
  type IStore
} from './store';

/** Milliseconds between two tellings of progress. */
const TELL = 100;
/** Bytes of a text that is read when nobody says otherwise. */
const MOST_TEXT = 16 << 20;
/** Free bytes under which a failure is for want of room. */
const FULL = 1 << 20;

export class RemoteFiles implements IRemoteFiles {
  /** @param _open - the way to the files; asked for once. */
  constructor(
    private readonly _open: () => Promise<IStore>,
    private readonly _scripts: Scripts
  ) {}

  list(path: string): Promise<IRemoteEntry[]> {
    return this._with(path, async store => {
      const entries = await store.list(path);
      // They become names of files here.
      const bad = entries.find(({ name }) => !isName(name));
      if (bad) {
        throw badName(path, bad.name);
      }
      return entries;
    });
  }

  stat(path: string): Promise<IRemoteEntry | null> {
    return this._with(path, store => store.stat(path));
  }

  async readText(path: string, limit = MOST_TEXT): Promise<string | null> {
    return this._with(path, async store => {
      const entry = await store.stat(path);
      if (!entry) {
        return null;
      }
      if (entry.size > limit) {
        throw fileTooLarge(path, limit);
      }
      // It may grow while it is read, and files of /proc have no size.
      const content = await store.read(path, 0, limit);
      return content.toString('utf8');
    });
  }

  read(path: string, offset: number, length: number): Promise<Buffer> {
    return this._with(path, store => store.read(path, offset, length));
  }

  write(path: string, content: string | Buffer, mode = 0o644): Promise<void> {
    return this._with(path, async store => {
      const aside = beside(path, randomUUID().slice(0, 8));
      try {
        await store.create(aside, Buffer.from(content), mode);
        await store.rename(aside, path);
      } catch (error) {
        await store.remove(aside).catch(() => undefined);
        throw error;
      }
    });
  }

  makeFolder(path: string): Promise<void> {
    return this._with(path, store => store.makeFolder(path));
  }

  async upload(
    local: string,
    remote: string,
    options: ICopyOptions = {}
  ): Promise<void> {
    const source = await fs.open(local, 'r');
    try {
      const { size, mtimeMs } = await source.stat();
      const aside = partFile(remote, size, mtimeMs / 1000);
      await this._with(remote, async store => {
        const there = (await store.stat(aside))?.size ?? 0;
        const from = goOn(there, size, store.loose);
        await store.send(source, aside, partOf(from, size, options));
        const sent = await store.stat(aside);
        if (sent?.size !== size) {
          throw unequal(remote, sent?.size ?? 0, size);
        }
        await store.setTime(aside, Math.floor(mtimeMs / 1000));
        await store.rename(aside, remote);
      });
    } finally {
      await source.close();
    }
  }

  async download(
    remote: string,
    local: string,
    options: ICopyOptions = {}
  ): Promise<void> {
    await this._with(remote, async store => {
      const entry = await store.stat(remote);
      if (!entry) {
        throw missing(remote);
      }
      const { size, modified } = entry;
      const aside = partFile(local, size, modified);
      const target = await fs.open(aside, (await exists(aside)) ? 'r+' : 'w+');
      try {
        const from = goOn((await target.stat()).size, size, store.loose);
        await target.truncate(from);
        await store.receive(remote, target, partOf(from, size, options));
        const there = (await target.stat()).size;
        const now = await store.stat(remote);
        if (now?.size !== size || now.modified !== modified) {
          // What is here may be of the one and of the other.
          await fs.rm(aside, { force: true });
          throw changed(remote);
        }
        if (there !== size) {
          throw unequal(remote, there, size);
        }
        await target.utimes(modified, modified);
      } finally {
        await target.close();
      }
      await fs.rename(aside, local);
    });
  }

  async free(path: string, attempt = false): Promise<number | null> {
    checkPath(path);
    return freeBytes(this._scripts, path, attempt);
  }

  /** Whether copies go over SFTP, and not by scripts. */
  async sftp(): Promise<boolean> {
    return (await this._reach()).sftp;
  }

  /** The way to the files is gone: the next call opens another. */
  reset(): void {
    this._store = null;
  }

  private async _with<T>(
    path: string,
    use: (store: IStore) => Promise<T>
  ): Promise<T> {
    checkPath(path);
    const store = await this._reach();
    try {
      return await use(store);
    } catch (error) {
      throw await this._explain(path, error);
    }
  }

  private _reach(): Promise<IStore> {
    this._store ??= this._open();
    // The next call tries again.
    this._store.catch(() => {
      this._store = null;
    });
    return this._store;
  }

  /** SFTP says "failure" for a full disk and a quota that is used up: ask. */
  private async _explain(path: string, error: unknown): Promise<unknown> {
    if (
      !(error instanceof ProxyError) ||
      error.failure.code !== 'remote-file'
    ) {
      return error;
    }
    const free = await this.free(path, true).catch(() => null);
    return free !== null && free < FULL ? full(path) : error;
  }

  private _store: Promise<IStore> | null = null;
}

/** Whether a name is that of an entry of its folder, and no path out of it. */
function isName(name: string): boolean {
  return !['', '.', '..'].includes(name) && !/[/\0]/.test(name);
}

/** Where a copy goes on that was cut after `there` bytes. */
function goOn(there: number, size: number, loose: number): number {
  return there > size ? 0 : Math.max(0, there - loose);
}

function partOf(from: number, size: number, options: ICopyOptions): IPart {
  let told = 0;
  return {
    from,
    size,
    signal: options.signal,
    tell: bytes => {
      const now = Date.now();
      if (now - told >= TELL || bytes === size) {
        told = now;
        options.onProgress?.(bytes, size);
      }
    }
  };
}

async function exists(file: string): Promise<boolean> {
  try {
    await fs.access(file);
    return true;
  } catch {
    return false;
  }
}

function changed(file: string): ProxyError {
  return new ProxyError(
    409,
    'file-changed',
    `The file has changed on the cluster while it was copied: ${file}.`,
    { where: file, hint: 'Copy again when nothing writes it any more.' }
  );
}

function unequal(file: string, there: number, size: number): ProxyError {
  return fileFailure(
    file,
    new Error(`${there} bytes arrived instead of ${size}`)
  );
}
