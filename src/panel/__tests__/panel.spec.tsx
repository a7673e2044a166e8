import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { act, Simulate } from 'react-dom/test-utils';

import type { Description } from '../../api';
import { CommandIDs } from '../../tokens';
import { TomoPanel } from '../panel';
import {
  CENTRE,
  FakeJobs,
  FakeSession,
  fakeContext,
  GRAPES,
  job
} from './fakes';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

const KNOWN: Description = {
  ...GRAPES,
  angles: { ...GRAPES.angles, first: 0, last: 360, source: 'recipe' }
};

let panel: TomoPanel | null = null;

async function show(
  context: ReturnType<typeof fakeContext>
): Promise<HTMLElement> {
  panel = new TomoPanel(context);
  const shown = panel;
  await act(async () => {
    Widget.attach(shown, document.body);
    MessageLoop.sendMessage(shown, Widget.Msg.UpdateRequest);
    await Promise.resolve();
  });
  return shown.node;
}

function labelled<T extends Element>(
  node: ParentNode,
  label: string,
  kind: new () => T
): T {
  const found = node.querySelector(`[aria-label="${label}"]`);
  if (!(found instanceof kind)) {
    throw new Error(`Nothing is labelled ${label}.`);
  }
  return found;
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

async function type(input: HTMLInputElement, text: string): Promise<void> {
  await act(async () => {
    input.value = text;
    Simulate.change(input);
    await Promise.resolve();
  });
  await act(async () => {
    Simulate.keyDown(input, { key: 'Enter' });
    await Promise.resolve();
  });
}

async function click(element: Element, shiftKey = false): Promise<void> {
  await act(async () => {
    Simulate.click(element, { shiftKey });
    await Promise.resolve();
  });
}

async function choose(select: HTMLSelectElement, value: string): Promise<void> {
  await act(async () => {
    select.value = value;
    Simulate.change(select);
    await Promise.resolve();
  });
}

afterEach(() => {
  act(() => panel?.dispose());
  panel = null;
});

describe('TomoPanel', () => {
  it('has eight sections that fold', async () => {
    const node = await show(fakeContext(new FakeSession()));
    const titles = [...node.querySelectorAll('.jp-TomoSection-title')].map(
      each => each.textContent
    );
    expect(titles).toEqual([
      'Data',
      'Centre of rotation',
      'Filters',
      'Tool',
      'Output',
      'Run',
      'Jobs',
      'Setup'
    ]);
    const toggle = node.querySelector(
      '.jp-TomoSection-toggle'
    ) as HTMLButtonElement;
    expect(toggle.getAttribute('aria-expanded')).toBe('true');
    await click(toggle);
    expect(node.querySelectorAll('.jp-TomoSection-body')).toHaveLength(7);
    expect(
      node
        .querySelector('.jp-TomoSection-toggle')
        ?.getAttribute('aria-expanded')
    ).toBe('false');
  });

  it('offers to open data when no recipe is open', async () => {
    const node = await show(fakeContext(null));
    expect(button(node, 'Open data…').disabled).toBe(false);
    expect(button(node, 'New recipe').disabled).toBe(false);
    expect(node.querySelectorAll('.jp-TomoSection')).toHaveLength(2);
  });

  it('shows a chip a group and changes its role', async () => {
    const session = new FakeSession();
    const node = await show(fakeContext(session));
    expect(
      [...node.querySelectorAll('.jp-TomoChip-text')].map(
        each => each.textContent
      )
    ).toEqual([
      '376 projections',
      '10 flats',
      '10 darks',
      '5 ignored',
      '5 ignored'
    ]);
    expect(node.querySelectorAll('.jp-TomoChip.jp-mod-ignored')).toHaveLength(
      2
    );
    const menu = labelled(node, 'Role of bbob', HTMLSelectElement);
    expect(menu.options).toHaveLength(7);
    await choose(menu, 'flat');
    expect(session.recipe.dataset?.roles).toEqual({ bbob: 'flat' });
  });

  it('uses the proposed angles by one click', async () => {
    const session = new FakeSession();
    const node = await show(fakeContext(session));
    await click(button(node, 'Use 0 to 360°, both ends'));
    expect(session.recipe.dataset?.angles).toEqual({
      first: 0,
      last: 360,
      endpoint: true
    });
    expect(session.edits).toHaveLength(1);
  });

  it('moves the axis by 0.05 and by 1 with shift', async () => {
    const session = new FakeSession({
      dataset: { path: 'a' },
      regions: { centre: { column: 399.45 } }
    });
    const node = await show(fakeContext(session));
    await click(labelled(node, 'More', HTMLButtonElement));
    expect(session.recipe.regions?.centre?.column).toBe(399.5);
    await click(labelled(node, 'Less', HTMLButtonElement), true);
    expect(session.recipe.regions?.centre?.column).toBe(398.5);
    await type(
      labelled(
        node,
        'Column of the axis of rotation; empty: found by the run',
        HTMLInputElement
      ),
      '401,25'
    );
    expect(session.recipe.regions?.centre?.column).toBe(401.25);
    await type(
      labelled(
        node,
        'Column of the axis of rotation; empty: found by the run',
        HTMLInputElement
      ),
      ''
    );
    expect(session.recipe.regions?.centre).toBeUndefined();
  });

  it('does not commit what is not a number', async () => {
    const session = new FakeSession();
    const node = await show(fakeContext(session));
    const tilt = labelled(
      node,
      'Tilt of the axis in degrees',
      HTMLInputElement
    );
    await type(tilt, '45');
    expect(session.edits).toHaveLength(0);
    await type(tilt, '0.5');
    expect(session.recipe.regions?.centre?.tilt).toBe(0.5);
  });

  it('says how far the centre finder agrees', async () => {
    const session = new FakeSession();
    session.centre = { state: 'ready', value: CENTRE };
    const node = await show(fakeContext(session));
    expect(node.querySelector('.jp-mod-good')?.textContent).toBe(
      'agree within 0.08 px'
    );
  });

  it('switches, opens and adds steps', async () => {
    const session = new FakeSession();
    const node = await show(fakeContext(session));
    expect(
      [...node.querySelectorAll('.jp-TomoStep-title')].map(
        each => each.textContent
      )
    ).toEqual(['Outliers', 'Flat and dark', 'Air region', 'Minus log']);
    await act(async () => {
      const box = labelled(node, 'Outliers: on', HTMLInputElement);
      box.checked = false;
      Simulate.change(box);
      await Promise.resolve();
    });
    expect(session.recipe.filters?.[0].enabled).toBe(false);
    await choose(
      labelled(node, 'Add a step', HTMLSelectElement),
      'stripes-sorting'
    );
    expect(session.recipe.filters?.[4]).toEqual({ name: 'stripes-sorting' });
    await click(labelled(node, 'Remove Stripes: sorting', HTMLButtonElement));
    expect(session.recipe.filters).toHaveLength(4);
  });

  it('draws the form of a step from its schema and edits one key', async () => {
    jest.useFakeTimers();
    try {
      const session = new FakeSession();
      const node = await show(fakeContext(session));
      await click(node.querySelectorAll('.jp-TomoStep-toggle')[0]);
      const form = node.querySelector(
        '.jp-TomoStep-body .jp-TomoForm'
      ) as HTMLElement;
      expect(
        [...form.querySelectorAll('label')].map(each => each.textContent)
      ).toEqual(['Size', 'Threshold (σ)', 'Kind']);
      const threshold = form.querySelector(
        'input.jp-mod-number'
      ) as HTMLInputElement;
      await act(async () => {
        threshold.value = '7.5';
        Simulate.change(threshold);
        await Promise.resolve();
      });
      await act(() => jest.advanceTimersByTimeAsync(300));
      expect(session.edits).toEqual([
        [{ path: ['filters', 0, 'threshold'], value: 7.5 }]
      ]);
      await act(async () => {
        threshold.value = '1000';
        Simulate.change(threshold);
        await Promise.resolve();
      });
      await act(() => jest.advanceTimersByTimeAsync(300));
      expect(session.edits).toHaveLength(1);
      expect(form.querySelector('[role="alert"]')?.textContent).toContain(
        '100'
      );
    } finally {
      jest.useRealTimers();
    }
  });

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

  it('shows what went wrong with the data, and tries again', async () => {
    const session = new FakeSession();
    const failure = {
      code: 'size',
      message: 'ct5s_1.tif is truncated.',
      where: '/d/ct5s_1.tif',
      hint: 'Copy it again.'
    };
    session.description = { state: 'failed', failure };
    const asked = jest.spyOn(session, 'describe');
    const node = await show(fakeContext(session));
    const alert = node.querySelector('.jp-TomoMessage')?.textContent;
    expect(alert).toContain('ct5s_1.tif is truncated.');
    expect(alert).toContain('Copy it again.');
    await click(button(node, 'Try again'));
    expect(asked).toHaveBeenCalledTimes(1);
    expect(button(node, 'Reconstruct').disabled).toBe(true);
  });

  it('asks for an estimate while it is seen, half a second after an edit', async () => {
    jest.useFakeTimers();
    try {
      const jobs = new FakeJobs();
      const session = new FakeSession();
      const node = await show(fakeContext(session, jobs));
      await act(() => jest.advanceTimersByTimeAsync(600));
      // Without angles there is nothing to estimate, and nothing to run.
      expect(jobs.calls).toEqual(['refresh']);
      expect(button(node, 'Reconstruct 128 slices').title).toBe(
        'State the angles first'
      );
      session.description = { state: 'ready', value: KNOWN };
      session.edit({ path: ['output', 'folder'], value: 'slices' });
      await act(() => jest.advanceTimersByTimeAsync(600));
      expect(jobs.calls).toEqual(['refresh', 'estimate']);
      expect(node.textContent).toContain('1.4 GiB memory, about 3.2 s');
      expect(node.textContent).toContain('340 MiB, 51 GiB free');
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('jobs in the panel', () => {
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
