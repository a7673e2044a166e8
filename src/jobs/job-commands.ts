/**
 * Commands for one job of the list.
 */
import { Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { DisposableSet } from '@lumino/disposable';

import type { Job } from '../api';
import { failureOf } from '../api';
import { failureSentence } from '../field-names';
import { CommandIDs } from '../tokens';
import type { ICommandOptions } from './commands';
import { askFetch, proposedFolder } from './fetch-dialog';
import { showScript } from './plan-dialog';
import { recipeOfJob } from './recipe';

export function addJobCommands(options: ICommandOptions): IDisposable {
  const { commands, jobs, trans } = options;
  const added = new DisposableSet();
  const describedBy = {
    args: {
      type: 'object' as const,
      required: ['id'],
      properties: {
        id: { type: 'string', description: trans.__('Id of the job') }
      }
    }
  };
  /** A command that needs the whole job; what goes wrong is told. */
  const add = (
    command: string,
    label: string,
    work: (job: Job) => Promise<void>
  ): void => {
    added.add(
      commands.addCommand(command, {
        label,
        describedBy,
        execute: async args => {
          const id: unknown = args['id'];
          try {
            if (typeof id === 'string') {
              await work(await jobs.job(id));
            }
          } catch (reason) {
            Notification.error(failureSentence(failureOf(reason), trans), {
              autoClose: false
            });
          }
        }
      })
    );
  };

  add(CommandIDs.showScript, trans.__('Show Batch Script of Job'), job =>
    showScript(job.name, {
      script: job.script ?? '',
      command: job.command ?? '',
      trans
    })
  );
  add(CommandIDs.useRecipe, trans.__('Use Recipe of Job'), async job => {
    const path = await recipeOfJob(
      job,
      options.contents,
      '',
      document =>
        options.recipes.find(each => each.session.path === document)?.session
          .recipe ?? null
    );
    await commands.execute('docmanager:open', { path });
  });
  add(CommandIDs.fetchResult, trans.__('Fetch Result of Job…'), async job => {
    const request = await askFetch(
      job,
      proposedFolder(job, await folderOf(job, options)),
      trans
    );
    if (request) {
      await jobs.fetchResult(job.id, request);
    }
  });
  return added;
}

/** The absolute folder of the document that a job was submitted from, else of the contents. */
async function folderOf(
  job: Job,
  { api }: Pick<ICommandOptions, 'api'>
): Promise<string> {
  try {
    return (await api.resolve(PathExt.dirname(job.document ?? ''))).path;
  } catch {
    // The document is gone, or lies where there are no files.
    return (await api.resolve('')).path;
  }
}
