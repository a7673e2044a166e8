/** @jest-environment node */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import type { IRemotePlace } from '../../../../job-folder';
import { nextPoll } from '../intervals';
import type { ISlurmRecord } from '../mirror';
import { parsePoll, type IPollReply } from '../poll-reply';
import { FILES, pollScript, TAIL, type IPolled } from '../poll-script';
import { wholeStatus } from '../progress';
import { rowsIn, rowsOf, SLICES } from '../../copies/slices';
import { missingTasks } from '../resume';
import { shares } from '../shares';
import { seeJob } from '../sight';
import { translate } from '../data';

const ROW = '|RUNNING|None|1:05|2:00:00|N/A|4|scarf|node1|x';
const NOW = Date.parse('2026-01-01T01:00:00Z');

let folder: string;

beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), `tomo poll's "$(id)" `));
});

afterEach(async () => {
  await fs.rm(folder, { recursive: true, force: true });
});

async function command(name: string, text: string): Promise<void> {
  await fs.mkdir(path.join(folder, 'bin'), { recursive: true });
  const file = path.join(folder, 'bin', name);
  await fs.writeFile(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

function poll(jobs: IPolled[], waiting = false): IPollReply {
  const { mark, text } = pollScript(jobs, waiting);
  const output = execFileSync('/bin/sh', ['-s'], {
    input: text,
    env: { PATH: `${folder}/bin:${process.env.PATH ?? ''}`, FAKE: folder }
  });
  return parsePoll(output.toString(), mark, jobs);
}

const job = (more: Partial<IPolled> = {}): IPolled => ({
  folder: path.join(folder, 'job'),
  output: path.join(folder, 'out'),
  id: '27',
  finish: '',
  tasks: 1,
  arrayed: false,
  known: new Map(),
  ...more
});

describe('a poll', () => {
  beforeEach(async () => {
    await command('squeue', `cat "$FAKE/rows" 2>/dev/null; exit 0`);
    await command(
      'sacct',
      'echo "$*" >> "$FAKE/asked"; cat "$FAKE/accounts" 2>/dev/null; exit 0'
    );
  });

  const asked = (): Promise<string> =>
    fs.readFile(path.join(folder, 'asked'), 'utf8').catch(() => '');

  it('asks accounting only about what the queue does not show active', async () => {
    await fs.writeFile(path.join(folder, 'rows'), `27${ROW}\n`);
    poll([job()]);
    expect(await asked()).toBe('');
    poll([job(), job({ id: '28', finish: '29' })]);
    expect(await asked()).toContain('-j 28,29 ');
    await fs.rm(path.join(folder, 'asked'));
    await fs.writeFile(path.join(folder, 'rows'), `27_0${ROW}\n`);
    poll([job({ tasks: 2, arrayed: true })]);
    expect(await asked()).toContain('-j 27 ');
  });

  it('brings what has grown to the byte, and whether the result is there', async () => {
    const there = path.join(folder, 'job');
    await fs.mkdir(there);
    await fs.mkdir(path.join(folder, 'out'));
    const log = Buffer.from([0, 255, 10, 0xe2, 0x82, 10, 65]);
    await fs.writeFile(path.join(there, 'stdout.log'), log);
    await fs.writeFile(path.join(there, 'stderr.log'), 'same');
    await fs.writeFile(path.join(there, 'status.json'), '{"state": "running"}');
    const known = new Map([
      ['stdout.log', 2],
      ['stderr.log', 4]
    ]);
    const before = poll([job({ known })]).folders.get(0);
    expect(before?.complete).toBe(false);
    expect(before?.grown).toEqual([
      { file: 'stdout.log', from: 2, bytes: log.subarray(2) }
    ]);
    expect(before?.statuses.get('status.json')?.trim()).toBe(
      '{"state": "running"}'
    );
    await fs.writeFile(path.join(folder, 'out', 'result.json'), '{}');
    expect(poll([job({ known })]).folders.get(0)?.complete).toBe(true);
  });

  it('brings a long log piece by piece', async () => {
    const there = path.join(folder, 'job');
    await fs.mkdir(there);
    const log = Buffer.alloc(2 * TAIL + 9, 'abcdefg');
    await fs.writeFile(path.join(there, 'stdout.log'), log);
    for (const [from, to] of [
      [0, TAIL],
      [TAIL, 2 * TAIL],
      [2 * TAIL, log.length]
    ]) {
      const known = new Map([['stdout.log', from]]);
      const grown = poll([job({ known })]).folders.get(0)?.grown;
      expect(grown?.map(piece => [piece.file, piece.from])).toEqual([
        ['stdout.log', from]
      ]);
      expect(grown?.[0].bytes.equals(log.subarray(from, to))).toBe(true);
    }
  });

  it('tells the whole queue beside all the rest, which is complete without it', async () => {
    await fs.mkdir(path.join(folder, 'job'));
    await fs.writeFile(path.join(folder, 'job', 'stdout.log'), 'said');
    await command(
      'squeue',
      `case $* in *PENDING*) sleep 0.2; printf '27|scarf\\n9|scarf\\n';; *) echo '27${ROW}';; esac`
    );
    const reply = poll([job()], true);
    expect(reply.waiting).toBe('27|scarf\n9|scarf\n');
    expect(reply.queue).toHaveLength(1);
    expect(String(reply.folders.get(0)?.grown[0].bytes)).toBe('said');
    await command(
      'squeue',
      `case $* in *PENDING*) exit 1;; *) echo '27${ROW}';; esac`
    );
    expect(poll([job()], true).waiting).toBe('');
  });

  it('looks into the folder of every task', async () => {
    for (const index of [0, 11]) {
      const task = path.join(folder, 'job', 'tasks', String(index));
      await fs.mkdir(task, { recursive: true });
      await fs.writeFile(path.join(task, 'status.json'), `{"n": ${index}}\n`);
      await fs.writeFile(path.join(task, 'stderr.log'), `log ${index}`);
    }
    const seen = poll([job({ arrayed: true })]).folders.get(0);
    expect([...(seen?.statuses.keys() ?? [])].sort()).toEqual([
      'tasks/0/status.json',
      'tasks/11/status.json'
    ]);
    expect(seen?.grown.map(({ bytes }) => bytes.toString()).sort()).toEqual([
      'log 0',
      'log 11'
    ]);
  });

  it('looks at all jobs together, and none keeps the others from being heard', async () => {
    const write = async (name: string, text: string): Promise<void> => {
      const file = path.join(folder, name);
      await fs.mkdir(path.dirname(file), { recursive: true });
      await fs.writeFile(file, text);
    };
    const many = FILES + 6;
    for (let index = 0; index < many; index++) {
      await write(`job/tasks/${index}/stderr.log`, `log ${index}`);
    }
    await write('job 2/stdout.log', 'heard');
    await write('job 2/status.json', '{"n": 2}');
    await write('job/tasks/3/status.json', '{"n": 3}');
    const second = { folder: path.join(folder, 'job 2') };
    const none = { folder: path.join(folder, 'none') };
    const { folders } = poll([job({ arrayed: true }), job(none), job(second)]);
    expect(folders.get(0)?.grown).toHaveLength(FILES);
    expect([...(folders.get(0)?.statuses ?? [])]).toEqual([
      ['tasks/3/status.json', '{"n": 3}\n']
    ]);
    expect(folders.get(1)).toEqual({
      gone: true,
      complete: false,
      statuses: new Map(),
      grown: []
    });
    expect([...(folders.get(2)?.statuses ?? [])]).toEqual([
      ['status.json', '{"n": 2}\n']
    ]);
    expect(folders.get(2)?.grown).toEqual([
      { file: 'stdout.log', from: 0, bytes: Buffer.from('heard') }
    ]);
  });

  it('says that a folder has gone', () => {
    expect(poll([job()]).folders.get(0)?.gone).toBe(true);
  });

  it('tells a queue and an accounting that do not answer from empty ones', async () => {
    expect(poll([job()])).toMatchObject({ queue: [], accounts: [] });
    await command('squeue', 'echo "Unable to contact" >&2; exit 1');
    await command('sacct', 'echo "Problem talking" >&2; exit 1');
    expect(poll([job()])).toMatchObject({
      queue: null,
      accounts: null,
      said: 'Unable to contact'
    });
  });
});

describe('what is seen of a job', () => {
  const record: ISlurmRecord = {
    uid: 'u',
    phase: 'accepted',
    id: '27',
    finish: '28',
    tasks: [0, 1],
    attempt: 1,
    tries: 1,
    sent: '2026-01-01T00:00:00Z'
  };
  const reply = (queue: string, accounts: string | null): IPollReply =>
    parsePoll(
      `M queue 0\n${queue}M accounts ${accounts === null ? 1 : 0}\n${accounts ?? ''}M uid 1001\n`,
      'M',
      []
    );
  const account = (id: string, state: string, exit = '0:0'): string =>
    `${id}|${state}|${exit}|0:0|00:00:05||node1|None|Unknown|Unknown\n`;

  it('takes the queue for what is active, accounting for what has ended', () => {
    const seen = seeJob(
      record,
      null,
      reply(
        `27_0${ROW}\n`,
        account('27_1', 'FAILED', '3:0') + account('27_0', 'RUNNING')
      ),
      0,
      NOW
    );
    expect(
      seen?.slurm.tasks.map(({ id, state, exit }) => [id, state, exit])
    ).toEqual([
      ['27_0', 'RUNNING', undefined],
      ['27_1', 'FAILED', '3:0'],
      ['28', '', undefined]
    ]);
    expect(seen?.slurm).toMatchObject({ state: 'RUNNING', exit: '3:0' });
  });

  it('counts a job that nobody lists yet as waiting', () => {
    const fresh = { ...record, sent: new Date(NOW - 5000).toISOString() };
    expect(seeJob(fresh, null, reply('', ''), 0, NOW)?.slurm.state).toBe(
      'PENDING'
    );
    expect(seeJob(record, null, reply('', ''), 0, NOW)?.slurm.state).toBe('');
  });

  it('keeps what it knew while accounting is away', () => {
    const before = seeJob(
      record,
      null,
      reply(`27_0${ROW}\n27_1${ROW}\n`, ''),
      0,
      NOW
    );
    const after = seeJob(record, before, reply('', null), 0, NOW);
    expect(after?.slurm.state).toBe('RUNNING');
    expect(after?.unaccounted).toBe(true);
  });

  it('says nothing when neither has answered', () => {
    const silent = parsePoll('M queue 1\nM accounts 1\nM end\n', 'M', []);
    expect(seeJob(record, null, silent, 0, NOW)).toBeNull();
  });
});

describe('plans', () => {
  const place: IRemotePlace = {
    folder: '/w/jobs/x',
    work: '/w',
    user: 'ann',
    host: 'h',
    tasks: [
      [0, 10],
      [10, 30]
    ],
    time: 5,
    data: {},
    uploads: []
  };

  it('add up what the tasks tell', () => {
    const status = (done: number, rate: number, seq: number): string =>
      JSON.stringify({
        state: 'running',
        stage: 'slices',
        slices: { done, total: 99 },
        rate,
        remaining: 100 / rate,
        warnings: ['same'],
        seq
      });
    const whole = wholeStatus(
      new Map([
        ['tasks/0/status.json', status(4, 2, 5)],
        ['tasks/1/status.json', status(6, 3, 7)]
      ]),
      place
    );
    expect(whole).toMatchObject({
      slices: { done: 10, total: 30 },
      progress: {
        stage: 'slices',
        done: 10,
        total: 30,
        rate: 5,
        remaining: 50
      },
      warnings: ['same'],
      seq: 12
    });
    expect(wholeStatus(new Map(), place)).toBeNull();
  });

  it('run only tasks again that lack a slice', () => {
    const rows = new Set(Array.from({ length: 29 }, (_, row) => row));
    expect(missingTasks(place.tasks ?? [], rows)).toEqual([1]);
    expect(missingTasks(place.tasks ?? [], new Set())).toEqual([0, 1]);
    expect(missingTasks(place.tasks ?? [], new Set([...rows, 29]))).toEqual([]);
  });

  it('find rows in the names of slices and slabs', () => {
    expect(
      [
        ...rowsIn(['slice_00003.tif', 'slab_00005_00007.h5', 'volume.h5'])
      ].sort()
    ).toEqual([3, 5, 6, 7]);
    expect(rowsOf('slab_00005_00007.h5')).toEqual([5, 8]);
    expect(rowsOf('volume.h5')).toBeNull();
    for (const name of ['slice_00003.tif', 'slab_00005_00007.h5']) {
      expect(name).toMatch(new RegExp(SLICES));
    }
    expect('volume.h5').not.toMatch(new RegExp(SLICES));
    expect('slice_00003.tif.part').not.toMatch(new RegExp(SLICES));
  });

  it('share what takes more than ten minutes, every row once', () => {
    const about = { gpu: false, most: 16 };
    expect(shares([0, 100], { ...about, seconds: 599 }).tasks).toBeUndefined();
    expect(shares([0, 100], { ...about, seconds: null }).tasks).toBeUndefined();
    const { tasks = [], reason } = shares([5, 106], {
      ...about,
      seconds: 4100
    });
    expect(tasks).toHaveLength(7);
    expect(reason).toContain('69 minutes');
    expect([tasks[0][0], tasks.at(-1)?.[1]]).toEqual([5, 106]);
    tasks.slice(1).forEach(([first], at) => expect(first).toBe(tasks[at][1]));
    expect(
      shares([0, 3], { ...about, seconds: 1e6, asked: 50 }).tasks
    ).toHaveLength(3);
    expect(shares([0, 1000], { ...about, seconds: 1e6 }).tasks).toHaveLength(
      16
    );
    expect(
      shares([0, 512], { ...about, gpu: true, seconds: 10 }).tasks
    ).toHaveLength(4);
  });

  it('ask often while something runs, seldom after errors', () => {
    expect(nextPoll({ every: 60, runs: false, errors: 0 })).toBe(60);
    expect(nextPoll({ every: 60, runs: true, errors: 0 })).toBe(5);
    expect(nextPoll({ every: 60, runs: true, errors: 3 })).toBe(40);
    expect(nextPoll({ every: 60, runs: false, errors: 9 })).toBe(300);
    expect(nextPoll({ every: 3600, runs: false, errors: 0 })).toBe(3600);
  });

  it('translate paths by the longest mapping, whole names only', () => {
    const paths = [
      { local: '/mnt', remote: '/a' },
      { local: '/mnt/data/', remote: '/b' }
    ];
    expect(translate('/mnt/data/x', paths)).toBe('/b/x');
    expect(translate('/mnt/data', paths)).toBe('/b');
    expect(translate('/mnt/database', paths)).toBe('/a/database');
    expect(translate('/home/x', paths)).toBeNull();
    const all = [...paths, { local: '/', remote: '/gateway/' }];
    expect(translate('/home/x', all)).toBe('/gateway/home/x');
    expect(translate('/', all)).toBe('/gateway/');
    expect(translate('/mnt/x', all)).toBe('/a/x');
  });
});
