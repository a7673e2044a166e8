/**
 * The plugins that are known without a Savu: their parameters with kinds,
 * defaults and options.
 */
import file from './catalogue.json';

/** What a value is; `list` and `object` are JSON. */
export type Kind =
  'text' | 'integer' | 'number' | 'flag' | 'null' | 'list' | 'object';

export type Level = 'basic' | 'intermediate' | 'advanced' | 'data' | 'hidden';

export interface IParameter {
  readonly name: string;
  readonly kinds: readonly Kind[];
  readonly default: unknown;
  readonly level: Level;
  readonly help: string;
  readonly options?: readonly (string | number | boolean | null)[];
  /** Values of other parameters with which this one is used. */
  readonly when?: Readonly<Record<string, readonly unknown[]>>;
}

export interface IPlugin {
  readonly name: string;
  /** Module. */
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly help: string;
  /** Library that Savu needs for it. */
  readonly needs?: string;
  readonly gpu?: boolean;
  readonly parameters: readonly IParameter[];
}

/** Version of the Savu that the catalogue describes. */
export const SAVU_VERSION: string = file.version;

/** Kinds of plugins, in the order in which they come in a list. */
export const KINDS: readonly {
  readonly name: string;
  readonly title: string;
}[] = file.kinds;

const VALUES: Record<string, Kind> = {
  text: 'text',
  integer: 'integer',
  number: 'number',
  flag: 'flag',
  null: 'null',
  list: 'list',
  object: 'object'
};
const LEVELS: Record<string, Level> = {
  basic: 'basic',
  intermediate: 'intermediate',
  advanced: 'advanced',
  data: 'data',
  hidden: 'hidden'
};

export const PLUGINS: readonly IPlugin[] = file.plugins.map(plugin => ({
  ...plugin,
  parameters: plugin.parameters.map(parameter => ({
    ...parameter,
    kinds: parameter.kinds.map(kind => VALUES[kind]),
    level: LEVELS[parameter.level],
    when: whenOf(parameter)
  }))
}));

/** The file as TypeScript sees it has all keys that any `when` has. */
function whenOf({
  when
}: {
  readonly name: string;
  readonly when?: Readonly<Record<string, readonly unknown[] | undefined>>;
}): IParameter['when'] {
  return when
    ? Object.fromEntries(
        Object.entries(when).map(([name, values]) => [name, values ?? []])
      )
    : undefined;
}

const byId = new Map(PLUGINS.map(plugin => [plugin.id, plugin]));

/** The plugin of a module; undefined when the catalogue does not have it. */
export function pluginOf(id: string): IPlugin | undefined {
  return byId.get(id);
}

/** Whether a parameter is used with the values of the others. */
export function isUsed(
  parameter: IParameter,
  values: Readonly<Record<string, unknown>>
): boolean {
  return Object.entries(parameter.when ?? {}).every(
    ([name, wanted]) =>
      !(name in values) ||
      isTuned(values[name]) ||
      wanted.includes(values[name])
  );
}

function isTuned(value: unknown): boolean {
  return typeof value === 'string' && value.includes(';');
}
