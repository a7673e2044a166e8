import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { act, Simulate } from 'react-dom/test-utils';

import { CommandIDs } from '../../tokens';
import { TomoPanel } from '../panel';
import { linesOf } from '../setup/fields';
import { preflightSentence } from '../setup/preflight';
import { JobTable } from '../table/widget';
import {
  FakeClusters,
  FakeJobs,
  FakeSession,
  fakeContext,
  job,
  scarf
} from './fakes';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

let shown: Widget | null = null;

async function show(widget: Widget): Promise<HTMLElement> {
  shown = widget;
  await act(async () => {
    Widget.attach(widget, document.body);
    MessageLoop.sendMessage(widget, Widget.Msg.UpdateRequest);
    await Promise.resolve();
  });
  return widget.node;
}

function button(node: ParentNode, text: string): HTMLButtonElement {
  const found = [...node.querySelectorAll('button')].find(
    each => (each.textContent || each.getAttribute('aria-label')) === text
  );
  if (!found) {
    throw new Error(`No button says ${text}.`);
  }
  return found;
}

async function click(element: Element, more = {}): Promise<void> {
  await act(async () => {
    Simulate.click(element, more);
    await Promise.resolve();
    await Promise.resolve();
  });
}

async function enter(
  node: ParentNode,
  label: string,
  text: string
): Promise<void> {
  const input = node.querySelector<HTMLInputElement>(`[aria-label="${label}"]`);
  if (!input) {
    throw new Error(`Nothing is labelled ${label}.`);
  }
  await act(async () => {
    input.value = text;
    Simulate.change(input);
    await Promise.resolve();
  });
}

afterEach(() => {
  act(() => shown?.dispose());
  shown = null;
});

const SCARF = { name: 'scarf', title: 'SCARF', host: 'scarf.rl.ac.uk' };

function withScarf(state: 'online' | 'offline'): {
  jobs: FakeJobs;
  clusters: FakeClusters;
} {
  const jobs = new FakeJobs();
  const clusters = new FakeClusters();
  clusters.clusters = [SCARF];
  jobs.resources = [...jobs.resources, scarf({ state })];
  return { jobs, clusters };
}

describe('Setup', () => {
  it('adds a cluster from a preset', async () => {
    const clusters = new FakeClusters();
    const node = await show(
      new TomoPanel(fakeContext(null, new FakeJobs(), clusters))
    );
    expect(node.textContent).toContain('no clusters');
    const add = node.querySelector<HTMLSelectElement>(
      '[aria-label="Add a cluster"]'
    );
    await act(async () => {
      if (add) {
        add.value = '0';
        Simulate.change(add);
      }
      await Promise.resolve();
    });
    const labels = [...node.querySelectorAll('.jp-TomoEditor label')].map(
      each => each.textContent
    );
    expect(labels.slice(0, 4)).toEqual(['Title', 'Host', 'User', 'Partition']);
    // Every setting of a cluster has its field.
    const titles = Object.values(clusters.schema.properties).map(
      each => each.title
    );
    expect(titles).toHaveLength(23);
    expect([...labels].sort()).toEqual(titles.sort());
    // Nobody is shown all of it at once.
    expect(
      node.querySelector('.jp-TomoForm-advanced [aria-label="Jump host"]')
    ).not.toBeNull();
    await enter(node, 'User', 'scarf123');
    await click(button(node, 'Save'));
    expect(clusters.calls).toHaveLength(1);
    expect(clusters.clusters[0]).toMatchObject({ ...SCARF, user: 'scarf123' });
    expect(node.querySelector('.jp-TomoEditor')).toBeNull();
  });

  it('keeps what is being set up while the section is folded, and when the cluster is removed elsewhere', async () => {
    const { jobs, clusters } = withScarf('offline');
    const node = await show(new TomoPanel(fakeContext(null, jobs, clusters)));
    await click(button(node, 'edit'));
    await enter(node, 'User', 'scarf123');
    const user = (): string | undefined =>
      node.querySelector<HTMLInputElement>('[aria-label="User"]')?.value;
    await click(button(node, 'Setup'));
    expect(user()).toBeUndefined();
    await click(button(node, 'Setup'));
    expect(user()).toBe('scarf123');
    await act(async () => {
      await clusters.remove('scarf');
    });
    expect(user()).toBe('scarf123');
    await click(button(node, 'Save'));
    expect(clusters.calls.at(-1)).toMatch(/^save .*scarf123.* for null$/);
    expect(clusters.clusters).toHaveLength(1);
    expect(node.querySelector('.jp-TomoEditor')).toBeNull();
  });

  it('says what is wrong beside the field, and saves nothing', async () => {
    const { jobs, clusters } = withScarf('offline');
    clusters.wrong = new Map([['port', 'At most 65535.']]);
    const node = await show(new TomoPanel(fakeContext(null, jobs, clusters)));
    await click(button(node, 'edit'));
    expect(node.querySelector('.jp-TomoForm-error')).toBeNull();
    await click(button(node, 'Save'));
    expect(node.querySelector('.jp-TomoForm-error')?.textContent).toBe(
      'At most 65535.'
    );
    // Once: not in a list above the form, too.
    expect(node.textContent?.split('At most 65535.')).toHaveLength(2);
    expect(
      node.querySelector<HTMLDetailsElement>('.jp-TomoForm-advanced')?.open
    ).toBe(true);
    expect(clusters.calls).toEqual([]);
  });

  it('shows check by check what Test found, and what to do', async () => {
    const { jobs, clusters } = withScarf('online');
    const check = (name: string, state: 'ok' | 'failed', hint = '') => ({
      name,
      title: name,
      state,
      found: `found ${name}`,
      hint
    });
    clusters.preflight = {
      resource: 'scarf',
      checks: [check('host', 'ok'), check('python', 'failed', 'Load a module.')]
    };
    const context = fakeContext(null, jobs, clusters);
    const node = await show(new TomoPanel(context));
    await click(button(node, 'test'));
    const items = [...node.querySelectorAll('.jp-TomoPreflight li')];
    expect(items.map(each => each.getAttribute('data-state'))).toEqual([
      'ok',
      'failed'
    ]);
    expect(items[1].textContent).toBe('✗pythonfound pythonLoad a module.');
    expect(preflightSentence(clusters.preflight, context.trans)).toBe(
      '1 of 2 in order · 1 failed'
    );
  });

  it('logs in by the command', async () => {
    const { jobs, clusters } = withScarf('offline');
    const context = fakeContext(null, jobs, clusters);
    const asked: unknown[] = [];
    context.commands.addCommand(CommandIDs.logIn, {
      execute: args => asked.push(args)
    });
    const node = await show(new TomoPanel(context));
    await click(button(node, 'log in'));
    expect(asked).toEqual([{ resource: 'scarf' }]);
  });

  it.each(['connecting', 'offline'] as const)(
    'says that a cluster is %s, why, and what to do',
    async state => {
      const jobs = new FakeJobs();
      const clusters = new FakeClusters();
      clusters.clusters = [SCARF];
      const reason = {
        code: 'refused',
        message: 'scarf.rl.ac.uk refused the connection.',
        where: 'port',
        hint: 'Correct the port.'
      };
      jobs.resources = [...jobs.resources, scarf({ state, reason })];
      const node = await show(new TomoPanel(fakeContext(null, jobs, clusters)));
      const row = node.querySelector('.jp-TomoCluster');
      const badge = row?.querySelector('.jp-TomoBadge');
      expect(badge?.textContent).toBe(state);
      expect(badge?.getAttribute('data-state')).toBe(state);
      expect(row?.querySelector('.jp-TomoHint')?.textContent).toBe(
        'scarf.rl.ac.uk refused the connection. Correct the port.'
      );
    }
  );

  it('reads lines without empty ones at the end', () => {
    expect(linesOf('module load x\n\necho a\n\n')).toEqual([
      'module load x',
      '',
      'echo a'
    ]);
    expect(linesOf(' \n')).toEqual([]);
  });
});

describe('Run on a cluster', () => {
  it('offers time and tasks, and stays usable while offline', async () => {
    const { jobs, clusters } = withScarf('offline');
    jobs.choice = { ...jobs.choice, resource: 'scarf', kernel: '' };
    jobs.clusterLimits = { time: 120, tasks: 16 };
    const node = await show(
      new TomoPanel(fakeContext(new FakeSession(), jobs, clusters))
    );
    const field = node.querySelector<HTMLInputElement>(
      '[aria-label="Time limit in minutes"]'
    );
    expect(field?.value).toBe('120');
    await act(async () => {
      if (field) {
        Simulate.keyDown(field, { key: 'ArrowUp', shiftKey: true });
      }
      await Promise.resolve();
    });
    expect(jobs.limits.time).toBe(180);
    const option = [...node.querySelectorAll('option')].find(
      each => each.textContent === 'SCARF'
    );
    expect(option?.disabled).toBe(false);
    expect(button(node, 'Show what will run')).toBeTruthy();
  });
});

describe('JobTable', () => {
  it('selects by keyboard and cancels all that are selected', async () => {
    const { jobs, clusters } = withScarf('online');
    jobs.jobs = [
      job({ id: 'a', name: 'one', created: '2026-11-23T20:00:03Z' }),
      job({ id: 'b', name: 'two', created: '2026-11-23T20:00:02Z' }),
      job({
        id: 'c',
        name: 'three',
        state: 'finished',
        created: '2026-11-23T20:00:01Z'
      })
    ];
    const node = await show(new JobTable(fakeContext(null, jobs, clusters)));
    const row = (key: string): HTMLElement => {
      const found = node.querySelector<HTMLElement>(`tr[data-key="${key}"]`);
      if (!found) {
        throw new Error(`No row ${key}.`);
      }
      return found;
    };
    await click(row('a'));
    expect(node.querySelector('.jp-TomoTable-chosen h3')?.textContent).toBe(
      'one'
    );
    await act(async () => {
      Simulate.keyDown(row('a'), { key: 'End', shiftKey: true });
      await Promise.resolve();
    });
    expect(node.querySelectorAll('tr[aria-selected="true"]')).toHaveLength(3);
    await click(button(node, 'Cancel (2)'));
    expect(jobs.calls.filter(each => each.startsWith('cancel'))).toEqual([
      'cancel a',
      'cancel b'
    ]);
    // What makes sense for one job alone is offered for one.
    expect(button(node, 'Log').disabled).toBe(true);
    expect(button(node, 'Use this recipe (3)').disabled).toBe(true);
    await click(button(node, 'Run again'));
    expect(jobs.calls.at(-1)).toBe('again c');
    const header = button(node, 'Name');
    await click(header);
    expect(
      [...node.querySelectorAll('tbody tr')].map(each =>
        each.getAttribute('data-key')
      )
    ).toEqual(['a', 'c', 'b']);
    expect(header.closest('th')?.getAttribute('aria-sort')).toBe('ascending');
  });

  it('offers all that can be done with the one that is selected', async () => {
    const { jobs, clusters } = withScarf('online');
    jobs.jobs = [
      job({
        id: 'a',
        name: 'one',
        resource: 'scarf',
        state: 'finished',
        output: '/data/out',
        command: "sbatch --job-name='a b' batch.sh",
        memory: 3 * 1024 ** 2
      }),
      job({
        id: 'b',
        name: 'two',
        state: 'failed',
        resumable: true,
        warnings: ['The result could not be copied: no room.'],
        slices: { done: 0, total: 128 }
      })
    ];
    const context = fakeContext(null, jobs, clusters);
    const node = await show(new JobTable(context));
    const bar = node.querySelector('[role="toolbar"]');
    const labels = (): string[] =>
      [...(bar?.querySelectorAll('button') ?? [])]
        .filter(each => !each.disabled)
        .map(each => each.textContent ?? '');
    expect(labels()).toEqual(['Refresh']);
    const row = (key: string): Element => {
      const found = node.querySelector(`tr[data-key="${key}"]`);
      if (!found) {
        throw new Error(`No row ${key}.`);
      }
      return found;
    };
    const cell = (column: string): string =>
      row('a').querySelector(`td[data-column="${column}"]`)?.textContent ?? '';
    expect([cell('memory'), cell('command')]).toEqual([
      '3.0 MiB',
      "sbatch --job-name='a b' batch.sh"
    ]);
    await click(row('a'));
    expect(labels()).toEqual([
      'Refresh',
      'Run again',
      'Log',
      'Open result',
      'Fetch result',
      'Use this recipe',
      'Remove'
    ]);
    await click(button(node, 'Log'));
    expect(document.activeElement?.className).toBe('jp-TomoLog');
    await click(row('b'));
    expect(
      node.querySelector('.jp-TomoTable-chosen .jp-TomoWarnings')?.textContent
    ).toBe('The result could not be copied: no room.');
    expect(labels()).toEqual([
      'Refresh',
      'Resume',
      'Run again',
      'Log',
      'Use this recipe',
      'Remove'
    ]);
    await click(button(node, 'Resume'));
    expect(jobs.calls.at(-1)).toBe('resume b');
  });

  it('switches to all jobs of the user on a cluster', async () => {
    const { jobs, clusters } = withScarf('online');
    clusters.listed.jobs = [
      {
        id: '4711',
        name: 'somebody <b>else</b>',
        state: 'RUNNING',
        reason: 'None',
        partition: 'scarf',
        nodes: 'cn1',
        elapsed: 60,
        limit: 3600,
        cores: 4,
        command: '/home/ann/<img src=x onerror=alert(1)>.sh'
      }
    ];
    const node = await show(new JobTable(fakeContext(null, jobs, clusters)));
    expect(node.textContent).toContain('No jobs yet.');
    const source = node.querySelector<HTMLSelectElement>(
      '[aria-label="Which jobs"]'
    );
    await act(async () => {
      if (source) {
        source.value = 'scarf';
        Simulate.change(source);
      }
      await Promise.resolve();
      await Promise.resolve();
    });
    expect(clusters.calls).toEqual(['queue scarf']);
    expect(node.querySelector('td[data-column="name"]')?.textContent).toBe(
      'somebody <b>else</b>'
    );
    expect(node.querySelector('td b, td img')).toBeNull();
    expect(node.querySelector('td[data-column="command"]')?.textContent).toBe(
      '/home/ann/<img src=x onerror=alert(1)>.sh'
    );
    expect(node.querySelector('td[data-column="elapsed"]')?.textContent).toBe(
      '1 min of 1 h'
    );
    // It is not ours: it is asked before it is ended.
    const row = node.querySelector('tbody tr');
    if (!row) {
      throw new Error('No row.');
    }
    await click(row);
    await click(button(node, 'Cancel'));
    const ask = document.querySelector('.jp-Dialog');
    expect(ask?.textContent).toContain('4711 on SCARF');
    expect(clusters.calls).toEqual(['queue scarf']);
    await act(async () => {
      ask?.querySelector<HTMLElement>('.jp-mod-warn')?.click();
      await new Promise(resolve => setTimeout(resolve, 50));
    });
    expect(clusters.calls).toEqual([
      'queue scarf',
      'cancel 4711 on scarf',
      'queue scarf'
    ]);
  });
});
