/**
 * Is it a recipe, and if not, why: one sentence that names the path and what is allowed.
 */
import { parseTree, printParseErrorCode } from 'jsonc-parser';
import type { ParseError } from 'jsonc-parser';

import type { Recipe } from './_generated/recipe';
import { validateRecipe } from './_generated/validators';
import { TOOLS } from './lookups';
import { migrate } from './migration';
import { sentencesOf } from './sentences';
import type { IProblem, ISchemaError } from './sentences';

/** What a text turned out to be. */
export interface IParsed {
  /** Null when there are problems. */
  readonly recipe: Recipe | null;
  readonly problems: readonly IProblem[];
  /** The JSON cannot be read, so it cannot be edited key by key either. */
  readonly broken: boolean;
}

/** Whether a value is a recipe of today's version. */
export function isRecipe(value: unknown): value is Recipe {
  return problemsOf(value).length === 0;
}

/** What is wrong with a value as a recipe; empty when nothing is. */
export function problemsOf(value: unknown): IProblem[] {
  const migrated = migrate(value);
  if ('refusal' in migrated) {
    return [{ path: 'version', message: migrated.refusal }];
  }
  const check: ISchemaCheck = validateRecipe;
  const problems = check(migrated.value) ? [] : sentencesOf(check.errors ?? []);
  return problems.length ? problems : unknownTool(migrated.value);
}

/** Read the text of a document. */
export function parseRecipe(text: string): IParsed {
  const errors: ParseError[] = [];
  parseTree(text, errors, {
    disallowComments: true,
    allowTrailingComma: false
  });
  if (errors.length) {
    return {
      recipe: null,
      problems: [syntaxProblem(text, errors[0])],
      broken: true
    };
  }
  const value: unknown = JSON.parse(text);
  const migrated = migrate(value);
  const today = 'value' in migrated ? migrated.value : value;
  const problems = problemsOf(today);
  return problems.length === 0 && isRecipe(today)
    ? { recipe: today, problems, broken: false }
    : { recipe: null, problems, broken: false };
}

/** The generated validator leaves its errors on itself. */
interface ISchemaCheck {
  (value: unknown): boolean;
  errors?: readonly ISchemaError[] | null;
}

/**
 * Tools of other packages have a hyphen in their names; only the runner knows
 * them and their parameters.
 */
function unknownTool(value: unknown): IProblem[] {
  const tool = (value as Recipe).reconstruction?.tool;
  if (
    tool === undefined ||
    tool.includes('-') ||
    TOOLS.some(known => known.name === tool)
  ) {
    return [];
  }
  const names = TOOLS.map(known => `"${known.name}"`).join(', ');
  return [
    {
      path: 'reconstruction.tool',
      message: `reconstruction.tool must be one of ${names}, not "${tool}".`
    }
  ];
}

function syntaxProblem(text: string, error: ParseError): IProblem {
  const before = text.slice(0, error.offset).split('\n');
  const where = `line ${before.length}, column ${before[before.length - 1].length + 1}`;
  const what = text.trim()
    ? printParseErrorCode(error.error)
        .replace(/([a-z])([A-Z])/g, '$1 $2')
        .toLowerCase()
    : 'the text is empty';
  return {
    path: '',
    message: `The recipe is not valid JSON at ${where}: ${what}.`
  };
}
