import { Recovery } from '../live/recovery';

const REFUSED = {
  code: 'engine-refused',
  message: 'This browser does not start the engine.',
  where: 'browser',
  hint: ''
};

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

it('tries the browser again after a while, which grows up to two minutes', () => {
  let tries = 0;
  const recovery = new Recovery(() => tries++);
  expect(recovery.isResting).toBe(false);
  const pauses: number[] = [];
  for (let i = 0; i < 9; i++) {
    recovery.failed(REFUSED);
    expect(recovery.trouble).toBe(REFUSED);
    let pause = 0;
    for (; recovery.isResting; pause += 500) {
      jest.advanceTimersByTime(500);
    }
    pauses.push(pause / 1000);
    expect(tries).toBe(i + 1);
  }
  expect(pauses).toEqual([2, 4, 8, 16, 32, 64, 120, 120, 120]);
  // What is wrong stays said until it works.
  expect(recovery.trouble).toBe(REFUSED);
  recovery.failed(REFUSED);
  recovery.reset();
  expect([recovery.isResting, recovery.trouble]).toEqual([false, null]);
  recovery.failed(REFUSED);
  jest.advanceTimersByTime(2000);
  expect([recovery.isResting, tries]).toEqual([false, 10]);
  recovery.failed(REFUSED);
  recovery.dispose();
  jest.advanceTimersByTime(120_000);
  expect(tries).toBe(10);
});
