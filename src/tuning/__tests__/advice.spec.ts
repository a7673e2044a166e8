/** @jest-environment node */
import fs from 'node:fs';
import path from 'node:path';

import { aboutAngles, aboutRows, aboutTilt, partOfTurn } from '../advice';

/** Angles are evenly spaced: first, last and how many. */
interface ICase {
  name: string;
  angles: [number, number, number];
  column: number;
  columns: number;
  said: string | null;
}

interface IAdviceCase extends Pick<ICase, 'name' | 'angles' | 'columns'> {
  tilt: number;
  said: string[];
}

function fixture(name: string): unknown {
  const file = path.join(__dirname, '../../../tests/fixtures', name);
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}

const evenly = ([first, last, count]: ICase['angles']): Float64Array =>
  Float64Array.from({ length: count }, (_, i) =>
    count > 1 ? first + ((last - first) * i) / (count - 1) : first
  );

const CASES = fixture('part-turns.json') as ICase[];

it.each(CASES)(
  'speaks of part of a turn as the runner does: $name',
  ({ angles, column, columns, said }) => {
    const told = partOfTurn(evenly(angles), column, columns);
    expect(told?.split(':')[0] ?? null).toBe(said);
  }
);

it.each(fixture('advice.json') as IAdviceCase[])(
  'speaks of angles and tilt as the runner does: $name',
  ({ angles, columns, tilt, said }) => {
    expect([
      ...aboutAngles(evenly(angles), columns),
      ...aboutTilt(tilt, columns)
    ]).toEqual(said);
  }
);

it('speaks of rows beyond the image when they are more than a few', () => {
  expect(aboutRows(3)).toEqual([]);
  expect(aboutRows(3.4)).toEqual([
    expect.stringContaining('up to 3 rows above or below the image')
  ]);
});
