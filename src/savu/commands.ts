/**
 * Commands on process lists.
 */
import type { FileBrowser, IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { redoIcon, undoIcon } from '@jupyterlab/ui-components';
import type { IDisposable } from '@lumino/disposable';
import { DisposableSet } from '@lumino/disposable';

import { savuIcon } from '../icons';
import { CommandIDs } from '../tokens';
import { addExports } from './exports';
import type { IExportOptions } from './exports';
import type { SavuListModel } from './model';
import { FACTORY } from './widget';

/** Ending of new lists: JupyterLab opens these in the editor, and leaves other .nxs alone. */
export const LIST_EXTENSION = '.savu.nxs';

export interface ICommandOptions extends IExportOptions {
  /** The list in front; null when there is none. */
  readonly current: () => SavuListModel | null;
  readonly browsers: IFileBrowserFactory | null;
  readonly defaultBrowser: FileBrowser | null;
}

export function addCommands(options: ICommandOptions): IDisposable {
  const { commands, contents, current, trans } = options;
  const open = (path: string): Promise<unknown> =>
    commands.execute('docmanager:open', { path, factory: FACTORY });
  const added = new DisposableSet();
  added.add(addExports(options));

  added.add(
    commands.addCommand(CommandIDs.savuNew, {
      label: trans.__('New Savu Process List'),
      caption: trans.__('Create a process list for Savu'),
      icon: savuIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            cwd: {
              type: 'string',
              description: trans.__('Folder of the new list')
            }
          }
        }
      },
      execute: async args => {
        const folder =
          typeof args.cwd === 'string'
            ? args.cwd
            : (options.defaultBrowser?.model.path ?? '');
        const { path } = await contents.newUntitled({
          path: folder,
          type: 'file',
          ext: LIST_EXTENSION
        });
        return open(path);
      }
    })
  );

  added.add(
    commands.addCommand(CommandIDs.savuOpen, {
      label: trans.__('Open as Savu Process List'),
      caption: trans.__('Open what is selected in the editor of process lists'),
      icon: savuIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            path: { type: 'string', description: trans.__('HDF5 file') }
          }
        }
      },
      execute: async args => {
        const browser =
          options.browsers?.tracker.currentWidget ?? options.defaultBrowser;
        const paths =
          typeof args.path === 'string'
            ? [args.path]
            : Array.from(browser?.selectedItems() ?? [], item => item.path);
        for (const path of paths) {
          await open(path);
        }
      }
    })
  );

  const history = [
    [CommandIDs.savuUndo, trans.__('Undo'), undoIcon, 'undo'],
    [CommandIDs.savuRedo, trans.__('Redo'), redoIcon, 'redo']
  ] as const;
  for (const [id, label, icon, step] of history) {
    added.add(
      commands.addCommand(id, {
        label,
        icon,
        describedBy: { args: { type: 'object', properties: {} } },
        isEnabled: () => current() !== null,
        execute: () => current()?.[step]()
      })
    );
  }
  return added;
}
