/**
 * Custom commands: a recipe's is run only after its user has read it. Commands
 * that the user keeps in the settings are approved by that.
 */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { ApiError } from '../api';
import { freeName } from '../free-name';
import type { Recipe } from '../recipe';
import { effectiveReconstruction } from '../recipe';
import type { ISavedCommand } from '../tokens';

/** Key of the settings. */
const KEY = 'commands';

/** The commands that a user keeps. */
export interface ICommandStore {
  readonly commands: readonly ISavedCommand[];
  save(command: ISavedCommand): Promise<void>;
}

/** Whether a command may run, and whether it is to be kept. */
export type AskApproval = (
  command: string
) => Promise<{ allowed: boolean; keep: boolean }>;

/** The command that a recipe wants to run; undefined when it has none. */
export function commandOf(recipe: Recipe): string | undefined {
  const { tool, parameters } = effectiveReconstruction(recipe);
  const { command } = parameters;
  return tool === 'command' && typeof command === 'string'
    ? command
    : undefined;
}

/**
 * What a submission says of its command: the command, once its user has
 * allowed it; undefined when there is none.
 *
 * @throws ApiError when the user does not allow it.
 */
export async function approvedCommand(
  recipe: Recipe,
  store: ICommandStore,
  ask: AskApproval,
  trans: TranslationBundle
): Promise<string | undefined> {
  const command = commandOf(recipe);
  if (
    command === undefined ||
    store.commands.some(each => each.command === command)
  ) {
    return command;
  }
  const { allowed, keep } = await ask(command);
  if (!allowed) {
    throw new ApiError({
      code: 'command-not-approved',
      message: trans.__('The command was not approved, so nothing runs.'),
      where: 'reconstruction.parameters.command',
      hint: ''
    });
  }
  if (keep) {
    const names = store.commands.map(each => each.name);
    await store.save({ name: freeName(nameOf(command), names), command });
  }
  return command;
}

/** The settings' list of commands. */
export class SettingsCommands implements ICommandStore {
  constructor(private readonly _settings: ISettingRegistry.ISettings) {}

  get commands(): readonly ISavedCommand[] {
    const kept: unknown = this._settings.composite[KEY];
    return Array.isArray(kept) ? kept.flatMap(readCommand) : [];
  }

  async save(command: ISavedCommand): Promise<void> {
    const rest = this.commands.filter(each => each.name !== command.name);
    await this._settings.set(
      KEY,
      [...rest, command].map(each => ({ ...each }))
    );
  }
}

/** Where there are no settings: each command is asked for. */
export const NO_COMMANDS: ICommandStore = {
  commands: [],
  save: () => Promise.resolve()
};

/** Show a command, and ask. */
export function askInDialog(trans: TranslationBundle): AskApproval {
  return async command => {
    const body = new Widget();
    const question = document.createElement('p');
    question.textContent = trans.__(
      'This recipe runs a command with your rights on the chosen resource. Run it only if you know what it does.'
    );
    const shown = document.createElement('pre');
    shown.className = 'jp-TomoCommand';
    shown.textContent = command;
    body.node.append(question, shown);
    const { button, isChecked } = await showDialog({
      title: trans.__('Run this command?'),
      body,
      checkbox: {
        label: trans.__('Keep it in the settings, and do not ask again'),
        checked: false
      },
      buttons: [
        Dialog.cancelButton(),
        Dialog.warnButton({ label: trans.__('Run Command') })
      ],
      defaultButton: 0
    });
    return { allowed: button.accept, keep: isChecked === true };
  };
}

function readCommand(value: unknown): ISavedCommand[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const name: unknown = Reflect.get(value, 'name');
  const command: unknown = Reflect.get(value, 'command');
  return typeof name === 'string' && typeof command === 'string'
    ? [{ name, command }]
    : [];
}

/** The program's name without its folder. */
function nameOf(command: string): string {
  const words = command.split(/\s+/).filter(Boolean);
  const program = words.find(word => !/(^|\/)python[\d.]*$/.test(word));
  return (program ?? words[0] ?? command).split('/').pop() ?? command;
}
