/**
 * Submitting exactly once, whatever happens to the connection.
 *
 * Each try takes a lock on the cluster (mkdir) before it asks the scheduler, and
 * writes the ids down beside it. Whoever finds a try without an answer either
 * takes its lock, and then that try can never submit any more, or asks the
 * scheduler by the submission's unique name, and tries again only when both the
 * queue and accounting have answered that there is none.
 */
import { ProxyError } from '../../../failure';
import { quote } from '../quote';
import type { IRemote } from '../remote';
import { finishCommand, submitCommand, type IBatch } from './batch';
import { finishName } from './queue';
import { refusal } from './refusals';
import { compressTasks } from './text';

/** Slurm's ids of a submission. */
export interface ISubmitted {
  readonly id: string;
  /** Empty: there is no finishing task. */
  readonly finish: string;
}

/** Milliseconds: sbatch gives a controller up after about ten seconds, twice. */
const PATIENCE = 60_000;
/** Milliseconds between looks whether a try that was cut off still runs. */
const AGAIN = 2_000;
const LOOKS = 20;

const NO_FOLDER = 73;
const NO_LOCK = 74;
const TAKEN = 75;
const REFUSED = 76;
/** The scheduler may have it. */
const CUT = 77;

/** What is to be submitted. */
export interface ISubmission {
  readonly batch: IBatch;
  readonly uid: string;
  /** Tasks of the array; null: it is none; empty: only the finishing task. */
  readonly tasks: readonly number[] | null;
}

/** Where a try that was sent stands. */
export type Found =
  | { readonly kind: 'submitted'; readonly ids: ISubmitted }
  | { readonly kind: 'never' };

/**
 * Send one try.
 *
 * @param attempt - counts tries of this submission from 1.
 * @throws ProxyError `connection-lost`, `submission-unknown` or `slurm-answer` when nobody has
 *   said what became of it (ask `recover`), `slurm-refused` and the like when the scheduler said no.
 */
export async function submit(
  remote: IRemote,
  submission: ISubmission,
  attempt: number
): Promise<ISubmitted> {
  const reply = await remote
    .run(submitScript(submission, attempt), { timeout: PATIENCE })
    .catch((error: unknown) => {
      throw unanswered(error, submission.uid);
    });
  if (reply.code === 0) {
    return idsOf(reply.stdout);
  }
  if (reply.code === TAKEN) {
    throw new ProxyError(
      409,
      'submission-taken',
      'Another try of this submission is under way.',
      { where: submission.uid, hint: 'Wait a moment; the job will show it.' }
    );
  }
  if ([NO_FOLDER, NO_LOCK, REFUSED].includes(reply.code)) {
    throw refusal(reply);
  }
  // Of a shell or an sbatch that was killed nobody knows whether the scheduler had heard it.
  throw unknown(
    `The submission was cut off on the cluster, with code ${reply.code}.`,
    submission.uid,
    reply.stderr
  );
}

/** The script of one try; of a part of it nothing runs, as it is in braces. */
export function submitScript(submission: ISubmission, attempt: number): string {
  const { batch, uid, tasks } = submission;
  const lock = lockName(uid, attempt);
  const arrayed = tasks !== null;
  const list = quote(compressTasks(tasks ?? []));
  const [before, after] = finishCommand(batch, uid);
  const main =
    arrayed && tasks.length === 0
      ? ['id=']
      : [
          `id=$(${submitCommand(batch, uid, tasks)} 2>${lock}/error) || refused`,
          'id=${id%%;*}; number "$id"; main=$id'
        ];
  const finishing = arrayed
    ? [
        `finish=$(${before} \${id:+"--dependency=afterany:$id"} ${after} 2>${lock}/error) || refused`,
        'finish=${finish%%;*}; number "$finish"'
      ]
    : ['finish='];
  return [
    '{',
    `cd ${quote(batch.place.folder)} || exit ${NO_FOLDER}`,
    `mkdir ${lock} || { [ -d ${lock} ] && exit ${TAKEN}; exit ${NO_LOCK}; }`,
    `printf '%s %s\\n' "$$" "$(uname -n)" > ${lock}/process`,
    'main=',
    'refused() {',
    '  code=$?',
    `  cat ${lock}/error >&2`,
    `  if [ "$code" -gt 128 ] || [ ! -s ${lock}/error ]; then exit ${CUT}; fi`,
    '  [ -z "$main" ] || scancel "$main"',
    `  exit ${REFUSED}`,
    '}',
    // What is no id is not noted down: `recover` asks by name.
    `number() { case $1 in ''|*[!0-9]*) printf '%s\\n' "$1"; exit 0;; esac; }`,
    ...main,
    ...finishing,
    `printf '%s;%s;%s\\n' "$id" "$finish" ${list} > ${lock}/ids.new && mv ${lock}/ids.new ${lock}/ids`,
    `printf '%s;%s\\n' "$id" "$finish"`,
    'exit 0',
    '}',
    ''
  ].join('\n');
}

/**
 * What became of a try whose reply was lost.
 *
 * @throws ProxyError when the cluster cannot tell now: nothing may be submitted then.
 */
export async function recover(
  remote: IRemote,
  submission: ISubmission,
  attempt: number,
  wait = AGAIN
): Promise<Found> {
  const script = recoveryScript(submission, attempt);
  for (let look = 0; look < LOOKS; look++) {
    const { stdout, stderr } = await remote
      .run(script, { timeout: PATIENCE })
      .catch((error: unknown) => {
        throw unanswered(error, submission.uid);
      });
    const [word, ids = ''] = stdout.trim().split(/\s+/);
    if (word === 'ids') {
      return { kind: 'submitted', ids: idsOf(ids) };
    }
    if (word === 'free' || word === 'none') {
      return { kind: 'never' };
    }
    if (word !== 'busy') {
      throw unknown(
        'Whether the cluster has the job cannot be asked now: its scheduler or its accounting does not answer.',
        submission.uid,
        stderr
      );
    }
    await new Promise(resolve => setTimeout(resolve, wait));
  }
  throw unknown(
    'The submission that was cut off still waits for the scheduler.',
    submission.uid
  );
}

function unknown(message: string, uid: string, cause?: unknown): ProxyError {
  return new ProxyError(503, 'submission-unknown', message, {
    where: uid,
    hint: 'Nothing is submitted twice: the job goes on when the cluster answers.',
    cause
  });
}

/** A script that was not waited for to its end may still do what it is for. */
function unanswered(error: unknown, uid: string): unknown {
  return error instanceof ProxyError && error.status === 504
    ? unknown(
        'The scheduler of the cluster did not answer the submission in time.',
        uid,
        error
      )
    : error;
}

/**
 * Says `free` (the lock was still there to be taken), `ids A;B`, `busy` (the try
 * still runs), `none` (queue and accounting know of nothing), or `unknown`.
 */
export function recoveryScript(
  submission: ISubmission,
  attempt: number
): string {
  const { batch, uid, tasks } = submission;
  const lock = lockName(uid, attempt);
  const finish = finishName(uid);
  const arrayed = tasks !== null;
  return [
    '{',
    'export TZ=UTC0',
    `cd ${quote(batch.place.folder)} || exit 73`,
    `if mkdir ${lock} 2>/dev/null; then echo free; exit 0; fi`,
    // Neither taken nor there, as on a full disk: the try may yet take it.
    `if [ ! -d ${lock} ]; then echo unknown; exit 0; fi`,
    `if [ -s ${lock}/ids ]; then printf 'ids '; cat ${lock}/ids; exit 0; fi`,
    `read -r process host < ${lock}/process 2>/dev/null`,
    'if [ "$host" = "$(uname -n)" ] && kill -0 "$process" 2>/dev/null; then echo busy; exit 0; fi',
    'user=$(id -un)',
    // A queue that has answered, with nothing, is asked again: the scheduler may be at it.
    'for again in 1 2; do',
    `  rows=$(squeue -h -t all -u "$user" -n ${uid},${finish} -o '%F|%j'); asked=$?`,
    '  [ -n "$rows" ] || [ "$asked" != 0 ] && break; sleep 2',
    'done',
    'if [ -z "$rows" ]; then',
    `  more=$(sacct -n -P -X --name ${uid},${finish} -S now-7days -o JobID,JobName) || asked=1`,
    '  rows=$more',
    'fi',
    `id=$(printf '%s\\n' "$rows" | sed -n 's/^\\([0-9]*\\)[^|]*|${uid}$/\\1/p' | head -n 1)`,
    `fin=$(printf '%s\\n' "$rows" | sed -n 's/^\\([0-9]*\\)[^|]*|${finish}$/\\1/p' | head -n 1)`,
    'if [ -n "$id$fin" ]; then',
    ...(arrayed
      ? [
          '  if [ -z "$fin" ]; then',
          `    fin=$(${finishCommand(batch, uid)[0]} "--dependency=afterany:$id" ${finishCommand(batch, uid)[1]}) || { echo unknown; exit 0; }`,
          '    fin=${fin%%;*}',
          '  fi'
        ]
      : []),
    `  printf '%s;%s;%s\\n' "$id" "$fin" ${quote(compressTasks(tasks ?? []))} > ${lock}/ids; printf 'ids %s;%s\\n' "$id" "$fin"; exit 0`,
    'fi',
    'if [ "$asked" = 0 ]; then echo none; else echo unknown; fi',
    'exit 0',
    '}',
    ''
  ].join('\n');
}

function lockName(uid: string, attempt: number): string {
  return `.submit-${uid}-${attempt}`;
}

function idsOf(text: string): ISubmitted {
  const found = /^(\d*);(\d*)(?:;[\d,-]*)?$/.exec(text.trim());
  if (!found || !(found[1] || found[2])) {
    throw new ProxyError(
      502,
      'slurm-answer',
      `Slurm answered the submission with ${JSON.stringify(text.trim().slice(0, 200))} instead of an id.`,
      { where: 'sbatch', hint: 'Press Test in Setup.' }
    );
  }
  return { id: found[1], finish: found[2] };
}
