/**
 * Commands that write the current recipe for other programs.
 */
import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { IDisposable } from '@lumino/disposable';
import { DisposableSet } from '@lumino/disposable';
import { Widget } from '@lumino/widgets';

import { failureOf } from '../api';
import { failureSentence } from '../field-names';
import type { ExportRequest, IApiClient } from '../api';
import { savuIcon } from '../icons';
import { CommandIDs } from '../tokens';
import type { IRecipeSession, IRecipeTracker } from '../tokens';

export interface IExportOptions {
  readonly commands: CommandRegistry;
  readonly contents: Contents.IManager;
  readonly api: IApiClient;
  readonly recipes: IRecipeTracker | null;
  readonly trans: TranslationBundle;
}

type Kind = ExportRequest['kind'];

const ENDINGS: Record<Kind, string> = {
  savu: '.savu.nxs',
  httomo: '.httomo.yaml'
};

export function addExports(options: IExportOptions): IDisposable {
  const { commands, recipes, trans } = options;
  const current = (): IRecipeSession | null => {
    const session = recipes?.currentWidget?.session ?? null;
    return session?.recipe.dataset?.path ? session : null;
  };
  const kinds = [
    [
      CommandIDs.exportSavu,
      'savu',
      trans.__('Export as Savu Process List'),
      trans.__('Write the current recipe as a process list of Savu')
    ],
    [
      CommandIDs.exportHttomo,
      'httomo',
      trans.__('Export as HTTomo Pipeline'),
      trans.__('Write the current recipe as a YAML pipeline of HTTomo')
    ]
  ] as const;
  const added = new DisposableSet();
  for (const [id, kind, label, caption] of kinds) {
    added.add(
      commands.addCommand(id, {
        label,
        caption,
        icon: kind === 'savu' ? savuIcon : undefined,
        describedBy: { args: { type: 'object', properties: {} } },
        isEnabled: () => current() !== null,
        execute: async () => {
          const session = current();
          if (session) {
            await exportRecipe(options, session, kind);
          }
        }
      })
    );
  }
  return added;
}

/** Ask for the export, write it beside the recipe under a free name, open it, and tell what it lacks. */
async function exportRecipe(
  { api, contents, commands, trans }: IExportOptions,
  session: IRecipeSession,
  kind: Kind
): Promise<void> {
  try {
    const folder = PathExt.dirname(session.path);
    const base = session.base ?? (await api.resolve(folder)).path;
    const made = await api.export({
      purpose: `export ${session.path}`,
      base,
      recipe: session.recipe,
      kind
    });
    const start = PathExt.join(folder, session.name);
    const path = await freePath(contents, start, ENDINGS[kind]);
    if (made.list) {
      const { content } = await api.savuWrite(made.list);
      await contents.save(path, { type: 'file', format: 'base64', content });
    } else {
      await contents.save(path, {
        type: 'file',
        format: 'text',
        content: made.text ?? ''
      });
    }
    await commands.execute('docmanager:open', { path });
    tell(path, made.notes, trans);
  } catch (error) {
    Notification.error(failureSentence(failureOf(error), trans), {
      autoClose: false
    });
  }
}

/** Say where it is; what it does not say is a click away. */
function tell(
  path: string,
  notes: readonly string[],
  trans: TranslationBundle
): void {
  if (notes.length === 0) {
    Notification.success(trans.__('%1 is written.', path), { autoClose: 5000 });
    return;
  }
  const message = trans._n(
    '%2 is written, but does not say one thing of the recipe.',
    '%2 is written, but does not say %1 things of the recipe.',
    notes.length,
    path
  );
  Notification.info(message, {
    autoClose: false,
    actions: [
      {
        label: trans.__('Show them'),
        callback: () => {
          void showDialog({
            title: PathExt.basename(path),
            body: listOf(notes),
            buttons: [Dialog.okButton()]
          });
        }
      }
    ]
  });
}

function listOf(notes: readonly string[]): Widget {
  const list = document.createElement('ul');
  list.className = 'jp-TomoSavu-notes';
  for (const note of notes) {
    const item = document.createElement('li');
    item.textContent = note;
    list.append(item);
  }
  return new Widget({ node: list });
}

/** A path that no file has: nothing is overwritten. */
async function freePath(
  contents: Contents.IManager,
  start: string,
  ending: string
): Promise<string> {
  for (let count = 0; ; count++) {
    const path = `${start}${count ? `-${count}` : ''}${ending}`;
    try {
      await contents.get(path, { content: false });
    } catch (error) {
      if (
        error instanceof ServerConnection.ResponseError &&
        error.response.status === 404
      ) {
        return path;
      }
      throw error;
    }
  }
}
