/** @jest-environment node */
import type { IStatus } from '../../../../job-folder';
import { judgeRemote, type IMirrored } from '../judge';
import type { ISeen, ISlurmRecord, SlurmTask } from '../mirror';
import { UNSEEN } from '../mirror';

const RECORD: ISlurmRecord = {
  uid: 'u',
  phase: 'accepted',
  id: '27',
  finish: '',
  tasks: null,
  attempt: 1,
  tries: 1,
  sent: '2026-01-01T00:00:00Z'
};

const task = (
  state: string,
  exit = '0:0',
  more: Partial<SlurmTask> = {}
): SlurmTask => ({ id: '27', index: null, state, reason: '', exit, ...more });

const seen = (tasks: SlurmTask[], more: Partial<ISeen> = {}): ISeen => ({
  time: '2026-01-01T00:00:00Z',
  slurm: { id: '27', tasks, state: '', reason: '' },
  complete: false,
  vanished: false,
  early: false,
  unaccounted: false,
  uid: '1001',
  settled: false,
  ...more
});

const judge = (more: Partial<IMirrored>): ReturnType<typeof judgeRemote> =>
  judgeRemote({
    record: RECORD,
    seen: null,
    status: null,
    cancelAsked: false,
    moving: false,
    lastLines: '',
    ...more
  });

describe('before the scheduler has it', () => {
  it.each([
    ['prepared', false, false, 'queued', true],
    ['prepared', true, false, 'starting', true],
    ['uploaded', false, false, 'queued', true],
    ['uploaded', false, true, 'cancelled', false],
    ['uploaded', true, true, 'cancelling', false],
    ['sent', false, false, 'starting', true],
    ['sent', false, true, 'cancelling', true]
  ] as const)(
    '%s, moving %s, cancel %s: %s',
    (phase, moving, cancelAsked, state, waits) => {
      const verdict = judge({
        record: { ...RECORD, phase },
        moving,
        cancelAsked
      });
      expect(verdict).toMatchObject({ state, waits });
    }
  );

  it('tells why it was refused', () => {
    const failure = { code: 'slurm-qos', message: 'x', where: '', hint: '' };
    expect(judge({ record: { ...RECORD, failure } })).toMatchObject({
      state: 'failed',
      failure,
      settled: true
    });
  });
});

describe('in the queue', () => {
  it('is queued until something was seen of this attempt', () => {
    expect(judge({}).state).toBe('queued');
    const old = seen([task('COMPLETED')]);
    expect(
      judge({ seen: { ...old, slurm: { ...old.slurm, id: '26' } } }).state
    ).toBe('queued');
  });

  it.each([
    ['DependencyNeverSatisfied', 'never start'],
    ['JobHeldUser', 'scontrol release'],
    ['JobHeldAdmin', 'administrator'],
    ['PartitionTimeLimit', 'time limit'],
    ['AssocMaxJobsLimit', 'limit of the account']
  ])('says what to do about %s', (reason, words) => {
    const verdict = judge({
      seen: seen([task('PENDING', '', { reason })])
    });
    expect(verdict.state).toBe('queued');
    expect(verdict.warnings[0]).toContain(words);
  });

  it.each(['Priority', 'Resources', 'BeginTime', 'JobArrayTaskLimit', ''])(
    'has nothing to say about %s',
    reason => {
      expect(
        judge({ seen: seen([task('PENDING', '', { reason })]) }).warnings
      ).toEqual([]);
    }
  );

  it('runs while one task does, and between tasks', () => {
    const tasks = ['COMPLETED', 'PENDING'].map((state, index) =>
      task(state, '', { id: `27_${index}`, index })
    );
    expect(judge({ seen: seen(tasks) }).state).toBe('running');
    expect(judge({ seen: seen(tasks), cancelAsked: true }).state).toBe(
      'cancelling'
    );
  });
});

describe('at the end', () => {
  it('waits a moment for exit code and result', () => {
    const { exit, ...bare } = task('FAILED', '1:0');
    expect(exit).toBe('1:0');
    for (const early of [task('COMPLETED'), bare]) {
      expect(judge({ seen: seen([early], { early: true }) }).state).toBe(
        'running'
      );
    }
    expect(
      judge({ seen: seen([task('FAILED', '1:0')], { early: true }) }).state
    ).toBe('failed');
  });

  it.each([
    [['RUNNING'], false],
    [['COMPLETING'], false],
    [['COMPLETED'], true],
    [['COMPLETED', 'PENDING'], false],
    [[], true]
  ])('a result is there while Slurm says %j: settled %s', (states, settled) => {
    const verdict = judge({
      seen: seen(
        states.map(state => task(state)),
        { complete: true }
      )
    });
    expect(verdict).toMatchObject({ state: 'finished', settled });
  });

  it('is finished only with its result', () => {
    const done = seen([task('COMPLETED')], { complete: true });
    expect(judge({ seen: done })).toMatchObject({
      state: 'finished',
      settled: true
    });
    expect(judge({ seen: seen([task('COMPLETED')]) })).toMatchObject({
      state: 'failed',
      failure: { code: 'no-result' }
    });
  });

  it.each([
    ['OUT_OF_MEMORY', '0:125', 'failed', 'out-of-memory'],
    ['TIMEOUT', '0:0', 'failed', 'time-limit'],
    ['NODE_FAIL', '0:0', 'interrupted', 'node-failure'],
    ['PREEMPTED', '0:15', 'interrupted', 'preempted'],
    ['FAILED', '3:0', 'failed', 'task-failed'],
    ['FAILED', '0:9', 'failed', 'task-failed'],
    ['FAILED', '127:0', 'failed', 'no-python'],
    ['FAILED', '0:53', 'failed', 'launch-failed'],
    ['CANCELLED by 1001', '0:0', 'cancelled', 'scancelled'],
    ['CANCELLED by 0', '0:0', 'cancelled', 'cancelled-by-admin'],
    ['', '', 'interrupted', 'unknown-to-slurm']
  ])('%s %s is %s: %s', (state, exit, becomes, code) => {
    const verdict = judge({ seen: seen([task(state, exit)]) });
    expect(verdict.state).toBe(becomes);
    expect(verdict.failure?.code).toBe(code);
    expect(verdict.failure?.message).toMatch(/^[A-Z].*\.$/);
    expect(verdict.failure?.hint).toMatch(/\.$/);
  });

  it('believes the log about memory where there are no cgroups', () => {
    const verdict = judge({
      seen: seen([task('FAILED', '0:9')]),
      lastLines:
        'slurmstepd: error: Job 5 exceeded memory limit (1 > 0), being killed'
    });
    expect(verdict.failure?.code).toBe('out-of-memory');
  });

  it('knows a full disk by an empty log', () => {
    const full = seen([task('FAILED', '1:0')], { free: 0 });
    expect(judge({ seen: full }).failure?.code).toBe('disk-full');
    expect(judge({ seen: { ...full, free: 1 << 30 } }).failure?.code).toBe(
      'task-failed'
    );
  });

  it('knows it by a runner that could not write its last word', () => {
    // As where a quota is used up: what was logged before is still there.
    const full = seen([task('FAILED', '1:0')], { free: 0 });
    const lastLines = 'row 17 of 100';
    const status: IStatus = { ...UNSEEN, state: 'running' };
    const verdict = judge({ seen: full, status, lastLines });
    expect(verdict.failure?.code).toBe('disk-full');
    expect(verdict.failure?.message).toContain('quota');
    expect(judge({ seen: full, lastLines }).failure?.code).toBe('task-failed');
    // Slurm makes the log before the job begins.
    const early = seen([task('FAILED', '0:53')], { free: 0 });
    expect(judge({ seen: early }).failure?.code).toBe('disk-full');
  });

  it("gives the runner's own words before an exit code", () => {
    const failure = {
      code: 'data-missing',
      message: 'x does not exist.',
      where: '',
      hint: ''
    };
    const status: IStatus = { ...UNSEEN, state: 'failed', failure };
    expect(
      judge({ seen: seen([task('FAILED', '3:0')]), status }).failure
    ).toEqual(failure);
  });

  it('was cancelled when it was asked to be', () => {
    expect(
      judge({ seen: seen([task('CANCELLED by 1001')]), cancelAsked: true })
    ).toMatchObject({ state: 'cancelled', settled: true });
  });

  it('says when its folder has gone', () => {
    expect(
      judge({ seen: seen([task('FAILED', '1:0')], { vanished: true }) })
    ).toMatchObject({
      state: 'failed',
      failure: { code: 'folder-gone' },
      settled: false
    });
    const running = judge({
      seen: seen([task('RUNNING')], { vanished: true })
    });
    expect(running.state).toBe('running');
    expect(running.warnings).toHaveLength(1);
  });
});

describe('an array', () => {
  const record = { ...RECORD, tasks: [0, 1], finish: '28' };
  const array = (...states: string[]): SlurmTask[] => [
    ...states
      .slice(0, 2)
      .map((state, index) => task(state, '', { id: `27_${index}`, index })),
    task(states[2], '', { id: '28' })
  ];

  it('runs until its finishing task is done', () => {
    expect(
      judge({ record, seen: seen(array('COMPLETED', 'COMPLETED', 'PENDING')) })
        .state
    ).toBe('running');
    expect(
      judge({ record, seen: seen(array('COMPLETED', 'COMPLETED', 'FAILED')) })
        .state
    ).toBe('failed');
  });

  it('tells of a lost task at once, and settles with the finishing one', () => {
    const lost = judge({
      record,
      seen: seen(array('COMPLETED', 'NODE_FAIL', 'PENDING'))
    });
    expect(lost).toMatchObject({ state: 'interrupted', settled: false });
    expect(lost.failure?.message).toContain('task 1');
    expect(
      judge({ record, seen: seen(array('COMPLETED', 'NODE_FAIL', 'FAILED')) })
        .settled
    ).toBe(true);
  });
});
