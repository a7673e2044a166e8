import { readFileSync } from 'fs';
import path from 'path';

import { isRecipe, parseRecipe, problemsOf, recipeText } from '..';

interface ICase {
  name: string;
  recipe: unknown;
  /** Path that both validators name; null when the recipe is valid. */
  path: string | null;
}

const cases = JSON.parse(
  readFileSync(
    path.resolve(__dirname, '../../../tests/fixtures/recipes.json'),
    'utf8'
  )
) as ICase[];

describe('problemsOf', () => {
  it.each(cases.map(one => [one.name, one] as const))(
    'names the path: %s',
    (_, one) => {
      const problems = problemsOf(one.recipe);
      expect(problems[0]?.path ?? null).toBe(one.path);
      for (const problem of problems) {
        expect(problem.message).toMatch(/^\S.*\.$/);
        expect(problem.message).toContain(problem.path);
      }
    }
  );

  it('says what is allowed', () => {
    const messages = (recipe: unknown): string[] =>
      problemsOf(recipe).map(problem => problem.message);
    expect(messages({ version: 1, dataset: { rotate: 45 } })).toEqual([
      'dataset.rotate must be one of 0, 90, 180, 270, not 45.'
    ]);
    expect(messages({ version: 1, regions: { centre: { tilt: 11 } } })).toEqual(
      ['regions.centre.tilt must be at least -10 and at most 10, not 11.']
    );
    expect(messages({ version: 1, regions: { centre: { colum: 1 } } })).toEqual(
      [
        'regions.centre.colum is an unknown key; known here: column, row, tilt, method.'
      ]
    );
    expect(
      messages({ version: 1, filters: [{ name: 'minus-log', flor: 1 }] })
    ).toEqual([
      'filters.0.flor is an unknown key; known here: name, enabled, floor.'
    ]);
    expect(messages({ version: 1, dataset: { angles: { first: 0 } } })).toEqual(
      ['dataset.angles needs either first and last or values.']
    );
    expect(messages({ version: 1, regions: { roi: [1, 2, 3] } })).toEqual([
      'regions.roi must have 4 values, not 3.'
    ]);
    expect(messages([])).toEqual(['The recipe must be an object, not [].']);
    expect(messages({ version: 3 })[0]).toMatch(
      /version 3 and was made by a newer/
    );
  });

  it('gives every path that is wrong', () => {
    const problems = problemsOf({
      version: 1,
      dataset: { rotate: 1, state: 'x' },
      output: { bits: 16 }
    });
    expect(problems.map(problem => problem.path).sort()).toEqual([
      'dataset.rotate',
      'dataset.state',
      'output.bits'
    ]);
  });
});

describe('parseRecipe', () => {
  it('reads the default recipe', () => {
    const { recipe, problems } = parseRecipe(recipeText());
    expect(problems).toEqual([]);
    expect(isRecipe(recipe)).toBe(true);
    expect(recipe?.filters).toHaveLength(4);
  });

  it('says where the JSON ends to be JSON', () => {
    const parsed = parseRecipe('{\n  "version": 1,\n  "filters": [}\n');
    expect(parsed.broken).toBe(true);
    expect(parsed.recipe).toBeNull();
    expect(parsed.problems[0].message).toMatch(/line 3, column 15/);
  });

  it.each(['', '// no\n{"version": 1}', '{"version": 1,}'])(
    'refuses %j',
    text => {
      expect(parseRecipe(text).broken).toBe(true);
    }
  );
});
