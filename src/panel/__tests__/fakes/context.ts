/**
 * What all parts of the panel are given.
 */
import type { Contents } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';

import type { IRecipeSession, IRecipeTracker, ITomoApi } from '../../../tokens';
import type { IPanelContext } from '../../context';
import { PanelModel } from '../../model';
import { ToolCatalogue } from '../../tools';
import { FakeClusters } from './clusters';
import { FakeJobs } from './jobs';

/** The part of the tracker that the panel uses. */
export function fakeTracker(session: IRecipeSession | null): IRecipeTracker {
  const tracker = { currentWidget: session ? { session } : null };
  const partial: unknown = Object.assign(tracker, {
    currentChanged: new Signal<object, unknown>(tracker)
  });
  return partial as IRecipeTracker;
}

/** The contents manager's word of files that were renamed, moved or deleted. */
export class FakeFiles {
  readonly fileChanged = new Signal<Contents.IManager, Contents.IChangedArgs>(
    {} as Contents.IManager
  );

  tell(change: Contents.IChangedArgs): void {
    this.fileChanged.emit(change);
  }
}

export function fakeContext(
  session: IRecipeSession | null,
  jobs = new FakeJobs(),
  clusters = new FakeClusters(),
  tools: ITomoApi['tools'] = () => Promise.resolve({ tools: [] }),
  files = new FakeFiles()
): IPanelContext & { failed: unknown[] } {
  const failed: unknown[] = [];
  return {
    model: new PanelModel(fakeTracker(session), jobs, clusters, null, files),
    clusters,
    tools: new ToolCatalogue({ tools }, jobs),
    commands: new CommandRegistry(),
    trans: nullTranslator.load('jupyterlab_tomo'),
    openData: () => Promise.resolve(),
    fail: reason => failed.push(reason),
    failed
  };
}
