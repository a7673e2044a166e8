/** How many results tuned parameters make. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { tuningOf } from '../tuned-values';
import { finding, type IActive, type IFinding } from './finding';

/** From so many results on, tuning is probably a mistake. */
const MANY = 50;

export function tuned(
  active: readonly IActive[],
  trans: TranslationBundle
): IFinding[] {
  const found: IFinding[] = [];
  let results = 1;
  for (const { index, plugin, values } of active) {
    for (const [name, value] of Object.entries(values)) {
      const tuning = tuningOf(name, value, trans);
      if (tuning && 'count' in tuning) {
        results *= tuning.count;
        found.push(
          finding(
            'note',
            index,
            trans.__(
              '%1 goes through %2 values of %3.',
              plugin.name,
              tuning.count,
              name
            ),
            name
          )
        );
      }
    }
  }
  if (results > 1) {
    found.push(
      finding(
        results > MANY ? 'warning' : 'note',
        null,
        trans.__(
          'Tuned parameters make %1 results of everything after them, and take %1 times the disk.',
          results
        )
      )
    );
  }
  return found;
}
