/**
 * What can be done to the jobs that are selected in the table.
 */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { Job } from '../../api';
import { usePanel } from '../context';
import { Action } from '../fields';
import type { IJobAction } from '../job-list/actions';
import { jobActions } from '../job-list/actions';
import type { IRow } from './rows';

/** Those that make sense for several jobs at once come first. */
const MANY = ['cancel', 'resume', 'again'] as const;
const ONE = ['open', 'fetch', 'recipe'] as const;

export interface IBulkProps {
  /** Jobs of this extension. */
  jobs: readonly Job[];
  /** Jobs that go on and are not of this extension. */
  queued: readonly IRow[];
  onCancel: (ids: readonly string[]) => Promise<void>;
  /** Bring the log of the one that is selected to the keyboard. */
  onLog: () => void;
}

/** A button says to how many of the selected jobs it applies. */
export function Bulk(props: IBulkProps): JSX.Element {
  const { jobs: chosen, queued, onCancel, onLog } = props;
  const context = usePanel();
  const { model, trans, fail } = context;
  const all = chosen.map(job =>
    jobActions(
      job,
      model.jobs.resources.find(each => each.name === job.resource),
      context
    )
  );
  const actions = (id: IJobAction['id']): IJobAction[] =>
    all.flatMap(each => each.filter(action => action.id === id));
  const names = actionNames(trans);
  const button = (
    id: keyof typeof names,
    found: readonly IJobAction[],
    run: () => void,
    count = found.length,
    most = Infinity
  ): JSX.Element => (
    <Action
      key={id}
      label={count > 1 ? `${names[id]} (${count})` : names[id]}
      title={
        found[0]?.title ??
        (count > 0
          ? names[id]
          : chosen.length + queued.length > 0
            ? trans.__('Not possible for what is selected')
            : trans.__('Select jobs first'))
      }
      disabled={count === 0 || count > most}
      onClick={run}
    />
  );
  const many = (id: IJobAction['id'] & keyof typeof names): JSX.Element => {
    const found = actions(id);
    const others = id === 'cancel' ? queued : [];
    return button(
      id,
      found,
      () => {
        found.forEach(action => action.run());
        if (others.length > 0) {
          onCancel(others.map(row => row.key)).catch(fail);
        }
      },
      found.length + others.length
    );
  };
  return (
    <>
      {MANY.map(many)}
      <Action
        label={names.log}
        title={trans.__('The live tail of both logs')}
        disabled={chosen.length !== 1}
        onClick={onLog}
      />
      {ONE.map(id => {
        const found = actions(id);
        return button(id, found, () => found[0]?.run(), found.length, 1);
      })}
      {many('remove')}
    </>
  );
}

function actionNames(trans: TranslationBundle) {
  return {
    cancel: trans.__('Cancel'),
    resume: trans.__('Resume'),
    again: trans.__('Run again'),
    log: trans.__('Log'),
    open: trans.__('Open result'),
    fetch: trans.__('Fetch result'),
    recipe: trans.__('Use this recipe'),
    remove: trans.__('Remove')
  };
}

/** Whether jobs that were not submitted from here are to be ended. */
export async function confirmed(
  ids: readonly string[],
  place: string,
  trans: TranslationBundle
): Promise<boolean> {
  const { button } = await showDialog({
    title: trans._n(
      'Cancel %1 job that was not submitted from here?',
      'Cancel %1 jobs that were not submitted from here?',
      ids.length
    ),
    body: trans.__('%1 on %2', ids.join(', '), place),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Keep') }),
      Dialog.warnButton({ label: trans.__('Cancel') })
    ]
  });
  return button.accept;
}
