import { readFileSync } from 'node:fs';
import path from 'node:path';

import { compilePlan, type IPlanOptions } from '..';
import type { Recipe } from '../../recipe';

interface ICase {
  readonly name: string;
  readonly recipe: Recipe;
  readonly options: IPlanOptions;
  readonly plan: number[];
  readonly code: string;
  readonly where: string;
}

const FILE = path.resolve(__dirname, '../../../tests/fixtures/plans.json');
const CASES: Record<'plans' | 'failures', ICase[]> = JSON.parse(
  readFileSync(FILE, 'utf8')
);

// The same fixture holds the compiler in Python.
describe('compilePlan', () => {
  it.each(CASES.plans.map(entry => [entry.name, entry] as const))(
    '%s',
    (_, entry) => {
      expect([...compilePlan(entry.recipe, entry.options)]).toEqual(entry.plan);
    }
  );

  it.each(CASES.failures.map(entry => [entry.name, entry] as const))(
    '%s',
    (_, entry) => {
      const { code, where } = entry;
      expect(() => compilePlan(entry.recipe, entry.options)).toThrow(
        expect.objectContaining({ code, where })
      );
    }
  );
});
