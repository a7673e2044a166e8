/**
 * Changes of a process list: pure functions from list to list.
 */
import { applyEdits, modify } from 'jsonc-parser';

import type { SavuList, SavuLoop, SavuPlugin } from '../api';
import { SAVU_VERSION } from './catalogue';
import type { IPlugin } from './catalogue';

export type Values = Readonly<Record<string, unknown>>;

export const EMPTY: SavuList = {
  version: SAVU_VERSION,
  plugins: [],
  loops: []
};

/** The parameters of a plugin; none when they cannot be read. */
export function valuesOf(plugin: SavuPlugin): Values {
  try {
    const parsed: unknown = JSON.parse(plugin.data);
    return isValues(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** All parameters stand in the list: of those that are missing Savu 4.2 takes some as the word "None". */
export function newPlugin(plugin: IPlugin, given: Values = {}): SavuPlugin {
  const values = Object.fromEntries(
    plugin.parameters.map(({ name, default: value }) => [
      name,
      name in given ? given[name] : value
    ])
  );
  return {
    name: plugin.name,
    id: plugin.id,
    active: true,
    data: JSON.stringify(values)
  };
}

/** Set one parameter, or remove it with undefined; the text of the others stays. */
export function setParameter(
  list: SavuList,
  index: number,
  name: string,
  value: unknown
): SavuList {
  return changed(list, index, plugin => ({
    ...plugin,
    data: applyEdits(
      plugin.data,
      modify(plugin.data, [name], value, { formattingOptions: undefined })
    )
  }));
}

/** Add the parameters that the plugin has and the list does not say. */
export function complete(
  list: SavuList,
  index: number,
  plugin: IPlugin
): SavuList {
  const values = valuesOf(list.plugins[index]);
  return plugin.parameters
    .filter(({ name }) => !(name in values))
    .reduce(
      (filled, { name, default: value }) =>
        setParameter(filled, index, name, value),
      list
    );
}

export function setActive(
  list: SavuList,
  index: number,
  active: boolean
): SavuList {
  return changed(list, index, plugin => ({ ...plugin, active }));
}

export function insert(
  list: SavuList,
  index: number,
  plugin: SavuPlugin
): SavuList {
  const plugins = [...list.plugins];
  plugins.splice(index, 0, plugin);
  return {
    ...list,
    plugins,
    loops: moved(list.loops, at => (at >= index ? at + 1 : at))
  };
}

export function remove(list: SavuList, index: number): SavuList {
  return {
    ...list,
    plugins: list.plugins.filter((_, at) => at !== index),
    loops: moved(list.loops, at =>
      at === index ? null : at > index ? at - 1 : at
    )
  };
}

/** Take a plugin from one place to another; both count from 0 in the list as it is. */
export function move(list: SavuList, from: number, to: number): SavuList {
  if (from === to || to < 0 || to >= list.plugins.length) {
    return list;
  }
  const plugin = list.plugins[from];
  const without = list.plugins.filter((_, at) => at !== from);
  without.splice(to, 0, plugin);
  const place = (at: number): number => {
    const left = at > from ? at - 1 : at;
    return at === from ? to : left >= to ? left + 1 : left;
  };
  // A repeat stays with those that did not move.
  const stays = (loop: SavuLoop): boolean => loop.end > loop.start;
  return {
    ...list,
    plugins: without,
    loops: moved(list.loops, (at, loop) =>
      at === from && stays(loop) ? null : place(at)
    )
  };
}

export function setLoops(list: SavuList, loops: readonly SavuLoop[]): SavuList {
  return { ...list, loops: [...loops] };
}

function changed(
  list: SavuList,
  index: number,
  change: (plugin: SavuPlugin) => SavuPlugin
): SavuList {
  return {
    ...list,
    plugins: list.plugins.map((plugin, at) =>
      at === index ? change(plugin) : plugin
    )
  };
}

/** Repeats after their plugins went to other places, or, with null, away. */
function moved(
  loops: readonly SavuLoop[],
  place: (index: number, loop: SavuLoop) => number | null
): SavuLoop[] {
  return loops.flatMap(loop => {
    const places: number[] = [];
    for (let at = loop.start - 1; at < loop.end; at++) {
      const found = place(at, loop);
      if (found !== null) {
        places.push(found);
      }
    }
    return places.length
      ? [
          {
            ...loop,
            start: Math.min(...places) + 1,
            end: Math.max(...places) + 1
          }
        ]
      : [];
  });
}
