import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';

import { CommandIDs } from '../../tokens';
import type { ICommandOptions } from '../commands';
import { addCommands } from '../commands';
import { insertCell } from '../cell';

jest.mock('../cell', () => ({ insertCell: jest.fn() }));

describe('Insert Recipe as Cell', () => {
  const inserted = jest.mocked(insertCell);
  beforeEach(() => inserted.mockClear());

  const seen = { isVisible: true };

  function made(
    dirty: boolean,
    save: () => Promise<void>,
    notebook: object = seen
  ): CommandRegistry {
    const commands = new CommandRegistry();
    const recipe = {
      context: { model: { dirty }, save },
      session: { path: 'a.tomo.json' }
    };
    const never = new Signal<object, void>({});
    addCommands({
      commands,
      trans: nullTranslator.load('jupyterlab_tomo'),
      recipes: {
        currentWidget: recipe,
        currentChanged: never,
        widgetUpdated: never
      },
      notebooks: { currentWidget: notebook, currentChanged: never }
    } as unknown as ICommandOptions);
    return commands;
  }

  it('saves the recipe first: the cell runs what is on the disk', async () => {
    const save = jest.fn(() => {
      expect(inserted).not.toHaveBeenCalled();
      return Promise.resolve();
    });
    await made(true, save).execute(CommandIDs.insertCell);
    expect(save).toHaveBeenCalledTimes(1);
    expect(inserted).toHaveBeenCalledWith(seen, 'a.tomo.json');
  });

  it('inserts nothing when the recipe cannot be saved', async () => {
    const save = (): Promise<void> => Promise.reject(new Error('read-only'));
    await expect(
      made(true, save).execute(CommandIDs.insertCell)
    ).rejects.toThrow('read-only');
    expect(inserted).not.toHaveBeenCalled();
  });

  it('says where the cell is when nobody sees the notebook', async () => {
    const told = jest.spyOn(Notification, 'info').mockReturnValue('');
    const save = (): Promise<void> => Promise.resolve();
    await made(false, save).execute(CommandIDs.insertCell);
    expect(told).not.toHaveBeenCalled();
    const hidden = { isVisible: false, title: { label: 'tuning.ipynb' } };
    await made(false, save, hidden).execute(CommandIDs.insertCell);
    expect(told).toHaveBeenCalledTimes(1);
    expect(told.mock.calls[0][0]).toContain('tuning.ipynb');
    told.mockRestore();
  });

  it('leaves alone what is saved', async () => {
    const save = jest.fn(() => Promise.resolve());
    await made(false, save).execute(CommandIDs.insertCell);
    expect(save).not.toHaveBeenCalled();
    expect(inserted).toHaveBeenCalledTimes(1);
  });
});
