/**
 * A cluster being set up: a draft that is kept only when it is saved.
 */
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import React from 'react';

import { failureOf } from '../../api';
import type { Failure } from '../../api';
import { usePanel } from '../context';
import { Action } from '../fields';
import { FailureMessage } from '../messages';
import { ClusterForm, withDefaults } from './cluster-form';

export interface IClusterEditorProps {
  cluster: ReadonlyPartialJSONObject;
  /** Name of the cluster that is edited; null for a new one. */
  replaces: string | null;
  /** Said above the form. */
  help?: string;
  onEnd: (saved: string | null) => void;
}

export function ClusterEditor(props: IClusterEditorProps): JSX.Element | null {
  const { cluster, replaces, help, onEnd } = props;
  const { clusters, trans } = usePanel();
  const { schema } = clusters;
  const [draft, setDraft] = React.useState(() =>
    withDefaults(schema ?? {}, cluster)
  );
  const [tried, setTried] = React.useState(false);
  const [busy, setBusy] = React.useState(false);
  const [failure, setFailure] = React.useState<Failure | null>(null);
  const problems = clusters.problems(draft, replaces);
  const shown = tried ? problems : new Map<string, string>();
  const save = async (): Promise<void> => {
    setTried(true);
    if (problems.size > 0) {
      return;
    }
    setBusy(true);
    setFailure(null);
    try {
      await clusters.save(draft, replaces);
      onEnd(typeof draft['name'] === 'string' ? draft['name'] : null);
    } catch (reason) {
      setFailure(failureOf(reason));
      setBusy(false);
    }
  };
  if (!schema) {
    return null;
  }
  return (
    <div className="jp-TomoEditor">
      {help ? <p className="jp-TomoHint">{help}</p> : null}
      <ClusterForm
        schema={schema}
        values={draft}
        problems={shown}
        onChange={setDraft}
      />
      {failure ? <FailureMessage failure={failure} /> : null}
      <div className="jp-TomoButtons">
        <Action
          primary
          label={trans.__('Save')}
          title={
            shown.size
              ? trans.__('Something is missing or wrong above')
              : trans.__('Keep the cluster among the settings')
          }
          disabled={busy || shown.size > 0}
          onClick={() => void save()}
        />
        <Action
          label={trans.__('Cancel')}
          disabled={busy}
          onClick={() => onEnd(null)}
        />
      </div>
    </div>
  );
}
