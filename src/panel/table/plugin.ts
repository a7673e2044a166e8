/**
 * Wiring of the table: one widget in the main area, found again after a reload.
 */
import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import type { IWidgetTracker } from '@jupyterlab/apputils';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';

import { tomographyIcon } from '../../icons';
import { CommandIDs } from '../../tokens';
import type { IPanelContext } from '../context';
import { JobTable } from './widget';

export function addTable(
  app: JupyterFrontEnd,
  context: IPanelContext,
  restorer: ILayoutRestorer | null
): IWidgetTracker<MainAreaWidget<JobTable>> {
  const { commands, shell } = app;
  const { trans } = context;
  const tracker = new WidgetTracker<MainAreaWidget<JobTable>>({
    namespace: 'tomo-jobs'
  });
  commands.addCommand(CommandIDs.showJobs, {
    label: trans.__('Show All Jobs'),
    caption: trans.__('All reconstruction jobs as a table'),
    icon: tomographyIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: async () => {
      let widget = tracker.currentWidget;
      if (!widget || widget.isDisposed) {
        widget = new MainAreaWidget({ content: new JobTable(context) });
        // The table has a bar of its own.
        widget.toolbar.hide();
        widget.id = 'jupyterlab-tomo-jobs';
        widget.title.label = trans.__('Tomography jobs');
        widget.title.icon = tomographyIcon;
        widget.title.closable = true;
        shell.add(widget, 'main');
        await tracker.add(widget);
      }
      shell.activateById(widget.id);
      return widget;
    }
  });
  if (restorer) {
    void restorer.restore(tracker, {
      command: CommandIDs.showJobs,
      name: () => 'jobs'
    });
  }
  return tracker;
}
