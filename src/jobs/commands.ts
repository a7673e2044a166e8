/**
 * Commands that start runs or write them down.
 */
import { Notification } from '@jupyterlab/apputils';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { runIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { IDisposable } from '@lumino/disposable';
import { DisposableSet } from '@lumino/disposable';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { failureOf } from '../api';
import { failureSentence } from '../field-names';
import type {
  IRecipeSession,
  IRecipeTracker,
  ITomoApi,
  ITomoJobs
} from '../tokens';
import { CommandIDs } from '../tokens';
import { insertCell } from './cell';
import type { Notifier } from './notifier';
import type { IPlanWish } from './plan-dialog';
import { showPlan } from './plan-dialog';

export interface ICommandOptions {
  readonly commands: CommandRegistry;
  readonly jobs: ITomoJobs;
  readonly notifier: Notifier;
  readonly recipes: IRecipeTracker;
  readonly notebooks: INotebookTracker | null;
  readonly contents: Contents.IManager;
  readonly api: ITomoApi;
  readonly trans: TranslationBundle;
}

export function addCommands(options: ICommandOptions): IDisposable {
  const { commands, jobs, notifier, recipes, notebooks, trans } = options;
  const current = (): IRecipeSession | null => {
    const session = recipes.currentWidget?.session ?? null;
    return session?.recipe.dataset?.path ? session : null;
  };
  const added = new DisposableSet();
  let busy = false;
  /** One submission at a time: a second press of the button is not a second job. */
  const once = async (submit: () => Promise<void>): Promise<void> => {
    if (busy) {
      return;
    }
    busy = true;
    try {
      await submit();
    } catch (reason) {
      Notification.error(failureSentence(failureOf(reason), trans), {
        autoClose: false
      });
    } finally {
      busy = false;
    }
  };

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
        await once(async () => {
          const rows = rowsOf(args);
          const wish = await agreed(options, session, rows);
          if (wish) {
            notifier.follow(await jobs.submit(session, rows, wish.checksum));
          }
        });
      }
    })
  );

  added.add(
    commands.addCommand(CommandIDs.showPlan, {
      label: trans.__('Show What Will Run'),
      caption: trans.__(
        'Tasks, uploads, command line and batch script of the current recipe'
      ),
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () => current() !== null,
      execute: async () => {
        const session = current();
        if (!session) {
          return;
        }
        await once(async () => {
          if (!(await online(options))) {
            return;
          }
          const plan = await jobs.plan(session);
          const wish = await showPlan(plan, placeOf(jobs), trans, checksum =>
            jobs.plan(session, undefined, checksum)
          );
          if (wish) {
            notifier.follow(
              await jobs.submit(session, undefined, wish.checksum)
            );
          }
        });
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
      execute: async () => {
        const notebook = notebooks?.currentWidget;
        const recipe = recipes.currentWidget;
        if (notebook && recipe) {
          // The cell runs what is on the disk.
          if (recipe.context.model.dirty) {
            await recipe.context.save();
          }
          insertCell(notebook, recipe.session.path);
          if (!notebook.isVisible) {
            Notification.info(
              trans.__(
                'The recipe is the active cell of %1 now, which lies behind another tab.',
                notebook.title.label
              ),
              { autoClose: 6000 }
            );
          }
        }
      }
    })
  );

  const refresh = (): void => {
    commands.notifyCommandChanged(CommandIDs.reconstruct);
    commands.notifyCommandChanged(CommandIDs.showPlan);
    commands.notifyCommandChanged(CommandIDs.insertCell);
  };
  recipes.currentChanged.connect(refresh);
  recipes.widgetUpdated.connect(refresh);
  notebooks?.currentChanged.connect(refresh);
  return added;
}

/** Title of the chosen resource. */
function placeOf({ choice, resources }: ITomoJobs): string {
  const resource = resources.find(each => each.name === choice.resource);
  return resource?.title ?? choice.resource;
}

/** Whether the chosen resource can be asked: a cluster that is offline asks for a log-in first. */
async function online({ commands, jobs }: ICommandOptions): Promise<boolean> {
  const { choice, resources } = jobs;
  const resource = resources.find(each => each.name === choice.resource);
  return resource?.kind !== 'slurm-ssh' || resource.state === 'online'
    ? true
    : (await commands.execute(CommandIDs.logIn, {
        resource: resource.name
      })) === true;
}

/** How a run may be submitted, null when it may not: what would be copied, or is worth a warning, is shown first. */
async function agreed(
  options: ICommandOptions,
  session: IRecipeSession,
  rows: [number, number] | undefined
): Promise<IPlanWish | null> {
  const { jobs, trans } = options;
  const resource = jobs.resources.find(
    each => each.name === jobs.choice.resource
  );
  if (resource?.kind !== 'slurm-ssh') {
    return { checksum: false };
  }
  if (!(await online(options))) {
    return null;
  }
  const plan = await jobs.plan(session, rows);
  return (plan.upload?.bytes ?? 0) === 0 && plan.warnings.length === 0
    ? { checksum: false }
    : showPlan(plan, resource.title, trans, checksum =>
        jobs.plan(session, rows, checksum)
      );
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
