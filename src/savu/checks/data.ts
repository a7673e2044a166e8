import type { TranslationBundle } from '@jupyterlab/translation';

import { finding, type IActive, type IFinding } from './finding';

/** Names of data must be there before they are used. */
export function data(
  active: readonly IActive[],
  trans: TranslationBundle
): IFinding[] {
  const names = new Set<string>();
  const found: IFinding[] = [];
  for (const { index, plugin, known, values } of active) {
    if (!known) {
      // It may make anything.
      return found;
    }
    if (known.kind === 'loader') {
      const name = values.name ?? values.dataset_name;
      if (typeof name !== 'string') {
        return found;
      }
      names.add(name);
      continue;
    }
    for (const name of texts(values.in_datasets)) {
      if (!names.has(name)) {
        found.push(
          finding(
            'error',
            index,
            trans.__(
              '%1 asks for the data "%2", which nothing before it makes. There are %3.',
              plugin.name,
              name,
              [...names].join(', ')
            ),
            'in_datasets'
          )
        );
      }
    }
    texts(values.out_datasets).forEach(name => names.add(name));
  }
  return found;
}

function texts(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter((item): item is string => typeof item === 'string')
    : [];
}
