/**
 * What is wrong with a process list, before Savu finds out.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { SavuList } from '../../api';
import { SHIPPED } from '../catalogue';
import type { ICatalogue } from '../catalogue';
import { valuesOf } from '../operations';
import { data } from './data';
import type { IFinding } from './finding';
import { loops } from './loops';
import { order } from './order';
import { parameters } from './parameters';
import { reconstruction } from './reconstruction';
import { tuned } from './tuned';

export type { IFinding, Severity } from './finding';

/** All findings, in the order of the list. */
export function check(
  list: SavuList,
  trans: TranslationBundle,
  catalogue: ICatalogue = SHIPPED
): readonly IFinding[] {
  const active = list.plugins
    .map((plugin, index) => ({
      index,
      plugin,
      known: catalogue.find(plugin.id),
      values: valuesOf(plugin)
    }))
    .filter(({ plugin }) => plugin.active);
  return [
    ...order(active, trans),
    ...active.flatMap(one => parameters(one, catalogue, trans)),
    ...data(active, trans),
    ...reconstruction(active, trans),
    ...tuned(active, trans),
    ...loops(list, trans)
  ].sort((a, b) => (a.index ?? -1) - (b.index ?? -1));
}
