/** @jest-environment node */
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import type { IRemoteFiles } from '../../remote';
import { ShellRemote } from '../../slurm/__tests__/shell-remote';
import { ensureRuntime } from '../runtime';

const FILES = ['tomo_runner/__init__.py', 'tomo_runner/run/slab.py', '.used'];

let folder: string;
let runtime: string;
let work: string;
let store: string;
let there: string;

beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'tomo-runtime-spec-'));
  runtime = path.join(folder, 'here', '0123abcd');
  work = path.join(folder, "work of 'ann'");
  store = path.join(work, 'runtime');
  there = path.join(store, '0123abcd');
  for (const name of FILES) {
    await write(path.join(runtime, name), `content of ${name}`);
  }
  await write(path.join(runtime, 'tomo_runner/__pycache__/x.pyc'), 'x');
});

afterEach(async () => {
  await fs.rm(folder, { recursive: true });
});

async function write(file: string, text: string): Promise<void> {
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.writeFile(file, text);
}

/** A host with a real shell, to which files come by copying. */
class Host extends ShellRemote {
  readonly uploads: string[] = [];
  /** What happens when a file has arrived. */
  arrived: (file: string) => Promise<void> = () => Promise.resolve();

  override get files(): IRemoteFiles {
    const files: Partial<IRemoteFiles> = {
      upload: async (local, remote) => {
        this.uploads.push(remote);
        const aside = `${remote}.${randomUUID()}`;
        await fs.copyFile(local, aside);
        await fs.rename(aside, remote);
        await this.arrived(remote);
      }
    };
    return files as IRemoteFiles;
  }
}

async function host(): Promise<Host> {
  const place = await fs.mkdtemp(path.join(folder, 'host-'));
  await ShellRemote.make(place);
  return new Host(place);
}

async function filesThere(): Promise<string[]> {
  const entries = await fs.readdir(there, {
    recursive: true,
    withFileTypes: true
  });
  return entries
    .filter(entry => entry.isFile())
    .map(entry => path.relative(there, path.join(entry.parentPath, entry.name)))
    .sort();
}

async function expectWhole(): Promise<void> {
  expect(await filesThere()).toEqual([...FILES].sort());
  // Nothing else is left beside it.
  expect(await fs.readdir(store)).toEqual(['0123abcd']);
}

describe('the runtime on a cluster', () => {
  it('is brought once', async () => {
    const remote = await host();
    expect(await ensureRuntime(remote, runtime, work)).toBe(there);
    await expectWhole();
    expect(remote.uploads).toHaveLength(1);
    const scripts = remote.scripts.length;
    const { ino } = await fs.stat(there);
    // What Python keeps there is none of its files.
    await write(path.join(there, 'tomo_runner/__pycache__/y.pyc'), 'y');
    await ensureRuntime(remote, runtime, work);
    expect(remote.scripts).toHaveLength(scripts + 1);
    expect(remote.uploads).toHaveLength(1);
    expect((await fs.stat(there)).ino).toBe(ino);
  });

  it.each(FILES)('is brought again when %s has been purged', async name => {
    const remote = await host();
    await ensureRuntime(remote, runtime, work);
    await fs.rm(path.join(there, name));
    await ensureRuntime(remote, runtime, work);
    expect(remote.uploads).toHaveLength(2);
    await expectWhole();
  });

  it('is complete when it takes the place of what is left of one', async () => {
    const remote = await host();
    await ensureRuntime(remote, runtime, work);
    await fs.rm(path.join(there, 'tomo_runner/run/slab.py'));
    const { ino } = await fs.stat(there);
    await ensureRuntime(remote, runtime, work);
    // Another folder: none that is filled while something runs from it.
    expect((await fs.stat(there)).ino).not.toBe(ino);
    await expectWhole();
  });

  it('leaves what is there when what was packed cannot be unpacked', async () => {
    const remote = await host();
    await ensureRuntime(remote, runtime, work);
    await fs.rm(path.join(there, 'tomo_runner/run/slab.py'));
    remote.arrived = file => fs.writeFile(file, 'no archive');
    await expect(ensureRuntime(remote, runtime, work)).rejects.toMatchObject({
      failure: { code: 'runtime-not-written', where: there }
    });
    expect(await filesThere()).toEqual(['.used', 'tomo_runner/__init__.py']);
    expect(await fs.readdir(store)).toEqual(['0123abcd']);
  });

  it('stays where another machine has put it meanwhile', async () => {
    const [slow, quick] = [await host(), await host()];
    slow.arrived = async () => {
      await ensureRuntime(quick, runtime, work);
    };
    await ensureRuntime(slow, runtime, work);
    await expectWhole();
    // The quicker one took away what both had packed.
    slow.arrived = async () => {
      await ensureRuntime(quick, runtime, work);
      await fs.rm(path.join(store, '0123abcd.tar.gz'), { force: true });
    };
    await fs.rm(path.join(there, '.used'));
    await ensureRuntime(slow, runtime, work);
    await expectWhole();
  });

  it('is brought for a job whose predecessor is cancelled meanwhile', async () => {
    const remote = await host();
    const cancel = new AbortController();
    let uploads = 0;
    remote.arrived = async () => {
      uploads += 1;
      if (uploads === 1) {
        cancel.abort();
        cancel.signal.throwIfAborted();
      }
    };
    const first = ensureRuntime(remote, runtime, work, {
      signal: cancel.signal
    });
    const others = [1, 2].map(() => ensureRuntime(remote, runtime, work));
    await expect(first).rejects.toMatchObject({ name: 'AbortError' });
    expect(await Promise.all(others)).toEqual([there, there]);
    expect(uploads).toBe(2);
    await expectWhole();
  });

  it('is brought by several machines at once', async () => {
    const hosts = await Promise.all([host(), host(), host(), host()]);
    for (let round = 0; round < 8; round++) {
      await Promise.all(hosts.map(each => ensureRuntime(each, runtime, work)));
      await expectWhole();
      await fs.rm(path.join(there, 'tomo_runner/run/slab.py'));
    }
  }, 60_000);
});
