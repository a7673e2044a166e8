/**
 * Commands that make and open recipes, and undo and redo in them.
 */
import { Notification } from '@jupyterlab/apputils';
import { FileDialog } from '@jupyterlab/filebrowser';
import type { FileBrowser, IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { Contents } from '@jupyterlab/services';
import type { ITranslator } from '@jupyterlab/translation';
import { folderIcon, redoIcon, undoIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';

import { failureOf } from '../api';
import type { IApiClient } from '../api';
import { recipeIcon } from '../icons';
import { failureSentence } from '../field-names';
import { RECIPE_EXTENSION, recipeText } from '../recipe';
import { CommandIDs } from '../tokens';
import type { IRecipeSession, IRecipeTracker } from '../tokens';
import { recipeOf, recipeOfRemote } from './open-data';
import { addRemoteCommand, slashed } from './remote';
import { FACTORY } from './widget';

export interface ICommandOptions {
  readonly commands: CommandRegistry;
  readonly contents: Contents.IManager;
  readonly api: IApiClient;
  readonly tracker: IRecipeTracker;
  readonly browsers: IFileBrowserFactory | null;
  readonly defaultBrowser: FileBrowser | null;
  readonly translator: ITranslator;
}

export function addCommands(options: ICommandOptions): void {
  const { commands, contents, tracker } = options;
  const trans = options.translator.load('jupyterlab_tomo');
  const session = (): IRecipeSession | null =>
    tracker.currentWidget?.session ?? null;

  commands.addCommand(CommandIDs.createNew, {
    label: args =>
      args.isPalette
        ? trans.__('New Tomography Recipe')
        : trans.__('Tomography Recipe'),
    caption: trans.__(
      'Create a recipe for the reconstruction of a tomography data set'
    ),
    icon: args => (args.isPalette ? undefined : recipeIcon),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          cwd: {
            type: 'string',
            description: trans.__('Folder of the new recipe')
          },
          isPalette: { type: 'boolean' }
        }
      }
    },
    execute: async args => {
      const folder =
        textOf(args.cwd) ?? options.defaultBrowser?.model.path ?? '';
      const { path } = await contents.newUntitled({
        path: folder,
        type: 'file',
        ext: RECIPE_EXTENSION
      });
      await contents.save(path, {
        type: 'file',
        format: 'text',
        content: recipeText()
      });
      return open(commands, path);
    }
  });

  commands.addCommand(CommandIDs.openData, {
    label: args =>
      args.selected
        ? trans.__('Open in Tomography')
        : trans.__('Open Tomography Data…'),
    caption: trans.__(
      'Open a folder of projections or an NXtomo file for reconstruction'
    ),
    icon: args => (args.selected ? recipeIcon : folderIcon),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          path: {
            type: 'string',
            description: trans.__('Folder of images, or NXtomo file')
          },
          selected: {
            type: 'boolean',
            description: trans.__('Open what is selected in the file browser')
          }
        }
      }
    },
    execute: async args => {
      const path = textOf(args.path);
      const paths =
        path !== null
          ? [path]
          : args.selected
            ? selected(options)
            : await asked(options);
      for (const data of paths) {
        await openData(options, data);
      }
    }
  });

  addRemoteCommand({
    commands,
    api: options.api,
    trans,
    current: session,
    create: async (resource, { path, directory }) => {
      const data = directory ? slashed(path) : path;
      const folder = options.defaultBrowser?.model.path ?? '';
      const recipe = await recipeOfRemote(
        contents,
        folder,
        resource,
        data,
        trans
      );
      await open(commands, recipe);
    }
  });

  commands.addCommand(CommandIDs.undo, {
    label: trans.__('Undo'),
    icon: undoIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    isEnabled: () => session() !== null,
    execute: () => session()?.undo()
  });
  commands.addCommand(CommandIDs.redo, {
    label: trans.__('Redo'),
    icon: redoIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    isEnabled: () => session() !== null,
    execute: () => session()?.redo()
  });
}

/** Open the recipe of a data set; a new one when there is none. */
async function openData(options: ICommandOptions, data: string): Promise<void> {
  const { commands, contents, api, translator } = options;
  const trans = translator.load('jupyterlab_tomo');
  try {
    await open(commands, await recipeOf(contents, api, data, trans));
  } catch (error) {
    Notification.error(failureSentence(failureOf(error), trans), {
      autoClose: false
    });
  }
}

function open(commands: CommandRegistry, path: string): Promise<unknown> {
  return commands.execute('docmanager:open', { path, factory: FACTORY });
}

/** What is selected in the file browser that was used last. */
function selected({ browsers, defaultBrowser }: ICommandOptions): string[] {
  const browser = browsers?.tracker.currentWidget ?? defaultBrowser;
  return browser ? Array.from(browser.selectedItems(), item => item.path) : [];
}

/** Let the user choose; the folder that the dialog shows when nothing in it is selected. */
async function asked({
  defaultBrowser,
  translator
}: ICommandOptions): Promise<string[]> {
  if (!defaultBrowser) {
    return [];
  }
  const { manager, path } = defaultBrowser.model;
  const trans = translator.load('jupyterlab_tomo');
  const { value } = await FileDialog.getOpenFiles({
    manager,
    translator,
    defaultPath: path,
    title: trans.__('Open Tomography Data'),
    label: trans.__(
      'Choose an NXtomo file, or go into the folder of the projections.'
    )
  });
  return (value ?? []).slice(0, 1).map(item => item.path);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
