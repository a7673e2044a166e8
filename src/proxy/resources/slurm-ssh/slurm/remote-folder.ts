/** The job folder on the cluster, written whole by one script. */
import path from 'node:path';

import type { Recipe } from '../../../../recipe/_generated/recipe';
import type { JsonObject } from '../../../files';
import type { IJobSpec, IRemotePlace } from '../../../job-folder';
import { quote } from '../quote';
import { batchScript, finishScript, type IBatch } from './batch';

/** The runner plans with a little less memory than Slurm gives, so that it is not killed for a little more. */
export const MEMORY = 0.9;

/** The recipe as the cluster reads it: its paths are those of the cluster. */
export function recipeThere(
  recipe: Recipe,
  place: IRemotePlace,
  resource: string
): Recipe {
  const { dataset } = recipe;
  const at = (key: string, otherwise?: string): string | undefined =>
    place.data[key] ?? otherwise;
  const sides = (
    which: 'flats' | 'darks'
  ): { before?: string; after?: string } | undefined => {
    const given = dataset?.[which];
    return (
      given && {
        ...given,
        ...(given.before && { before: at(`${which}.before`, given.before) }),
        ...(given.after && { after: at(`${which}.after`, given.after) })
      }
    );
  };
  const [flats, darks] = [sides('flats'), sides('darks')];
  return {
    ...recipe,
    dataset: {
      ...dataset,
      path: at('path', dataset?.path),
      resource,
      ...(flats && { flats }),
      ...(darks && { darks })
    }
  };
}

/** job.json on the cluster; of a task when its index is given. */
export function jobThere(
  spec: IJobSpec,
  place: IRemotePlace,
  index: number | null
): JsonObject {
  const memory = Math.floor(spec.memory * MEMORY);
  const rows = index === null ? spec.rows : place.tasks?.[index];
  return {
    ...spec,
    memory,
    ...(rows && { rows }),
    ...(index !== null && { part: true, task: index, remote: undefined })
  };
}

/**
 * A script that makes the job folder; in one that is there, only the batch
 * scripts are made anew, as the settings may have changed. Ends with 0 when the
 * folder is whole.
 */
export function folderScript(batch: IBatch, recipe: Recipe): string {
  const { spec, place } = batch;
  const jobs = path.posix.dirname(place.folder);
  const aside = path.posix.join(jobs, `.new-${spec.id}`);
  const tasks = (place.tasks ?? []).flatMap((_, index) => [
    `mkdir tasks/${index} || exit 74`,
    file(`tasks/${index}/job.json`, json(jobThere(spec, place, index))),
    `ln -s ../../recipe.tomo.json tasks/${index}/recipe.tomo.json || exit 74`
  ]);
  // In braces: of a script that arrives in part, nothing runs.
  return [
    '{',
    'umask 077',
    UNWRITTEN,
    `if cd ${quote(place.folder)} 2>/dev/null; then`,
    ...scripts(batch),
    '  exit 0',
    'fi',
    `mkdir -p ${quote(jobs)} || exit 73`,
    `rm -rf ${quote(aside)}`,
    `mkdir ${quote(aside)} && cd ${quote(aside)} || exit 73`,
    file('job.json', json(jobThere(spec, place, null))),
    file('recipe.tomo.json', json(recipeThere(recipe, place, spec.resource))),
    ...scripts(batch),
    ...(place.tasks ? ['mkdir tasks || exit 74'] : []),
    ...tasks,
    `mv ${quote(aside)} ${quote(place.folder)} || exit 74`,
    'exit 0',
    '}',
    ''
  ].join('\n');
}

/** Each by rename: Slurm may be reading the old one. */
function scripts(batch: IBatch): string[] {
  const named: [string, string][] = [
    ['batch.sh', batchScript(batch)],
    ...(batch.place.tasks
      ? [['finish.sh', finishScript(batch)] satisfies [string, string]]
      : [])
  ];
  return named.flatMap(([name, text]) => [
    file(`.${name}`, text),
    `mv .${name} ${name} || exit 74`
  ]);
}

/** A shell's own printf says "I/O error" where a disk is full; another program says why. */
const UNWRITTEN =
  'unwritten() { echo . | cat > .unwritten; rm -f .unwritten; exit 74; }';

function file(name: string, text: string): string {
  return `printf '%s' ${quote(text)} > ${quote(name)} || unwritten`;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}
