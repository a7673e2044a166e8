/**
 * A job in the list.
 */
import { closeIcon } from '@jupyterlab/ui-components';
import React from 'react';

import type { Job } from '../../api';
import { seenText, slurmSentence, transferSentence } from '../../cluster-words';
import { isActive, progressSentence, stateWord } from '../../job-words';
import { failureSentence } from '../../field-names';
import { usePanel } from '../context';
import { LinkAction } from '../fields';
import { jobActions, PROMPT } from './actions';
import { JobDetails } from './details';
import { JobLog } from './log';
import { JobProgress } from './progress';

export function JobRow({ job }: { job: Job }): JSX.Element {
  const context = usePanel();
  const { model, trans } = context;
  const [logged, setLogged] = React.useState(false);
  const [opened, setOpened] = React.useState(false);
  const resource = model.jobs.resources.find(
    each => each.name === job.resource
  );
  const place = [resource?.title ?? job.resource, job.slurm?.id]
    .filter(Boolean)
    .join(' ');
  const actions = jobActions(job, resource, context);
  const remove = actions.find(each => each.id === 'remove');
  const sentences = [
    job.transfer ? transferSentence(job.transfer, trans) : '',
    // What Slurm says of a job that has ended is among its details.
    job.slurm && isActive(job) ? slurmSentence(job.slurm, trans) : '',
    [
      // In the queue Slurm tells more.
      job.slurm && job.state === 'queued' ? '' : progressSentence(job, trans),
      seenText(job, resource, trans)
    ]
      .filter(Boolean)
      .join(' · ')
  ].filter(Boolean);
  return (
    <li className="jp-TomoJob" data-state={job.state} data-job={job.id}>
      <div className="jp-TomoJob-head">
        <span className="jp-TomoJob-state">{stateWord(job.state, trans)}</span>
        <button
          type="button"
          className="jp-TomoJob-name"
          aria-expanded={opened}
          title={`${job.name} · ${place} · ${job.created}\n${job.output}`}
          onClick={() => setOpened(!opened)}
        >
          <b>{job.name}</b> · {place}
        </button>
        <span className="jp-TomoJob-actions">
          <button
            type="button"
            className="jp-TomoLink"
            aria-expanded={logged}
            onClick={() => setLogged(!logged)}
          >
            {trans.__('log')}
          </button>
          {actions
            .filter(each => PROMPT.has(each.id))
            .map(each => (
              <LinkAction
                key={each.id}
                label={each.label}
                title={each.title}
                onClick={each.run}
              />
            ))}
          {remove ? (
            <button
              type="button"
              className="jp-TomoIconButton jp-mod-small"
              aria-label={remove.label}
              title={remove.title}
              onClick={remove.run}
            >
              <closeIcon.react
                tag="span"
                elementPosition="center"
                width="12px"
              />
            </button>
          ) : null}
        </span>
      </div>
      <JobProgress job={job} />
      {job.failure ? (
        <div className="jp-TomoJob-failure">
          {failureSentence(job.failure, trans)}
        </div>
      ) : null}
      {sentences.map(sentence => (
        <div className="jp-TomoJob-sentence" key={sentence}>
          {sentence}
        </div>
      ))}
      {job.warnings.length ? (
        <details className="jp-TomoJob-warnings">
          <summary>
            {trans._n('%1 warning', '%1 warnings', job.warnings.length)}
          </summary>
          {job.warnings.map(warning => (
            <p key={warning}>{warning}</p>
          ))}
        </details>
      ) : null}
      {opened ? <JobDetails job={job} /> : null}
      {logged ? <JobLog job={job} /> : null}
    </li>
  );
}
