/**
 * A job in the list.
 */
import { closeIcon } from '@jupyterlab/ui-components';
import React from 'react';

import type { Job } from '../../api';
import {
  failureSentence,
  fractionOf,
  isActive,
  progressSentence,
  stateWord
} from '../../job-words';
import { CommandIDs } from '../../tokens';
import { usePanel } from '../context';
import { LinkAction } from '../fields';
import { JobLog } from './log';

export function JobRow({ job }: { job: Job }): JSX.Element {
  const { model, commands, trans, fail } = usePanel();
  const { jobs } = model;
  const [logged, setLogged] = React.useState(false);
  const active = isActive(job);
  const sentence = progressSentence(job, trans);
  const resource =
    jobs.resources.find(each => each.name === job.resource)?.title ??
    job.resource;
  const percent = Math.round(fractionOf(job) * 100);
  const waits = job.state === 'queued' || job.state === 'starting';
  const open = (): void => {
    commands
      .execute(CommandIDs.openResult, { folder: job.output, name: job.name })
      .catch(fail);
  };
  return (
    <li className="jp-TomoJob" data-state={job.state} data-job={job.id}>
      <div className="jp-TomoJob-head">
        <span className="jp-TomoJob-state">{stateWord(job.state, trans)}</span>
        <span
          className="jp-TomoJob-name"
          title={`${job.name} · ${resource} · ${job.created}\n${job.output}`}
        >
          <b>{job.name}</b> · {resource}
        </span>
        <span className="jp-TomoJob-actions">
          <button
            type="button"
            className="jp-TomoLink"
            aria-expanded={logged}
            onClick={() => setLogged(!logged)}
          >
            {trans.__('log')}
          </button>
          {active && job.state !== 'cancelling' ? (
            <LinkAction
              label={trans.__('cancel')}
              title={trans.__('Stop after the slices at hand; they are kept')}
              onClick={() => void jobs.cancel(job.id).catch(fail)}
            />
          ) : null}
          {!active && job.resumable ? (
            <LinkAction
              label={trans.__('resume')}
              title={trans.__('Go on and compute only what is missing')}
              onClick={() => void jobs.resume(job.id).catch(fail)}
            />
          ) : null}
          {job.output && (job.state === 'finished' || job.slices.done > 0) ? (
            <LinkAction
              label={trans.__('open')}
              title={
                job.state === 'finished'
                  ? trans.__('Open the slices')
                  : trans.__('Look at the finished slices')
              }
              onClick={open}
            />
          ) : null}
          {active ? null : (
            <button
              type="button"
              className="jp-TomoIconButton jp-mod-small"
              aria-label={trans.__('remove')}
              title={trans.__('Take the job off the list; its result stays')}
              onClick={() => void jobs.forget(job.id).catch(fail)}
            >
              <closeIcon.react
                tag="span"
                elementPosition="center"
                width="12px"
              />
            </button>
          )}
        </span>
      </div>
      {active ? (
        <div
          className={`jp-TomoProgress${waits ? ' jp-mod-waits' : ''}`}
          role="progressbar"
          aria-label={trans.__('Progress of %1', job.name)}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={percent}
        >
          <div style={{ width: `${percent}%` }} />
        </div>
      ) : null}
      {job.failure ? (
        <div className="jp-TomoJob-failure">{failureSentence(job.failure)}</div>
      ) : null}
      {sentence ? <div className="jp-TomoJob-sentence">{sentence}</div> : null}
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
      {logged ? <JobLog job={job} /> : null}
    </li>
  );
}
