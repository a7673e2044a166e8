import { CommandIDs } from '../../tokens';
import { button, click, KNOWN, labelled, show, type } from './driving';
import { FakeJobs, FakeSession, fakeContext } from './fakes';

describe('Runs from the panel', () => {
  it('starts the run of the whole region', async () => {
    const session = new FakeSession({
      dataset: { path: 'a' },
      regions: { roi: [0, 20, 100, 60] }
    });
    session.description = { state: 'ready', value: KNOWN };
    const context = fakeContext(session);
    let runs = 0;
    context.commands.addCommand(CommandIDs.reconstruct, {
      execute: () => {
        runs += 1;
      }
    });
    const node = await show(context);
    await click(button(node, 'Reconstruct 40 slices'));
    expect(runs).toBe(1);
  });

  it('runs nothing while a field holds what cannot be taken', async () => {
    const session = new FakeSession();
    session.description = { state: 'ready', value: KNOWN };
    const context = fakeContext(session);
    const execute = jest.fn();
    context.commands.addCommand(CommandIDs.reconstruct, { execute });
    const node = await show(context);
    const column = labelled(
      node,
      'Column of the axis of rotation; empty: found by the run',
      HTMLInputElement
    );
    await type(column, '5000');
    await click(button(node, 'Reconstruct 128 slices'));
    expect(execute).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(column);
    await type(column, '400');
    await click(button(node, 'Reconstruct 128 slices'));
    expect(execute).toHaveBeenCalledTimes(1);
  });

  it('says that a chosen cluster is not there any more', async () => {
    const jobs = new FakeJobs();
    jobs.setChoice({ resource: 'gone' });
    const session = new FakeSession();
    session.description = { state: 'ready', value: KNOWN };
    const node = await show(fakeContext(session, jobs));
    const where = labelled(node, 'Where to run', HTMLSelectElement);
    expect(where.selectedOptions[0].text).toBe('gone (not in the settings)');
    expect(node.textContent).toContain('gone is not in the settings any more.');
    expect(button(node, 'Reconstruct 128 slices').disabled).toBe(true);
  });

  it('refuses a kernel without numpy and says what to do', async () => {
    const jobs = new FakeJobs();
    jobs.setChoice({ kernel: 'bare' });
    const session = new FakeSession();
    session.description = { state: 'ready', value: KNOWN };
    const node = await show(fakeContext(session, jobs));
    expect(node.textContent).toContain('numpy is missing.');
    expect(node.textContent).toContain('Install it there.');
    expect(button(node, 'Reconstruct 128 slices').disabled).toBe(true);
  });

  it('keeps limits in bytes', async () => {
    const jobs = new FakeJobs();
    const node = await show(fakeContext(new FakeSession(), jobs));
    await type(labelled(node, 'Memory in GiB', HTMLInputElement), '1.5');
    expect(jobs.choice.memory).toBe(1610612736);
    await type(labelled(node, 'Cores', HTMLInputElement), '0');
    expect(jobs.choice.cores).toBe(2);
  });
});
