/** What is to be known of a cluster before anything is sent there: one script at the first contact. */
import { ProxyError } from '../../../failure';
import { isJobId } from '../../../job-folder';
import { quote } from '../quote';
import type { IRemote } from '../remote';

/** A log-in's surroundings. */
export interface IPlace {
  /** Absolute. */
  readonly work: string;
  /** Why the work folder may not be a good one; empty: it is. */
  readonly warning: string;
  readonly user: string;
  /** Our number there. */
  readonly uid: string;
  readonly host: string;
  /** Of Slurm; empty: it has none. */
  readonly version: string;
  /** Ids of the job folders that are there. */
  readonly jobs: readonly string[];
}

/**
 * @param work - of the settings: absolute, or below the home folder; empty: found.
 * @throws ProxyError when the work folder cannot be made, or has a name that Slurm cannot write logs to.
 */
export async function findPlace(
  remote: IRemote,
  work: string
): Promise<IPlace> {
  refuseName(work);
  const { stdout, stderr, code } = await remote.run(placeScript(work));
  const said = new Map(
    stdout.split('\n').map(line => {
      const at = line.indexOf(' ');
      return [line.slice(0, at), line.slice(at + 1)];
    })
  );
  const found = said.get('work') ?? '';
  if (code !== 0 || !found.startsWith('/')) {
    throw new ProxyError(
      422,
      'work-folder',
      `The work folder ${work || 'on the cluster'} cannot be used: ${stderr.trim().split('\n')[0] || 'it cannot be made'}.`,
      { where: 'work', hint: 'Set another work folder in Setup.' }
    );
  }
  refuseName(found);
  return {
    work: found,
    warning: said.get('warning') ?? '',
    user: said.get('user') ?? remote.user,
    uid: said.get('uid') ?? '',
    host: said.get('host') ?? '',
    version: (said.get('slurm') ?? '').replace(/^slurm\S*\s+/, ''),
    jobs: (said.get('jobs') ?? '').split(' ').filter(isJobId)
  };
}

/** Slurm expands `%`, and with a backslash anywhere in the path it no longer finds the task's log; no line holds a line feed. */
function refuseName(work: string): void {
  if (/[%\\\r\n]/.test(work)) {
    throw new ProxyError(
      422,
      'work-folder',
      'The name of the work folder has a percent sign, a backslash or a line break in it: Slurm cannot write logs there.',
      { where: 'work', hint: 'Set another work folder in Setup.' }
    );
  }
}

/** The last lines' first words say what they are. */
export function placeScript(work: string): string {
  const given = work.startsWith('~/')
    ? `work="$HOME"/${quote(work.slice(2))}`
    : work === '' || work.startsWith('/')
      ? `work=${quote(work)}`
      : `work="$HOME"/${quote(work)}`;
  return [
    '{',
    'user=$(id -un); group=$(id -gn)',
    given,
    'warning=',
    'if [ -z "$work" ]; then',
    '  for candidate in "/work3/$group/$user" "/scratch/$user"; do',
    '    if [ -d "$candidate" ] && [ -w "$candidate" ]; then work=$candidate/tomo; break; fi',
    '  done',
    '  if [ -z "$work" ]; then',
    '    work=$HOME/tomo',
    `    warning=${quote('There is neither /work3/<group>/<user> nor /scratch/<user>, so the work folder is in the home folder, whose quota is small.')}`,
    '  fi',
    'fi',
    'mkdir -p "$work/jobs" || exit 73',
    '[ -w "$work/jobs" ] || { echo "$work is not writable" >&2; exit 73; }',
    `printf 'user %s\\nuid %s\\nhost %s\\nwork %s\\nwarning %s\\n' "$user" "$(id -u)" "$(uname -n)" "$work" "$warning"`,
    `printf 'slurm %s\\n' "$(sbatch --version 2>/dev/null)"`,
    `printf 'jobs '; cd "$work/jobs" && ls | tr '\\n' ' '; echo`,
    'exit 0',
    '}',
    ''
  ].join('\n');
}
