import { isWhole, mpiOf, shares, usesGpu } from '../shares';

describe('a method that cannot be divided', () => {
  it('is one task, however long it takes and whatever is asked for', () => {
    const about = { seconds: 1e6, gpu: true, most: 50, asked: 8 };
    expect(shares([0, 2000], about).tasks).toHaveLength(8);
    const { tasks, reason } = shares([0, 2000], { ...about, whole: true });
    expect(tasks).toBeUndefined();
    expect(reason).toBe('The method does all rows together.');
  });

  it('is many processes when the list asks for them', () => {
    const recipe = (method: string, parameters: Record<string, number>) => ({
      version: 1 as const,
      reconstruction: { tool: 'savu', method, parameters }
    });
    expect(mpiOf(recipe('process-list', { nodes: 2, processes: 3 }))).toEqual({
      nodes: 2,
      processes: 3
    });
    expect(mpiOf(recipe('process-list', { processes: 4 }))).toEqual({
      nodes: 1,
      processes: 4
    });
    expect(mpiOf(recipe('process-list', { nodes: 1, processes: 1 }))).toBe(
      undefined
    );
    expect(mpiOf(recipe('SIRT', { processes: 4 }))).toBe(undefined);
    expect(usesGpu(recipe('process-list', { gpus: 1 }))).toBe(true);
    expect(usesGpu(recipe('process-list', { gpus: 0 }))).toBe(false);
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
