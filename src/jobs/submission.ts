/**
 * From a recipe and a choice to what is asked of the proxy.
 */
import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';

import type { Job, Resource, Submission } from '../api';
import type { IApiClient } from '../api';
import { ApiError } from '../api';
import type { IRecipeSession, IRunChoice, IRunLimits } from '../tokens';

/** The folder that a session's relative paths start from, or a refusal. */
export function baseOf(
  session: IRecipeSession,
  trans: TranslationBundle
): string {
  if (session.base === null) {
    throw new ApiError({
      code: 'no-folder',
      message: trans.__(
        '%1 is not in a folder that the server can read.',
        session.path
      ),
      where: session.path,
      hint: trans.__('Save the recipe beside the data, on a drive with files.')
    });
  }
  return session.base;
}

/** The kernel of a choice where the resource has it, else the server's default. */
export function kernelOf(
  choice: IRunChoice,
  resources: readonly Resource[]
): string {
  const resource = resources.find(each => each.name === choice.resource);
  return resource?.kernels.some(kernel => kernel.name === choice.kernel)
    ? choice.kernel
    : '';
}

/**
 * What is submitted. Each call makes a new id.
 *
 * @throws ApiError when the recipe is not valid or lies where the server has no files.
 */
export function submissionOf(
  session: IRecipeSession,
  choice: IRunChoice,
  limits: IRunLimits,
  resources: readonly Resource[],
  trans: TranslationBundle,
  rows?: [number, number]
): Submission {
  if (session.problems.length) {
    throw new ApiError({
      code: 'invalid-recipe',
      message: session.problems[0],
      where: session.path,
      hint: trans.__('Correct it in the panel or in the text of the recipe.')
    });
  }
  return {
    id: UUID.uuid4(),
    name: session.name,
    base: baseOf(session, trans),
    document: session.path,
    recipe: session.recipe,
    resource: choice.resource,
    kernel: kernelOf(choice, resources),
    cores: limits.cores,
    memory: limits.memory,
    ...(limits.time === undefined ? {} : { time: limits.time }),
    ...(rows ? { rows } : {})
  };
}

/**
 * The submission of a job once more.
 *
 * @param job - with its recipe
 * @throws ApiError when the recipe is not kept, or its folder is not there any more.
 */
export async function repeated(
  job: Job,
  limits: IRunLimits,
  api: Pick<IApiClient, 'resolve'>,
  trans: TranslationBundle
): Promise<Submission> {
  const { document, kernel, name, recipe, resource, rows } = job;
  if (!recipe) {
    throw new ApiError({
      code: 'no-recipe',
      message: trans.__('The recipe of %1 is not kept with the job.', name),
      where: job.id,
      hint: trans.__('Open the recipe in the result folder and reconstruct it.')
    });
  }
  const base = await api.resolve(PathExt.dirname(document ?? ''));
  return {
    id: UUID.uuid4(),
    name,
    base: base.path,
    ...(document === undefined ? {} : { document }),
    recipe,
    resource,
    kernel,
    cores: limits.cores,
    memory: limits.memory,
    ...(limits.time === undefined ? {} : { time: limits.time }),
    ...(rows ? { rows } : {})
  };
}
