/** @jest-environment node */
import { nextJobs, type IQueued } from '../queue';

const job = (id: string, state: IQueued['state'], mine = true): IQueued => ({
  id,
  created: `2026-01-01T00:00:0${id}Z`,
  state,
  mine,
  remote: false
});

describe('nextJobs', () => {
  it('starts the oldest, one at a time', () => {
    const jobs = [job('3', 'queued'), job('1', 'finished'), job('2', 'queued')];
    expect(nextJobs(jobs, 1)).toEqual(['2']);
    expect(nextJobs(jobs, 2)).toEqual(['2', '3']);
  });

  it('waits while one is under way', () => {
    for (const state of ['starting', 'running', 'cancelling'] as const) {
      expect(nextJobs([job('1', state), job('2', 'queued')], 1)).toEqual([]);
    }
  });

  it('leaves the jobs of other servers alone', () => {
    expect(
      nextJobs([job('1', 'running', false), job('2', 'queued', false)], 1)
    ).toEqual([]);
    expect(
      nextJobs([job('1', 'running', false), job('2', 'queued')], 1)
    ).toEqual(['2']);
  });
});
