/** @jest-environment node */
import { answerPulse, Pulse } from '../pulse';
import type { Locks } from '../pulse';

/** A message of a port takes a turn there, and one back. */
async function arrive(): Promise<void> {
  for (let i = 0; i < 4; i++) {
    await new Promise(resolve => setImmediate(resolve));
  }
}

interface ILockOptions {
  signal?: AbortSignal;
}

/** Locks as a browser gives them: one holder each; `end` is that of a worker. */
class FakeLocks {
  readonly waiting: { name: string; grant: () => void }[] = [];
  end: () => void = () => undefined;

  get locks(): Locks {
    return this as unknown as Locks;
  }

  request(
    name: string,
    ...rest: (ILockOptions | (() => unknown))[]
  ): Promise<unknown> {
    const [first, second] = rest;
    const granted = typeof first === 'function' ? first : second;
    const signal = typeof first === 'function' ? undefined : first.signal;
    if (typeof granted !== 'function') {
      throw new TypeError('Nobody takes the lock.');
    }
    if (!this._held) {
      this._held = name;
      this.end = () => this.waiting.splice(0).forEach(({ grant }) => grant());
      return Promise.resolve(granted());
    }
    return new Promise((resolve, reject) => {
      const grant = (): void => resolve(name === this._held && granted());
      this.waiting.push({ name, grant });
      signal?.addEventListener('abort', () => {
        this.waiting.length = 0;
        reject(new DOMException('', 'AbortError'));
      });
    });
  }

  private _held = '';
}

describe('The pulse of a worker', () => {
  const made: Pulse[] = [];
  const lost = jest.fn();

  function pulse(locks?: Locks): Pulse {
    const one = new Pulse(lost, locks);
    made.push(one);
    return one;
  }

  /** Ask so many times, and each time what is said arrives. */
  async function beat(one: Pulse, times: number): Promise<boolean[]> {
    const answered: boolean[] = [];
    for (let i = 0; i < times; i++) {
      answered.push(one.beat());
      await arrive();
    }
    return answered;
  }

  beforeEach(() => lost.mockClear());
  afterEach(() => made.splice(0).forEach(one => one.dispose()));

  it('goes on for as long as it answers', async () => {
    const one = pulse();
    answerPulse(one.far, one.lock, () => 0);
    expect(await beat(one, 100)).toEqual(Array(100).fill(true));
    expect(lost).not.toHaveBeenCalled();
  });

  it('does not rest while it answers between the parts of a slice', async () => {
    const one = pulse();
    let parts = 0;
    answerPulse(one.far, one.lock, () => ++parts);
    const [, ...rests] = await beat(one, 20);
    expect(rests).toEqual(Array(19).fill(false));
    expect(lost).not.toHaveBeenCalled();
  });

  it('is lost when it stays silent for longer than the longest step', async () => {
    const one = pulse();
    const asked = jest.fn();
    one.far.onmessage = asked;
    await arrive();
    expect(asked).not.toHaveBeenCalled();
    const [first, ...rest] = await beat(one, 20);
    expect([first, rest.some(Boolean)]).toEqual([true, false]);
    expect(asked).toHaveBeenCalledTimes(20);
    // A long step, after which it answers.
    one.far.postMessage(0);
    await arrive();
    await beat(one, 30);
    expect(lost).not.toHaveBeenCalled();
    await beat(one, 1);
    expect(lost.mock.calls).toEqual([['a worker does not answer any more']]);
    expect(one.isDisposed).toBe(true);
    await beat(one, 100);
    expect(lost).toHaveBeenCalledTimes(1);
  });

  it('is lost at once when the lock is free that it holds while it lives', async () => {
    const browser = new FakeLocks();
    const one = pulse(browser.locks);
    answerPulse(one.far, one.lock, () => 0, browser.locks);
    await arrive();
    expect(browser.waiting.map(({ name }) => name)).toEqual([one.lock]);
    expect(lost).not.toHaveBeenCalled();
    browser.end();
    await arrive();
    expect(lost.mock.calls).toEqual([['a worker has ended']]);
    expect(pulse().lock).not.toBe(one.lock);
  });

  it('says nothing of a worker that the page itself ended, and waits for no lock then', async () => {
    const browser = new FakeLocks();
    const one = pulse(browser.locks);
    answerPulse(one.far, one.lock, () => 0, browser.locks);
    await arrive();
    one.dispose();
    browser.end();
    await beat(one, 100);
    expect(browser.waiting).toEqual([]);
    expect(lost).not.toHaveBeenCalled();
  });
});
