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

/** A result there whose files change, over a line that is cut. */
class Result {
  readonly files = new Map<string, { text: string; modified: number }>();
  /** Bytes after which the line is cut. */
  cut = Infinity;
  /** From which byte on each copy was. */
  readonly from: number[] = [];
  /** What happens there when a copy is done. */
  copied = (): void => undefined;

  put(name: string, text: string, modified = 1_700_000_000): void {
    this.files.set(name, { text, modified });
  }

  get remote(): IRemote {
    const entry = (name: string): IRemoteEntry | null => {
      const file = this.files.get(name);
      return file
        ? {
            name,
            directory: false,
            size: file.text.length,
            modified: file.modified
          }
        : null;
    };
    const nameOf = (there: string): string => path.posix.basename(there);
    const store: Partial<IStore> = {
      sftp: true,
      loose: 2,
      list: () =>
        Promise.resolve(
          [...this.files.keys()].map(entry).filter(each => each !== null)
        ),
      stat: there => Promise.resolve(entry(nameOf(there))),
      read: async there =>
        Buffer.from(this.files.get(nameOf(there))?.text ?? ''),
      receive: async (there, target, part: IPart) => {
        const text = this.files.get(nameOf(there))?.text ?? '';
        this.from.push(part.from);
        const content = Buffer.from(text.slice(part.from, this.cut));
        await target.write(content, 0, content.length, part.from);
        if (this.cut < text.length) {
          throw new Error('The line was cut.');
        }
        this.copied();
      }
    };
    const files = new RemoteFiles(
      () => Promise.resolve(store as IStore),
      // Asked for free space when something fails.
      { run: () => Promise.reject(new Error()) } as Partial<Scripts> as Scripts
    );
    return { files } as Partial<IRemote> as IRemote;
  }
}

describe('a copy that was cut', () => {
  const NAME = 'slice_00003.tif';
  let result: Result;

  const here = async (): Promise<Record<string, string>> => {
    const names = await fs.readdir(path.join(folder, 'here'));
    const read = async (name: string): Promise<[string, string]> => [
      name,
      await fs.readFile(path.join(folder, 'here', name), 'utf8')
    ];
    return Object.fromEntries(await Promise.all(names.sort().map(read)));
  };

  beforeEach(async () => {
    result = new Result();
    result.put('result.json', '{"rows": [3, 4]}');
    result.put(NAME, 'first version');
    result.cut = 7;
    await expect(copy(result.remote)).rejects.toThrow('The line was cut.');
    result.cut = Infinity;
    expect(Object.values(await here())).toContain('first v');
  });

  it('goes on in its folder, a little before its end', async () => {
    await copy(result.remote);
    expect(result.from).toEqual([0, 5]);
    expect((await here())[NAME]).toBe('first version');
    // What is here is not copied again.
    await copy(result.remote);
    expect(result.from).toEqual([0, 5]);
  });

  it.each([
    ['is as long', 'other version', 1_700_000_100],
    ['is longer', 'a longer version', 1_700_000_000],
    ['is shorter', 'brief', 1_700_000_000],
    ['was put back from a copy', 'older version', 1_600_000_000]
  ])('begins anew when the file has changed and %s', async (_, text, time) => {
    result.put(NAME, text, time);
    await copy(result.remote);
    expect(result.from).toEqual([0, 0]);
    // Nothing is left of the other version, and it can be copied into once more.
    const files = { 'result.json': '{\n "rows": [\n  3,\n  4\n ]\n}\n' };
    expect(await here()).toEqual({ ...files, [NAME]: text });
    await copy(result.remote);
    expect(await here()).toEqual({ ...files, [NAME]: text });
  });

  it('is told when the file changes meanwhile, and begins anew then', async () => {
    result.copied = () => result.put(NAME, 'other version', 1_700_000_100);
    await expect(copy(result.remote)).rejects.toMatchObject({
      failure: { code: 'file-changed' }
    });
    expect(await here()).not.toHaveProperty([NAME]);
    result.copied = () => undefined;
    await copy(result.remote);
    expect(result.from).toEqual([0, 5, 0]);
    expect((await here())[NAME]).toBe('other version');
  });

  it('does not go on with a file whose name is written alike', async () => {
    result.put('a b_00001.tif', 'one of them..');
    result.put('a_b_00001.tif', 'the other one');
    await copy(result.remote);
    const copied = await here();
    expect(copied['a b_00001.tif']).toBe('one of them..');
    expect(copied['a_b_00001.tif']).toBe('the other one');
  });

  it('of another job leaves its folder to that job', async () => {
    const before = await here();
    const fetch: IFetch = {
      job: 'another',
      from: '/scratch/other',
      to: path.join(folder, 'here')
    };
    await expect(fetchNeeds(result.remote, fetch)).rejects.toMatchObject({
      failure: { code: 'folder-not-empty', where: 'folder' }
    });
    expect(await here()).toEqual(before);
  });
});

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
