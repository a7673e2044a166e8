/**
 * Section: the jobs, newest first.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { Job } from '../../api';
import { isActive } from '../../job-words';
import { CommandIDs } from '../../tokens';
import { usePanel } from '../context';
import { LinkAction } from '../fields';
import { FailureMessage } from '../messages';
import { Section } from '../section';
import { JobRow } from './row';

/** Which jobs the list shows. */
export type JobFilter = 'all' | 'active' | 'finished' | 'ended-early';

/** Whether a filter lets a job through. */
export function lets(filter: JobFilter, job: Job): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'active':
      return isActive(job);
    case 'finished':
      return job.state === 'finished';
    case 'ended-early':
      return !isActive(job) && job.state !== 'finished';
  }
}

export const FILTERS: readonly JobFilter[] = [
  'all',
  'active',
  'finished',
  'ended-early'
];

export function filterNames(
  trans: TranslationBundle
): Record<JobFilter, string> {
  return {
    all: trans.__('all'),
    active: trans.__('going on'),
    finished: trans.__('finished'),
    'ended-early': trans.__('failed, cancelled')
  };
}

export function JobsSection(): JSX.Element {
  const { model, commands, trans, fail } = usePanel();
  const { jobs } = model;
  const [filter, setFilter] = React.useState<JobFilter>('all');
  const active = jobs.jobs.filter(isActive).length;
  const shown = jobs.jobs.filter(job => lets(filter, job));
  const names = filterNames(trans);
  const note = (
    <>
      {active ? trans._n('%1 running', '%1 running', active) : null}
      <select
        className="jp-TomoFilter"
        aria-label={trans.__('Jobs to show')}
        value={filter}
        // As wide as what is chosen, not as the longest choice.
        style={{ width: `${names[filter].length + 3}ch` }}
        onChange={event =>
          setFilter(FILTERS.find(each => each === event.target.value) ?? 'all')
        }
      >
        {FILTERS.map(each => (
          <option key={each} value={each}>
            {names[each]}
          </option>
        ))}
      </select>
    </>
  );
  return (
    <Section id="jobs" title={trans.__('Jobs')} note={note}>
      {jobs.failure ? (
        <FailureMessage
          failure={jobs.failure}
          retry={{
            label: trans.__('Try again'),
            onClick: () => void jobs.refresh()
          }}
        />
      ) : null}
      {shown.length ? (
        <ul className="jp-TomoJobs">
          {shown.map(job => (
            <JobRow key={job.id} job={job} />
          ))}
        </ul>
      ) : (
        <p className="jp-TomoHint">
          {jobs.jobs.length
            ? trans.__('No job of this kind.')
            : trans.__(
                'No jobs yet. Reconstruct a recipe and follow it here; it goes on when this page is closed.'
              )}
        </p>
      )}
      {jobs.jobs.length ? (
        <LinkAction
          label={trans.__('all jobs as a table')}
          onClick={() => {
            commands.execute(CommandIDs.showJobs).catch(fail);
          }}
        />
      ) : null}
    </Section>
  );
}
