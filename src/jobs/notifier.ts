/**
 * Notifications of the runs that this page started.
 */
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { IDisposable } from '@lumino/disposable';

import type { Job } from '../api';
import {
  fractionOf,
  isActive,
  progressSentence,
  stateWord
} from '../job-words';
import { failureSentence } from '../field-names';
import type { ITomoJobs } from '../tokens';
import { CommandIDs } from '../tokens';

/** JupyterLab cuts longer messages. */
const LONGEST = 140;

export class Notifier implements IDisposable {
  constructor(
    private readonly _jobs: ITomoJobs,
    private readonly _commands: CommandRegistry,
    private readonly _trans: TranslationBundle
  ) {
    _jobs.changed.connect(this._update);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._jobs.changed.disconnect(this._update);
  }

  /** Tell of a job from now until it ends. */
  follow(job: Job): void {
    const id = Notification.emit(this._sentence(job), 'in-progress', {
      autoClose: 4000,
      actions: [this._showPanel()]
    });
    this._followed.set(job.id, { id, said: said(job) });
  }

  private readonly _update = (): void => {
    for (const job of this._jobs.jobs) {
      const followed = this._followed.get(job.id);
      if (!followed) {
        continue;
      }
      if (isActive(job)) {
        const now = said(job);
        if (now !== followed.said) {
          followed.said = now;
          Notification.update({
            id: followed.id,
            message: this._sentence(job),
            type: 'in-progress'
          });
        }
      } else {
        this._followed.delete(job.id);
        this._end(job, followed.id);
      }
    }
  };

  private _end(job: Job, id: string): void {
    if (job.state === 'cancelled') {
      // Whoever cancelled knows; the list keeps it.
      Notification.dismiss(id);
      return;
    }
    const finished = job.state === 'finished';
    const open = {
      label: this._trans.__('Open result'),
      callback: () => {
        void this._commands.execute(CommandIDs.openResult, {
          folder: job.output,
          name: job.name,
          // Where the slices are; those of this machine's own jobs are here.
          ...(job.resource !== 'local' && { resource: job.resource })
        });
      }
    };
    Notification.update({
      id,
      message: this._sentence(job),
      type: finished ? 'success' : job.state === 'failed' ? 'error' : 'warning',
      // The list keeps the sentence; a toast for ever would lie over it.
      autoClose: 10000,
      actions: finished ? [open] : [this._showPanel()]
    });
  }

  private _sentence(job: Job): string {
    const what = job.failure
      ? failureSentence(job.failure, this._trans)
      : progressSentence(job, this._trans);
    const text = [`${job.name}: ${stateWord(job.state, this._trans)}`, what]
      .filter(Boolean)
      .join(' · ');
    return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
  }

  private _showPanel(): Notification.IAction {
    return {
      label: this._trans.__('Show jobs'),
      callback: () => {
        void this._commands.execute(CommandIDs.showPanel);
      }
    };
  }

  private _isDisposed = false;
  private readonly _followed = new Map<string, { id: string; said: string }>();
}

/** What a notification is worth another look for: the state, and whole percents. */
function said(job: Job): string {
  return `${job.state} ${Math.floor(fractionOf(job) * 100)}`;
}
