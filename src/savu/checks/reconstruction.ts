/** Whether a reconstruction has its axis, its iterations and its logarithm. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { SavuPlugin } from '../../api';
import { isUsed } from '../catalogue';
import type { IPlugin } from '../catalogue';
import type { Values } from '../operations';
import { finding, type IActive, type IFinding } from './finding';

export function reconstruction(
  active: readonly IActive[],
  trans: TranslationBundle
): IFinding[] {
  const found: IFinding[] = [];
  active.forEach(({ index, plugin, known, values }, at) => {
    if (known?.kind !== 'reconstruction') {
      return;
    }
    const before = active.slice(0, at);
    found.push(
      ...centre(index, plugin, values, before, trans),
      ...iterations(index, known, values, trans),
      ...logarithm(index, plugin, values, before, trans)
    );
  });
  return found;
}

function centre(
  index: number,
  { name }: SavuPlugin,
  values: Values,
  before: readonly IActive[],
  trans: TranslationBundle
): IFinding[] {
  const finder = before.find(({ known }) => known?.kind === 'centering');
  const set = values.centre_of_rotation;
  const isSet = set !== undefined && set !== 0;
  if (finder && typeof set === 'number' && isSet) {
    return [
      finding(
        'warning',
        index,
        trans.__(
          '%1 takes the centre that %2 finds, and not %3. Switch %2 off to use yours.',
          name,
          finder.plugin.name,
          set
        ),
        'centre_of_rotation'
      )
    ];
  }
  if (finder && name === 'TomopyRecon' && values.algorithm === 'fbp') {
    return [
      finding(
        'warning',
        index,
        trans.__(
          '%1 counts columns from the middle of the first one, and fbp of TomoPy from its edge: slices have the axis half a column off. Choose BP of AstraReconCpu, or gridrec.',
          finder.plugin.name
        ),
        'algorithm'
      )
    ];
  }
  return finder || isSet
    ? []
    : [
        finding(
          'error',
          index,
          trans.__(
            'The centre of rotation of %1 is not set, so Savu takes half the width. Set it, or put VoCentering before.',
            name
          ),
          'centre_of_rotation'
        )
      ];
}

function iterations(
  index: number,
  known: IPlugin,
  values: Values,
  trans: TranslationBundle
): IFinding[] {
  const parameter = known.parameters.find(
    ({ name }) => name === 'n_iterations'
  );
  if (!parameter || !isUsed(parameter, values)) {
    return [];
  }
  const asked = values.n_iterations ?? parameter.default;
  if (known.name === 'TomopyRecon') {
    const { algorithm = 'gridrec' } = values;
    if (algorithm === 'gridrec' || algorithm === 'fbp') {
      return [];
    }
    return [
      finding(
        'error',
        index,
        trans.__(
          'Savu does not hand iterations on to TomoPy: %1 does one, whatever is set. Choose gridrec, or AstraReconCpu for iterations.',
          String(values.algorithm)
        ),
        'n_iterations'
      )
    ];
  }
  return asked === 1
    ? [
        finding(
          'warning',
          index,
          trans.__(
            '%1 does one iteration, which is hardly a reconstruction. Try 100 for SIRT, 15 for CGLS.',
            known.name
          ),
          'n_iterations'
        )
      ]
    : [];
}

function logarithm(
  index: number,
  { name }: SavuPlugin,
  values: Values,
  before: readonly IActive[],
  trans: TranslationBundle
): IFinding[] {
  if (values.log === false) {
    return [];
  }
  const phase = before.find(({ plugin }) => plugin.name === 'PaganinFilter');
  if (phase) {
    return [
      finding(
        'warning',
        index,
        trans.__(
          'PaganinFilter has taken the logarithm, and %1 takes it again. Switch log off.',
          name
        ),
        'log'
      )
    ];
  }
  const known = before.every(one => one.known);
  const corrected = before.some(one =>
    /FlatField|TimeBased|FieldCorrection/.test(one.plugin.name)
  );
  const raw = before[0]?.known?.name === 'NxtomoLoader';
  return known && raw && !corrected
    ? [
        finding(
          'warning',
          index,
          trans.__(
            '%1 gets counts that were not divided by the flat. Put DarkFlatFieldCorrection before.',
            name
          )
        )
      ]
    : [];
}
