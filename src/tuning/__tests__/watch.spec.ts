/** @jest-environment node */
import { Watch } from '../watch';

describe('The clock of the workers', () => {
  let rest: boolean;
  let told: string[];
  let watch: Watch;

  beforeEach(() => {
    jest.useFakeTimers();
    rest = false;
    told = [];
    watch = new Watch({
      beat: () => rest,
      late: late => told.push(late ? 'late' : 'in time'),
      stuck: () => told.push('stuck')
    });
  });
  afterEach(() => {
    watch.dispose();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  it('says when no slice has come for three seconds, and when one has', () => {
    jest.advanceTimersByTime(10_000);
    watch.begin();
    jest.advanceTimersByTime(2_900);
    watch.begin();
    expect(told).toEqual([]);
    jest.advanceTimersByTime(200);
    expect([told, watch.isLate]).toEqual([['late'], true]);
    jest.advanceTimersByTime(20_000);
    expect(told).toEqual(['late']);
    watch.settled(false);
    expect([told, watch.isLate]).toEqual([['late', 'in time'], false]);
    jest.advanceTimersByTime(20_000);
    expect(told).toHaveLength(2);
  });

  it('counts from the last slice that came', () => {
    watch.begin();
    for (let i = 0; i < 10; i++) {
      jest.advanceTimersByTime(2_500);
      watch.settled(true);
    }
    expect(told).toEqual([]);
    jest.advanceTimersByTime(3_000);
    expect(told).toEqual(['late']);
  });

  it('says when all of them rest though a slice is due', () => {
    watch.begin();
    // A long step with a pause, and another one.
    jest.advanceTimersByTime(8_000);
    rest = true;
    jest.advanceTimersByTime(4_000);
    rest = false;
    jest.advanceTimersByTime(2_000);
    expect(told).toEqual(['late']);
    rest = true;
    jest.advanceTimersByTime(5_000);
    expect(told).toEqual(['late', 'stuck']);
  });

  it('does not count what a machine slept', () => {
    watch.begin();
    jest.advanceTimersByTime(1_000);
    jest.setSystemTime(Date.now() + 3_600_000);
    jest.advanceTimersByTime(1_000);
    expect(told).toEqual([]);
  });
});
