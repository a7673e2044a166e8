import type { JobState } from '../../api/_generated/api';
import { isActive } from './state';

export interface IQueued {
  readonly id: string;
  readonly created: string;
  readonly state: JobState;
  /** This proxy may start it. */
  readonly mine: boolean;
  /** It runs, or would run, on this machine. */
  readonly here: boolean;
}

/**
 * The jobs to start now, oldest first.
 *
 * @param limit - how many jobs may be under way on this machine at a time.
 */
export function nextJobs(jobs: readonly IQueued[], limit: number): string[] {
  const active = jobs.filter(job => job.here && isActive(job.state)).length;
  const free = Math.max(0, limit - active);
  return jobs
    .filter(job => job.mine && job.state === 'queued')
    .sort(
      (a, b) => a.created.localeCompare(b.created) || a.id.localeCompare(b.id)
    )
    .slice(0, free)
    .map(job => job.id);
}
