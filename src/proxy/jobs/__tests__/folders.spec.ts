/** @jest-environment node */
import {
  mkdtemp,
  mkdir,
  readdir,
  readFile,
  rm,
  writeFile,
  appendFile
} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import type { Recipe } from '../../../recipe/_generated/recipe';
import { replaceJson } from '../../files';
import { JobPaths, parseStatus, type IJobSpec } from '../../job-folder';
import { FRESH } from '../entry';
import { JobLog } from '../log';
import { freeOutput, outputFolder, refuseCollision } from '../../submission';
import { Ownership } from '../ownership';
import { Pulse } from '../pulse';
import { JobStore, runnerLives } from '../store';

const ID = '01234567-89ab-cdef-0123-456789abcdef';

const SPEC: IJobSpec = {
  id: ID,
  name: 'it\'s "one"',
  user: 'ann',
  created: '2026-01-01T00:00:00Z',
  resource: 'local',
  kernel: 'python3',
  base: '/data',
  cores: 2,
  memory: 1 << 30,
  output: '/data/out',
  runtime: '/runtime',
  command: 'x'
};

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'tomo proxy "\n'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('the jobs folder', () => {
  it('finds a job again as it was written, and makes it only once', async () => {
    const store = new JobStore(folder);
    await store.open();
    const own = (paths: JobPaths): Promise<void> =>
      writeFile(paths.owner(1), '{}');
    expect(await store.create(SPEC, { version: 1 }, FRESH, own)).toBe(true);
    expect(
      await store.create({ ...SPEC, name: 'other' }, { version: 1 }, FRESH, own)
    ).toBe(false);
    expect(await new JobStore(folder).ids()).toEqual([ID]);
    expect(await store.read(ID)).toMatchObject({
      name: 'it\'s "one"',
      cores: 2,
      memory: 1 << 30
    });
  });

  it('takes nothing else for a job', async () => {
    const store = new JobStore(folder);
    await mkdir(path.join(folder, '.new-1'));
    await mkdir(path.join(folder, 'notes'));
    expect(await store.ids()).toEqual([]);
    expect(() => store.paths('../../etc')).toThrow('is not the id of a job');
    expect(() => store.paths(`${ID}/..`)).toThrow();
  });

  it('removes a job whole', async () => {
    const store = new JobStore(folder);
    await store.create(SPEC, { version: 1 }, FRESH, async () => undefined);
    await store.remove(ID);
    await store.remove(ID);
    expect(await store.ids()).toEqual([]);
  });

  it('knows a living runner by its process', async () => {
    const paths = new JobPaths(folder, ID);
    await mkdir(paths.folder);
    const lease = {
      host: os.hostname(),
      pid: process.pid,
      heartbeat: Date.now() / 1000
    };
    const lives = (): Promise<boolean> => runnerLives(paths, new Pulse());
    expect(await lives()).toBe(false);
    await replaceJson(paths.lease, lease);
    expect(await lives()).toBe(true);
    await replaceJson(paths.lease, { ...lease, pid: 2 ** 22 + 1 });
    expect(await lives()).toBe(false);
    await replaceJson(paths.lease, {
      ...lease,
      host: 'elsewhere',
      heartbeat: lease.heartbeat - 100_000
    });
    expect(await lives()).toBe(false);
  });

  it('reads a status without trust', () => {
    expect(parseStatus({ state: 'dancing' })).toBeNull();
    const status = parseStatus({
      state: 'running',
      stage: 'slices',
      done: 3,
      total: 'many',
      slices: { done: 3.7, total: -1 },
      warnings: ['a', 7],
      failure: { code: 1 }
    });
    expect(status).toMatchObject({
      progress: { stage: 'slices', done: 3, total: 0 },
      slices: { done: 3, total: 0 },
      warnings: ['a']
    });
    expect(status?.failure).toBeUndefined();
  });
});

describe('ownership', () => {
  it('is taken over only from a dead proxy, and by one only', async () => {
    const paths = new JobPaths(folder, ID);
    await mkdir(paths.folder);
    const [first, second, third] = ['a', 'b', 'c'].map(
      key => new Ownership(folder, key)
    );
    await Promise.all([first.open(), second.open(), third.open()]);
    try {
      await first.found(paths);
      expect(await first.owns(paths)).toBe(true);
      expect(await second.owns(paths)).toBe(false);
      await first.close();
      const claims = await Promise.all([second.owns(paths), third.owns(paths)]);
      expect(claims.filter(Boolean)).toHaveLength(1);
      expect(JSON.parse(await readFile(paths.owner(2), 'utf8'))).toMatchObject({
        server: claims[0] ? 'b' : 'c'
      });
    } finally {
      await Promise.all([first.close(), second.close(), third.close()]);
    }
  });

  it.each([
    // A proxy that was killed, and whose number another process has now.
    ['lives, renewed', { pid: process.ppid, age: 200 }, false],
    ['lives, not renewed', { pid: process.ppid, age: 301 }, true],
    ['is our own', { pid: process.pid, age: 40 }, true],
    ['is our own, a moment ago, of another server', { age: 10 }, false],
    ['is our own, of our server', { age: 0, server: 'b' }, true]
  ])('of a proxy whose process number %s', async (_name, about, taken) => {
    const paths = new JobPaths(folder, ID);
    await mkdir(paths.folder);
    const {
      pid = process.pid,
      age,
      server = 'a'
    } = about as {
      pid?: number;
      age: number;
      server?: string;
    };
    const lease = path.join(folder, '.proxies', 'old.json');
    await mkdir(path.dirname(lease));
    await replaceJson(lease, {
      host: os.hostname(),
      pid,
      server,
      heartbeat: Date.now() / 1000 - age
    });
    await replaceJson(paths.owner(1), { proxy: 'old', server });
    const ours = new Ownership(folder, 'b');
    await ours.open();
    try {
      expect(await ours.owns(paths)).toBe(taken);
      const left = await readdir(path.dirname(lease));
      expect(left.includes('old.json')).toBe(!taken);
      expect(left).toContain(`${ours.id}.json`);
    } finally {
      await ours.close();
    }
  });
});

describe('the output folder', () => {
  it('is told before its job without the time that is not known yet', () => {
    const told = (template: string, name: string): string =>
      outputFolder(
        { version: 1, output: { folder: template } },
        '/data',
        name,
        null
      );
    expect(outputFolder({ version: 1 }, '/data', 'a-1', null)).toBe(
      '/data/processed/a-1_builtin_{date}'
    );
    // What looks like a number of the time is the user's own.
    expect(told('{date}-001_{name}', 'a')).toBe('/data/{date}-001_a');
    expect(told('{date}-{name}', '0042_rock')).toBe('/data/{date}-0042_rock');
    expect(told('fixed', 'a')).toBe('/data/fixed');
  });

  const now = new Date(2026, 0, 31, 9, 5, 7);

  it('is expanded as the runner does it', () => {
    expect(outputFolder({ version: 1 }, '/data', 'GRtomo', now)).toBe(
      '/data/processed/GRtomo_builtin_2026-01-31_090507'
    );
    const recipe = { version: 1 as const, output: { folder: '/other/{name}' } };
    expect(outputFolder(recipe, '/data', '../a/b', now)).toBe('/other/_a_b');
  });

  it('is another one for each submission of a second', async () => {
    const choose = (recipe: Recipe, ...taken: string[]): Promise<string> =>
      freeOutput(
        nth => outputFolder(recipe, folder, 'a', now, nth),
        at => refuseCollision(at, taken)
      );
    const first = await choose({ version: 1 });
    expect(path.basename(first)).toBe('a_builtin_2026-01-31_090507');
    const second = await choose({ version: 1 }, first);
    expect(second).toBe(`${first}-2`);
    // That of a job that has ended is known by what is in it.
    await mkdir(second, { recursive: true });
    await writeFile(path.join(second, 'result.json'), '{}');
    expect(await choose({ version: 1 }, first)).toBe(`${first}-3`);
    // Without the date, the user has said where, and is told.
    const fixed: Recipe = { version: 1, output: { folder: '{name}' } };
    await expect(choose(fixed, path.join(folder, 'a'))).rejects.toThrow(
      'Another job writes to'
    );
    // What another name does not mend is told, too.
    await writeFile(path.join(folder, 'file'), '');
    const below: Recipe = { version: 1, output: { folder: 'file/{date}' } };
    await expect(choose(below)).rejects.toThrow('is not a folder');
  });

  it('refuses an unknown placeholder', () => {
    const recipe = { version: 1 as const, output: { folder: '{user}' } };
    expect(() => outputFolder(recipe, '/data', 'a', now)).toThrow('{user}');
  });

  it('must be new or empty, and of no other job', async () => {
    await expect(
      refuseCollision(path.join(folder, 'new'), [])
    ).resolves.toBeUndefined();
    await expect(refuseCollision(folder, [])).resolves.toBeUndefined();
    await expect(refuseCollision(folder, [folder])).rejects.toThrow(
      'Another job writes to'
    );
    await writeFile(path.join(folder, 'a'), '');
    await expect(refuseCollision(folder, [])).rejects.toThrow('is not empty');
    await expect(refuseCollision(path.join(folder, 'a'), [])).rejects.toThrow(
      'is not a folder'
    );
  });
});

describe('the log', () => {
  it('reads both files as one growing text', async () => {
    const [out, err] = [path.join(folder, 'out'), path.join(folder, 'err')];
    const log = new JobLog([out, err]);
    expect(await log.read(0)).toEqual({ text: '', offset: 0, size: 0 });
    await writeFile(out, 'one\n');
    expect(await log.read(0)).toEqual({ text: 'one\n', offset: 4, size: 4 });
    await writeFile(err, 'two\n');
    expect(await log.read(4)).toEqual({ text: 'two\n', offset: 8, size: 8 });
    await appendFile(out, 'three\n');
    expect(await log.read(8)).toEqual({
      text: 'three\n',
      offset: 14,
      size: 14
    });
    expect((await log.read(0)).text).toBe('one\ntwo\nthree\n');
    expect(await log.read(999)).toEqual({ text: '', offset: 14, size: 14 });
  });

  it('says nothing twice, however many read at a time', async () => {
    const [out, err] = [path.join(folder, 'out'), path.join(folder, 'err')];
    const log = new JobLog([out, err], file => `--- ${path.basename(file)}`);
    await writeFile(out, 'one\n');
    await writeFile(err, 'two\n');
    const text = '--- out\none\n--- err\ntwo\n';
    const read = await Promise.all([log.read(0), log.read(0), log.read(0)]);
    expect(read.map(each => each.text)).toEqual([text, text, text]);
    await appendFile(out, 'three\n');
    await Promise.all([log.read(0), log.read(0)]);
    expect((await log.read(0)).text).toBe(`${text}--- out\nthree\n`);
  });

  it('gives 64 KiB at most and cuts no character', async () => {
    const out = path.join(folder, 'out');
    const text = `x${'µ'.repeat(40_000)}`;
    await writeFile(out, text);
    const log = new JobLog([out]);
    const first = await log.read(0);
    expect(first.offset).toBe(65_535);
    expect(first.size).toBe(80_001);
    const second = await log.read(first.offset);
    expect(first.text + second.text).toBe(text);
    expect(second.offset).toBe(80_001);
  });
});
