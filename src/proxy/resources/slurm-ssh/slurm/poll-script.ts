/**
 * One batched look at everything of a user on a cluster: one script, with a
 * constant number of Slurm commands whatever the number of jobs.
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
  const text = [
    '{',
    'export TZ=UTC0',
    'user=$(id -un)',
    `mark=${quote(mark)}`,
    `say() { printf '%s %s\\n' "$mark" "$1"; }`,
    `rows=$(squeue -h -r -t all -u "$user" -o ${quote(QUEUE_FORMAT)} 2>&1); asked=$?`,
    'say "queue $asked"',
    `printf '%s\\n' "$rows"`,
    ...(waiting ? WAITING : []),
    ...(jobs.length > 0 ? accounting(jobs) : []),
    ...jobs.flatMap((job, at) => filesOf(job, at)),
    'say end',
    'exit 0',
    '}',
    ''
  ].join('\n');
  return { mark, text };
}

const WAITING = [
  `waiting=$(squeue -h -t PENDING -S -p,i -o ${quote(WAITING_FORMAT)} 2>/dev/null) && { say waiting; printf '%s\\n' "$waiting"; }`
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

/** Status files whole, growing files from where they are known. */
function filesOf(job: IPolled, at: number): string[] {
  const names = job.arrayed
    ? 'tasks/*/stdout.log tasks/*/stderr.log finish.log'
    : 'stdout.log stderr.log events.jsonl';
  const statuses = job.arrayed
    ? 'status.json tasks/*/status.json'
    : 'status.json';
  const known = [...job.known].map(
    ([name, size]) => `      ${quote(name)}) from=${size};;`
  );
  return [
    `if cd ${quote(job.folder)} 2>/dev/null; then`,
    `  say "job ${at}"`,
    `  [ -e ${quote(`${job.output}/result.json`)} ] && say complete`,
    '  set --',
    `  for file in ${statuses}; do [ -s "$file" ] && set -- "$@" "$file"; done`,
    `  [ $# -gt 0 ] && awk -v mark="$mark" 'FNR == 1 { print mark " status " FILENAME } { print }' "$@"`,
    '  count=0',
    `  wc -c ${names} 2>/dev/null | while read -r size file; do`,
    '    from=0',
    '    case $file in',
    '      total) continue;;',
    ...known,
    '    esac',
    `    if [ "$size" -gt "$from" ] && [ "$count" -lt ${FILES} ]; then`,
    '      count=$((count + 1))',
    '      say "grown $from $size $file"',
    `      tail -c +$((from + 1)) "$file" | head -c ${TAIL} | base64`,
    '    fi',
    '  done',
    'else',
    `  say "gone ${at}"`,
    'fi'
  ];
}
