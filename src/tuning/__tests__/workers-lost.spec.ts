/** @jest-environment node */
import { answerPulse } from '../pulse';
import {
  ALL,
  FakeWorker,
  PLAN,
  fail,
  failed,
  healthy,
  pool,
  row,
  usePools
} from './pools';

describe('The workers of a page', () => {
  usePools();

  it('start again when one of them is lost, and make the slice', async () => {
    const workers = pool();
    FakeWorker.answer = () => null;
    const given = new Float32Array(1);
    const slice = workers.slice('whole', row('a'), ALL, PLAN, 1.5, given);
    await new Promise(resolve => setTimeout(resolve));
    FakeWorker.answer = healthy;
    fail(FakeWorker.all[1], 'killed');
    expect((await slice).data[0]).toBe(1);
    // The other half would have waited for ever.
    expect(FakeWorker.all.map(({ ended }) => ended)).toEqual([
      true,
      true,
      false,
      false
    ]);
    // What was handed over to them is gone.
    const rooms = FakeWorker.all.map(({ asked }) =>
      asked.flatMap(each => (each.kind === 'slice' ? [each.room] : []))
    );
    expect(rooms).toEqual([[given], [null], [null], [null]]);
  });

  it('are given up when they are lost twice, and their last words are told', async () => {
    const workers = pool();
    FakeWorker.answer = () => null;
    const slice = workers.slice('whole', row('a'), ALL, PLAN, 1.5);
    const told = expect(slice).rejects.toMatchObject({
      failure: {
        code: 'worker-lost',
        where: 'browser',
        message: expect.stringContaining('killed again') as string
      }
    });
    await new Promise(resolve => setTimeout(resolve));
    fail(FakeWorker.all[1], 'killed');
    await new Promise(resolve => setTimeout(resolve));
    fail(FakeWorker.all[2], 'killed again');
    await told;
    expect(FakeWorker.all.map(({ ended }) => ended)).toEqual(
      Array(4).fill(true)
    );
    expect(workers.count).toBe(0);
    FakeWorker.answer = healthy;
    const done = await workers.slice('whole', row('a'), ALL, PLAN, 1.5);
    expect(done.size).toBe(1);
    expect(FakeWorker.all).toHaveLength(6);
  });

  it('stay when both refuse a plan, and start anew when only one does', async () => {
    const workers = pool();
    let refusing = [0, 1];
    FakeWorker.answer = (asked, number) =>
      asked.kind === 'slice' && refusing.includes(number)
        ? failed(asked.id, 'engine-plan')
        : healthy(asked, number);
    const slice = (): Promise<unknown> =>
      workers.slice('whole', row('a'), ALL, PLAN, 1.5);
    const refusal = {
      failure: expect.objectContaining({ code: 'engine-plan' }) as object
    };
    await expect(slice()).rejects.toMatchObject(refusal);
    refusing = [];
    await slice();
    expect(FakeWorker.all).toHaveLength(2);
    refusing = [1];
    await expect(slice()).rejects.toMatchObject(refusal);
    expect(FakeWorker.all.map(({ ended }) => ended)).toEqual([true, true]);
    refusing = [];
    await slice();
    expect(FakeWorker.all).toHaveLength(4);
  });

  it('start anew when the second cannot be given what it needs', async () => {
    const workers = pool();
    const slice = (): Promise<unknown> =>
      workers.slice('whole', row('a'), ALL, PLAN, 1.5);
    FakeWorker.answer = (asked, number) => {
      if (asked.kind === 'sinogram' && number === 1) {
        throw new RangeError('Array buffer allocation failed');
      }
      return null;
    };
    await expect(slice()).rejects.toThrow('allocation failed');
    expect(FakeWorker.all.map(({ ended }) => ended)).toEqual([true, true]);
    FakeWorker.answer = healthy;
    await slice();
    expect(FakeWorker.all).toHaveLength(4);
  });

  it('are late when one of them hangs, and started again when it stays so', async () => {
    const workers = pool({ idle: 10 });
    const late: boolean[] = [];
    workers.lateChanged.connect((_, is) => late.push(is));
    FakeWorker.answer = () => null;
    jest.useFakeTimers();
    try {
      const slice = workers.slice('whole', row('a'), ALL, PLAN, 1.5);
      await jest.advanceTimersByTimeAsync(2_900);
      expect(workers.isLate).toBe(false);
      await jest.advanceTimersByTimeAsync(200);
      expect(workers.isLate).toBe(true);
      await jest.advanceTimersByTimeAsync(25_000);
      expect(FakeWorker.all).toHaveLength(2);
      FakeWorker.answer = healthy;
      await jest.advanceTimersByTimeAsync(5_000);
      await slice;
      expect(late).toEqual([true, false]);
      expect(FakeWorker.all).toHaveLength(4);
      // None is thought to be at work still.
      await jest.advanceTimersByTimeAsync(20);
      expect(workers.count).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });

  it('are started again when both answer and do nothing though a slice is due', async () => {
    const workers = pool();
    FakeWorker.answer = () => null;
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    try {
      const slice = workers.slice('whole', row('a'), ALL, PLAN, 1.5);
      await jest.advanceTimersByTimeAsync(0);
      const old = [...FakeWorker.all];
      old.forEach(({ pulse, lock }) => {
        if (pulse) {
          answerPulse(pulse, lock, () => 0);
        }
      });
      FakeWorker.answer = healthy;
      let seconds = 0;
      while (old.some(({ ended }) => !ended) && seconds < 60) {
        await jest.advanceTimersByTimeAsync(1_000);
        for (let turn = 0; turn < 4; turn++) {
          await new Promise(resolve => setImmediate(resolve));
        }
        seconds++;
      }
      expect(seconds).toBe(5);
      await jest.advanceTimersByTimeAsync(10);
      await slice;
      expect(FakeWorker.all).toHaveLength(4);
    } finally {
      jest.useRealTimers();
    }
  });

  it.each([
    ['engine-memory', 'browser'],
    ['engine-trap', '']
  ])('end when one of them fails with %s', async (code, where) => {
    const workers = pool();
    FakeWorker.answer = (asked, number) =>
      asked.kind === 'slice' && number === 1 ? failed(asked.id, code) : null;
    await expect(
      workers.slice('whole', row('a'), ALL, PLAN, 1.5)
    ).rejects.toMatchObject({ failure: { code, where } });
    expect(FakeWorker.all.map(({ ended }) => ended)).toEqual([true, true]);
  });
});
