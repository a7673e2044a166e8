import { Haste } from '../haste';

const COARSE = { bin: 2, thin: 2 };

/** What the looks at 1500 projections are after each of these times. */
function thinned(times: readonly number[], count = 1500): number[] {
  const haste = new Haste();
  return times.map(took => {
    haste.took(took);
    return haste.of(COARSE, count).thin;
  });
}

describe('First looks that take long', () => {
  it('have every second, then every fourth of the projections, and no fewer', () => {
    expect(thinned([50, 50, 50, 50, 50, 50, 50, 50, 50, 50])).toEqual([
      2, 2, 4, 4, 4, 8, 8, 8, 8, 8
    ]);
  });

  it('have them all when one or two are slow, and when they are neither slow nor fast', () => {
    expect(thinned([90, 90, 20, 90, 90, 30, 30, 30])).toEqual(Array(8).fill(2));
  });

  it('have them again when looks have been fast for a while', () => {
    expect(thinned([50, 50, 50, 5, 5, 20, 5, 5, 5])).toEqual([
      2, 2, 4, 4, 4, 4, 4, 4, 2
    ]);
  });

  it('keep so many that streaks hide nothing', () => {
    const slow = [50, 50, 50, 50, 50, 50];
    expect(thinned(slow, 719).at(-1)).toBe(2);
    expect(thinned(slow, 720).at(-1)).toBe(4);
    expect(thinned(slow, 1440).at(-1)).toBe(8);
  });

  it('do without none where a slice is small enough to be shown whole', () => {
    const haste = new Haste();
    [50, 50, 50].forEach(took => haste.took(took));
    const whole = { bin: 1, thin: 1 };
    expect(haste.of(whole, 1500)).toBe(whole);
  });
});
