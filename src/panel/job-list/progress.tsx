/**
 * How far a job, or the copy of its result, is.
 */
import React from 'react';

import type { Job } from '../../api';
import { fractionOf, isActive } from '../../job-words';
import { usePanel } from '../context';

/** Nothing for a job that has ended and is not copied. */
export function JobProgress({ job }: { job: Job }): JSX.Element | null {
  const { trans } = usePanel();
  const { transfer } = job;
  if (!isActive(job) && !transfer) {
    return null;
  }
  const share = transfer
    ? transfer.total > 0
      ? Math.min(1, transfer.bytes / transfer.total)
      : 0
    : fractionOf(job);
  const percent = Math.round(share * 100);
  const waits =
    !transfer && (job.state === 'queued' || job.state === 'starting');
  return (
    <div
      className={`jp-TomoProgress${waits ? ' jp-mod-waits' : ''}`}
      data-kind={transfer?.kind ?? 'run'}
      role="progressbar"
      aria-label={
        transfer
          ? trans.__('Copy of %1', job.name)
          : trans.__('Progress of %1', job.name)
      }
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <div style={{ width: `${percent}%` }} />
    </div>
  );
}
