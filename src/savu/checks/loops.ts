/** Repeats that are not within the list, or overlap. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { SavuList } from '../../api';
import { finding, type IFinding } from './finding';

export function loops(
  { plugins, loops: all }: SavuList,
  trans: TranslationBundle
): IFinding[] {
  const found: IFinding[] = [];
  all.forEach(({ start, end }, at) => {
    if (start > end || end > plugins.length) {
      found.push(
        finding(
          'error',
          null,
          trans.__(
            'Repeat %1 goes from plugin %2 to %3, but the list has %4.',
            at + 1,
            start,
            end,
            plugins.length
          )
        )
      );
    }
    const other = all
      .slice(0, at)
      .findIndex(one => one.start <= end && start <= one.end);
    if (other >= 0) {
      found.push(
        finding(
          'error',
          null,
          trans.__(
            'Repeats %1 and %2 overlap, which Savu does not allow.',
            other + 1,
            at + 1
          )
        )
      );
    }
  });
  return found;
}
