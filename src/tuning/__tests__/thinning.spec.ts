/** @jest-environment node */
import { binned } from '../binning';

/** Places of the projections of a scan that stay, from the values of each. */
function kept(angles: readonly number[], thin: number): number[] {
  const count = angles.length;
  const data = Float32Array.from(angles.keys());
  const coarse = binned(
    { key: 'a', data, count, columns: 1, angles: Float64Array.from(angles) },
    1,
    thin
  );
  const places = [...coarse.data];
  expect(coarse.count).toBe(Math.ceil(count / thin));
  expect([...coarse.angles]).toEqual(places.map(place => angles[place]));
  return places;
}

/** The largest gap between directions in a part of a turn that begins at 0. */
function largestGap(angles: readonly number[], part: number): number {
  const turned = angles.map(angle => ((angle % 360) + 360) % 360);
  const sorted = [0, ...turned, part].sort((a, b) => a - b);
  return Math.max(...sorted.slice(1).map((angle, i) => angle - sorted[i]));
}

const steps = (count: number, first: number, by: number): number[] =>
  Array.from({ length: count }, (_, i) => first + i * by);

/** Passes of so many projections, each begun where `begin` says. */
const passes = (
  count: number,
  by: number,
  begin: readonly number[]
): number[] => begin.flatMap(first => steps(count, first, by));

const pairs = steps(90, 0, 1).flatMap(angle => [angle, angle + 90]);
const halves = steps(180, 0, 1).flatMap(angle => [angle, angle + 180]);
/** Each has a direction a degree. */
const SCANS: readonly [string, readonly number[], number][] = [
  ['pairs a quarter of a turn apart', pairs, 180],
  ['two passes of half a turn', passes(90, 2, [0, 1]), 180],
  ['four passes of a turn', passes(90, 4, [0, 2, 1, 3]), 360],
  ['passes that go on and on', passes(90, 4, [0, 362, 721, 1083]), 360],
  ['passes that fall', passes(90, -4, [0, -362, -721, -1083]), 360],
  ['pairs of both halves of a turn', halves, 360]
];

it.each(SCANS)(
  'Fewer projections leave no direction out: %s',
  (_, angles, part) => {
    for (const thin of [2, 3, 4, 8]) {
      const places = kept(angles, thin);
      const gap = largestGap(
        places.map(place => angles[place]),
        part
      );
      expect(gap).toBeLessThanOrEqual(thin);
      // As they were taken.
      expect(places).toEqual([...places].sort((a, b) => a - b));
    }
  }
);

it.each([
  ['half a turn', steps(180, 0, 1)],
  ['half a turn and its end', steps(181, 0, 1)],
  ['a turn', steps(361, 0, 360 / 361)],
  ['a turn and its end', steps(361, 0, 1)],
  ['a turn whose end is not exact', [...steps(360, 0, 1), 360.0004]],
  ['a turn that begins elsewhere', steps(360, -77.3, 1)],
  ['half a turn that falls', steps(181, 180, -1)],
  ['a turn that falls', steps(361, 0, -1)],
  ['one projection', [12]],
  ['the same direction all the time', steps(9, 30, 0)]
])('In order they are the first and every so many-th: %s', (_, angles) => {
  for (const thin of [2, 3, 7]) {
    expect(kept(angles, thin)).toEqual(
      steps(Math.ceil(angles.length / thin), 0, thin)
    );
  }
});
