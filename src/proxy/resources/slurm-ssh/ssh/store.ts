/** What copying needs of a file system elsewhere, and what can be wrong there. */
import type { FileHandle } from 'node:fs/promises';

import { messageOf, ProxyError } from '../../../failure';
import type { IRemoteEntry } from '../remote';

/** A part of a copy, from a byte on. */
export interface IPart {
  readonly from: number;
  /** Bytes of the whole. */
  readonly size: number;
  readonly signal?: AbortSignal;
  /** Bytes that are there now. */
  readonly tell: (bytes: number) => void;
}

/** A file system over one way of reaching it. Paths are absolute. */
export interface IStore {
  /** Whether it is SFTP. */
  readonly sftp: boolean;
  /**
   * Bytes before the end of a cut copy that may be missing: requests under way
   * are answered in any order.
   */
  readonly loose: number;
  list(path: string): Promise<IRemoteEntry[]>;
  stat(path: string): Promise<IRemoteEntry | null>;
  read(path: string, offset: number, length: number): Promise<Buffer>;
  /** A new file, or an existing one anew. */
  create(path: string, content: Buffer, mode: number): Promise<void>;
  /** Also over an existing file. */
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** With its parents; no error when it is there. */
  makeFolder(path: string): Promise<void>;
  /** @param seconds - since 1970. */
  setTime(path: string, seconds: number): Promise<void>;
  send(source: FileHandle, path: string, part: IPart): Promise<void>;
  receive(path: string, target: FileHandle, part: IPart): Promise<void>;
}

export function missing(path: string): ProxyError {
  return new ProxyError(
    404,
    'no-file',
    `There is no such file or folder on the cluster: ${path}.`,
    { where: path, hint: 'See whether it was moved or removed.' }
  );
}

export function denied(path: string): ProxyError {
  return new ProxyError(
    403,
    'permission',
    `Permission is denied on the cluster: ${path}.`,
    {
      where: path,
      hint: 'Choose another folder, or ask its owner for the right.'
    }
  );
}

export function full(path: string): ProxyError {
  return new ProxyError(
    507,
    'disk-full',
    `The disk or the quota is full on the cluster: ${path}.`,
    {
      where: path,
      hint: 'Remove what is no longer needed there, or set another work folder in the Setup section.'
    }
  );
}

export function fileTooLarge(path: string, limit: number): ProxyError {
  return new ProxyError(
    413,
    'too-large',
    `The file has more than ${limit} bytes: ${path}.`,
    { where: path, hint: 'See whether it is the file that is meant.' }
  );
}

export function badName(path: string, name: string): ProxyError {
  return new ProxyError(
    502,
    'bad-name',
    `The cluster lists ${JSON.stringify(name.slice(0, 200))} in ${path}, which is not the name of a file.`,
    {
      where: path,
      hint: 'Nothing was copied: ask those who run the cluster what its SFTP server does.'
    }
  );
}

export function fileFailure(path: string, error: unknown): ProxyError {
  return error instanceof ProxyError
    ? error
    : new ProxyError(
        502,
        'remote-file',
        `The cluster cannot do this with ${path}: ${messageOf(error)}.`,
        {
          where: path,
          hint: 'See on the cluster what it is, and whether its file system works.',
          cause: error
        }
      );
}

/** @throws ProxyError for a path that is not absolute or cannot be one. */
export function checkPath(path: string): void {
  if (!path.startsWith('/') || path.includes('\0')) {
    throw new ProxyError(
      400,
      'bad-path',
      `${JSON.stringify(path)} is no absolute path of the cluster.`,
      { where: path, hint: 'Begin the path with a slash.' }
    );
  }
}
