/**
 * One batched look at everything of a user on a cluster: one script, with a
 * constant number of commands whatever the number of jobs, but for files that have grown.
 */
import { randomUUID } from 'node:crypto';

import { quote } from '../quote';
import { ACCOUNT_FORMAT } from './accounts';
import { QUEUE_FORMAT, WAITING_FORMAT } from './queue';

/** A job to look at. */
export interface IPolled {
  /** Absolute job folder. */
  readonly folder: string;
  /** Absolute result folder. */
  readonly output: string;
  /** Slurm's id of the job or array. */
  readonly id: string;
  /** Slurm's id of the finishing task; empty: none. */
  readonly finish: string;
  /** How many tasks it has, the finishing one not counted. */
  readonly tasks: number;
  /** It is an array, whose tasks have folders. */
  readonly arrayed: boolean;
  /** Bytes of each growing file that are here already; paths are relative to the folder. */
  readonly known: ReadonlyMap<string, number>;
}

/** Bytes of a growing file in one poll. */
export const TAIL = 128 * 1024;
/** Growing files of a job in one poll; the others come with the next. */
export const FILES = 24;

export interface IPollScript {
  /** Begins the lines between the parts: nobody else can know it. */
  readonly mark: string;
  readonly text: string;
}

/**
 * @param waiting - one of the jobs waits, so that its place in the queue is wanted.
 */
export function pollScript(
  jobs: readonly IPolled[],
  waiting: boolean,
  mark = `tomo:${randomUUID()}`
): IPollScript {
  const look = [
    `rows=$(squeue -h -r -t all -u "$user" -o ${quote(QUEUE_FORMAT)} 2>&1); asked=$?`,
    'say "queue $asked"',
    `printf '%s\\n' "$rows"`,
    ...(jobs.length > 0 ? accounting(jobs) : []),
    ...jobs.flatMap(placeOf),
    ...(jobs.length > 0 ? filesOf(jobs) : [])
  ];
  const text = [
    '{',
    'export TZ=UTC0',
    'user=$(id -un)',
    `mark=${quote(mark)}`,
    `say() { printf '%s %s\\n' "$mark" "$1"; }`,
    ...GROWN,
    ...(waiting ? [...WAITING, ...look, 'cat', '}'] : look),
    'say end',
    'exit 0',
    '}',
    ''
  ].join('\n');
  return { mark, text };
}

/** The whole queue comes beside the rest, which does not wait for it, and is told after it. */
const WAITING = [
  '{',
  `waiting=$(squeue -h -t PENDING -S -p,i -o ${quote(WAITING_FORMAT)} 2>/dev/null) && { say waiting; printf '%s\\n' "$waiting"; }`,
  '} | {'
];

/** New bytes of a file: its name, its size, and from where; with as few processes as can be. */
const GROWN = [
  'grown() {',
  '  say "grown $3 $2 $1"',
  `  if [ $(($2 - $3)) -gt ${TAIL} ]; then tail -c +$(($3 + 1)) "$1" | head -c ${TAIL} | base64`,
  '  elif [ "$3" -gt 0 ]; then tail -c +$(($3 + 1)) "$1" | base64',
  '  else base64 "$1"; fi',
  '}'
];

/**
 * Accounting is asked about jobs that the queue does not list whole and active:
 * what is listed as waiting or running needs no account.
 */
function accounting(jobs: readonly IPolled[]): string[] {
  const wanted = jobs
    .flatMap(job => [
      ...(job.id ? [`${job.id}:${job.tasks}`] : []),
      ...(job.finish ? [`${job.finish}:1`] : [])
    ])
    .join(' ');
  return [
    `gone=$(printf '%s\\n' "$rows" | awk -F'|' -v wanted=${quote(wanted)} '`,
    '  $1 ~ /^[0-9]+(_[0-9]+)?$/ {',
    '    split($1, id, "_")',
    '    if ($2 ~ /^(PENDING|RUNNING|CONFIGURING|COMPLETING|SUSPENDED|STOPPED|REQUEUE|SIGNALING|STAGE_OUT|RESIZING|SPECIAL_EXIT|RESV_DEL_HOLD)/) active[id[1]]++',
    '  }',
    '  END {',
    '    count = split(wanted, jobs, " ")',
    '    for (i = 1; i <= count; i++) {',
    '      split(jobs[i], job, ":")',
    '      if (active[job[1]] < job[2]) list = list (list == "" ? "" : ",") job[1]',
    '    }',
    '    print list',
    "  }')",
    'if [ -n "$gone" ]; then',
    `  accounts=$(sacct -n -P -D -j "$gone" -o ${ACCOUNT_FORMAT} 2>&1); asked=$?`,
    '  say "accounts $asked"',
    `  printf '%s\\n' "$accounts"`,
    'fi',
    'say "uid $(id -u)"'
  ];
}

/** Whether each job's folder and its result are there: no process but the shell. */
function placeOf({ folder, output }: IPolled, at: number): string[] {
  return [
    `if [ -d ${quote(folder)} ]; then`,
    `  say "job ${at}"`,
    `  [ -e ${quote(`${output}/result.json`)} ] && say complete`,
    `else say "gone ${at}"; fi`
  ];
}

/** Status files whole, growing files from where they are known: a few processes for all jobs together. */
function filesOf(jobs: readonly IPolled[]): string[] {
  const files = (kind: keyof typeof SINGLE): string =>
    jobs
      .flatMap(({ folder, arrayed }) =>
        (arrayed ? ARRAYED : SINGLE)[kind].map(
          name => `${quote(folder)}/${name}`
        )
      )
      .join(' ');
  const known = jobs.flatMap(job =>
    [...job.known].map(
      ([name, size]) => `    ${quote(`${job.folder}/${name}`)}) from=${size};;`
    )
  );
  const owners = jobs.map(
    ({ folder }, at) => `    ${quote(folder)}/*) owner=${at};;`
  );
  return [
    `for file in ${files('statuses')}; do [ -s "$file" ] && printf '%s\\0' "$file"; done |`,
    `  xargs -0 awk -v mark="$mark" 'FNR == 1 { print mark " status " FILENAME } { print }' /dev/null`,
    'last=',
    `printf '%s\\0' ${files('growing')} | xargs -0 wc -c 2>/dev/null | while read -r size file; do`,
    '  owner=',
    '  from=0',
    '  case $file in',
    ...owners,
    '    *) continue;;',
    '  esac',
    '  case $file in',
    ...known,
    '    *) ;;',
    '  esac',
    '  [ "$owner" = "$last" ] || count=0',
    '  last=$owner',
    `  if [ "$size" -gt "$from" ] && [ "$count" -lt ${FILES} ]; then`,
    '    count=$((count + 1))',
    '    grown "$file" "$size" "$from"',
    '  fi',
    'done'
  ];
}

const SINGLE = {
  statuses: ['status.json'],
  growing: ['stdout.log', 'stderr.log', 'events.jsonl']
};
const ARRAYED: typeof SINGLE = {
  statuses: ['status.json', 'tasks/*/status.json'],
  growing: ['tasks/*/stdout.log', 'tasks/*/stderr.log', 'finish.log']
};
