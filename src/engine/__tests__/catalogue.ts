/** `steps.json` and `tools.json`, read as the data that they are. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { IPlanCatalogue } from '..';

/** The content of a JSON file of the checkout, taken to be what the test says. */
export function readJson<T>(file: string): T {
  const text = readFileSync(path.resolve(__dirname, '../../..', file), 'utf8');
  return JSON.parse(text) as T;
}

export const catalogue: IPlanCatalogue = {
  ...readJson<Pick<IPlanCatalogue, 'steps'>>('src/recipe/steps.json'),
  ...readJson<Pick<IPlanCatalogue, 'tools'>>('src/recipe/tools.json')
};
