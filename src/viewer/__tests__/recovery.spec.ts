import { Recovery } from '../live/recovery';

const REFUSED = {
  code: 'engine-refused',
  message: 'This browser does not start the engine.',
  where: 'browser',
  hint: ''
};

it('tries the browser again after a while, which grows up to two minutes', () => {
  let now = 1000;
  const recovery = new Recovery(() => now);
  expect(recovery.isResting).toBe(false);
  const pauses: number[] = [];
  for (let i = 0; i < 9; i++) {
    recovery.failed(REFUSED);
    expect(recovery.trouble).toBe(REFUSED);
    const since = now;
    while (recovery.isResting) {
      now += 500;
    }
    pauses.push((now - since) / 1000);
  }
  expect(pauses).toEqual([2, 4, 8, 16, 32, 64, 120, 120, 120]);
  // What is wrong stays said until it works.
  expect(recovery.trouble).toBe(REFUSED);
  recovery.failed(REFUSED);
  recovery.reset();
  expect([recovery.isResting, recovery.trouble]).toEqual([false, null]);
  recovery.failed(REFUSED);
  now += 2000;
  expect(recovery.isResting).toBe(false);
});
