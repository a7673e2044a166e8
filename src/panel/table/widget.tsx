/**
 * The table of all jobs as a widget. It shows the panel's model, and does not own it.
 */
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import React from 'react';

import type { IPanelContext } from '../context';
import { PanelContext } from '../context';
import { AllJobs } from './all-jobs';

export class JobTable extends ReactWidget {
  constructor(private readonly _context: IPanelContext) {
    super();
    this.addClass('jp-TomoTable');
  }

  protected override render(): JSX.Element {
    return (
      <PanelContext.Provider value={this._context}>
        <UseSignal signal={this._context.model.stateChanged}>
          {() => <AllJobs />}
        </UseSignal>
      </PanelContext.Provider>
    );
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    void this._context.model.jobs.refresh();
  }
}
