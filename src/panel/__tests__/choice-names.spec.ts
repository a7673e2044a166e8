import { nullTranslator } from '@jupyterlab/translation';

import { choiceName } from '../../choice-names';
import recipeSchema from '../../recipe/_generated/recipe.schema.json';
import steps from '../../recipe/steps.json';
import tools from '../../recipe/tools.json';

const trans = nullTranslator.load('jupyterlab_tomo');

/** All choices of text among the schemas of parameters. */
function choicesOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) {
    return [];
  }
  const values: unknown = Reflect.get(schema, 'enum');
  const own = Array.isArray(values)
    ? values.filter((value): value is string => typeof value === 'string')
    : [];
  return [...own, ...Object.values(schema).flatMap(choicesOf)];
}

describe('choiceName', () => {
  it('has a name for each choice that the panel draws from a schema', () => {
    const { output } = recipeSchema.definitions;
    const choices = [steps, tools, output].flatMap(choicesOf);
    expect(choices.length).toBeGreaterThan(100);
    const raw = choices.filter(value => choiceName(value, trans) === value);
    expect([...new Set(raw)]).toEqual([]);
  });

  it('leaves what it does not know, as of tools of others', () => {
    expect(choiceName('constructor', trans)).toBe('constructor');
    expect(choiceName('db3', trans)).toBe('Daubechies 3');
    expect(choiceName(5, trans)).toBe('5');
  });
});
