/**
 * The status bar item of the clusters: which one, and whether it is online.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import React from 'react';

import type { Resource } from '../api';
import { connectionSentence, connectionWord } from '../job-words';
import type { ITomoJobs } from '../tokens';
import { clusterResources } from './log-in';

/** The cluster that matters: the chosen one, else one that is not offline. */
export function shownCluster(jobs: ITomoJobs): Resource | null {
  const clusters = clusterResources(jobs);
  return (
    clusters.find(each => each.name === jobs.choice.resource) ??
    clusters.find(each => each.state !== 'offline') ??
    null
  );
}

export class ClusterStatus extends ReactWidget {
  constructor(
    private readonly _jobs: ITomoJobs,
    private readonly _trans: TranslationBundle,
    private readonly _act: (resource: Resource) => void
  ) {
    super();
    this.addClass('jp-TomoStatus');
  }

  protected override render(): JSX.Element {
    return (
      <UseSignal signal={this._jobs.changed}>
        {() => {
          const cluster = shownCluster(this._jobs);
          return cluster ? (
            <button
              type="button"
              className="jp-TomoStatus-button"
              title={connectionSentence(cluster, this._trans)}
              onClick={() => this._act(cluster)}
            >
              <span className="jp-TomoDot" data-state={cluster.state} />
              {`${cluster.title} ${connectionWord(cluster.state, this._trans)}`}
            </button>
          ) : null;
        }}
      </UseSignal>
    );
  }
}
