/** @jest-environment node */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import type { IJobSpec } from '../../../../job-folder';
import { readSettings, type IClusterSettings } from '../../../../settings';
import {
  batchScript,
  finishCommand,
  finishScript,
  submitCommand,
  type IBatch
} from '../batch';
import { folderScript } from '../remote-folder';
import { recover, submit, submitScript, type ISubmission } from '../submit';
import { ShellRemote, type Cut } from './shell-remote';

const ID = '01234567-89ab-cdef-0123-456789abcdef';
const HOSTILE = `it's "$(touch pwned)" \`id\` ; rm -rf * | & \\ * ? ~ ünï\n%j%a`;

let folder: string;
let remote: ShellRemote;

function cluster(more: object = {}): IClusterSettings {
  const { clusters } = readSettings({
    resources: [{ name: 'scarf', host: 'h', ...more }]
  });
  const found = clusters.get('scarf');
  if (!found) {
    throw new Error('The settings of the test are wrong.');
  }
  return found;
}

function batch(work: string, tasks?: [number, number][], more = {}): IBatch {
  const place = {
    folder: path.join(work, 'jobs', ID),
    work,
    user: 'ann',
    host: 'h',
    ...(tasks && { tasks }),
    time: 5,
    data: {},
    uploads: []
  };
  const spec: IJobSpec = {
    id: ID,
    name: HOSTILE,
    user: 'ann',
    created: '2026-01-01T00:00:00Z',
    resource: 'scarf',
    kernel: '',
    base: work,
    cores: 2,
    memory: 1 << 30,
    output: path.join(work, 'out'),
    runtime: path.join(work, 'run time'),
    command: '',
    remote: place
  };
  return { spec, place, cluster: cluster(more), tool: 'builtin', gpu: false };
}

beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'tomo submit '));
  remote = await ShellRemote.make(folder);
});

afterEach(async () => {
  await fs.rm(folder, { recursive: true, force: true });
});

async function submission(arrayed: boolean): Promise<ISubmission> {
  const made = batch(
    path.join(folder, 'wörk dir'),
    arrayed
      ? [
          [0, 5],
          [5, 10]
        ]
      : undefined
  );
  await fs.mkdir(made.place.folder, { recursive: true });
  return { batch: made, uid: `tomo-${ID}-1`, tasks: arrayed ? [0, 1] : null };
}

describe('a submission whose line is not cut', () => {
  it('gives one job its id', async () => {
    const one = await submission(false);
    expect(await submit(remote, one, 1)).toEqual({ id: '101', finish: '' });
    expect(await remote.queue()).toEqual([['101', one.uid]]);
  });

  it('gives an array its finishing task, which waits for it', async () => {
    const array = await submission(true);
    expect(await submit(remote, array, 1)).toEqual({
      id: '101',
      finish: '102'
    });
    const [main, finish] = (await remote.file('commands')).trim().split('\n');
    expect(main).toContain('--array=0-1%16');
    expect(finish).toContain('--dependency=afterany:101 finish.sh');
  });

  it('submits only the finishing task when no slice is missing', async () => {
    const array = { ...(await submission(true)), tasks: [] };
    expect(await submit(remote, array, 1)).toEqual({ id: '', finish: '101' });
    expect(await remote.file('commands')).not.toContain('--dependency');
  });

  it('says what the scheduler refused', async () => {
    await remote.set('refuse');
    await expect(
      submit(remote, await submission(true), 1)
    ).rejects.toMatchObject({
      failure: { code: 'slurm-account', where: 'account' }
    });
  });

  it.each([
    '$(touch pwned)',
    '7 $(touch pwned)',
    '`touch pwned`;cluster',
    '"; touch pwned; "',
    '7\n8; touch pwned',
    '<b>7</b>',
    '-7',
    ''
  ])('takes nothing but a number for an id: %j', async said => {
    for (const arrayed of [false, true]) {
      const one = await submission(arrayed);
      await remote.set('hostile', said);
      await expect(submit(remote, one, arrayed ? 2 : 1)).rejects.toMatchObject({
        failure: { code: 'slurm-answer', where: 'sbatch' }
      });
      const there = await fs.readdir(one.batch.place.folder);
      expect(there).not.toContain('pwned');
    }
    expect(await remote.file('cancelled')).toBe('');
  });

  it('of which Slurm says no id is found by its name', async () => {
    const array = await submission(true);
    await remote.set('hostile', 'Welcome!');
    await expect(submit(remote, array, 1)).rejects.toMatchObject({
      failure: { code: 'slurm-answer' }
    });
    await remote.unset('hostile');
    // As it is with a wrapper around sbatch that prints something of its own.
    await remote.set('queue', `101|${array.uid}\n`);
    await remote.set('last', '101');
    expect(await recover(remote, array, 1, 10)).toEqual({
      kind: 'submitted',
      ids: { id: '101', finish: '102' }
    });
  });

  it('says that its lock cannot be made, and not that another has it', async () => {
    const one = await submission(false);
    const mkdir = path.join(folder, 'bin', 'mkdir');
    await fs.writeFile(
      mkdir,
      '#!/bin/sh\necho "mkdir: Disk quota exceeded" >&2; exit 1\n',
      { mode: 0o755 }
    );
    await expect(submit(remote, one, 1)).rejects.toMatchObject({
      failure: { code: 'disk-full' }
    });
    await expect(recover(remote, one, 1, 10)).rejects.toMatchObject({
      failure: { code: 'submission-unknown' }
    });
    expect(await remote.queue()).toEqual([]);
  });

  it('is refused where its folder has gone', async () => {
    const one = await submission(false);
    await fs.rm(one.batch.place.folder, { recursive: true });
    await expect(submit(remote, one, 1)).rejects.toMatchObject({
      failure: { code: 'work-folder' }
    });
  });
});

describe('a submission whose line is cut', () => {
  /** Submit as the mover does: recover a lost try, and try again only when it never was. */
  async function insist(what: ISubmission): Promise<unknown> {
    for (let attempt = 1; attempt < 9; attempt++) {
      try {
        return await submit(remote, what, attempt);
      } catch {
        for (let look = 0; look < 9; look++) {
          try {
            const found = await recover(remote, what, attempt, 50);
            if (found.kind === 'submitted') {
              return found.ids;
            }
            break;
          } catch {
            continue;
          }
        }
      }
    }
    throw new Error('It gave up.');
  }

  const cuts: [string, (Cut | null)[]][] = [
    ['before anything arrived', [{ at: 'before' }]],
    ['after the answer', [{ at: 'after' }]],
    ['while sbatch was at work', [{ at: 'killed' }]],
    ['as its shell was killed there', [{ at: 'ended' }]],
    ['twice', [{ at: 'after' }, { at: 'before' }]],
    ['in every question', [{ at: 'after' }, { at: 'after' }, { at: 'after' }]],
    [
      'before, and in the second try',
      [{ at: 'before' }, null, { at: 'after' }, { at: 'after' }]
    ]
  ];

  it.each(cuts)(
    '%s: exactly one array',
    async (_, plan) => {
      const array = await submission(true);
      if (plan.some(cut => cut?.at === 'killed' || cut?.at === 'ended')) {
        await remote.set('slow');
      }
      remote.cuts.push(...plan);
      const ids = await insist(array);
      const names = (await remote.queue()).map(([, name]) => name).sort();
      expect(names).toEqual([array.uid, `${array.uid}-finish`]);
      const [[id], [finish]] = await remote.queue();
      expect(ids).toEqual({ id, finish });
    },
    20_000
  );

  it('as sbatch was killed: that is no refusal', async () => {
    const array = await submission(true);
    await remote.set('dies');
    await expect(submit(remote, array, 1)).rejects.toMatchObject({
      failure: { code: 'submission-unknown' }
    });
    expect(await recover(remote, array, 1, 10)).toEqual({
      kind: 'submitted',
      ids: { id: '101', finish: '102' }
    });
    expect(await remote.queue()).toHaveLength(2);
    expect(await remote.file('cancelled')).toBe('');
  });

  it('as the shell was killed, which has an exit code: that is none either', async () => {
    const array = await submission(true);
    await remote.set('slow');
    remote.cuts.push({ at: 'ended' });
    await expect(submit(remote, array, 1)).rejects.toMatchObject({
      failure: { code: 'submission-unknown' }
    });
  });

  it('at any byte of the script: nothing of a part runs', async () => {
    const array = await submission(true);
    const { length } = submitScript(array, 1);
    for (let bytes = 0; bytes < length - 2; bytes += 37) {
      remote.cuts.push({ at: 'part', bytes });
      await expect(submit(remote, array, 1)).rejects.toThrow();
    }
    expect(await remote.queue()).toEqual([]);
    expect(await insist(array)).toEqual({ id: '101', finish: '102' });
  }, 60_000);

  it('never tries again while the cluster cannot tell', async () => {
    const array = await submission(true);
    remote.cuts.push({ at: 'after' });
    await expect(submit(remote, array, 1)).rejects.toThrow();
    // As if the note of the ids had been lost, too.
    await fs.rm(
      path.join(array.batch.place.folder, `.submit-${array.uid}-1`, 'ids')
    );
    for (const fault of ['down', 'unaccounted']) {
      await remote.set(fault);
    }
    await expect(recover(remote, array, 1, 10)).rejects.toMatchObject({
      failure: { code: 'submission-unknown' }
    });
    await remote.unset('down');
    expect(await recover(remote, array, 1, 10)).toEqual({
      kind: 'submitted',
      ids: { id: '101', finish: '102' }
    });
    expect(await remote.queue()).toHaveLength(2);
  }, 30_000);

  it('finds a job that has left the queue in accounting', async () => {
    const one = await submission(false);
    remote.cuts.push({ at: 'after' });
    await expect(submit(remote, one, 1)).rejects.toThrow();
    await fs.rm(
      path.join(one.batch.place.folder, `.submit-${one.uid}-1`, 'ids')
    );
    await remote.set('left');
    expect(await recover(remote, one, 1, 10)).toEqual({
      kind: 'submitted',
      ids: { id: '101', finish: '' }
    });
  }, 30_000);

  it('takes the lock of a try that has not arrived, which then cannot submit', async () => {
    const one = await submission(false);
    expect(await recover(remote, one, 1, 10)).toEqual({ kind: 'never' });
    await expect(submit(remote, one, 1)).rejects.toMatchObject({
      failure: { code: 'submission-taken' }
    });
    expect(await remote.queue()).toEqual([]);
  });
});

describe('scripts', () => {
  it('are good shell, and hostile names stay names', async () => {
    const work = path.join(folder, HOSTILE);
    const made = batch(work, [[0, 5]], {
      pythons: { default: `/opt/${HOSTILE}/python` },
      prelude: ['module load python', 'export A="b c"']
    });
    for (const text of [batchScript(made), finishScript(made)]) {
      execFileSync('/bin/sh', ['-n'], { input: text });
    }
    const recipe = { version: 1 as const, dataset: { path: HOSTILE } };
    const reply = await remote.run(folderScript(made, recipe));
    expect(reply).toEqual({ code: 0, stdout: '', stderr: '' });
    const there = await fs.readFile(
      path.join(made.place.folder, 'tasks/0/recipe.tomo.json'),
      'utf8'
    );
    expect(JSON.parse(there)).toMatchObject({ dataset: { path: HOSTILE } });
    const job: unknown = JSON.parse(
      await fs.readFile(
        path.join(made.place.folder, 'tasks/0/job.json'),
        'utf8'
      )
    );
    expect(job).toMatchObject({ part: true, rows: [0, 5], name: HOSTILE });
    expect((await fs.readdir(folder)).sort()).toEqual(
      ['bin', 'fake', HOSTILE.split('/')[0]].sort()
    );
    await remote.run(folderScript(made, recipe));
    expect(await fs.readdir(path.join(work, 'jobs'))).toEqual([ID]);
  });

  it('start the runner of the task', async () => {
    const work = path.join(folder, 'work');
    const fake = path.join(folder, "py'thon");
    await fs.writeFile(
      fake,
      '#!/bin/sh\nprintf "%s\\n" "$PYTHONPATH" "$A" "$@"\n',
      { mode: 0o755 }
    );
    const made = batch(work, [[0, 5]], {
      pythons: { default: fake },
      prelude: ['export A=prelude', 'export PYTHONPATH=/site']
    });
    const run = (text: string): string =>
      execFileSync('/bin/sh', [], {
        input: text,
        env: { SLURM_ARRAY_TASK_ID: '3', PATH: process.env.PATH }
      }).toString();
    expect(run(batchScript(made)).split('\n')).toEqual([
      `${made.spec.runtime}:/site`,
      'prelude',
      '-m',
      'tomo_runner',
      'job',
      `${made.place.folder}/tasks/3`,
      ''
    ]);
    expect(run(finishScript(made)).split('\n').slice(-4)).toEqual([
      'tomo_runner',
      'finish',
      made.place.folder,
      ''
    ]);
  });

  it('ask for as many processes on each node as the program is', () => {
    const made = batch(folder);
    const command = submitCommand(
      { ...made, mpi: { nodes: 2, processes: 2 } },
      'u',
      null
    );
    expect(command).toContain('--nodes=2 --ntasks-per-node=2 ');
    expect(command).toContain('--cpus-per-task=1 ');
    const alone = submitCommand(made, 'u', null);
    expect(alone).toContain('--nodes=1 --ntasks=1 ');
    expect(alone).toContain('--cpus-per-task=2 ');
    expect(
      finishCommand({ ...made, mpi: { nodes: 2, processes: 2 } }, 'u')[0]
    ).toContain('--nodes=1 --ntasks=1 ');
  });

  it('quote what the settings say in the command line', () => {
    const made = batch(folder, undefined, {
      constraint: '[scarf18|scarf19]',
      account: "a'b $(id)",
      gpus: 2
    });
    const command = submitCommand({ ...made, gpu: true }, 'u', null);
    const words = execFileSync('/bin/sh', [
      '-c',
      `sbatch() { printf '%s\\n' "$@"; }; ${command}`
    ])
      .toString()
      .split('\n');
    expect(words).toContain('--constraint=[scarf18|scarf19]');
    expect(words).toContain("--account=a'b $(id)");
    expect(words).toContain('--gres=gpu:2');
    expect(words).toContain('--mem=1024M');
    expect(words).toContain('--time=5');
  });
});
