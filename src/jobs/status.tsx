/**
 * The status bar item: how many jobs go on and how far they are.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import React from 'react';

import { tomographyIcon } from '../icons';
import { fractionOfAll, isActive } from '../job-words';
import type { ITomoJobs } from '../tokens';

/** "Tomo: 2 jobs · 34 %", or that there are none going on. */
export function statusText(jobs: ITomoJobs, trans: TranslationBundle): string {
  const active = jobs.jobs.filter(isActive);
  if (jobs.failure) {
    return trans.__('Tomo: offline');
  }
  if (active.length === 0) {
    return trans.__('Tomo: no job runs');
  }
  const percent = Math.floor(fractionOfAll(active) * 100);
  return `${trans._n('Tomo: %1 job', 'Tomo: %1 jobs', active.length)} · ${percent} %`;
}

export class JobStatus extends ReactWidget {
  constructor(
    private readonly _jobs: ITomoJobs,
    private readonly _trans: TranslationBundle,
    private readonly _show: () => void
  ) {
    super();
    this.addClass('jp-TomoStatus');
  }

  protected override render(): JSX.Element {
    return (
      <UseSignal signal={this._jobs.changed}>
        {() => {
          const active = this._jobs.jobs.some(isActive);
          return (
            <button
              type="button"
              className={`jp-TomoStatus-button${active ? ' jp-mod-active' : ''}`}
              title={
                this._jobs.failure?.message ??
                this._trans.__('Show the reconstruction jobs')
              }
              onClick={this._show}
            >
              <tomographyIcon.react
                tag="span"
                width="14px"
                height="14px"
                elementPosition="center"
              />
              {statusText(this._jobs, this._trans)}
            </button>
          );
        }}
      </UseSignal>
    );
  }
}
