/**
 * The recipe that a job was run with, as a document.
 */
import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';

import type { Job } from '../api';
import { ApiError } from '../api';
import { isRecipe, printJson } from '../recipe';

/**
 * Contents path of a document that holds the recipe of a job: the one that it
 * was submitted from while that has not changed since, else a copy beside it.
 *
 * @param job - with its recipe
 * @param folder - contents folder for the copy when the document's is not known
 * @param opened - the recipe of a document that is open, saved or not
 */
export async function recipeOfJob(
  job: Job,
  contents: Contents.IManager,
  folder: string,
  opened: (path: string) => object | null = () => null
): Promise<string> {
  const { document, recipe } = job;
  if (!isRecipe(recipe)) {
    throw new ApiError({
      code: 'no-recipe',
      message: `The recipe of ${job.name} is not kept with the job.`,
      where: job.id,
      hint: 'Open the recipe in the result folder instead.'
    });
  }
  if (document) {
    const shown = opened(document);
    if (shown ? same(shown, recipe) : await holds(contents, document, recipe)) {
      return document;
    }
  }
  const place = document ? PathExt.dirname(document) : folder;
  const day = job.created.slice(0, 16).replace('T', ' ').replace(':', '');
  const stem = `${job.name} ${day}`.replace(/[/\\]/g, '-');
  for (let count = 1; ; count += 1) {
    const name = `${stem}${count > 1 ? ` ${count}` : ''}.tomo.json`;
    const path = PathExt.join(place, name);
    if (await holds(contents, path, recipe)) {
      return path;
    }
    if (!(await exists(contents, path))) {
      const saved = await contents.save(path, {
        type: 'file',
        format: 'text',
        content: `${printJson(recipe)}\n`
      });
      return saved.path;
    }
  }
}

async function exists(
  contents: Contents.IManager,
  path: string
): Promise<boolean> {
  try {
    await contents.get(path, { content: false });
    return true;
  } catch {
    return false;
  }
}

async function holds(
  contents: Contents.IManager,
  path: string,
  recipe: object
): Promise<boolean> {
  try {
    const model = await contents.get(path, { type: 'file', format: 'text' });
    const text: unknown = model.content;
    const value: unknown = typeof text === 'string' ? JSON.parse(text) : null;
    return same(value, recipe);
  } catch {
    return false;
  }
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

/** The same with the keys of every object in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const keys = Object.keys(value).sort();
  return Object.fromEntries(
    keys.map(key => {
      const each: unknown = Reflect.get(value, key);
      return [key, sorted(each)];
    })
  );
}
