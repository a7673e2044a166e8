/**
 * All that is known of a job, and what else can be done with it.
 */
import React from 'react';

import type { Job } from '../../api';
import { memoryUsed, seenText, slurmFacts } from '../../cluster-words';
import { formatBytes, formatTime } from '../../quantities';
import { usePanel } from '../context';
import { LinkAction } from '../fields';
import { jobActions, PROMPT } from './actions';

export function JobDetails({ job }: { job: Job }): JSX.Element {
  const context = usePanel();
  const { model, trans } = context;
  const resource = model.jobs.resources.find(
    each => each.name === job.resource
  );
  const used = memoryUsed(job);
  const facts: [string, string][] = [
    ...(job.slurm ? slurmFacts(job.slurm, trans) : []),
    [
      trans.__('Memory'),
      used === null ? '' : trans.__('%1 used', formatBytes(used))
    ],
    [trans.__('Submitted'), formatTime(job.created)],
    [trans.__('Seen'), seenText(job, resource, trans)],
    [trans.__('Result'), job.output],
    [trans.__('Copy'), job.transfer ? '' : (job.fetched ?? '')]
  ];
  return (
    <div className="jp-TomoJob-details">
      <dl>
        {facts
          .filter(([, value]) => value)
          .map(([label, value]) => (
            <React.Fragment key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </React.Fragment>
          ))}
      </dl>
      <div className="jp-TomoJob-more">
        {jobActions(job, resource, context)
          .filter(each => !PROMPT.has(each.id) && each.id !== 'remove')
          .map(each => (
            <LinkAction
              key={each.id}
              label={each.label}
              title={each.title}
              onClick={each.run}
            />
          ))}
      </div>
    </div>
  );
}
