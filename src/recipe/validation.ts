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
  return judge(value).problems.length === 0;
}

/** What is wrong with a value as a recipe; empty when nothing is. */
export function problemsOf(value: unknown): readonly IProblem[] {
  return judge(value).problems;
}

/** Read the text of a document. */
export function parseRecipe(text: string): IParsed {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { recipe: null, problems: [syntaxProblem(text)], broken: true };
  }
  return { ...judge(value), broken: false };
}

/** A value as a recipe of today's version, or why it is none. */
function judge(value: unknown): Omit<IParsed, 'broken'> {
  const migrated = migrate(value);
  if ('refusal' in migrated) {
    const problems = [{ path: 'version', message: migrated.refusal }];
    return { recipe: null, problems };
  }
  const today = migrated.value;
  if (!fitsSchema(today)) {
    return { recipe: null, problems: sentencesOf(check.errors ?? []) };
  }
  const problems = unknownTool(today);
  return { recipe: problems.length ? null : today, problems };
}

/** The generated validator leaves its errors on itself. */
interface ISchemaCheck {
  (value: unknown): boolean;
  errors?: readonly ISchemaError[] | null;
}
const check: ISchemaCheck = validateRecipe;

function fitsSchema(value: unknown): value is Recipe {
  return check(value);
}

/**
 * Tools of other packages have a hyphen in their names; only the runner knows
 * them and their parameters.
 */
function unknownTool({ reconstruction }: Recipe): IProblem[] {
  const tool = reconstruction?.tool;
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

/** The first error of a text that is not JSON, where it is. */
function syntaxProblem(text: string): IProblem {
  const errors: ParseError[] = [];
  parseTree(text, errors, {
    disallowComments: true,
    allowTrailingComma: false
  });
  if (errors.length === 0) {
    return {
      path: '',
      message:
        'The recipe is not valid JSON. Open it with the text editor and correct it.'
    };
  }
  const [error] = errors;
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
