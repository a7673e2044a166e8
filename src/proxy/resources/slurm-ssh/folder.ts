/** A folder of a cluster as a browser of folders shows it. */
import path from 'node:path';

import type { Folder } from '../../../api/_generated/api';
import { ProxyError } from '../../failure';
import type { IClusterSettings } from '../../settings';
import { quote } from './quote';
import type { IRemote, IRemoteEntry } from './remote';

/** Entries of a folder that are told; more would not be read. */
const MOST = 5_000;

/**
 * @param asked - absolute, or below the home folder; empty: the work folder, else the home folder.
 * @throws ProxyError when it is none.
 */
export async function listRemoteFolder(
  remote: IRemote,
  cluster: IClusterSettings,
  asked: string
): Promise<Folder> {
  const places = await placesOf(remote, cluster);
  const folder = asked
    ? path.posix.resolve(remote.home, asked.replace(/^~(?=\/|$)/, '.'))
    : (places[0]?.path ?? remote.home);
  const found = await remote.files.stat(folder);
  if (!found?.directory) {
    throw new ProxyError(
      found ? 422 : 404,
      found ? 'no-folder' : 'no-file',
      `There is no folder ${folder} on ${cluster.title || cluster.name}.`,
      {
        where: folder,
        hint: 'Begin with one of the places, and choose from there.'
      }
    );
  }
  const entries = (await remote.files.list(folder))
    .filter(({ name }) => !name.startsWith('.'))
    .sort(foldersFirst);
  return {
    path: folder,
    parent: folder === '/' ? null : path.posix.dirname(folder),
    truncated: entries.length > MOST,
    places,
    entries: entries.slice(0, MOST).map(entry => ({
      name: entry.name,
      directory: entry.directory,
      size: entry.size,
      modified: new Date(entry.modified * 1000).toISOString()
    }))
  };
}

/** Where one may want to begin, as far as it is there. */
async function placesOf(
  remote: IRemote,
  cluster: IClusterSettings
): Promise<Folder['places']> {
  const wished = [
    { title: 'Work folder', path: atHome(cluster.work, remote.home) },
    ...cluster.paths.map(({ remote: there }) => ({
      title: path.posix.basename(there) || there,
      path: there
    })),
    { title: 'Home', path: remote.home }
  ].filter(place => place.path.startsWith('/'));
  const tests = [
    'user=$(id -un); group=$(id -gn)',
    // Where a site such as SCARF keeps large data.
    'for folder in "/work3/$group/$user" "/work3/$group" "/scratch/$user"; do',
    `  if [ -d "$folder" ]; then printf '+%s\\n' "$folder"; fi`,
    'done',
    ...wished.map(
      (place, index) => `if [ -d ${quote(place.path)} ]; then echo ${index}; fi`
    )
  ];
  const { stdout } = await remote.run(tests.join('\n'));
  const lines = stdout.split('\n').filter(Boolean);
  const site = lines
    .filter(line => line.startsWith('+'))
    .map(line => ({ title: line.slice(1), path: line.slice(1) }));
  const own = wished.filter((_, index) => lines.includes(String(index)));
  const known = new Set<string>();
  return [...own.slice(0, -1), ...site, ...own.slice(-1)].filter(
    place => !known.has(place.path) && known.add(place.path)
  );
}

function atHome(folder: string, home: string): string {
  return folder && path.posix.resolve(home, folder.replace(/^~(?=\/|$)/, '.'));
}

const collator = new Intl.Collator('en', { numeric: true });

function foldersFirst(a: IRemoteEntry, b: IRemoteEntry): number {
  return (
    Number(b.directory) - Number(a.directory) ||
    collator.compare(a.name, b.name)
  );
}
