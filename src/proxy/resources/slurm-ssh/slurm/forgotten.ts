/** Jobs that were forgotten while nobody was logged in: their folders on the cluster go at the next log-in. */
import * as fs from 'node:fs/promises';
import path from 'node:path';

import { systemCode } from '../../../failure';
import { isJobId, type IRemotePlace } from '../../../job-folder';
import { quote } from '../quote';
import type { IRemote } from '../remote';

export class Forgotten {
  /** @param jobs - absolute folder of the mirrors. */
  constructor(jobs: string) {
    this._folder = path.join(jobs, '.forgotten');
  }

  async add(id: string): Promise<void> {
    await fs.mkdir(this._folder, { recursive: true, mode: 0o700 });
    await fs.writeFile(path.join(this._folder, id), '');
  }

  /** Ids among those on a cluster. */
  async among(ids: readonly string[]): Promise<string[]> {
    try {
      const names = new Set(await fs.readdir(this._folder));
      return ids.filter(id => names.has(id));
    } catch (error) {
      if (systemCode(error) === 'ENOENT') {
        return [];
      }
      throw error;
    }
  }

  async drop(id: string): Promise<void> {
    await fs.rm(path.join(this._folder, id), { force: true });
  }

  private readonly _folder: string;
}

/** Remove the folder of a job on the cluster; nothing else is ever removed. */
export async function removeThere(
  remote: IRemote,
  place: Pick<IRemotePlace, 'work'>,
  id: string
): Promise<boolean> {
  if (!isJobId(id)) {
    return false;
  }
  const folder = quote(path.posix.join(place.work, 'jobs', id));
  const { code } = await remote.run(`{\nrm -rf ${folder}\n}\n`, {
    timeout: 120_000
  });
  return code === 0;
}
