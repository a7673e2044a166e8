/** The files of a folder here, as they are copied. */
import * as fs from 'node:fs/promises';
import path from 'node:path';

import { ProxyError, systemCode } from '../../../failure';

/** A file to copy. */
export interface IListed {
  /** Relative to the folder, with slashes; empty: the folder was a file itself. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Seconds since 1970. */
  readonly modified: number;
}

const DEPTH = 8;
const MOST = 500_000;

/**
 * All files below a folder, or the one file that it is.
 *
 * @throws ProxyError when it is not there, cannot be read, or is too much.
 */
export async function listFiles(root: string): Promise<IListed[]> {
  const files: IListed[] = [];
  const look = async (name: string, depth: number): Promise<void> => {
    const at = path.join(root, name);
    const stat = await fs.stat(at).catch((error: unknown) => {
      // A link that leads nowhere, as an editor's lock, or a file that has just gone.
      if (name && ['ENOENT', 'ELOOP'].includes(systemCode(error))) {
        return null;
      }
      throw error;
    });
    if (!stat) {
      return;
    }
    if (stat.isFile()) {
      files.push({ name, size: stat.size, modified: stat.mtimeMs / 1000 });
    } else if (stat.isDirectory() && depth < DEPTH) {
      for (const entry of (await fs.readdir(at)).sort()) {
        await look(name ? `${name}/${entry}` : entry, depth + 1);
      }
    }
    if (files.length > MOST) {
      throw new ProxyError(
        422,
        'too-many-files',
        `${root} holds more than ${MOST} files.`,
        { where: root, hint: 'Name the folder of the projections itself.' }
      );
    }
  };
  try {
    await look('', 0);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') {
      throw new ProxyError(422, 'data-missing', `${root} does not exist.`, {
        where: 'dataset.path',
        hint: 'Correct the paths of the data set.',
        cause: error
      });
    }
    throw error;
  }
  return files;
}
