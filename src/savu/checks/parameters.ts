/** Plugins and parameters that are not known, do not fit or are missing. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ICatalogue } from '../catalogue';
import { misfit } from '../values';
import { finding, type IActive, type IFinding } from './finding';

/** Defaults of Savu 4.2 that are the word "None", at which it stops. */
const BROKEN_DEFAULTS = new Set(['dark', 'flat', 'force_zero', 'filter_name']);

export function parameters(
  { index, plugin, known, values }: IActive,
  { installed, version, gpu }: ICatalogue,
  trans: TranslationBundle
): IFinding[] {
  if (!known && installed) {
    return [
      finding(
        'error',
        index,
        trans.__(
          'The Savu that is installed (%1) has no plugin %2, or cannot load it: it stops there.',
          version,
          plugin.id
        )
      )
    ];
  }
  if (!known) {
    return [
      finding(
        'note',
        index,
        trans.__(
          '%1 is not in the catalogue, so its parameters are not checked.',
          plugin.name
        )
      )
    ];
  }
  const found: IFinding[] = [];
  for (const name of Object.keys(values)) {
    const parameter = known.parameters.find(one => one.name === name);
    if (!parameter) {
      found.push(
        finding(
          'error',
          index,
          trans.__(
            '%1 has no parameter "%2": Savu stops at it.',
            plugin.name,
            name
          ),
          name
        )
      );
      continue;
    }
    const wrong = misfit(parameter, values[name], trans);
    if (wrong) {
      found.push(
        finding(
          'error',
          index,
          trans.__('%1, %2: %3', plugin.name, name, wrong),
          name
        )
      );
    }
  }
  for (const { name } of known.parameters) {
    if (!(name in values) && BROKEN_DEFAULTS.has(name)) {
      found.push(
        finding(
          'error',
          index,
          trans.__(
            '%1 does not say %2, and Savu 4.2 fails on its own default. Fill in what is missing.',
            plugin.name,
            name
          ),
          name
        )
      );
    }
  }
  if (known.missing?.length) {
    found.push(
      finding(
        'error',
        index,
        trans.__(
          '%1 needs %2, which the installed Savu lacks: it stops there.',
          plugin.name,
          known.missing.join(', ')
        )
      )
    );
  }
  if (known.gpu) {
    found.push(
      gpu === false
        ? finding(
            'error',
            index,
            trans.__(
              '%1 runs on a GPU with CUDA only, and there is none where this Savu is.',
              plugin.name
            )
          )
        : finding(
            'note',
            index,
            trans.__('%1 runs on a GPU with CUDA only.', plugin.name)
          )
    );
  }
  return found;
}
