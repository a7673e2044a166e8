/** Jobs that another machine has left on the cluster: their folders there become mirrors here. */
import { isObject, text, type JsonObject } from '../../../files';
import {
  isJobId,
  parsePlace,
  parseSpec,
  type IJobSpec
} from '../../../job-folder';
import { isRecipe } from '../../../../recipe/validation';
import type { Recipe } from '../../../../recipe/_generated/recipe';
import { quote } from '../quote';
import type { IRemote } from '../remote';
import type { ISlurmRecord } from './mirror';
import type { IPlace } from './place';
import { isSubmissionName } from './queue';
import { MEMORY } from './remote-folder';
import { expandTasks } from './text';

/** Job folders in one look. */
const SOME = 100;
const LARGEST = 4 << 20;

export interface IAdopted {
  readonly spec: IJobSpec;
  readonly recipe: Recipe;
  readonly record: ISlurmRecord;
}

/**
 * Read job folders on the cluster.
 *
 * @param ids - of the folders.
 * @param owner - who has logged in: the jobs become theirs, whatever the files say.
 */
export async function readJobs(
  remote: IRemote,
  place: IPlace,
  ids: readonly string[],
  owner: {
    readonly user: string;
    readonly resource: string;
    readonly host: string;
  }
): Promise<IAdopted[]> {
  const adopted: IAdopted[] = [];
  for (let at = 0; at < ids.length; at += SOME) {
    const some = ids.slice(at, at + SOME);
    const { stdout } = await remote.run(readScript(place.work, some), {
      timeout: 120_000
    });
    for (const block of stdout.split('\n\n')) {
      const job = parseBlock(block, place, owner);
      if (job) {
        adopted.push(job);
      }
    }
  }
  return adopted;
}

/** For each id: the id, job.json and recipe in base64, and one line `UID-TRY A;B;TASKS` a submission. */
export function readScript(work: string, ids: readonly string[]): string {
  return [
    '{',
    `cd ${quote(`${work}/jobs`)} || exit 73`,
    `for id in ${ids.map(quote).join(' ')}; do`,
    '  [ -O "$id" ] || continue',
    `  printf '%s\\n' "$id"`,
    `  for file in job.json recipe.tomo.json; do head -c ${LARGEST} "$id/$file" 2>/dev/null | base64 | tr -d '\\n'; echo; done`,
    '  for lock in "$id"/.submit-*; do',
    '    [ -s "$lock/ids" ] && printf \'%s %s\\n\' "${lock##*/.submit-}" "$(head -n 1 "$lock/ids")"',
    '  done',
    '  echo',
    'done',
    'exit 0',
    '}',
    ''
  ].join('\n');
}

function parseBlock(
  block: string,
  place: IPlace,
  owner: {
    readonly user: string;
    readonly resource: string;
    readonly host: string;
  }
): IAdopted | null {
  const [id, job, recipeText, ...submissions] = block.trim().split('\n');
  if (!isJobId(id ?? '')) {
    return null;
  }
  const written = parse(job);
  const recipe: unknown = parse(recipeText);
  const spec = written && parseSpec({ ...written, id });
  const there =
    written && isObject(written.remote) && parsePlace(written.remote);
  const record = there && latest(submissions, there.tasks !== undefined);
  if (!spec || !record || !isRecipe(recipe) || !spec.output.startsWith('/')) {
    return null;
  }
  return {
    spec: {
      ...spec,
      user: owner.user,
      resource: owner.resource,
      memory: Math.ceil(spec.memory / MEMORY),
      remote: {
        ...there,
        folder: `${place.work}/jobs/${id}`,
        work: place.work,
        user: place.user,
        host: owner.host,
        // What had to be copied lay on the other machine.
        uploads: [],
        data: {}
      }
    },
    recipe,
    record
  };
}

/** The submission with the highest attempt that Slurm took; null: there is none yet. */
function latest(
  lines: readonly string[],
  arrayed: boolean
): ISlurmRecord | null {
  const found = lines
    .flatMap(line => {
      const match = /^(tomo-\S+-(\d+))-(\d+) (\d*);(\d*);([\d,-]*)$/.exec(
        line.trim()
      );
      return match && isSubmissionName(match[1]) ? [match] : [];
    })
    .sort(
      (a, b) => Number(b[2]) - Number(a[2]) || Number(b[3]) - Number(a[3])
    )[0];
  if (!found) {
    return null;
  }
  const [, uid, attempt, tries, id, finish, tasks] = found;
  return {
    uid,
    phase: 'accepted',
    id,
    finish,
    tasks: arrayed ? expandTasks(tasks) : null,
    attempt: Number(attempt),
    tries: Number(tries),
    sent: ''
  };
}

function parse(base64: string | undefined): JsonObject | null {
  try {
    const value: unknown = JSON.parse(
      Buffer.from(base64 ?? '', 'base64').toString('utf8')
    );
    return isObject(value) && text(value, 'version') !== '' ? value : null;
  } catch {
    // Not a job folder of ours.
    return null;
  }
}
