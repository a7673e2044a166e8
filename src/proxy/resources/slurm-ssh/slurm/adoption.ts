/** At a log-in: takes in jobs of other machines, removes what was forgotten here. */
import * as fs from 'node:fs/promises';

import { exists } from '../../../files';
import { JobPaths, type IJobSpec, type IStatus } from '../../../job-folder';
import type { IRemote } from '../remote';
import { readJobs } from './adopt';
import { removeThere, type Forgotten } from './forgotten';
import { UNSEEN, writeRecord } from './mirror';
import type { IPlace } from './place';

/** Makes mirrors known as jobs. */
export interface IAdopter {
  /** @param own - called with the folder before it has its name. */
  adopt(
    spec: IJobSpec,
    recipe: object,
    status: IStatus,
    own: (paths: JobPaths) => Promise<void>
  ): Promise<void>;
}

/** @param jobs - absolute folder of the mirrors. */
export async function adoptJobs(
  remote: IRemote,
  place: IPlace,
  jobs: string,
  about: {
    readonly adopter: IAdopter;
    readonly forgotten: Forgotten;
    readonly owner: {
      readonly user: string;
      readonly resource: string;
      readonly host: string;
    };
  }
): Promise<void> {
  const { adopter, forgotten, owner } = about;
  const dead = new Set(await forgotten.among(place.jobs));
  for (const id of dead) {
    if (await removeThere(remote, place, id)) {
      await forgotten.drop(id);
    }
  }
  const unknown: string[] = [];
  for (const id of place.jobs) {
    if (!dead.has(id) && !(await exists(new JobPaths(jobs, id).folder))) {
      unknown.push(id);
    }
  }
  for (const { spec, recipe, record } of await readJobs(
    remote,
    place,
    unknown,
    owner
  )) {
    await adopter.adopt(
      spec,
      recipe,
      { ...UNSEEN, output: spec.output },
      async paths => {
        await fs.mkdir(paths.folder, { recursive: true });
        await writeRecord(paths, record);
      }
    );
  }
}
