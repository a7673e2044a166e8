/** @jest-environment node */
import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { JobPaths } from '../../../../job-folder';
import type { IRemote, IRemoteEntry } from '../../remote';
import { RemoteFiles } from '../../ssh/remote-files';
import type { Scripts } from '../../ssh/scripts';
import type { IPart, IStore } from '../../ssh/store';
import { carryOutFetch, fetchNeeds, type IFetch } from '../fetch';
import { Fetches } from '../fetches';
import { Transfer } from '../transfer';

const ID = '01234567-89ab-cdef-0123-456789abcdef';

let folder: string;

beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'tomo-fetch-'));
});

afterEach(async () => {
  await fs.rm(folder, { recursive: true });
});

/** A result folder there with files of these names, each of four bytes. */
function remoteWith(names: readonly string[]): IRemote {
  const entry = (name: string): IRemoteEntry => ({
    name,
    directory: false,
    size: 4,
    modified: 1_700_000_000
  });
  const store: Partial<IStore> = {
    sftp: true,
    loose: 0,
    list: () => Promise.resolve(names.map(entry)),
    stat: there => Promise.resolve(entry(there)),
    receive: async (_there, target, part: IPart) => {
      await target.write(Buffer.from('tiff'), 0, 4, part.from);
    }
  };
  const files = new RemoteFiles(
    () => Promise.resolve(store as IStore),
    {} as Scripts
  );
  return { files } as Partial<IRemote> as IRemote;
}

async function copy(remote: IRemote): Promise<void> {
  const fetch: IFetch = {
    job: 'j',
    from: '/scratch/result',
    to: path.join(folder, 'here')
  };
  const needs = await fetchNeeds(remote, fetch);
  const transfer = new Transfer('fetch', fetch.to, 0, () => undefined);
  await carryOutFetch(remote, fetch, needs, transfer);
}

describe('a copy of a result', () => {
  it('brings the files that the cluster lists', async () => {
    await copy(remoteWith(['slice_00003.tif', 'notes: a b.txt']));
    const names = (await fs.readdir(path.join(folder, 'here'))).sort();
    expect(names).toEqual([
      '.tomo-fetch.json',
      'notes: a b.txt',
      'slice_00003.tif'
    ]);
  });

  it.each([
    '../authorized_keys',
    '../../../../../../../../tmp/x',
    'a/../../b',
    '/tmp/tomo-absolute',
    '..',
    ''
  ])('writes nowhere else, whatever name is listed: %j', async name => {
    const remote = remoteWith(['slice_00003.tif', name]);
    await expect(copy(remote)).rejects.toMatchObject({
      failure: { code: 'bad-name', where: '/scratch/result' }
    });
    expect(await fs.readdir(folder)).toEqual([]);
  });
});

it('a copy that is stopped while it is prepared does not begin', async () => {
  let answer = (): void => undefined;
  const remote = remoteWith(['slice_00003.tif']);
  const list = remote.files.list.bind(remote.files);
  jest.spyOn(remote.files, 'list').mockImplementation(async there => {
    await new Promise<void>(resolve => {
      answer = resolve;
    });
    return list(there);
  });
  const paths = new JobPaths(folder, ID);
  await fs.mkdir(paths.folder);
  const fetches = new Fetches(() => undefined);
  const begun = fetches.begin(remote, paths, {
    job: ID,
    from: '/scratch/result',
    to: path.join(folder, 'here')
  });
  fetches.stop(ID);
  answer();
  await expect(begun).rejects.toMatchObject({
    status: 409,
    failure: { code: 'fetch-stopped' }
  });
  expect(fetches.transfer(ID)).toBeUndefined();
  expect(await fs.readdir(paths.folder)).toEqual([]);
});
