import { nullTranslator } from '@jupyterlab/translation';

import type { Job } from '../../api';
import {
  elapsedText,
  memoryUsed,
  queueText,
  seenText,
  slurmFacts,
  slurmSentence,
  tasksText,
  transferSentence
} from '../../cluster-words';
import { formatTime } from '../../quantities';
import { colourOf, filtered, jobRow, queuedRow, sorted } from '../table/rows';
import type { ISelection } from '../table/selection';
import { clicked, EMPTY, kept, pressed } from '../table/selection';
import { job, scarf } from './fakes';

const trans = nullTranslator.load('jupyterlab_tomo');
const NOW = new Date(2026, 10, 23, 14, 0);
const at = (hour: number, minute: number, day = 23): string =>
  new Date(2026, 10, day, hour, minute).toISOString();
const GIB = 1024 ** 3;

type Slurm = NonNullable<Job['slurm']>;

const task = (
  index: number | null,
  state: string,
  memory?: number
): Slurm['tasks'][number] => ({
  id: `27_${String(index)}`,
  index,
  state,
  reason: '',
  ...(memory === undefined ? {} : { memory })
});

const RUNNING: Slurm = {
  id: '27',
  state: 'RUNNING',
  reason: 'None',
  nodes: 'cn[1-2]',
  elapsed: 180,
  limit: 7200,
  cores: 16,
  memory: GIB,
  tasks: [
    task(0, 'COMPLETED', 1.5 * GIB),
    task(1, 'RUNNING', GIB),
    task(2, 'PENDING'),
    task(null, 'PENDING')
  ]
};
const PENDING: Slurm = {
  id: '28',
  state: 'PENDING',
  reason: 'Priority',
  position: 12,
  expected: at(15, 5),
  tasks: [task(null, 'PENDING')]
};

describe('the words of Slurm', () => {
  it('tell of a running array', () => {
    expect(slurmSentence(RUNNING, trans, NOW)).toBe(
      'RUNNING · on cn[1-2] · 3 min of 2 h · 1 of 3 tasks ended, 1 runs, 1 waits'
    );
    expect(memoryUsed({ slurm: RUNNING })).toBe(1.5 * GIB);
    expect(slurmFacts(RUNNING, trans, NOW)).toEqual([
      ['Slurm', '27 RUNNING'],
      ['Tasks', '1 of 3 tasks ended, 1 runs, 1 waits'],
      ['Node', 'cn[1-2]'],
      ['Time', '3 min of 2 h'],
      ['Cores', '16']
    ]);
  });

  it('tell of the queue, and of tomorrow', () => {
    expect(slurmSentence(PENDING, trans, NOW)).toBe(
      'PENDING (Priority) · 12 before it, expected 15:05'
    );
    expect(
      queueText({ ...PENDING, position: 0, expected: at(9, 5, 24) }, trans, NOW)
    ).toBe('next in its partition, expected 24 Nov 09:05');
    expect(queueText(RUNNING, trans, NOW)).toBe('');
    expect(tasksText(PENDING, trans)).toBe('');
  });

  it('tell how a job ended', () => {
    const ended: Slurm = {
      id: '29',
      state: 'OUT_OF_MEMORY',
      reason: '',
      exit: '0:125',
      tasks: [task(null, 'OUT_OF_MEMORY')]
    };
    expect(slurmSentence(ended, trans, NOW)).toBe('OUT_OF_MEMORY 0:125');
    expect(memoryUsed({ slurm: ended })).toBeNull();
    // While it runs, only the runner knows.
    expect(memoryUsed({ slurm: ended, memory: GIB })).toBe(GIB);
    expect(memoryUsed({ slurm: RUNNING, memory: GIB })).toBe(1.5 * GIB);
    expect(memoryUsed({ memory: 5 })).toBe(5);
  });

  it('tell of copies, and of what was seen last', () => {
    const transfer = {
      kind: 'upload' as const,
      what: 'grapes_ct',
      bytes: 34 * 1024 ** 2,
      total: 80 * 1024 ** 2,
      rate: 11.5 * 1024 ** 2
    };
    expect(transferSentence(transfer, trans)).toBe(
      'uploading grapes_ct: 34 MiB of 80 MiB, 12 MiB/s, 4 s left'
    );
    expect(transferSentence({ ...transfer, rate: 0 }, trans)).toBe(
      'uploading grapes_ct: 34 MiB of 80 MiB'
    );
    // Before anything is known of what there is to send.
    const unknown = { ...transfer, bytes: 0, total: 0, rate: 0 };
    expect(transferSentence(unknown, trans)).toBe(
      'preparing to upload grapes_ct'
    );
    const remote = job({ resource: 'scarf', seen: at(13, 30) });
    expect(seenText(remote, scarf({ state: 'offline' }), trans, NOW)).toBe(
      'last seen 13:30'
    );
    expect(seenText(remote, scarf(), trans, NOW)).toBe('');
    expect(elapsedText(75, null, trans)).toBe('1 min 15 s');
    expect(formatTime('no time', NOW)).toBe('no time');
  });
});

describe('rows of the table', () => {
  const jobs = [
    job({ id: 'a', name: 'grapes', slices: { done: 44, total: 128 } }),
    job({
      id: 'b',
      name: 'Apple 10',
      resource: 'scarf',
      slurm: RUNNING,
      slices: { done: 100, total: 128 },
      created: '2026-11-23T21:00:00Z'
    }),
    job({
      id: 'c',
      name: 'apple 9',
      resource: 'scarf',
      slurm: PENDING,
      state: 'queued'
    })
  ];
  const rows = jobs.map(each => jobRow(each, scarf(), trans, NOW));
  const keys = (list: typeof rows): string[] => list.map(row => row.key);

  it('are sorted by what they stand for, without a value last', () => {
    expect(keys(sorted(rows, 'name', false))).toEqual(['c', 'b', 'a']);
    expect(keys(sorted(rows, 'progress', true))[0]).toBe('b');
    expect(keys(sorted(rows, 'memory', false))[0]).toBe('b');
    expect(keys(sorted(rows, 'memory', true))[0]).toBe('b');
    expect(keys(sorted(rows, 'created', true))[0]).toBe('b');
  });

  it('are filtered by words anywhere', () => {
    expect(keys(filtered(rows, 'scarf PRIORITY'))).toEqual(['c']);
    expect(keys(filtered(rows, '  '))).toHaveLength(3);
    expect(keys(filtered(rows, 'cn[1-2]'))).toEqual(['b']);
  });

  it('tell of jobs that are not ours', () => {
    const row = queuedRow(
      {
        id: '4711_3',
        name: 'x'.repeat(300),
        state: 'PENDING',
        reason: 'Resources',
        partition: 'devel',
        nodes: '',
        elapsed: 0,
        limit: 3600,
        cores: 4,
        expected: at(15, 5)
      },
      'SCARF',
      jobs,
      trans,
      NOW
    );
    expect([row.state, row.active, row.job]).toEqual(['queued', true, null]);
    expect(row.cells.detail.text).toBe('Resources · expected 15:05');
    expect(row.cells.place.text).toBe('SCARF devel');
    const ours = queuedRow(
      {
        id: '27',
        name: 'tomo-1a02',
        state: 'RUNNING',
        reason: 'None',
        partition: 'scarf',
        nodes: 'cn1',
        elapsed: 60,
        limit: null,
        cores: 4,
        job: 'b'
      },
      'SCARF',
      jobs,
      trans,
      NOW
    );
    expect([ours.cells.name.text, ours.job?.id]).toEqual(['Apple 10', 'b']);
  });

  it('have the colours of our states', () => {
    expect(
      [
        'PENDING',
        'RUNNING',
        'COMPLETED',
        'CANCELLED by 1000',
        'TIMEOUT',
        'SUSPENDED',
        'NODE_FAIL',
        'POWER_UP_NODE'
      ].map(colourOf)
    ).toEqual([
      'queued',
      'running',
      'finished',
      'cancelled',
      'failed',
      'failed',
      'interrupted',
      'starting'
    ]);
  });

  it('say what can still be ended, as what is suspended', () => {
    const active = (state: string): boolean =>
      queuedRow(
        {
          id: '1',
          name: 'x',
          state,
          reason: '',
          partition: 'devel',
          nodes: '',
          elapsed: 0,
          limit: null,
          cores: 1
        },
        'SCARF',
        [],
        trans,
        NOW
      ).active;
    expect(
      ['PENDING', 'RUNNING', 'SUSPENDED', 'STOPPED'].filter(
        each => !active(each)
      )
    ).toEqual([]);
    expect(
      ['COMPLETED', 'TIMEOUT', 'CANCELLED', 'FAILED'].filter(active)
    ).toEqual([]);
  });
});

describe('the selection', () => {
  const order = ['a', 'b', 'c', 'd'];
  const plain = { shift: false, toggle: false };
  const shift = { shift: true, toggle: false };
  const toggle = { shift: false, toggle: true };
  const keys = (selection: ISelection | null): string[] => [
    ...(selection?.keys ?? [])
  ];

  it('follows the mouse as lists of files do', () => {
    const one = clicked(EMPTY, order, 'b', plain);
    expect(keys(clicked(one, order, 'd', shift))).toEqual(['b', 'c', 'd']);
    expect(keys(clicked(one, order, 'a', toggle))).toEqual(['b', 'a']);
    expect(keys(clicked(one, order, 'b', toggle))).toEqual([]);
  });

  it('follows the keyboard', () => {
    const one = clicked(EMPTY, order, 'b', plain);
    expect(pressed(one, order, 'ArrowDown', plain)?.focus).toBe('c');
    expect(keys(pressed(one, order, 'End', shift))).toEqual(['b', 'c', 'd']);
    expect(keys(pressed(one, order, 'a', toggle))).toEqual(order);
    expect(keys(pressed(one, order, 'Escape', plain))).toEqual([]);
    expect(pressed(one, order, 'x', plain)).toBeNull();
    const moved = pressed(one, order, 'ArrowDown', toggle);
    expect([moved?.focus, keys(moved)]).toEqual(['c', ['b']]);
    expect(keys(pressed(moved ?? EMPTY, order, ' ', plain))).toEqual([
      'b',
      'c'
    ]);
  });

  it('loses what is gone', () => {
    const two = clicked(clicked(EMPTY, order, 'b', plain), order, 'c', shift);
    expect(kept(two, ['c', 'd'])).toEqual({
      keys: new Set(['c']),
      focus: 'c',
      anchor: null
    });
  });
});
