import { nullTranslator } from '@jupyterlab/translation';
import type { Recipe } from '../../recipe';
import { approvedCommand, commandOf, NO_COMMANDS } from '../approval';
import type { AskApproval, ICommandStore } from '../approval';

const trans = nullTranslator.load('jupyterlab_tomo');

const COMMAND = '/opt/recon/run.py {input} {output}';

function recipe(tool: string, command?: string): Recipe {
  return {
    version: 1,
    reconstruction: { tool, method: 'run', parameters: { command } }
  };
}

function store(): ICommandStore & { saved: unknown[] } {
  const saved: { name: string; command: string }[] = [];
  return {
    commands: saved,
    saved,
    save: command => {
      saved.push(command);
      return Promise.resolve();
    }
  };
}

function answering(allowed: boolean, keep = false): jest.Mock {
  return jest.fn<ReturnType<AskApproval>, [string]>(() =>
    Promise.resolve({ allowed, keep })
  );
}

describe('approvedCommand', () => {
  it('asks nothing for recipes without a command', async () => {
    const ask = answering(false);
    const builtin: Recipe = { version: 1 };
    expect(
      await approvedCommand(builtin, NO_COMMANDS, ask, trans)
    ).toBeUndefined();
    expect(commandOf(recipe('astra', COMMAND))).toBeUndefined();
    expect(ask).not.toHaveBeenCalled();
  });

  it('shows the command as it is, and sends it as it was shown', async () => {
    const ask = answering(true);
    const told = await approvedCommand(
      recipe('command', COMMAND),
      NO_COMMANDS,
      ask,
      trans
    );
    expect(told).toBe(COMMAND);
    expect(ask).toHaveBeenCalledWith(COMMAND);
  });

  it('sends nothing when the user does not allow it', async () => {
    await expect(
      approvedCommand(
        recipe('command', COMMAND),
        NO_COMMANDS,
        answering(false),
        trans
      )
    ).rejects.toMatchObject({ failure: { code: 'command-not-approved' } });
  });

  it('keeps two commands of one program beside each other', async () => {
    const kept = store();
    const ask = answering(true, true);
    const finer = `${COMMAND} --fine`;
    await approvedCommand(recipe('command', COMMAND), kept, ask, trans);
    await approvedCommand(recipe('command', finer), kept, ask, trans);
    expect(kept.saved).toEqual([
      { name: 'run.py', command: COMMAND },
      { name: 'run.py-2', command: finer }
    ]);
  });

  it('keeps a command that is to be kept, and does not ask again', async () => {
    const kept = store();
    const ask = answering(true, true);
    await approvedCommand(recipe('command', COMMAND), kept, ask, trans);
    expect(kept.saved).toEqual([{ name: 'run.py', command: COMMAND }]);
    await approvedCommand(recipe('command', COMMAND), kept, ask, trans);
    expect(ask).toHaveBeenCalledTimes(1);
    await approvedCommand(recipe('command', `${COMMAND} -x`), kept, ask, trans);
    expect(ask).toHaveBeenCalledTimes(2);
  });
});
