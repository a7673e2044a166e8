/**
 * Plugins with their parameters: those that are known without a Savu, and
 * those that an installed one has.
 */
import type { SavuPlugins } from '../api';
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
  /** Libraries that the installed Savu lacks. */
  readonly missing?: readonly string[];
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

/** What can be in a list, and how it is checked. */
export interface ICatalogue {
  /** Of the Savu. */
  readonly version: string;
  /** It is that of an installed Savu, which stops at anything else. */
  readonly installed: boolean;
  /** Whether there is a graphics card; null when nobody knows. */
  readonly gpu: boolean | null;
  readonly plugins: readonly IPlugin[];
  /** The plugin of a module; undefined when the catalogue does not have it. */
  find(id: string): IPlugin | undefined;
}

/** The one that comes with the project. */
export const SHIPPED: ICatalogue = made(SAVU_VERSION, false, null, PLUGINS);

/** The one of an installed Savu. */
export function installedCatalogue(
  told: SavuPlugins,
  gpu: boolean | null
): ICatalogue {
  return made(told.version ?? '', true, gpu, told.plugins);
}

function made(
  version: string,
  installed: boolean,
  gpu: boolean | null,
  plugins: readonly IPlugin[]
): ICatalogue {
  const byId = new Map(plugins.map(plugin => [plugin.id, plugin]));
  return { version, installed, gpu, plugins, find: id => byId.get(id) };
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
