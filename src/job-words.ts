/**
 * A job in words: what the list, the status bar and notifications say of it.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Job, JobState, Resource } from './api';
import { failureSentence } from './field-names';
import { formatSeconds } from './quantities';

const ACTIVE: ReadonlySet<JobState> = new Set([
  'queued',
  'starting',
  'running',
  'cancelling'
]);

/** Whether a job is still going on, or waits to. */
export function isActive(job: Job): boolean {
  return ACTIVE.has(job.state);
}

/** The folder of a result whose run has not started, so that its time may not be known yet. */
export function folderWords(folder: string, trans: TranslationBundle): string {
  return folder.includes('{date}')
    ? trans.__('%1, where {date} is the time at which the run starts', folder)
    : folder;
}

/** How much of the slices is written, 0 to 1. */
export function fractionOf(job: Job): number {
  const { done, total } = job.slices;
  return total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
}

/** How much of several jobs is written, 0 to 1, each slice counting the same. */
export function fractionOfAll(jobs: readonly Job[]): number {
  const total = jobs.reduce((sum, job) => sum + job.slices.total, 0);
  const done = jobs.reduce((sum, job) => sum + job.slices.done, 0);
  return total > 0 ? Math.min(1, done / total) : 0;
}

export function stateWord(state: JobState, trans: TranslationBundle): string {
  switch (state) {
    case 'queued':
      return trans.__('queued');
    case 'starting':
      return trans.__('starting');
    case 'running':
      return trans.__('running');
    case 'cancelling':
      return trans.__('cancelling');
    case 'finished':
      return trans.__('finished');
    case 'failed':
      return trans.__('failed');
    case 'cancelled':
      return trans.__('cancelled');
    case 'interrupted':
      return trans.__('interrupted');
  }
}

/** What a runner is at; a stage that nobody here knows is said as it is. */
export function stageWord(stage: string, trans: TranslationBundle): string {
  switch (stage) {
    case 'waiting':
      return trans.__('waiting');
    case 'open':
      return trans.__('opening the data');
    case 'measure':
      return trans.__('measuring noise and dose');
    case 'centre':
      return trans.__('finding the centre');
    case 'projections':
      return trans.__('reading projections');
    case 'nxtomo':
      return trans.__('writing NXtomo');
    case 'savu':
      return trans.__('Savu at work');
    case 'slices':
      return trans.__('making slices');
    case 'record':
      return trans.__('writing the record');
    case 'finish':
      return trans.__('joining what the tasks made');
    default:
      return stage;
  }
}

/** "44 of 128 slices · 2 s left", "128 slices · 12 s", "reading projections 30 %". */
export function progressSentence(job: Job, trans: TranslationBundle): string {
  const { done, total } = job.slices;
  const parts: string[] = [];
  if (job.state === 'finished') {
    parts.push(trans._n('%1 slice', '%1 slices', total));
    const took = secondsBetween(job.started, job.ended);
    if (took !== null) {
      parts.push(formatSeconds(took));
    }
    return parts.join(' · ');
  }
  if (job.state === 'queued') {
    return trans.__('waits for its turn');
  }
  if (total > 0 && (done > 0 || !isActive(job))) {
    parts.push(trans.__('%1 of %2 slices', done, total));
  } else if (
    isActive(job) &&
    job.progress.stage &&
    job.progress.stage !== job.state
  ) {
    const share =
      job.progress.total > 0 ? job.progress.done / job.progress.total : null;
    parts.push(
      share === null
        ? stageWord(job.progress.stage, trans)
        : trans.__(
            '%1 %2 %',
            stageWord(job.progress.stage, trans),
            Math.floor(share * 100)
          )
    );
  }
  if (job.state === 'running' && job.progress.remaining !== undefined) {
    parts.push(trans.__('%1 left', formatSeconds(job.progress.remaining)));
  }
  return parts.join(' · ');
}

/** Whole seconds and parts between two ISO times; null unless both are known. */
export function secondsBetween(
  from: string | undefined,
  to: string | undefined
): number | null {
  const seconds = from && to ? (Date.parse(to) - Date.parse(from)) / 1000 : NaN;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : null;
}

/** How a resource is reached. */
export function connectionWord(
  state: Resource['state'],
  trans: TranslationBundle
): string {
  switch (state) {
    case 'online':
      return trans.__('online');
    case 'connecting':
      return trans.__('connecting');
    case 'offline':
      return trans.__('offline');
  }
}

/** The same with who and where, or why not. */
export function connectionSentence(
  resource: Resource,
  trans: TranslationBundle
): string {
  const { cluster, reason, state, title } = resource;
  const word = `${title}: ${connectionWord(state, trans)}`;
  if (state !== 'online') {
    return reason ? `${word}. ${failureSentence(reason, trans)}` : word;
  }
  return cluster?.user
    ? trans.__('%1 as %2 on %3', word, cluster.user, cluster.host)
    : word;
}
