import { isWhole, shares } from '../shares';

describe('a method that cannot be divided', () => {
  it('is one task, however long it takes and whatever is asked for', () => {
    const about = { seconds: 1e6, gpu: true, most: 50, asked: 8 };
    expect(shares([0, 2000], about).tasks).toHaveLength(8);
    const { tasks, reason } = shares([0, 2000], { ...about, whole: true });
    expect(tasks).toBeUndefined();
    expect(reason).toBe('The method does all rows together: one task.');
  });

  it('is a process list of Savu', () => {
    const version = 1;
    const list = { tool: 'savu', method: 'process-list' };
    expect(isWhole({ version, reconstruction: list })).toBe(true);
    expect(
      isWhole({ version, reconstruction: { ...list, method: 'AstraReconCpu' } })
    ).toBe(false);
    expect(isWhole({ version })).toBe(false);
  });
});
