/** @jest-environment node */
import { FRESH } from '../entry';
import {
  isActive,
  isEnded,
  isResumable,
  judge,
  type IObservation
} from '../state';
import type { JobState } from '../../../api/_generated/api';

const seen = (
  state: JobState,
  more: Partial<IObservation> = {}
): IObservation => ({
  status: { ...FRESH, state, attempt: 1 },
  runnerAlive: false,
  cancelAsked: false,
  complete: false,
  holderAlive: true,
  ended: null,
  lastLines: '',
  watched: true,
  ...more
});

describe('judge', () => {
  it('believes a finished run only with its result.json', () => {
    expect(judge(seen('finished', { complete: true }))).toEqual({
      state: 'finished'
    });
    const without = judge(seen('finished'));
    expect(without.state).toBe('failed');
    expect(without.failure?.code).toBe('no-result');
  });

  it('calls nothing ended while the runner holds its lease', () => {
    for (const state of ['finished', 'failed', 'interrupted'] as const) {
      expect(
        judge(seen(state, { runnerAlive: true, complete: true })).state
      ).toBe('running');
    }
    expect(judge(seen('queued', { runnerAlive: true })).state).toBe('starting');
  });

  it('tells a kernel that died under our eyes from a server that stopped', () => {
    const died = judge(seen('running', { holderAlive: false }));
    expect(died.state).toBe('failed');
    expect(died.failure?.message).toContain('kernel of this job died');
    expect(died.failure?.hint).toContain('Resume');
    const stopped = judge(
      seen('running', { holderAlive: false, watched: false })
    );
    expect(stopped.state).toBe('interrupted');
    expect(stopped.failure?.code).toBe('interrupted');
  });

  it('takes the runner that lost its pipe to a dead kernel as a kernel that died', () => {
    expect(judge(seen('interrupted', { holderAlive: false })).state).toBe(
      'failed'
    );
    expect(
      judge(seen('interrupted', { holderAlive: false, watched: false })).state
    ).toBe('interrupted');
    expect(judge(seen('interrupted', { ended: { code: 143 } })).state).toBe(
      'interrupted'
    );
  });

  it('tells of a killed child with its signal and last lines', () => {
    const verdict = judge(
      seen('running', { ended: { code: -9 }, lastLines: 'reading\nslab 3' })
    );
    expect(verdict.state).toBe('failed');
    expect(verdict.failure?.message).toContain('signal 9');
    expect(verdict.failure?.message).toContain('slab 3');
  });

  it('passes on why the runner never ran', () => {
    const failure = {
      code: 'numpy-missing',
      message: 'm',
      where: 'w',
      hint: 'h'
    };
    expect(judge(seen('starting', { ended: { code: null, failure } }))).toEqual(
      {
        state: 'failed',
        failure
      }
    );
  });

  it('never calls what was cancelled a failure of the kernel', () => {
    const cancelAsked = true;
    expect(judge(seen('queued', { cancelAsked })).state).toBe('cancelled');
    expect(
      judge(seen('starting', { cancelAsked, holderAlive: false })).state
    ).toBe('cancelled');
    expect(
      judge(seen('running', { cancelAsked, ended: { code: -9 } })).state
    ).toBe('cancelled');
    expect(judge(seen('interrupted', { cancelAsked })).state).toBe('cancelled');
    expect(
      judge(seen('running', { cancelAsked, runnerAlive: true })).state
    ).toBe('cancelling');
    expect(judge(seen('running', { cancelAsked })).state).toBe('cancelling');
  });

  it('finishes a run whose kernel died after its record was written', () => {
    expect(
      judge(seen('running', { complete: true, holderAlive: false })).state
    ).toBe('finished');
  });

  it('waits while nothing can be told', () => {
    expect(judge(seen('starting', { holderAlive: null })).state).toBe(
      'starting'
    );
    expect(judge({ ...seen('queued'), status: null }).state).toBe('queued');
  });
});

describe('states', () => {
  it('are ended, active or waiting', () => {
    const states: JobState[] = [
      'queued',
      'starting',
      'running',
      'cancelling',
      'finished',
      'failed',
      'cancelled',
      'interrupted'
    ];
    expect(states.filter(isActive)).toEqual([
      'starting',
      'running',
      'cancelling'
    ]);
    expect(states.filter(isEnded)).toHaveLength(4);
    expect(states.filter(isResumable)).toEqual([
      'failed',
      'cancelled',
      'interrupted'
    ]);
  });
});
