/** Everything that is checked before a job exists. */
import * as fs from 'node:fs/promises';
import path from 'node:path';

import type { Submission } from '../../api/_generated/api';
import { ProxyError } from '../failure';
import type { IPrepared, IResource } from '../resources';
import {
  approvalOf,
  checkRecipe,
  freeOutput,
  outputFolder,
  refuseCollision
} from '../submission';
import { FRESH } from './entry';

/**
 * @param about.folder - the job folder that is to be.
 * @param about.taken - result folders of jobs that have not ended.
 * @throws ProxyError that names the field and what to do.
 */
export async function prepare(
  submission: Submission,
  about: {
    user: string;
    runtime: string;
    resource: IResource | undefined;
    folder: string;
    taken: readonly string[];
  }
): Promise<IPrepared> {
  const { resource } = about;
  if (resource?.kind !== 'local-kernel') {
    throw new ProxyError(
      422,
      'no-resource',
      `There is no resource named ${submission.resource}.`,
      {
        where: 'resource',
        hint: 'Choose one of the resources in the list.'
      }
    );
  }
  const recipe = checkRecipe(submission.recipe, submission.rows);
  await checkBase(submission.base);
  const kernel = await resource.check(submission.kernel);
  const now = new Date();
  const { id, name, base, document, cores, memory, rows } = submission;
  const output = await freeOutput(
    nth => outputFolder(recipe, base, name, now, nth),
    folder => refuseCollision(folder, about.taken)
  );
  return {
    recipe,
    spec: {
      id,
      name,
      user: about.user,
      created: now.toISOString(),
      resource: resource.name,
      kernel,
      base,
      document,
      cores,
      memory,
      rows,
      output,
      approved: approvalOf(submission),
      runtime: about.runtime,
      command: `python -m tomo_runner job ${about.folder}`
    },
    status: { ...FRESH, output }
  };
}

async function checkBase(base: string): Promise<void> {
  const found =
    path.isAbsolute(base) && (await fs.stat(base).catch(() => null));
  if (!found || !found.isDirectory()) {
    throw new ProxyError(
      422,
      'no-base',
      `${base} is not a folder on this server.`,
      {
        where: 'base',
        hint: 'Save the recipe in a folder on the disk of the server.'
      }
    );
  }
}
