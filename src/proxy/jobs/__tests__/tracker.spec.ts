/** @jest-environment node */
import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import type { Forecaster } from '../../forecast';
import { replaceJson } from '../../files';
import { type IJobSpec, type IStatus, statusJson } from '../../job-folder';
import { Notices } from '../../notices';
import type {
  IClusterResource,
  IKernelResource,
  IResource
} from '../../resources';
import { remoteJob } from '../../resources/slurm-ssh/__tests__/remote-job';
import { FRESH } from '../entry';
import { Jobs } from '..';
import { Ownership } from '../ownership';
import { JobStore } from '../store';

const ID = '01234567-89ab-cdef-0123-456789abcdef';

let folder: string;
let output: string;
let notices: Notices;
const open: Jobs[] = [];

beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'tomo-tracker-'));
  output = path.join(folder, 'disk', 'out');
  notices = new Notices();
});

afterEach(async () => {
  await Promise.all(open.splice(0).map(jobs => jobs.dispose()));
  notices.dispose();
  await fs.rm(folder, { recursive: true, force: true });
});

const jobsFolder = (): string => path.join(folder, 'jobs');

/** The jobs as a Jupyter server of this name sees them. */
async function server(
  name: string,
  kernels: Partial<IKernelResource> = {},
  cluster?: Partial<IClusterResource>
): Promise<Jobs> {
  const local: Partial<IKernelResource> = {
    kind: 'local-kernel',
    name: 'local',
    observe: () => Promise.resolve({ alive: null, ended: null }),
    check: kernel => Promise.resolve(kernel),
    release: () => Promise.resolve(),
    // A kernel that never begins.
    start: () => new Promise(() => undefined),
    ...kernels
  };
  const jobs = new Jobs({
    store: new JobStore(jobsFolder()),
    ownership: new Ownership(jobsFolder(), name),
    notices,
    resources: new Map<string, IResource>([
      ['local', local as IKernelResource],
      ...(cluster ? [['scarf', cluster as IClusterResource] as const] : [])
    ]),
    runtime: '/runtime',
    limit: 1,
    forecast: {} as Forecaster
  });
  await jobs.open();
  open.push(jobs);
  return jobs;
}

async function makeJob(
  status: Partial<IStatus>,
  rows?: [number, number]
): Promise<void> {
  const spec: IJobSpec = {
    id: ID,
    name: 'x',
    user: 'ann',
    created: '2026-01-01T00:00:00Z',
    resource: 'local',
    kernel: 'python3',
    base: folder,
    cores: 2,
    memory: 1 << 30,
    output,
    runtime: '/runtime',
    command: 'x',
    rows
  };
  const store = new JobStore(jobsFolder());
  await store.open();
  await store.create(
    spec,
    { version: 1 },
    { ...FRESH, attempt: 1, ...status },
    () => Promise.resolve()
  );
}

const file = (name: string): string => path.join(jobsFolder(), ID, name);

async function state(jobs: Jobs): Promise<string> {
  const { state: told, failure } = await jobs.get(ID, 'ann');
  return failure ? `${told} ${failure.code}` : told;
}

/** Until it is so: what is followed is looked at every few seconds. */
async function until(jobs: Jobs, wanted: string): Promise<void> {
  const end = Date.now() + 20_000;
  while ((await state(jobs)) !== wanted && Date.now() < end) {
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  expect(await state(jobs)).toBe(wanted);
}

it('a finished job whose disk is away is so again when it is back', async () => {
  await makeJob({ state: 'finished' });
  const before = await fs.readFile(file('status.json'), 'utf8');
  const jobs = await server('a');
  expect(await state(jobs)).toBe('failed no-result');
  expect(await fs.readFile(file('status.json'), 'utf8')).toBe(before);
  await fs.mkdir(output, { recursive: true });
  await fs.writeFile(path.join(output, 'result.json'), '{}');
  await until(jobs, 'finished');
}, 30_000);

it('a part of the rows is told, so that it can be run again', async () => {
  await makeJob({ state: 'failed' }, [100, 110]);
  const jobs = await server('a');
  expect((await jobs.get(ID, 'ann')).rows).toEqual([100, 110]);
});

it('what another server makes of a job that had ended is seen', async () => {
  const failure = { code: 'x', message: 'x', where: '', hint: '' };
  await makeJob({ state: 'failed', failure });
  const other = await server('b');
  expect(await state(other)).toBe('failed x');
  await fs.mkdir(output, { recursive: true });
  await fs.writeFile(path.join(output, 'result.json'), '{}');
  await replaceJson(
    file('status.json'),
    statusJson({ ...FRESH, state: 'finished', attempt: 2 })
  );
  await until(other, 'finished');
}, 30_000);

describe('a job whose kernel cannot be given back', () => {
  beforeEach(async () => {
    await makeJob({ state: 'cancelled' });
    await replaceJson(file('kernel.json'), {
      session: 's',
      kernel: 'k',
      spec: 'python3',
      attempt: 1,
      server: 'a',
      host: os.hostname()
    });
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('is not resumed, and says why', async () => {
    const jobs = await server('a', {
      release: () => Promise.reject(new Error('no answer'))
    });
    await expect(jobs.resume(ID, 'ann')).rejects.toThrow('no answer');
    expect(await state(jobs)).toBe('cancelled');
  });

  it('gives it back as soon as it can', async () => {
    let asked = 0;
    const jobs = await server('a', {
      release: async () => {
        asked += 1;
        if (asked === 1) {
          throw new Error('no answer');
        }
        await replaceJson(file('kernel.json'), { session: '', attempt: 1 });
      }
    });
    expect(asked).toBe(1);
    const end = Date.now() + 20_000;
    while (asked < 2 && Date.now() < end) {
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    expect(asked).toBe(2);
    expect(await state(jobs)).toBe('cancelled');
  }, 30_000);
});

it('a job on a cluster is resumed once, however often that is asked', async () => {
  let resumes = 0;
  const cluster: Partial<IClusterResource> = {
    kind: 'slurm-ssh',
    name: 'scarf',
    moves: () => false,
    obstacle: () => undefined,
    transfer: () => undefined,
    advance: () => undefined,
    script: () => '',
    resume: async () => {
      resumes += 1;
      // The cluster takes its time.
      await new Promise(resolve => setTimeout(resolve, 20));
      await replaceJson(file('slurm.json'), { phase: 'prepared', attempt: 2 });
    }
  };
  const store = new JobStore(jobsFolder());
  await store.open();
  await store.create(remoteJob('ann'), { version: 1 }, FRESH, paths =>
    replaceJson(paths.slurm, {
      phase: 'uploaded',
      attempt: 1,
      failure: { code: 'refused', message: 'Refused.', where: '', hint: '' }
    })
  );
  const jobs = await server('a', {}, cluster);
  expect(await state(jobs)).toBe('failed refused');
  const resumed = await Promise.all([
    jobs.resume(ID, 'ann'),
    jobs.resume(ID, 'ann'),
    jobs.resume(ID, 'ann')
  ]);
  expect(resumed.map(job => job.state)).toEqual(['queued', 'queued', 'queued']);
  expect(resumes).toBe(1);
});

it('looks do not pile up where the file system is slow', async () => {
  await makeJob({ state: 'running' });
  let looks = 0;
  let answer = (): void => undefined;
  const jobs = await server('a', {
    observe: async () => {
      looks += 1;
      if (looks === 2) {
        await new Promise<void>(resolve => {
          answer = resolve;
        });
      }
      return { alive: true, ended: null };
    }
  });
  // The second look hangs.
  const asked = Array.from({ length: 1000 }, () => jobs.changed(ID));
  while (looks < 2) {
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  asked.push(...Array.from({ length: 1000 }, () => jobs.changed(ID)));
  answer();
  await Promise.all(asked);
  // The one that waited, and those of beats.
  expect(looks).toBeLessThan(100);
  expect(await state(jobs)).toBe('running');
}, 30_000);
