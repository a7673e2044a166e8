/** Loaders first, and what belongs before the reconstruction. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { finding, type IActive, type IFinding } from './finding';

export function order(
  active: readonly IActive[],
  trans: TranslationBundle
): IFinding[] {
  if (active.length === 0) {
    return [
      finding(
        'error',
        null,
        trans.__(
          'No plugin is on: a list needs a loader and what is to be done with the data.'
        )
      )
    ];
  }
  const found: IFinding[] = [];
  const isLoader = ({ plugin, known }: IActive): boolean =>
    known ? known.kind === 'loader' : /\.loaders\./.test(plugin.id);
  const [first] = active;
  if (!isLoader(first)) {
    found.push(
      finding(
        'error',
        first.index,
        active.some(isLoader)
          ? trans.__(
              '%1 stands before the loader. Loaders come first.',
              first.plugin.name
            )
          : trans.__(
              'The list has no loader. Put one first, such as NxtomoLoader.'
            )
      )
    );
  }
  const last = active.findIndex(one => !isLoader(one));
  for (const late of active.slice(Math.max(last, 0)).filter(isLoader)) {
    if (last > 0) {
      found.push(
        finding(
          'error',
          late.index,
          trans.__(
            '%1 stands after other plugins. All loaders come first.',
            late.plugin.name
          )
        )
      );
    }
  }
  const reconstructs = active.findIndex(
    ({ known }) => known?.kind === 'reconstruction'
  );
  const early = new Set(['correction', 'centering', 'rings']);
  for (const { index, known } of reconstructs < 0
    ? []
    : active.slice(reconstructs + 1)) {
    if (known && early.has(known.kind)) {
      found.push(
        finding(
          'warning',
          index,
          trans.__(
            '%1 works on projections or sinograms but stands after the reconstruction.',
            known.name
          )
        )
      );
    }
  }
  return found;
}
