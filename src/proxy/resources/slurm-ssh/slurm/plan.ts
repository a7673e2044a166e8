/** A submission to a cluster, checked and laid down before anything is made. */
import path from 'node:path';

import type {
  Submission,
  SubmissionPlan
} from '../../../../api/_generated/api';
import type { Recipe } from '../../../../recipe/_generated/recipe';
import type { Forecaster, IForecast } from '../../../forecast';
import { ProxyError } from '../../../failure';
import type { IJobSpec, IRemotePlace } from '../../../job-folder';
import {
  approvalOf,
  checkRecipe,
  freeOutput,
  outputFolder
} from '../../../submission';
import { runtimeThere } from '../copies/runtime';
import { uploadNeeds } from '../copies/upload';
import { quote } from '../quote';
import type { IRemote } from '../remote';
import { batchScript, submitCommand, type IBatch } from './batch';
import type { ICluster } from './cluster';
import { planData, translate, type IDataPlan } from './data';
import type { IPlace } from './place';
import { submissionName } from './queue';
import { MEMORY } from './remote-folder';
import { isWhole, mpiOf, shares, usesGpu, type IShares } from './shares';

/** What a plan is made with. */
export interface IPlanning {
  readonly user: string;
  readonly taken: readonly string[];
  readonly cluster: ICluster;
  readonly remote: IRemote;
  readonly place: IPlace;
  /** Runtime folder of this machine. */
  readonly runtime: string;
  readonly forecast: Forecaster;
}

export interface IPlanned {
  readonly batch: IBatch;
  /** The result folder before it has its time, as the user is told of it. */
  readonly untimed: string;
  readonly recipe: Recipe;
  readonly data: IDataPlan;
  readonly shares: IShares;
  readonly forecast: IForecast;
}

/** @throws ProxyError that names the field and what to do. */
export async function planJob(
  submission: Submission,
  by: IPlanning
): Promise<IPlanned> {
  const { cluster, place } = by;
  const recipe = checkRecipe(submission.recipe, submission.rows);
  const now = new Date();
  const data = await planData(recipe, submission.base, cluster, place.work);
  const output = await freeOutput(
    nth => outputThere(recipe, submission, by, data, [now, nth]),
    folder => refuseTaken(folder, by)
  );
  // The runner is given a little less than the task, and plans with that.
  const forecast = await by.forecast(
    { ...submission, memory: Math.floor(submission.memory * MEMORY) },
    by.user
  );
  const gpu = usesGpu(recipe) && cluster.gpus > 0;
  if (submission.tasks !== undefined && !forecast.rows && forecast.trouble) {
    throw ProxyError.from(forecast.trouble, 502);
  }
  const shared = shares(forecast.rows, {
    seconds: forecast.estimate?.seconds ?? null,
    gpu,
    most: cluster.tasks,
    asked: submission.tasks,
    whole: isWhole(recipe)
  });
  const tool = recipe.reconstruction?.tool ?? 'builtin';
  const remote: IRemotePlace = {
    folder: path.posix.join(place.work, 'jobs', submission.id),
    work: place.work,
    user: place.user,
    host: cluster.host,
    ...(shared.tasks && { tasks: shared.tasks }),
    time: submission.time ?? cluster.time,
    data: data.data,
    uploads: data.uploads,
    ...(submission.checksum && { checksum: true })
  };
  const { id, name, document, cores, memory, rows } = submission;
  const spec: IJobSpec = {
    id,
    name,
    user: by.user,
    created: now.toISOString(),
    resource: cluster.name,
    kernel: '',
    base: data.base ?? place.work,
    document,
    cores,
    memory,
    rows,
    output,
    approved: approvalOf(submission),
    runtime: runtimeThere(by.runtime, place.work),
    command: '',
    remote
  };
  const mpi = mpiOf(recipe);
  const batch: IBatch = { spec, place: remote, cluster, tool, gpu, mpi };
  return {
    batch: { ...batch, spec: { ...spec, command: commandOf(batch) } },
    untimed: outputThere(recipe, submission, by, data, [null]),
    recipe,
    data,
    shares: shared,
    forecast
  };
}

/** The command line that submits the first attempt. */
export function commandOf(batch: IBatch): string {
  return submitCommand(
    batch,
    submissionName(batch.spec.id, 1),
    batch.place.tasks?.map((_, index) => index) ?? null
  );
}

/** A plan as the user sees it before. */
export async function tellPlan(
  planned: IPlanned,
  by: IPlanning,
  checksum: boolean
): Promise<SubmissionPlan> {
  const { batch, data, forecast } = planned;
  const { estimate } = forecast;
  const { remote, place } = by;
  const freeBytes = await remote.files.free(place.work);
  const upload = { files: 0, bytes: 0, from: '', to: '' };
  for (const one of data.uploads) {
    const needs = await uploadNeeds(remote, one, checksum);
    upload.files += needs.pending.length;
    upload.bytes += needs.bytes;
    upload.from ||= one.from;
    upload.to ||= one.to;
  }
  return {
    script: batchScript(batch),
    command: batch.spec.command,
    tasks: planned.shares.tasks?.length ?? 1,
    reason: planned.shares.reason,
    ...(data.uploads.length > 0 && { upload }),
    data: data.how,
    output: planned.untimed,
    memory: estimate?.memory ?? batch.spec.memory,
    seconds: estimate?.seconds ?? null,
    outputBytes: estimate?.outputBytes ?? 0,
    freeBytes,
    warnings: warningsOf(planned, place, freeBytes, upload.bytes)
  };
}

function warningsOf(
  { batch, shares: shared, forecast }: IPlanned,
  place: IPlace,
  free: number | null,
  bytes: number
): string[] {
  const { estimate, trouble } = forecast;
  const { seconds = null, outputBytes = 0 } = estimate ?? {};
  const each = (seconds ?? 0) / (shared.tasks?.length ?? 1) / 60;
  const checks: (readonly [boolean, string])[] = [
    [place.warning !== '', place.warning],
    [
      trouble !== null,
      `Nothing is known of time and memory: ${trouble?.message ?? ''}`
    ],
    [
      free !== null && outputBytes + bytes > free,
      'The work folder has not enough free space for the data and the slices.'
    ],
    [
      each > batch.place.time,
      `A task would take about ${Math.ceil(each)} minutes, but its time limit is ${batch.place.time}: raise the limit, or ask for more tasks.`
    ]
  ];
  return [
    ...checks.filter(([wrong]) => wrong).map(([, sentence]) => sentence),
    // Of the recipe: what its run would be told, too.
    ...(estimate?.warnings ?? [])
  ];
}

/** The absolute result folder there. */
function outputThere(
  recipe: Recipe,
  { base, name }: Submission,
  { cluster, place }: IPlanning,
  data: IDataPlan,
  when: readonly [now: Date | null, nth?: number]
): string {
  const start = data.base ?? path.posix.join(place.work, 'results');
  const output = outputFolder(recipe, start, name, ...when);
  const given = recipe.output?.folder ?? '';
  // An absolute folder is one of this machine, unless the data are there.
  const local = path.isAbsolute(given) && data.how !== 'remote';
  return local ? (translate(output, cluster.paths) ?? output) : output;
}

/** Refuse a result folder that holds something already, or cannot be made. */
async function refuseTaken(output: string, by: IPlanning): Promise<void> {
  const hint = 'Choose another output folder, or put {date} into its name.';
  const refuse = (code: string, message: string): ProxyError =>
    new ProxyError(409, code, message, { where: 'output.folder', hint });
  if (by.taken.includes(output)) {
    throw refuse('output-taken', `Another job writes to ${output}.`);
  }
  const { stdout } = await by.remote.run(
    [
      '{',
      `at=${quote(output)}`,
      'if [ -d "$at" ] && [ -n "$(ls -A "$at" | head -n 1)" ]; then echo full; exit 0; fi',
      'while [ ! -e "$at" ] && [ "$at" != / ]; do at=$(dirname "$at"); done',
      'if [ -d "$at" ] && [ -w "$at" ]; then echo free; else echo shut; fi',
      '}',
      ''
    ].join('\n')
  );
  switch (stdout.trim()) {
    case 'full':
      throw refuse(
        'output-exists',
        `The output folder ${output} on the cluster is not empty.`
      );
    case 'shut':
      throw refuse(
        'output-unusable',
        `The output folder ${output} cannot be made on the cluster.`
      );
  }
}
