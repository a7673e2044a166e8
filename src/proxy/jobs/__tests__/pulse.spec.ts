/** @jest-environment node */
import { Pulse } from '../pulse';

beforeEach(() => {
  jest.useFakeTimers({ now: 1_800_000_000_000 });
});

afterEach(() => {
  jest.useRealTimers();
});

const now = (): number => Date.now() / 1000;

/** Seconds for which it counts as living, after `beats` beats, a second apart, by a clock that is off. */
function life(off: number, beats: number): number {
  const pulse = new Pulse();
  for (let beat = 0; beat < beats; beat++) {
    expect(pulse.lives(now() + off, 20)).toBe(true);
    jest.advanceTimersByTime(1000);
  }
  const last = now() - 1 + off;
  for (let second = 1; second < 100; second++) {
    if (!pulse.lives(last, 20)) {
      return second;
    }
    jest.advanceTimersByTime(1000);
  }
  return Infinity;
}

it.each([
  ['is right', 0, 20],
  ['is slow', -120, 8],
  ['is slow by hours', -7200, 8],
  ['is fast', 7200, 20]
])(
  'a heart whose clock %s lives as long as it beats',
  (_name, off, seconds) => {
    expect(life(off, 60)).toBe(seconds);
  }
);

it('a heart that has not been heard for a day is dead at once', () => {
  expect(new Pulse().lives(now() - 90_000, 20)).toBe(false);
});
