/**
 * The jobs folder: finding every job again, making a new one, removing one.
 */
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import path from 'node:path';

import { systemCode } from '../failure';
import { exists, replaceJson } from '../files';
import { HOST, isAlive } from '../processes';
import { isJobId, JobPaths } from '../job-folder';
import {
  readLease,
  readSpec,
  statusJson,
  type IJobSpec,
  type IStatus
} from '../job-folder';
import type { Pulse } from './pulse';

/** Seconds after which the lease of a runner on another machine is dead. */
const STALE = 20;
/** The same on this machine, where the process tells: against numbers used again after a restart. */
const OLD = 300;

export class JobStore {
  /** @param folder - absolute; made when it is missing. */
  constructor(readonly folder: string) {}

  async open(): Promise<void> {
    await fs.mkdir(this.folder, { recursive: true, mode: 0o700 });
  }

  /** Ids of all job folders, in no order. */
  async ids(): Promise<string[]> {
    return (await fs.readdir(this.folder)).filter(isJobId);
  }

  paths(id: string): JobPaths {
    return new JobPaths(this.folder, id);
  }

  /** What a job is; null when its folder is not one (any more). */
  read(id: string): Promise<IJobSpec | null> {
    return readSpec(this.paths(id));
  }

  /**
   * Make a job folder that is complete from the moment it has its name.
   *
   * @param own - called with the folder before it gets its name, to mark the owner.
   * @returns false when there is one of that id.
   */
  async create(
    spec: IJobSpec,
    recipe: object,
    status: IStatus,
    own: (paths: JobPaths) => Promise<void>
  ): Promise<boolean> {
    const nursery = path.join(this.folder, `.new-${randomUUID()}`);
    const aside = new JobPaths(nursery, spec.id);
    try {
      await fs.mkdir(aside.folder, { recursive: true, mode: 0o700 });
      await replaceJson(aside.job, spec);
      await replaceJson(aside.recipe, recipe);
      await replaceJson(aside.status, statusJson(status));
      await own(aside);
      await fs.rename(aside.folder, this.paths(spec.id).folder);
      return true;
    } catch (error) {
      if (['EEXIST', 'ENOTEMPTY'].includes(systemCode(error))) {
        return false;
      }
      throw error;
    } finally {
      await fs.rm(nursery, { recursive: true, force: true });
    }
  }

  /** Remove a job folder at one stroke; its result folder stays. */
  async remove(id: string): Promise<void> {
    const aside = path.join(this.folder, `.old-${randomUUID()}`);
    try {
      await fs.rename(this.paths(id).folder, aside);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') {
        return;
      }
      throw error;
    }
    await fs.rm(aside, { recursive: true, force: true });
  }
}

/**
 * Whether a process that lives holds the runner's lease of a job.
 *
 * @param pulse - of this job, kept from look to look.
 */
export async function runnerLives(
  paths: JobPaths,
  pulse: Pulse
): Promise<boolean> {
  const lease = await readLease(paths);
  if (!lease) {
    return false;
  }
  if (lease.host !== HOST) {
    return pulse.lives(lease.heartbeat, STALE);
  }
  return isAlive(lease.pid) && Date.now() / 1000 - lease.heartbeat < OLD;
}

/** Whether the result folder of a job is complete. */
export function isComplete(spec: IJobSpec): Promise<boolean> {
  return exists(path.join(spec.output, 'result.json'));
}
