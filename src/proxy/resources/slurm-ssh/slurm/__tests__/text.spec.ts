/** @jest-environment node */
import { parseAccounts } from '../accounts';
import {
  jobOfName,
  parseQueue,
  positionOf,
  submissionName,
  toQueued
} from '../queue';
import { cancelledBy, oneWord, phaseOf, wholeState, worst } from '../states';
import {
  compressTasks,
  expandTasks,
  parseBytes,
  parseDuration,
  parseId,
  parseMoment
} from '../text';

const JOB = '01234567-89ab-cdef-0123-456789abcdef';

describe("Slurm's ids", () => {
  it.each([
    ['27', '27', [], ''],
    ['27_3', '27', [3], ''],
    ['27_[3-4,6-7%2]', '27', [3, 4, 6, 7], ''],
    ['27_[0-8:4]', '27', [0, 4, 8], ''],
    ['27_[5]', '27', [5], ''],
    ['27.batch', '27', [], 'batch'],
    ['27_3.0', '27', [3], '0'],
    ['27+1', '27', [], ''],
    ['27_3.extern', '27', [3], 'extern']
  ])('%s', (text, base, tasks, step) => {
    expect(parseId(text)).toEqual({ base, tasks, step });
  });

  it.each(['', 'x', '27_', '27_[a]', '$(id)', '27;28', '-1'])(
    'takes %s for none',
    text => {
      expect(parseId(text)).toBeNull();
    }
  );

  it('writes tasks as short as it reads them', () => {
    expect(compressTasks([3, 4, 6, 7])).toBe('3-4,6-7');
    expect(compressTasks([9, 1, 2, 5])).toBe('1-2,5,9');
    for (const tasks of [[], [0], [0, 1, 2], [0, 2, 4, 5, 6, 10]]) {
      expect(expandTasks(compressTasks(tasks))).toEqual(tasks);
    }
  });

  it('does not expand without end', () => {
    expect(expandTasks('0-4000000000')).toHaveLength(10_000);
  });
});

describe("Slurm's quantities", () => {
  it.each([
    ['0:07', 7],
    ['00:01:05', 65],
    ['2-03:04:05', 183_845],
    ['01:02.500', 62.5],
    ['1-00:00', 86_400],
    ['UNLIMITED', null],
    ['INVALID', null],
    ['', null]
  ])('%s are %s seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each([
    ['912K', 933_888],
    ['1.5G', 1_610_612_736],
    ['2048', 2048],
    ['12Mn', 12_582_912],
    ['', null],
    ['many', null]
  ])('%s are %s bytes', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  it('knows a moment', () => {
    expect(parseMoment('2026-01-02T03:04:05')).toBe('2026-01-02T03:04:05Z');
    expect(parseMoment('N/A')).toBe('');
    expect(parseMoment('Unknown')).toBe('');
  });
});

describe('states', () => {
  it.each([
    ['PENDING', 'waiting'],
    ['REQUEUED', 'waiting'],
    ['RUNNING', 'running'],
    ['COMPLETING', 'running'],
    ['COMPLETED', 'ended'],
    ['CANCELLED by 1001', 'ended'],
    ['OUT_OF_MEMORY', 'ended'],
    ['SOMETHING_NEW', 'ended'],
    ['', 'ended']
  ] as const)('%s is %s', (state, phase) => {
    expect(phaseOf(state)).toBe(phase);
  });

  it('names who cancelled', () => {
    expect(cancelledBy('CANCELLED by 1001')).toBe('1001');
    expect(cancelledBy('CANCELLED')).toBeNull();
    expect(oneWord('CANCELLED by 1001')).toBe('CANCELLED');
  });

  it('tells a whole by what matters most', () => {
    expect(wholeState(['COMPLETED', 'RUNNING', 'FAILED'])).toBe('RUNNING');
    expect(wholeState(['COMPLETED', 'PENDING'])).toBe('PENDING');
    expect(wholeState(['COMPLETED', 'CANCELLED by 0', 'TIMEOUT'])).toBe(
      'TIMEOUT'
    );
    expect(wholeState(['COMPLETED', 'COMPLETED'])).toBe('COMPLETED');
    expect(worst([{ state: 'COMPLETED' }])).toBeNull();
    expect(
      worst([{ state: 'NODE_FAIL' }, { state: 'OUT_OF_MEMORY' }])?.state
    ).toBe('OUT_OF_MEMORY');
  });
});

describe('squeue', () => {
  const row =
    '27_3|RUNNING|None|1:05|2:00:00|2026-01-02T03:04:05|4|scarf|node1|a|b';

  it('reads a row, whatever the name holds', () => {
    expect(parseQueue(`${row}\n`)).toEqual([
      {
        id: { base: '27', tasks: [3], step: '' },
        text: '27_3',
        state: 'RUNNING',
        reason: '',
        elapsed: 65,
        limit: 7200,
        start: '2026-01-02T03:04:05Z',
        cores: 4,
        partition: 'scarf',
        nodes: 'node1',
        name: 'a|b',
        command: ''
      }
    ]);
  });

  it('reads what was submitted, after whatever the name holds', () => {
    const [told, none] = parseQueue(
      `${row}\x1f/home/ann/a|b.sh --fast\n${row}\x1f(null)\n`
    );
    expect(told).toMatchObject({
      name: 'a|b',
      command: '/home/ann/a|b.sh --fast'
    });
    expect(toQueued(told)).toMatchObject({
      command: '/home/ann/a|b.sh --fast'
    });
    expect(toQueued(none)).not.toHaveProperty('command');
  });

  it('leaves out what is no row', () => {
    expect(
      parseQueue(
        `slurm_load_jobs error: x\n${row}\nrest of a name\n28|RUNNING\n`
      )
    ).toHaveLength(1);
  });

  it('knows our jobs by their names', () => {
    const name = submissionName(JOB, 2);
    expect(jobOfName(name)).toBe(JOB);
    expect(jobOfName(`${name}-finish`)).toBe(JOB);
    expect(jobOfName(`x${name}`)).toBeNull();
    const [told] = parseQueue(
      `5|PENDING|Priority|0:00|UNLIMITED|2026-01-02T03:04:05|1|scarf||${name}`
    ).map(toQueued);
    expect(told).toEqual({
      id: '5',
      name,
      state: 'PENDING',
      reason: 'Priority',
      partition: 'scarf',
      nodes: '',
      elapsed: 0,
      limit: null,
      cores: 1,
      expected: '2026-01-02T03:04:05Z',
      job: JOB
    });
  });

  it('counts jobs before one in its partition, arrays once', () => {
    const output = '7|gpu\n5|scarf\n5|scarf\n6|scarf\n9|scarf\n8|scarf\n';
    expect(positionOf(output, '9')).toBe(2);
    expect(positionOf(output, '5')).toBe(0);
    expect(positionOf(output, '10')).toBeUndefined();
  });
});

describe('sacct', () => {
  it('takes steps and requeues together', () => {
    const output = [
      '27_0|COMPLETED|0:0|0:0|00:01:05||node1|None|2026-01-02T03:04:05|2026-01-02T03:05:10',
      '27_0.batch|COMPLETED|0:0||00:01:05|912K|node1||2026-01-02T03:04:05|2026-01-02T03:05:10',
      '27_1|NODE_FAIL|0:0|0:0|00:00:10||node2|None|2026-01-02T03:04:05|2026-01-02T03:04:15',
      '27_1|RUNNING|0:0|0:0|00:00:05||node1|None|2026-01-02T03:06:05|Unknown',
      '27_[3-4]|CANCELLED by 1001|0:0|0:0|00:00:00||None assigned|None|None|2026-01-02T03:04:15',
      '28|COMPLETED|0:0|0:0|00:00:09||node1|None|2026-01-02T03:04:05|2026-01-02T03:04:14',
      '28.0|OUT_OF_MEMORY|0:125||00:00:09|99M|node1||2026-01-02T03:04:05|2026-01-02T03:04:14'
    ].join('\n');
    const accounts = parseAccounts(`${output}\n`);
    expect(
      accounts.map(({ base, index, state, exit, memory, nodes }) => [
        base,
        index,
        state,
        exit,
        memory,
        nodes
      ])
    ).toEqual([
      ['27', 0, 'COMPLETED', '0:0', 933_888, 'node1'],
      ['27', 1, 'RUNNING', '0:0', 0, 'node1'],
      ['27', 3, 'CANCELLED by 1001', '0:0', 0, ''],
      ['27', 4, 'CANCELLED by 1001', '0:0', 0, ''],
      ['28', null, 'OUT_OF_MEMORY', '0:0', 103_809_024, 'node1']
    ]);
  });
});
