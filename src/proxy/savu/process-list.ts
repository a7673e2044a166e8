/**
 * Process lists of Savu as HDF5, in memory: what Savu 4 reads, and what it
 * and its forerunners wrote.
 */
import { Dataset, File, Group, ready } from 'h5wasm';

import type { SavuList, SavuLoop, SavuPlugin } from '../../api/_generated/api';
import { ProxyError } from '../failure';

const MAX_PLUGINS = 1000;
/** Bytes of one plugin's parameters. */
const MAX_PARAMETERS = 1_000_000;
/** Characters of a module path or a name. */
const MAX_NAME = 400;
const MODULE = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/;

/**
 * Read a process list.
 *
 * @param bytes - an HDF5 file.
 * @throws ProxyError that says what the file is instead, or what in it cannot be read.
 */
export async function readList(bytes: Uint8Array): Promise<SavuList> {
  return withFile(bytes, file => {
    const plugins = groupAt(file, 'entry/plugin');
    if (!plugins) {
      throw notAList(file);
    }
    const names = plugins.keys().sort(byNumber);
    if (names.length > MAX_PLUGINS) {
      throw damaged(`The list has ${names.length} plugins.`, 'entry/plugin');
    }
    return {
      version: textAt(file, 'entry/savu_notes/version') ?? '',
      plugins: names.map(name => readPlugin(plugins, name)),
      loops: readLoops(file)
    };
  });
}

/**
 * Write a process list so that Savu 4 and the HDF5 1.10 it is built with read it.
 *
 * @throws ProxyError when the parameters of a plugin are not a JSON object.
 */
export async function writeList(list: SavuList): Promise<Uint8Array> {
  list.plugins.forEach(checkParameters);
  const { FS } = await ready;
  const path = `/list-${counter++}.nxs`;
  try {
    const file = new File(path, 'w', { libver: ['earliest', 'v110'] });
    try {
      const entry = file.create_group('entry');
      classOf(entry, 'NXentry');
      const notes = entry.create_group('savu_notes');
      classOf(notes, 'NXnote');
      // Without a version Savu takes plugins by the names that they once had.
      if (list.version) {
        notes.create_dataset({
          name: 'version',
          data: list.version,
          shape: []
        });
      }
      const plugins = entry.create_group('plugin');
      classOf(plugins, 'NXprocess');
      list.plugins.forEach((plugin, index) => {
        writePlugin(plugins.create_group(String(index + 1)), plugin);
      });
      const loops = entry.create_group('iterate_plugin_groups');
      classOf(loops, 'NXnote');
      list.loops.forEach((loop, index) => {
        writeLoop(loops.create_group(String(index + 1)), loop);
      });
      file.flush();
    } finally {
      file.close();
    }
    return FS.readFile(path);
  } finally {
    remove(FS, path);
  }
}

/** Names of files in memory. */
let counter = 0;

async function withFile<T>(
  bytes: Uint8Array,
  read: (file: File) => T
): Promise<T> {
  const { FS } = await ready;
  const path = `/list-${counter++}.nxs`;
  FS.writeFile(path, bytes);
  try {
    const file = opened(path);
    try {
      return read(file);
    } catch (error) {
      if (error instanceof ProxyError) {
        throw error;
      }
      throw damaged('A part of it cannot be read.', '', error);
    } finally {
      file.close();
    }
  } finally {
    remove(FS, path);
  }
}

function opened(path: string): File {
  let file: File;
  try {
    file = new File(path, 'r');
  } catch (error) {
    throw noHdf5(error);
  }
  // The library tells a failed opening by a negative identifier.
  if (file.file_id <= 0n) {
    throw noHdf5();
  }
  return file;
}

function noHdf5(cause?: unknown): ProxyError {
  return new ProxyError(
    422,
    'savu-damaged',
    'The file is damaged or not HDF5, so it cannot be a process list.',
    {
      where: '',
      hint: 'Copy it again from where it was made, or restore it from a backup.',
      cause
    }
  );
}

function damaged(what: string, where: string, cause?: unknown): ProxyError {
  return new ProxyError(
    422,
    'savu-damaged',
    `The process list is damaged. ${what}`,
    {
      where,
      hint: 'Save it again with Savu, or restore it from a backup.',
      cause
    }
  );
}

/** HDF5 without a process list: say what it is when that can be seen. */
function notAList(file: File): ProxyError {
  const data = file
    .keys()
    .some(name =>
      [name, `${name}/tomo_entry`].some(entry =>
        ['definition', 'instrument/detector/data'].some(
          member => file.get(`${entry}/${member}`) !== null
        )
      )
    );
  return data
    ? new ProxyError(
        422,
        'savu-data-set',
        'The file holds a measurement (NXtomo), not a process list.',
        {
          hint: 'Choose "Open in Tomography" in its context menu to reconstruct it.'
        }
      )
    : new ProxyError(
        422,
        'savu-no-list',
        'The file is HDF5 but holds no process list: it has no group entry/plugin.',
        { where: 'entry/plugin', hint: 'Open a list that Savu has saved.' }
      );
}

function readPlugin(plugins: Group, key: string): SavuPlugin {
  const where = `entry/plugin/${key}`;
  const group = groupAt(plugins, key);
  if (!group) {
    throw damaged(`${where} is not a group.`, where);
  }
  const required = (name: string): string => {
    const value = textAt(group, name);
    if (!value) {
      throw damaged(`${where} lacks "${name}".`, `${where}/${name}`);
    }
    return value;
  };
  const name = required('name');
  const id = required('id');
  if (!MODULE.test(id) || id.length > MAX_NAME || name.length > MAX_NAME) {
    throw damaged(
      `The id of plugin ${key.trim()} is not the path of a Python module.`,
      `${where}/id`
    );
  }
  const plugin: SavuPlugin = {
    name,
    id,
    active: truthAt(group, 'active'),
    data: textAt(group, 'data') || '{}'
  };
  checkParameters(plugin, Number(key) - 1);
  return plugin;
}

function checkParameters(plugin: SavuPlugin, index: number): void {
  const about = `plugin ${index + 1} (${plugin.name})`;
  const where = `entry/plugin/${index + 1}/data`;
  if (plugin.data.length > MAX_PARAMETERS) {
    throw damaged(`The parameters of ${about} are larger than 1 MB.`, where);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(plugin.data);
  } catch (error) {
    throw damaged(`The parameters of ${about} are not JSON.`, where, error);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw damaged(`The parameters of ${about} are not a JSON object.`, where);
  }
}

function readLoops(file: File): SavuLoop[] {
  const groups = groupAt(file, 'entry/iterate_plugin_groups');
  if (!groups) {
    return [];
  }
  return groups
    .keys()
    .sort(byNumber)
    .map(key => {
      const where = `entry/iterate_plugin_groups/${key}`;
      const group = groupAt(groups, key);
      const whole = (name: string): number => {
        const value = group && numberAt(group, name);
        if (!value || !Number.isInteger(value) || value < 1) {
          throw damaged(
            `${where}/${name} is not a whole number above zero.`,
            `${where}/${name}`
          );
        }
        return value;
      };
      return {
        start: whole('start'),
        end: whole('end'),
        iterations: whole('iterations')
      };
    });
}

function writePlugin(group: Group, plugin: SavuPlugin): void {
  classOf(group, 'NXnote');
  // Savu decodes bytes: strings of a fixed length, in lists of one.
  for (const name of ['name', 'id', 'data'] as const) {
    fixed(group, name, plugin[name]);
  }
  group.create_dataset({
    name: 'active',
    data: new Int8Array([plugin.active ? 1 : 0]),
    shape: [1]
  });
}

function writeLoop(group: Group, loop: SavuLoop): void {
  classOf(group, 'NXnote');
  for (const name of ['start', 'end', 'iterations'] as const) {
    group.create_dataset({
      name,
      data: new Int32Array([loop[name]]),
      shape: []
    });
  }
}

function classOf(group: Group, name: string): void {
  group.create_attribute('NX_class', name, [], `S${name.length}`);
}

function fixed(group: Group, name: string, value: string): void {
  const bytes = new TextEncoder().encode(value).length;
  group.create_dataset({
    name,
    data: [value],
    shape: [1],
    dtype: `S${Math.max(1, bytes)}`
  });
}

function groupAt(group: Group, path: string): Group | null {
  const found = group.get(path);
  return found instanceof Group ? found : null;
}

/** The first value of a small data set; null when there is none. Links out of the file lead nowhere in memory. */
function firstAt(group: Group, path: string): unknown {
  const found = group.get(path);
  if (!(found instanceof Dataset)) {
    return null;
  }
  const count = (found.shape ?? []).reduce((product, n) => product * n, 1);
  if (count !== 1 || found.metadata.size > MAX_PARAMETERS) {
    return null;
  }
  const value: unknown = found.value;
  if (Array.isArray(value)) {
    const values: readonly unknown[] = value;
    return values[0];
  }
  return ArrayBuffer.isView(value) && 'at' in value
    ? Reflect.get(value, 0)
    : value;
}

function textAt(group: Group, path: string): string | null {
  const value = firstAt(group, path);
  return typeof value === 'string' ? value : null;
}

function numberAt(group: Group, path: string): number | null {
  const value = firstAt(group, path);
  return typeof value === 'number' || typeof value === 'bigint'
    ? Number(value)
    : null;
}

/** On unless it says otherwise: lists without the key are from before it existed. */
function truthAt(group: Group, path: string): boolean {
  const value = firstAt(group, path);
  return value === null ? true : Boolean(value);
}

/** Old lists pad their keys with blanks, and insert "2a" after "2". */
function byNumber(a: string, b: string): number {
  return a.trim().localeCompare(b.trim(), 'en', { numeric: true });
}

function remove(
  files: { unlink(path: string): void; analyzePath(path: string): object },
  path: string
): void {
  if (Reflect.get(files.analyzePath(path), 'exists') === true) {
    files.unlink(path);
  }
}
