/** Where the slices of a job go. */
import * as fs from 'node:fs/promises';
import path from 'node:path';

import type { Recipe } from '../../recipe/_generated/recipe';
import { ProxyError, systemCode } from '../failure';

export const DEFAULT_OUTPUT = 'processed/{name}_{tool}_{date}';

/** The most folders that differ by nothing but their number in a second. */
const A_SECOND = 100;

/**
 * The absolute result folder; that of the runner's estimate, at its time.
 *
 * @param base - absolute folder that a relative one starts from.
 * @param name - stands for `{name}`.
 * @param now - stands for `{date}`, in local time; null: it is not known yet, and `{date}` stays.
 * @param nth - of the folders that one second has; said after the date from the second on.
 * @throws ProxyError when the template asks for something else.
 */
export function outputFolder(
  recipe: Recipe,
  base: string,
  name: string,
  now: Date | null,
  nth = 1
): string {
  const template = recipe.output?.folder ?? DEFAULT_OUTPUT;
  const values = new Map([
    ['name', oneName(name)],
    ['tool', recipe.reconstruction?.tool ?? 'builtin'],
    ['date', now ? stamp(now, nth) : '{date}']
  ]);
  const folder = template.replace(/\{([^{}]*)\}/g, (_, key: string) => {
    const value = values.get(key);
    if (value === undefined) {
      throw new ProxyError(
        422,
        'unknown-placeholder',
        `output.folder has the unknown placeholder {${key}}.`,
        {
          where: 'output.folder',
          hint: 'Allowed are {name}, {tool} and {date}.'
        }
      );
    }
    return value;
  });
  return path.resolve(base, folder);
}

/**
 * The result folder of a new job: where the date is part of it, the first that is
 * free, so that what is submitted within one second goes to folders of its own.
 *
 * @param folderOf - the nth folder of this second.
 * @param refuse - throws when a folder cannot be this job's.
 */
export async function freeOutput(
  folderOf: (nth: number) => string,
  refuse: (folder: string) => Promise<void>
): Promise<string> {
  for (let nth = 1; ; nth += 1) {
    const folder = folderOf(nth);
    try {
      await refuse(folder);
      return folder;
    } catch (error) {
      const more = nth < A_SECOND && folderOf(nth + 1) !== folder;
      if (!more || !isTaken(error)) {
        throw error;
      }
    }
  }
}

function isTaken(error: unknown): boolean {
  return (
    error instanceof ProxyError &&
    ['output-taken', 'output-exists'].includes(error.failure.code)
  );
}

/** A text as the name of one file: no separators, no control characters, no leading dots. */
export function oneName(text: string): string {
  const name = text
    .replace(/[\p{Cc}/\\]/gu, '_')
    .replace(/^[.\s]+|\s+$/gu, '')
    .slice(0, 100);
  return name || 'recipe';
}

/** Local date and time, as 2026-01-31_093000; the second of that one with -2. */
function stamp(now: Date, nth: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = [
    now.getFullYear(),
    two(now.getMonth() + 1),
    two(now.getDate())
  ].join('-');
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()];
  const whole = `${date}_${time.map(two).join('')}`;
  return nth > 1 ? `${whole}-${nth}` : whole;
}

/**
 * Refuse a result folder that holds something already.
 *
 * @param taken - result folders of jobs that have not ended.
 */
export async function refuseCollision(
  folder: string,
  taken: readonly string[]
): Promise<void> {
  const hint = 'Choose another output folder, or put {date} into its name.';
  if (taken.includes(folder)) {
    throw new ProxyError(
      409,
      'output-taken',
      `Another job writes to ${folder}.`,
      {
        where: 'output.folder',
        hint
      }
    );
  }
  let names: string[];
  try {
    names = await fs.readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') {
      return;
    }
    const why =
      systemCode(error) === 'ENOTDIR' ? 'is not a folder' : 'cannot be read';
    throw new ProxyError(
      409,
      'output-unusable',
      `The output folder ${folder} ${why}.`,
      {
        where: 'output.folder',
        hint,
        cause: error
      }
    );
  }
  if (names.length > 0) {
    throw new ProxyError(
      409,
      'output-exists',
      `The output folder ${folder} is not empty.`,
      {
        where: 'output.folder',
        hint
      }
    );
  }
}
