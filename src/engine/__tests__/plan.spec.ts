import { compilePlan } from '..';
import type { IPlanOptions, IPlanRecipe } from '..';
import { EngineError } from '../failure';
import { catalogue, readJson } from './catalogue';

interface ICase {
  readonly name: string;
  readonly recipe: IPlanRecipe;
  readonly options: IPlanOptions;
  readonly plan: number[];
  readonly code: string;
  readonly where: string;
}

const CASES = readJson<Record<'plans' | 'failures', ICase[]>>(
  'tests/fixtures/plans.json'
);

// The same fixture holds the compiler in Python.
describe('compilePlan', () => {
  it.each(CASES.plans.map(entry => [entry.name, entry] as const))(
    '%s',
    (_, entry) => {
      const plan = compilePlan(entry.recipe, entry.options, catalogue);
      expect([...plan]).toEqual(entry.plan);
    }
  );

  it.each(CASES.failures.map(entry => [entry.name, entry] as const))(
    '%s',
    (_, entry) => {
      let refused: unknown = null;
      try {
        compilePlan(entry.recipe, entry.options, catalogue);
      } catch (error) {
        refused = error;
      }
      expect(refused).toBeInstanceOf(EngineError);
      expect(refused).toMatchObject({ code: entry.code, where: entry.where });
    }
  );
});
