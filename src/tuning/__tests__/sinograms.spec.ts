/** @jest-environment node */
import { Sinograms } from '../sinograms';

describe('Sinograms in a worker', () => {
  it('are asked for when they are not there, and given back at rest', async () => {
    const ask = jest.fn();
    const sinograms = new Sinograms(ask);
    const pushed = Float32Array.of(1, 2);
    sinograms.came('a', pushed);
    expect(await sinograms.of('a')).toBe(pushed);
    expect(ask).not.toHaveBeenCalled();
    const late = sinograms.of('b');
    expect(ask).toHaveBeenCalledWith('b');
    const values = Float32Array.of(3);
    sinograms.came('b', values);
    expect(await late).toBe(values);
    // A slice of the row before may be due; of one before that, none is.
    expect(pushed).toHaveLength(2);
    sinograms.came('c', Float32Array.of(4));
    expect([pushed.length, values.length]).toEqual([0, 1]);
    await new Promise(resolve => setTimeout(resolve, 1100));
    expect(values).toHaveLength(0);
    const missing = sinograms.of('b');
    sinograms.came('c', null);
    sinograms.came('b', null);
    await expect(missing).rejects.toMatchObject({ code: 'engine-order' });
  });
});
