import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { act, Simulate } from 'react-dom/test-utils';

import type { Failure, Job } from '../../api';
import { TomoPanel } from '../panel';
import { JobTable } from '../table/widget';
import { FakeClusters, FakeJobs, fakeContext, job, scarf } from './fakes';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

/** What a page would take for more than text. */
const HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>';
const failure: Failure = {
  code: 'task-failed',
  message: `It said ${HOSTILE}.`,
  where: HOSTILE,
  hint: `See ${HOSTILE}.`
};
const hostile: Job = job({
  id: 'a',
  name: `name ${HOSTILE}`,
  resource: 'scarf',
  state: 'failed',
  failure,
  warnings: [`warning ${HOSTILE}`],
  output: `/data/output ${HOSTILE}`,
  command: `sbatch ${HOSTILE}`,
  slurm: {
    id: '27',
    state: `FAILED ${HOSTILE}`,
    reason: `reason ${HOSTILE}`,
    exit: `exit ${HOSTILE}`,
    nodes: `node ${HOSTILE}`,
    tasks: []
  }
});

let shown: Widget | null = null;

afterEach(() => {
  act(() => shown?.dispose());
  shown = null;
});

async function show(widget: Widget): Promise<HTMLElement> {
  shown = widget;
  await act(async () => {
    Widget.attach(widget, document.body);
    MessageLoop.sendMessage(widget, Widget.Msg.UpdateRequest);
    await Promise.resolve();
  });
  return widget.node;
}

async function click(element: Element | null | undefined): Promise<void> {
  if (!element) {
    throw new Error('There is nothing to click.');
  }
  await act(async () => {
    Simulate.click(element);
    await new Promise(resolve => setTimeout(resolve, 20));
  });
}

function fakes(): { jobs: FakeJobs; clusters: FakeClusters } {
  const jobs = new FakeJobs();
  const clusters = new FakeClusters();
  clusters.clusters = [
    { name: 'scarf', title: `title ${HOSTILE}`, host: `host ${HOSTILE}` }
  ];
  jobs.resources = [
    ...jobs.resources,
    scarf({ title: `title ${HOSTILE}`, state: 'offline', reason: failure })
  ];
  jobs.jobs = [hostile];
  jobs.text = `log ${HOSTILE}`;
  return { jobs, clusters };
}

/** The text is there, as text. */
function expectText(node: Element, parts: readonly string[]): void {
  for (const part of parts) {
    expect(node.textContent).toContain(`${part} ${HOSTILE}`);
  }
  expect(node.querySelector('img, script')).toBeNull();
}

describe('what a cluster says', () => {
  it('is text in the panel', async () => {
    const { jobs, clusters } = fakes();
    clusters.preflight = {
      resource: 'scarf',
      checks: [
        {
          name: 'python-default',
          title: `check ${HOSTILE}`,
          state: 'failed',
          found: `found ${HOSTILE}`,
          hint: `hint ${HOSTILE}`
        }
      ]
    };
    const node = await show(new TomoPanel(fakeContext(null, jobs, clusters)));
    const press = (text: string): Promise<void> =>
      click(
        [...node.querySelectorAll('button')].find(
          each => each.textContent === text
        )
      );
    await press('test');
    await press('log');
    await click(node.querySelector('.jp-TomoJob-name'));
    expectText(node, [
      'title',
      'host',
      'check',
      'found',
      'hint',
      'name',
      'It said',
      'log',
      'output',
      'warning'
    ]);
  });

  it('is text in the table of jobs', async () => {
    const { jobs, clusters } = fakes();
    const node = await show(new JobTable(fakeContext(null, jobs, clusters)));
    await click(node.querySelector('tbody tr'));
    expectText(node, ['name', 'title', 'exit', 'node', 'sbatch', 'It said']);
    expectText(node, ['log', 'output']);
  });
});
