/** @jest-environment node */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { JobPaths, type IJobSpec } from '../../../../job-folder';
import type { IRemote } from '../../remote';
import { readSeen, writeRecord } from '../mirror';
import { viewRemote } from '../view';
import { Watcher, type IWatched } from '../watcher';
import { ShellRemote } from './shell-remote';

const MINUTE = 60_000;
const ID = '01234567-89ab-cdef-0123-456789abcdef';

/** A host whose scripts are run at once, whatever the clock of the test says. */
class PromptRemote extends ShellRemote {
  constructor(private readonly _root: string) {
    super(_root);
  }

  override run(script: string): ReturnType<IRemote['run']> {
    this.scripts.push(script);
    const stdout = execFileSync('/bin/sh', ['-s'], {
      input: script,
      env: {
        PATH: `${path.join(this._root, 'bin')}:${process.env.PATH ?? ''}`,
        FAKE: path.join(this._root, 'fake')
      },
      encoding: 'utf8'
    });
    return Promise.resolve({ code: 0, stdout, stderr: '' });
  }
}

let folder: string;
let remote: PromptRemote | null;
let host: PromptRemote;
let watched: boolean;
let arrivals: number;
let jobs: IWatched[];
let owns: boolean;
let watcher: Watcher;

beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'tomo-watcher-'));
  await ShellRemote.make(folder);
  host = new PromptRemote(folder);
  remote = null;
  watched = false;
  arrivals = 0;
  jobs = [];
  owns = true;
  jest.useFakeTimers();
  watcher = new Watcher({
    resource: 'scarf',
    every: () => 60,
    remotes: { remote: () => remote, demand: () => host },
    jobs: () => jobs,
    owns: () => owns,
    watched: () => watched,
    onArrival: async () => {
      arrivals += 1;
    },
    onChange: () => undefined,
    onState: () => undefined
  });
  watcher.know('ann');
});

afterEach(async () => {
  watcher.dispose();
  jest.useRealTimers();
  await fs.rm(folder, { recursive: true });
});

/** Polls within so many milliseconds. */
async function polls(milliseconds: number): Promise<number> {
  const before = host.scripts.length;
  await jest.advanceTimersByTimeAsync(milliseconds);
  return host.scripts.length - before;
}

/** A job that Slurm has, with its mirror in `jobs/` and a folder there that is not there. */
async function submitted(id = ID): Promise<JobPaths> {
  const paths = new JobPaths(path.join(folder, 'jobs'), id);
  await fs.mkdir(paths.folder, { recursive: true });
  await writeRecord(paths, {
    uid: `tomo-${id}-1`,
    phase: 'accepted',
    id: '27',
    finish: '',
    tasks: null,
    attempt: 1,
    tries: 1,
    sent: '2026-01-01T00:00:00Z'
  });
  const spec: IJobSpec = {
    id,
    name: 'x',
    user: 'ann',
    created: '2026-01-01T00:00:00Z',
    resource: 'scarf',
    kernel: '',
    base: folder,
    cores: 2,
    memory: 1 << 30,
    output: path.join(folder, 'there', 'out'),
    runtime: '/runtime',
    command: '',
    remote: {
      folder: path.join(folder, 'there', id),
      work: path.join(folder, 'there'),
      user: 'ann',
      host: 'h',
      time: 5,
      data: {},
      uploads: []
    }
  };
  jobs.push({ spec, paths });
  await fs.writeFile(
    path.join(folder, 'bin', 'sacct'),
    `#!/bin/sh\necho '27|COMPLETED|0:0|0:0|00:00:05||node1|None|Unknown|Unknown'\n`
  );
  return paths;
}

/** Let the poll that is due come to its end, files and all. */
async function poll(): Promise<void> {
  jest.useRealTimers();
  await watcher.poll('ann');
}

describe('a job', () => {
  it('of another account is not asked about', async () => {
    const paths = await submitted();
    owns = false;
    remote = host;
    await polls(2_000);
    await poll();
    expect(host.scripts.at(-1)).not.toContain(ID);
    expect(await readSeen(paths)).toBeNull();
  });

  it('whose folder is away is asked about until it is there again', async () => {
    const paths = await submitted();
    remote = host;
    await polls(2_000);
    await poll();
    // Long enough for accounting and a slow file system.
    const seen = await readSeen(paths);
    await fs.writeFile(
      paths.seen,
      JSON.stringify({ ...seen, ended: '2026-01-01T00:00:00Z' })
    );
    await poll();
    expect(await viewRemote(paths, false)).toMatchObject({
      state: 'failed',
      failure: { code: 'folder-gone' }
    });
    expect((await readSeen(paths))?.settled).toBe(false);
    await fs.mkdir(path.join(folder, 'there', ID), { recursive: true });
    await fs.mkdir(path.join(folder, 'there', 'out'));
    await fs.writeFile(path.join(folder, 'there', 'out', 'result.json'), '{}');
    await poll();
    expect((await viewRemote(paths, false)).state).toBe('finished');
    expect((await readSeen(paths))?.settled).toBe(true);
  });
});

describe('what goes wrong here with one job', () => {
  const OTHER = '11234567-89ab-cdef-0123-456789abcdef';

  beforeEach(() => {
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each(['slurm.json', 'stdout.log', 'status.json'])(
    'keeps no other from being seen: %s',
    async name => {
      const spoilt = await submitted();
      const good = await submitted(OTHER);
      // A folder where a file belongs cannot be read, nor written over.
      await fs.rm(path.join(spoilt.folder, name), { force: true });
      await fs.mkdir(path.join(spoilt.folder, name, 'x'), { recursive: true });
      for (const id of [ID, OTHER]) {
        const there = path.join(folder, 'there', id);
        await fs.mkdir(there, { recursive: true });
        await fs.writeFile(path.join(there, 'stdout.log'), 'said');
        await fs.writeFile(
          path.join(there, 'status.json'),
          '{"state": "running", "seq": 3}'
        );
      }
      remote = host;
      await polls(2_000);
      await poll();
      expect((await readSeen(good))?.slurm.state).toBe('COMPLETED');
      expect(await fs.readFile(good.stdout, 'utf8')).toBe('said');
      expect(watcher.problem('ann')).toBeNull();
      expect(process.stderr.write).toHaveBeenCalledWith(
        expect.stringContaining(`job ${ID}: `)
      );
    }
  );

  it('does not make the folder of a job anew that was forgotten meanwhile', async () => {
    const paths = await submitted();
    const there = path.join(folder, 'there', ID);
    await fs.mkdir(there, { recursive: true });
    await fs.writeFile(path.join(there, 'stdout.log'), 'said');
    await fs.writeFile(
      path.join(folder, 'bin', 'squeue'),
      `#!/bin/sh\nrm -rf '${paths.folder}'\n`
    );
    remote = host;
    await polls(2_000);
    await poll();
    expect(await fs.readdir(path.join(folder, 'jobs'))).toEqual([]);
    expect(process.stderr.write).not.toHaveBeenCalled();
  });
});

describe('who asks for it at once', () => {
  it('is answered by a poll, also when the log-in was a moment ago', async () => {
    remote = host;
    await poll();
    expect(host.scripts).toHaveLength(1);
    expect(arrivals).toBe(1);
    expect(watcher.failure('ann')).toBeNull();
    expect(watcher.seen('ann')).not.toBe('');
  });

  it('is told when that brought nothing, whatever the reason', async () => {
    remote = host;
    await poll();
    jest.spyOn(host, 'run').mockRejectedValueOnce(new Error('cut'));
    await poll();
    expect(watcher.failure('ann')?.message).toContain('cut');
    await poll();
    expect(watcher.failure('ann')).toBeNull();
  });
});

describe('the cluster is asked', () => {
  it('not before a log-in, once at it, and not again while nobody looks', async () => {
    expect(await polls(10 * MINUTE)).toBe(0);
    remote = host;
    expect(await polls(2_000)).toBe(1);
    expect(arrivals).toBe(1);
    expect(watcher.problem('ann')).toBeNull();
    expect(await polls(60 * MINUTE)).toBe(0);
  });

  it('once a minute while a page is looked at', async () => {
    remote = host;
    watched = true;
    expect(await polls(2_000)).toBe(1);
    const hour = await polls(60 * MINUTE);
    // Looked for every second, so that a minute has up to 61.
    expect(hour).toBeGreaterThanOrEqual(58);
    expect(hour).toBeLessThanOrEqual(60);
    watched = false;
    expect(await polls(60 * MINUTE)).toBe(0);
    watched = true;
    // What was put off is made up for at once.
    expect(await polls(2_000)).toBe(1);
  });

  it('often while a job is new', async () => {
    remote = host;
    watched = true;
    await polls(2_000);
    watcher.hurry('ann');
    const minute = await polls(MINUTE);
    expect(minute).toBeGreaterThanOrEqual(10);
    expect(minute).toBeLessThanOrEqual(13);
    expect(await polls(10 * MINUTE)).toBeLessThanOrEqual(11);
  });

  it('less and less often while it does not answer', async () => {
    await host.set('down');
    await host.set('unaccounted');
    remote = host;
    watched = true;
    // After 0, 2, 6, 11, 16 ... minutes.
    expect(await polls(2_000)).toBe(1);
    expect(watcher.problem('ann')?.code).toBe('slurm-down');
    expect(await polls(60 * MINUTE)).toBeLessThanOrEqual(13);
    await host.unset('down');
    await host.unset('unaccounted');
    expect(await polls(6 * MINUTE)).toBeGreaterThanOrEqual(1);
    expect(watcher.problem('ann')).toBeNull();
    expect(await polls(10 * MINUTE)).toBeGreaterThanOrEqual(9);
  });
});
