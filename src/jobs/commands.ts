/**
 * Commands that start runs or write them down.
 */
import { Notification } from '@jupyterlab/apputils';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { runIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { IDisposable } from '@lumino/disposable';
import { DisposableSet } from '@lumino/disposable';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { failureOf } from '../api';
import { failureSentence } from '../job-words';
import type { IRecipeSession, IRecipeTracker, ITomoJobs } from '../tokens';
import { CommandIDs } from '../tokens';
import { insertCell } from './cell';
import type { Notifier } from './notifier';

export interface ICommandOptions {
  readonly commands: CommandRegistry;
  readonly jobs: ITomoJobs;
  readonly notifier: Notifier;
  readonly recipes: IRecipeTracker;
  readonly notebooks: INotebookTracker | null;
  readonly trans: TranslationBundle;
}

export function addCommands(options: ICommandOptions): IDisposable {
  const { commands, jobs, notifier, recipes, notebooks, trans } = options;
  const current = (): IRecipeSession | null => {
    const session = recipes.currentWidget?.session ?? null;
    return session?.recipe.dataset?.path ? session : null;
  };
  const added = new DisposableSet();

  added.add(
    commands.addCommand(CommandIDs.reconstruct, {
      label: trans.__('Reconstruct Volume'),
      caption: trans.__('Run the current recipe on its whole region'),
      icon: runIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            rows: {
              type: 'array',
              items: { type: 'integer', minimum: 0 },
              minItems: 2,
              maxItems: 2,
              description: trans.__(
                'First row and one past the last; left out: the region of interest'
              )
            }
          }
        }
      },
      isEnabled: () => current() !== null,
      execute: async args => {
        const session = current();
        if (!session) {
          return;
        }
        try {
          notifier.follow(await jobs.submit(session, rowsOf(args)));
        } catch (reason) {
          Notification.error(failureSentence(failureOf(reason)), {
            autoClose: false
          });
        }
      }
    })
  );

  added.add(
    commands.addCommand(CommandIDs.insertCell, {
      label: trans.__('Insert Recipe as Cell'),
      caption: trans.__(
        'Write the current recipe as code below the active cell of the notebook'
      ),
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () =>
        Boolean(recipes.currentWidget && notebooks?.currentWidget),
      execute: () => {
        const notebook = notebooks?.currentWidget;
        const session = recipes.currentWidget?.session;
        if (notebook && session) {
          insertCell(notebook, session.path);
        }
      }
    })
  );

  const refresh = (): void => {
    commands.notifyCommandChanged(CommandIDs.reconstruct);
    commands.notifyCommandChanged(CommandIDs.insertCell);
  };
  recipes.currentChanged.connect(refresh);
  recipes.widgetUpdated.connect(refresh);
  notebooks?.currentChanged.connect(refresh);
  return added;
}

/** Rows of the arguments, when they are two integers. */
export function rowsOf(
  args: ReadonlyPartialJSONObject
): [number, number] | undefined {
  const { rows } = args;
  if (!Array.isArray(rows) || rows.length !== 2) {
    return undefined;
  }
  const first: unknown = rows[0];
  const past: unknown = rows[1];
  return typeof first === 'number' && typeof past === 'number' && first < past
    ? [first, past]
    : undefined;
}
