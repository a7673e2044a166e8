/**
 * What is wrong with a process list, before Savu finds out.
 */
import type { SavuList, SavuPlugin } from '../api';
import { isUsed, pluginOf } from './catalogue';
import type { IPlugin } from './catalogue';
import { valuesOf } from './operations';
import type { Values } from './operations';
import { tuningOf } from './tuned-values';
import { misfit } from './values';

/** error: Savu stops, or does something else than is asked. */
export type Severity = 'error' | 'warning' | 'note';

export interface IFinding {
  readonly severity: Severity;
  /** Index of the plugin; null when it is about the list. */
  readonly index: number | null;
  /** The parameter, when it is about one. */
  readonly parameter?: string;
  /** One sentence or two: what is wrong, and what to do. */
  readonly message: string;
}

/** A plugin that is on, with what is known of it. */
interface IActive {
  readonly index: number;
  readonly plugin: SavuPlugin;
  readonly known: IPlugin | undefined;
  readonly values: Values;
}

/** Defaults of Savu 4.2 that are the word "None", at which it stops. */
const BROKEN_DEFAULTS = new Set(['dark', 'flat', 'force_zero', 'filter_name']);
/** From so many results on, tuning is probably a mistake. */
const MANY = 50;

/** All findings, in the order of the list. */
export function check(list: SavuList): readonly IFinding[] {
  const active = list.plugins
    .map((plugin, index) => ({
      index,
      plugin,
      known: pluginOf(plugin.id),
      values: valuesOf(plugin)
    }))
    .filter(({ plugin }) => plugin.active);
  return [
    ...order(active),
    ...active.flatMap(parameters),
    ...data(active),
    ...reconstruction(active),
    ...tuned(active),
    ...loops(list)
  ].sort((a, b) => (a.index ?? -1) - (b.index ?? -1));
}

const finding = (
  severity: Severity,
  index: number | null,
  message: string,
  parameter?: string
): IFinding => ({ severity, index, message, parameter });

function order(active: readonly IActive[]): IFinding[] {
  if (active.length === 0) {
    return [
      finding(
        'error',
        null,
        'No plugin is on: a list needs a loader and what is to be done with the data.'
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
          ? `${first.plugin.name} stands before the loader. Loaders come first.`
          : 'The list has no loader. Put one first, such as NxtomoLoader.'
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
          `${late.plugin.name} stands after other plugins. All loaders come first.`
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
          `${known.name} works on projections or sinograms but stands after the reconstruction.`
        )
      );
    }
  }
  return found;
}

function parameters({ index, plugin, known, values }: IActive): IFinding[] {
  if (!known) {
    return [
      finding(
        'note',
        index,
        `${plugin.name} is not in the catalogue, so its parameters are not checked.`
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
          `${plugin.name} has no parameter "${name}": Savu stops at it.`,
          name
        )
      );
      continue;
    }
    const wrong = misfit(parameter, values[name]);
    if (wrong) {
      found.push(
        finding('error', index, `${plugin.name}, ${name}: ${wrong}`, name)
      );
    }
  }
  for (const { name } of known.parameters) {
    if (!(name in values) && BROKEN_DEFAULTS.has(name)) {
      found.push(
        finding(
          'error',
          index,
          `${plugin.name} does not say ${name}, and Savu 4.2 fails on its own default. Fill in what is missing.`,
          name
        )
      );
    }
  }
  if (known.gpu) {
    found.push(
      finding('note', index, `${plugin.name} runs on a GPU with CUDA only.`)
    );
  }
  return found;
}

/** Names of data must be there before they are used. */
function data(active: readonly IActive[]): IFinding[] {
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
            `${plugin.name} asks for the data "${name}", which nothing before it makes. There are ${[...names].join(', ')}.`,
            'in_datasets'
          )
        );
      }
    }
    texts(values.out_datasets).forEach(name => names.add(name));
  }
  return found;
}

function reconstruction(active: readonly IActive[]): IFinding[] {
  const found: IFinding[] = [];
  active.forEach(({ index, plugin, known, values }, at) => {
    if (known?.kind !== 'reconstruction') {
      return;
    }
    const before = active.slice(0, at);
    found.push(
      ...centre(index, plugin, values, before),
      ...iterations(index, known, values),
      ...logarithm(index, plugin, values, before)
    );
  });
  return found;
}

function centre(
  index: number,
  { name }: SavuPlugin,
  values: Values,
  before: readonly IActive[]
): IFinding[] {
  const finder = before.find(({ known }) => known?.kind === 'centering');
  const set = values.centre_of_rotation;
  const isSet = set !== undefined && set !== 0;
  if (finder && typeof set === 'number' && isSet) {
    return [
      finding(
        'warning',
        index,
        `${name} takes the centre that ${finder.plugin.name} finds, and not ${set}. Switch ${finder.plugin.name} off to use yours.`,
        'centre_of_rotation'
      )
    ];
  }
  return finder || isSet
    ? []
    : [
        finding(
          'error',
          index,
          `The centre of rotation of ${name} is not set, so Savu takes half the width. Set it, or put VoCentering before.`,
          'centre_of_rotation'
        )
      ];
}

function iterations(index: number, known: IPlugin, values: Values): IFinding[] {
  const parameter = known.parameters.find(
    ({ name }) => name === 'n_iterations'
  );
  if (!parameter || !isUsed(parameter, values)) {
    return [];
  }
  const asked = values.n_iterations ?? parameter.default;
  if (known.name === 'TomopyRecon') {
    return [
      finding(
        'error',
        index,
        `Savu does not hand iterations on to TomoPy: ${String(values.algorithm)} does one, whatever is set. Choose gridrec, or AstraReconCpu for iterations.`,
        'n_iterations'
      )
    ];
  }
  return asked === 1
    ? [
        finding(
          'warning',
          index,
          `${known.name} does one iteration, which is hardly a reconstruction. Try 100 for SIRT, 15 for CGLS.`,
          'n_iterations'
        )
      ]
    : [];
}

function logarithm(
  index: number,
  { name }: SavuPlugin,
  values: Values,
  before: readonly IActive[]
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
        `PaganinFilter has taken the logarithm, and ${name} takes it again. Switch log off.`,
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
          `${name} gets counts that were not divided by the flat. Put DarkFlatFieldCorrection before.`
        )
      ]
    : [];
}

function tuned(active: readonly IActive[]): IFinding[] {
  const found: IFinding[] = [];
  let results = 1;
  for (const { index, plugin, values } of active) {
    for (const [name, value] of Object.entries(values)) {
      const tuning = tuningOf(name, value);
      if (tuning && 'count' in tuning) {
        results *= tuning.count;
        found.push(
          finding(
            'note',
            index,
            `${plugin.name} goes through ${tuning.count} values of ${name}.`,
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
        `Tuned parameters make ${results} results of everything after them, and take ${results} times the disk.`
      )
    );
  }
  return found;
}

function loops({ plugins, loops: all }: SavuList): IFinding[] {
  const found: IFinding[] = [];
  all.forEach(({ start, end }, at) => {
    if (start > end || end > plugins.length) {
      found.push(
        finding(
          'error',
          null,
          `Repeat ${at + 1} goes from plugin ${start} to ${end}, but the list has ${plugins.length}.`
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
          `Repeats ${other + 1} and ${at + 1} overlap, which Savu does not allow.`
        )
      );
    }
  });
  return found;
}

function texts(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter((item): item is string => typeof item === 'string')
    : [];
}
