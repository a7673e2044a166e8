/**
 * The batch scripts and the command lines that submit them. What comes from
 * outside goes in by `quote`; only the prelude, which is the settings', is shell.
 */
import type { IJobSpec, IRemotePlace } from '../../../job-folder';
import { quote } from '../quote';
import { pythonOf, type ICluster } from './cluster';
import { finishName } from './queue';
import type { IMpi } from './shares';
import { compressTasks } from './text';

/** What a batch script is made of. */
export interface IBatch {
  readonly spec: IJobSpec;
  readonly place: IRemotePlace;
  readonly cluster: ICluster;
  readonly tool: string;
  readonly gpu: boolean;
  /** The program is many processes; left out: one. */
  readonly mpi?: IMpi;
}

const ALONE: IMpi = { nodes: 1, processes: 1 };
/** Bytes for the finishing task. */
const FINISH_MEMORY = 1 << 30;
/** Minutes for the finishing task. */
const FINISH_TIME = 30;

/** batch.sh: one task, of an array or alone. */
export function batchScript(batch: IBatch): string {
  const folder = quote(batch.place.folder);
  const job = batch.place.tasks
    ? `${folder}/tasks/"$SLURM_ARRAY_TASK_ID"`
    : folder;
  return script(batch, `job ${job}`);
}

/** finish.sh: joins what the tasks of an array have made. */
export function finishScript(batch: IBatch): string {
  return script(batch, `finish ${quote(batch.place.folder)}`);
}

function script(batch: IBatch, command: string): string {
  const { cluster, spec, tool } = batch;
  return [
    '#!/bin/bash',
    '# The profile is read so that `module` exists.',
    'if [ -r /etc/profile ]; then . /etc/profile >/dev/null 2>&1; fi',
    ...(cluster.prelude.length > 0
      ? ['# Prelude of the resource:', ...cluster.prelude]
      : []),
    `export PYTHONPATH=${quote(spec.runtime)}"\${PYTHONPATH:+:$PYTHONPATH}"`,
    'export PYTHONUNBUFFERED=1',
    `exec ${program(pythonOf(cluster, tool))} -m tomo_runner ${command}`,
    ''
  ].join('\n');
}

/** A program as a word of the shell; a tilde before a slash is the home folder. */
export function program(python: string): string {
  return python.startsWith('~/')
    ? `"$HOME"/${quote(python.slice(2))}`
    : quote(python);
}

/**
 * The command that submits batch.sh, run in the job folder.
 *
 * @param uid - the unique name of the submission.
 * @param tasks - of the array; null: it is none.
 */
export function submitCommand(
  batch: IBatch,
  uid: string,
  tasks: readonly number[] | null
): string {
  const { spec, place, cluster, gpu, mpi = ALONE } = batch;
  const logs = tasks ? 'tasks/%a/' : '';
  return words([
    ...common(uid, cluster, mpi),
    `--output=${logs}stdout.log`,
    `--error=${logs}stderr.log`,
    '--requeue',
    `--cpus-per-task=${Math.max(1, Math.floor(spec.cores / mpi.processes))}`,
    `--mem=${mebibytes(spec.memory)}M`,
    `--time=${place.time}`,
    ...option('constraint', cluster.constraint),
    ...(gpu && cluster.gpus > 0 ? [`--gres=gpu:${cluster.gpus}`] : []),
    ...(tasks ? [`--array=${compressTasks(tasks)}%${cluster.tasks}`] : []),
    'batch.sh'
  ]);
}

/** The command that submits finish.sh, but for the id that it waits for, which comes before its last word. */
export function finishCommand(
  batch: IBatch,
  uid: string
): readonly [string, string] {
  const { spec, place, cluster } = batch;
  return [
    words([
      ...common(finishName(uid), cluster),
      '--output=finish.log',
      '--error=finish.log',
      '--requeue',
      '--cpus-per-task=1',
      `--mem=${mebibytes(Math.min(spec.memory, FINISH_MEMORY))}M`,
      `--time=${Math.min(place.time, FINISH_TIME)}`,
      ...option('constraint', cluster.constraint)
    ]),
    'finish.sh'
  ];
}

function common(
  name: string,
  cluster: ICluster,
  { nodes, processes }: IMpi = ALONE
): string[] {
  return [
    'sbatch',
    '--parsable',
    `--job-name=${name}`,
    `--comment=${name}`,
    '--open-mode=append',
    `--nodes=${nodes}`,
    ...(nodes * processes > 1
      ? [`--ntasks-per-node=${processes}`]
      : ['--ntasks=1']),
    ...option('partition', cluster.partition),
    ...option('account', cluster.account),
    ...option('qos', cluster.qos)
  ];
}

function option(key: string, value: string): string[] {
  return value ? [`--${key}=${value}`] : [];
}

/** Words of a command; those that a shell would change are quoted. */
function words(parts: readonly string[]): string {
  return parts
    .map(part => (/^[\w%+,./:=@-]+$/.test(part) ? part : quote(part)))
    .join(' ');
}

function mebibytes(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / (1 << 20)));
}
