/**
 * Commands on process lists.
 */
import { Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { FileBrowser, IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { redoIcon, undoIcon } from '@jupyterlab/ui-components';
import type { IDisposable } from '@lumino/disposable';
import { DisposableSet } from '@lumino/disposable';

import { failureOf } from '../api';
import { failureSentence } from '../field-names';
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
  const chosen = (path: unknown): readonly string[] => {
    const browser =
      options.browsers?.tracker.currentWidget ?? options.defaultBrowser;
    return typeof path === 'string'
      ? [path]
      : Array.from(browser?.selectedItems() ?? [], item => item.path);
  };
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
        for (const path of chosen(args.path)) {
          await open(path);
        }
      }
    })
  );

  added.add(
    commands.addCommand(CommandIDs.savuResult, {
      label: trans.__('Open Savu Result'),
      caption: trans.__('Show the slices that Savu has reconstructed'),
      icon: savuIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            path: {
              type: 'string',
              description: trans.__('File *_processed.nxs')
            }
          }
        }
      },
      isVisible: args => chosen(args.path).some(isResult),
      execute: async args => {
        for (const path of chosen(args.path).filter(isResult)) {
          await openResult(options, path);
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

/** Whether a file is what Savu leaves in the end. */
function isResult(path: string): boolean {
  return path.endsWith('_processed.nxs');
}

/** Open the folder of a result in the viewer of results. */
async function openResult(
  { api, commands, trans }: ICommandOptions,
  path: string
): Promise<void> {
  try {
    const { path: folder } = await api.resolve(PathExt.dirname(path));
    await commands.execute(CommandIDs.openResult, {
      folder,
      name: PathExt.basename(path, '_processed.nxs')
    });
  } catch (error) {
    Notification.error(failureSentence(failureOf(error), trans), {
      autoClose: false
    });
  }
}
