import { act } from 'react-dom/test-utils';

import { CommandIDs } from '../../tokens';
import { button, choose, click, labelled, show } from './driving';
import { FakeJobs, fakeContext, job } from './fakes';

describe('Jobs in the panel', () => {
  it('lists them with state, progress and actions', async () => {
    const jobs = new FakeJobs();
    const failure = {
      code: 'memory',
      message: 'Out of memory.',
      where: '',
      hint: 'Ask for 3 GiB and resume.'
    };
    jobs.jobs = [
      job({ id: 'a' }),
      job({
        id: 'b',
        state: 'failed',
        resumable: true,
        slices: { done: 96, total: 128 },
        failure
      }),
      job({ id: 'c', state: 'finished', slices: { done: 128, total: 128 } })
    ];
    const context = fakeContext(null, jobs);
    const opened: unknown[] = [];
    context.commands.addCommand(CommandIDs.openResult, {
      execute: args => {
        opened.push(args);
      }
    });
    const node = await show(context);
    const rows = [...node.querySelectorAll<HTMLElement>('.jp-TomoJob')];
    const actions = rows.map(row =>
      [...row.querySelectorAll('.jp-TomoJob-actions button')].map(
        each => each.textContent || each.getAttribute('aria-label')
      )
    );
    expect(actions).toEqual([
      ['log', 'cancel', 'open'],
      ['log', 'resume', 'open', 'remove'],
      ['log', 'open', 'remove']
    ]);
    const bars = node.querySelectorAll('[role="progressbar"]');
    expect(bars).toHaveLength(1);
    expect(bars[0].getAttribute('aria-valuenow')).toBe('34');
    expect(rows[0].querySelector('.jp-TomoJob-sentence')?.textContent).toBe(
      '44 of 128 slices · 2 s left'
    );
    expect(rows[1].textContent).toContain(
      'Out of memory. Ask for 3 GiB and resume.'
    );
    await click(button(rows[0], 'cancel'));
    await click(button(rows[1], 'resume'));
    await click(button(rows[2], 'remove'));
    expect(jobs.calls.slice(-3)).toEqual(['cancel a', 'resume b', 'forget c']);
    await click(button(rows[2], 'open'));
    expect(opened).toEqual([
      { folder: '/data/processed/grapes', name: 'grapes' }
    ]);
  });

  it('shows the log in place', async () => {
    const jobs = new FakeJobs();
    jobs.text = 'slab 0\nslab 1\n';
    jobs.jobs = [job({ state: 'finished' })];
    const node = await show(fakeContext(null, jobs));
    await click(button(node, 'log'));
    await act(() => new Promise(resolve => setTimeout(resolve, 10)));
    expect(node.querySelector('.jp-TomoLog')?.textContent).toBe(
      'slab 0\nslab 1\n'
    );
  });

  it('filters', async () => {
    const jobs = new FakeJobs();
    jobs.jobs = [
      job({ id: 'a' }),
      job({ id: 'b', state: 'finished' }),
      job({ id: 'c', state: 'cancelled' })
    ];
    const node = await show(fakeContext(null, jobs));
    const filter = labelled(node, 'Jobs to show', HTMLSelectElement);
    await choose(filter, 'active');
    expect(node.querySelectorAll('.jp-TomoJob')).toHaveLength(1);
    await choose(filter, 'ended-early');
    expect(node.querySelector('.jp-TomoJob')?.getAttribute('data-state')).toBe(
      'cancelled'
    );
  });
});
