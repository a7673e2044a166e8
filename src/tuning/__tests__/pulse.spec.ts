/** @jest-environment node */
import { answerPulse, Pulse } from '../pulse';

/** Let so many seconds pass, and in each of them messages arrive. */
async function pass(seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    jest.advanceTimersByTime(1000);
    await arrive();
  }
}

/** A message of a port takes a turn there, and one back. */
async function arrive(): Promise<void> {
  for (let i = 0; i < 4; i++) {
    await new Promise(resolve => setImmediate(resolve));
  }
}

describe('The pulse of a worker', () => {
  const made: Pulse[] = [];
  const lost = jest.fn();

  function pulse(): Pulse {
    const one = new Pulse(lost);
    made.push(one);
    return one;
  }

  beforeEach(() => {
    lost.mockClear();
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
  });
  afterEach(() => {
    made.splice(0).forEach(one => one.dispose());
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  it('goes on for as long as it answers', async () => {
    const one = pulse();
    answerPulse(one.far);
    one.watch(true);
    await pass(100);
    expect(lost).not.toHaveBeenCalled();
  });

  it('is lost when it stays silent while something is expected of it', async () => {
    const one = pulse();
    const asked = jest.fn();
    one.far.onmessage = asked;
    await pass(100);
    expect(asked).not.toHaveBeenCalled();
    one.watch(true);
    await pass(20);
    expect(asked).toHaveBeenCalledTimes(20);
    // A long step, after which it answers.
    one.far.postMessage(null);
    await arrive();
    await pass(20);
    one.watch(false);
    await pass(100);
    one.watch(true);
    await pass(30);
    expect(lost).not.toHaveBeenCalled();
    await pass(1);
    expect(lost.mock.calls).toEqual([['a worker does not answer any more']]);
    expect(one.isDisposed).toBe(true);
    await pass(100);
    expect(lost).toHaveBeenCalledTimes(1);
  });

  it('is not lost by a machine that slept', async () => {
    const one = pulse();
    answerPulse(one.far);
    one.watch(true);
    await pass(1);
    jest.setSystemTime(Date.now() + 3_600_000);
    await pass(2);
    expect(lost).not.toHaveBeenCalled();
  });

  it('says nothing of a worker that the page itself ended', async () => {
    const one = pulse();
    one.watch(true);
    one.dispose();
    await arrive();
    await pass(100);
    expect(lost).not.toHaveBeenCalled();
  });
});
