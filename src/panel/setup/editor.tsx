/**
 * A cluster being set up: a draft that goes to the settings only when it is saved.
 */
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import React from 'react';

import { failureOf } from '../../api';
import type { Failure } from '../../api';
import { usePanel } from '../context';
import { Action } from '../fields';
import { FailureMessage } from '../messages';
import { ClusterForm } from './cluster-form';

export interface IClusterEditorProps {
  draft: ReadonlyJSONObject;
  /** Name of the cluster that is edited; null for a new one. */
  replaces: string | null;
  /** Said above the form. */
  help?: string;
  onChange: (draft: ReadonlyJSONObject) => void;
  onEnd: () => void;
}

export function ClusterEditor(props: IClusterEditorProps): JSX.Element | null {
  const { draft, replaces, help, onChange, onEnd } = props;
  const { clusters, trans } = usePanel();
  const { schema } = clusters;
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
      onEnd();
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
        onChange={onChange}
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
        <Action label={trans.__('Cancel')} disabled={busy} onClick={onEnd} />
      </div>
    </div>
  );
}
