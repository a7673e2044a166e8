import fs from 'node:fs';
import path from 'node:path';

import {
  isRotated,
  rowAcross,
  rowsBeyond,
  rowThrough,
  uprightColumn
} from '../tilt';

interface ICase {
  name: string;
  columns: number;
  rows: number;
  /** Column, row, tilt. */
  axis: [number, number, number];
  rotated: boolean;
  /** Where it stands upright; null when it does not. */
  column: number | null;
  /** Row of the slice, and the rows beyond the image that it would need. */
  row: number;
  beyond: number;
}

const file = path.join(__dirname, '../../../tests/fixtures/tilts.json');
const CASES = JSON.parse(fs.readFileSync(file, 'utf8')) as ICase[];

it.each(CASES)(
  'rotates as the runner does: $name',
  ({
    columns,
    rows,
    axis: [at, pivot, tilt],
    rotated,
    column,
    row,
    beyond
  }) => {
    expect(isRotated(tilt, columns)).toBe(rotated);
    if (column !== null) {
      const axis = { column: at, row: pivot, tilt };
      const size = { rows, columns };
      expect(uprightColumn(axis, tilt, size)).toBeCloseTo(column, 8);
      expect(rowsBeyond(tilt, row, [0, columns - 1], size)).toBeCloseTo(
        beyond,
        6
      );
    }
  }
);

describe('the slice of a row in a projection as measured', () => {
  const rotation = { degrees: 10, rows: 51, columns: 300 };

  it('is a line that leaves the image by the rows that it needs beyond', () => {
    const first = 149.5 - 149.5 * cosine(10) + 25 * sine(10);
    // As the case of the most above has it.
    expect(rowAcross(50, first, rotation)).toBeCloseTo(50 + 25.580596387, 6);
    // A row leans the other way than the axis: it falls where that goes right.
    expect(rowAcross(50, 299, rotation)).toBeLessThan(30);
  });

  it('is found again from each point of its line', () => {
    for (const x of [0, 149.5, 280]) {
      const y = rowAcross(12, x, rotation);
      expect(rowThrough({ x, y }, rotation)).toBeCloseTo(12, 9);
    }
  });
});

function cosine(degrees: number): number {
  return Math.cos((degrees * Math.PI) / 180);
}

function sine(degrees: number): number {
  return Math.sin((degrees * Math.PI) / 180);
}
