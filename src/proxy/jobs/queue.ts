import type { JobState } from '../../api/_generated/api';
import { isActive } from './state';

export interface IQueued {
  readonly id: string;
  readonly created: string;
  readonly state: JobState;
  /** This proxy owns it, and so may start it. */
  readonly mine: boolean;
  /** A scheduler elsewhere has it in its own queue. */
  readonly remote: boolean;
}

/**
 * The jobs to start now, oldest first.
 *
 * @param limit - how many jobs of this proxy may be under way at a time.
 */
export function nextJobs(jobs: readonly IQueued[], limit: number): string[] {
  const mine = jobs.filter(job => job.mine && !job.remote);
  const free = Math.max(
    0,
    limit - mine.filter(job => isActive(job.state)).length
  );
  return mine
    .filter(job => job.state === 'queued')
    .sort(
      (a, b) => a.created.localeCompare(b.created) || a.id.localeCompare(b.id)
    )
    .slice(0, free)
    .map(job => job.id);
}
