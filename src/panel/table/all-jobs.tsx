/**
 * All jobs as a table in the main area, with what can be done to several.
 */
import React from 'react';

import type { Failure, Queue } from '../../api';
import { failureOf } from '../../api';
import { formatTime } from '../../quantities';
import { usePanel } from '../context';
import { Action, ChoiceField } from '../fields';
import { jobActions } from '../job-list/actions';
import { JobDetails } from '../job-list/details';
import type { JobFilter } from '../job-list/list';
import { filterNames, FILTERS, lets } from '../job-list/list';
import { JobLog } from '../job-list/log';
import { FailureMessage, Warnings } from '../messages';
import type { IOrder } from './grid';
import { Bulk, confirmed } from './bulk';
import { JobGrid } from './grid';
import type { IRow } from './rows';
import { filtered, jobRow, queuedRow, sorted } from './rows';
import type { ISelection } from './selection';
import { EMPTY, kept } from './selection';

/** Among the sources of the table: jobs of this extension. */
const OURS = '';

export function AllJobs(): JSX.Element {
  const context = usePanel();
  const { clusters, model, trans } = context;
  const { jobs } = model;
  const log = React.useRef<HTMLElement>(null);
  const [source, setSource] = React.useState(OURS);
  const [filter, setFilter] = React.useState<JobFilter>('all');
  const [words, setWords] = React.useState('');
  const [order, setOrder] = React.useState<IOrder>({
    column: 'created',
    descending: true
  });
  const [selection, setSelection] = React.useState<ISelection>(EMPTY);
  const queue = useQueue(source);
  const place = jobs.resources.find(each => each.name === source)?.title;

  const all: IRow[] =
    source === OURS
      ? jobs.jobs
          .filter(job => lets(filter, job))
          .map(job =>
            jobRow(
              job,
              jobs.resources.find(each => each.name === job.resource),
              trans
            )
          )
      : (queue.value?.jobs ?? []).map(each =>
          queuedRow(each, place ?? source, jobs.jobs, trans)
        );
  const rows = sorted(filtered(all, words), order.column, order.descending);
  const current = kept(
    selection,
    rows.map(row => row.key)
  );
  const chosen = rows.filter(row => current.keys.has(row.key));
  const chosenJobs = [
    ...new Set(chosen.flatMap(row => (row.job ? [row.job] : [])))
  ];
  const open = (row: IRow): void => {
    if (row.job) {
      const resource = jobs.resources.find(
        each => each.name === row.job?.resource
      );
      jobActions(row.job, resource, context)
        .find(each => each.id === 'open')
        ?.run();
    }
  };
  const cancelQueued = async (ids: readonly string[]): Promise<void> => {
    if (await confirmed(ids, place ?? source, trans)) {
      await clusters.cancelQueued(source, ids);
      queue.ask();
    }
  };
  const refresh = (): void => {
    queue.ask();
    void jobs.refresh();
  };
  return (
    <div className="jp-TomoTable-content">
      <div
        className="jp-TomoTable-bar"
        role="toolbar"
        aria-label={trans.__('Jobs')}
      >
        <ChoiceField
          label={trans.__('Which jobs')}
          value={source}
          options={sourcesOf(context)}
          onCommit={name => {
            setSource(name);
            setSelection(EMPTY);
          }}
        />
        {source === OURS ? (
          <ChoiceField
            label={trans.__('Jobs to show')}
            value={filter}
            options={FILTERS.map(each => ({
              value: each,
              label: filterNames(trans)[each]
            }))}
            onCommit={name =>
              setFilter(FILTERS.find(each => each === name) ?? 'all')
            }
          />
        ) : null}
        <input
          className="jp-TomoField jp-mod-wide"
          type="search"
          aria-label={trans.__('Filter')}
          placeholder={trans.__('Filter')}
          spellCheck={false}
          value={words}
          onChange={event => setWords(event.target.value)}
        />
        <Action label={trans.__('Refresh')} onClick={refresh} />
        <Bulk
          jobs={chosenJobs}
          queued={chosen.filter(row => !row.job && row.active)}
          onCancel={cancelQueued}
          onLog={() => log.current?.querySelector('pre')?.focus()}
        />
      </div>
      {jobs.failure ? <FailureMessage failure={jobs.failure} /> : null}
      {queue.failure ? <FailureMessage failure={queue.failure} /> : null}
      <div className="jp-TomoTable-scroll">
        {rows.length ? (
          <JobGrid
            rows={rows}
            order={order}
            onOrder={setOrder}
            selection={current}
            onSelection={setSelection}
            onFocus={key =>
              // Focus follows a selection that is not drawn yet: that one counts.
              setSelection(latest =>
                latest.focus === key ? latest : { ...latest, focus: key }
              )
            }
            onOpen={open}
          />
        ) : (
          <p className="jp-TomoHint">
            {queue.busy
              ? trans.__('Asking the cluster…')
              : all.length || (source === OURS && jobs.jobs.length)
                ? trans.__('No job fits.')
                : source === OURS
                  ? trans.__(
                      'No jobs yet. Reconstruct a recipe and follow it here.'
                    )
                  : trans.__('You have no jobs there.')}
          </p>
        )}
      </div>
      <div className="jp-TomoTable-foot" role="status">
        {trans._n('%1 job', '%1 jobs', rows.length)}
        {chosen.length > 1
          ? ` · ${trans.__('%1 selected', chosen.length)}`
          : ''}
        {queue.value
          ? ` · ${trans.__('seen %1', formatTime(queue.value.seen))}`
          : ''}
      </div>
      {chosen.length === 1 ? <Chosen row={chosen[0]} place={log} /> : null}
    </div>
  );
}

/** The one job that is selected: everything about it, and its log. */
function Chosen({
  row,
  place
}: {
  row: IRow;
  place: React.RefObject<HTMLElement>;
}): JSX.Element {
  const { trans } = usePanel();
  const { job } = row;
  return (
    <section
      className="jp-TomoTable-chosen"
      aria-label={row.cells.name.text}
      key={row.key}
      ref={place}
    >
      <h3>{row.cells.name.text}</h3>
      {job ? (
        <>
          {row.cells.detail.text ? <p>{row.cells.detail.text}</p> : null}
          <Warnings texts={job.warnings} />
          <JobDetails job={job} />
          <JobLog key={job.id} job={job} />
        </>
      ) : (
        <p className="jp-TomoHint">
          {trans.__(
            'This job was not submitted from here: it can be cancelled, and its files are on the cluster.'
          )}
        </p>
      )}
    </section>
  );
}

/** Jobs of this extension, and all of the user's on each cluster. */
function sourcesOf({
  model,
  trans
}: Pick<ReturnType<typeof usePanel>, 'model' | 'trans'>): {
  value: string;
  label: string;
  disabled?: boolean;
}[] {
  const clusters = model.jobs.resources.filter(
    each => each.kind === 'slurm-ssh'
  );
  return [
    { value: OURS, label: trans.__('Reconstructions') },
    ...clusters.map(each => ({
      value: each.name,
      label: trans.__('All my jobs on %1', each.title),
      disabled: each.state !== 'online'
    }))
  ];
}

/** All jobs of the user on a cluster; asked again when the scheduler was heard of. */
function useQueue(name: string): {
  value: Queue | null;
  failure: Failure | null;
  busy: boolean;
  ask: () => void;
} {
  const { model, clusters } = usePanel();
  const [answer, setAnswer] = React.useState<{
    name: string;
    value: Queue | null;
    failure: Failure | null;
  }>({ name: OURS, value: null, failure: null });
  const [count, setCount] = React.useState(0);
  const seen = model.jobs.resources.find(each => each.name === name)?.cluster
    ?.seen;
  React.useEffect(() => {
    if (name === OURS) {
      return;
    }
    let stopped = false;
    const put = (value: Queue | null, failure: Failure | null): void => {
      if (!stopped) {
        setAnswer({ name, value, failure });
      }
    };
    clusters.queue(name).then(
      value => put(value, null),
      (reason: unknown) => put(null, failureOf(reason))
    );
    return () => {
      stopped = true;
    };
  }, [clusters, name, count, seen]);
  const mine = answer.name === name;
  return {
    value: mine ? answer.value : null,
    failure: mine ? answer.failure : null,
    busy: name !== OURS && !mine,
    ask: () => setCount(count + 1)
  };
}
