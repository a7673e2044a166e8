import fs from 'node:fs';
import path from 'node:path';

import { isRotated, rowsBeyond, uprightColumn } from '../tilt';

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
