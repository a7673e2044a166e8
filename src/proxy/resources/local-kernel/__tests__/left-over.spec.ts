/** @jest-environment node */
import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { replaceJson } from '../../../files';
import { JobPaths, probesFolder, type IJobSpec } from '../../../job-folder';
import type { IKernels, IKernelSession } from '../kernels';
import { LeftOverKernels } from '../left-over';
import { LocalKernelResource } from '../local-kernel';

const [LEFT, KNOWN, NEW] = ['1', '2', '3'].map(
  digit => `${digit}1234567-89ab-cdef-0123-456789abcdef`
);
const SERVER = 'host:1';

let jobs: string;

beforeEach(async () => {
  jobs = await fs.mkdtemp(path.join(os.tmpdir(), 'tomo-left-over-'));
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});

afterEach(async () => {
  jest.restoreAllMocks();
  await fs.rm(jobs, { recursive: true });
});

/** A server that has these sessions. */
class Server implements Partial<IKernels> {
  constructor(public list: IKernelSession[] = []) {}

  readonly ended: string[] = [];
  readonly started: string[] = [];

  sessions = (): Promise<readonly IKernelSession[]> =>
    Promise.resolve([...this.list]);

  start = async ({ path: file }: { path: string }) => {
    const session = `session ${this.started.length + 1}`;
    this.started.push(file);
    this.list.push({ session, path: file, type: 'tomo' });
    return { session, kernel: `kernel of ${session}` };
  };

  shutdown = async (session: string): Promise<void> => {
    this.ended.push(session);
    this.list = this.list.filter(each => each.session !== session);
  };

  execute = (): Promise<void> => Promise.resolve();

  dispose = (): void => undefined;

  get kernels(): IKernels {
    return this as Partial<IKernels> as IKernels;
  }
}

async function jobWith(id: string, session: string | null): Promise<JobPaths> {
  const paths = new JobPaths(jobs, id);
  await fs.mkdir(paths.folder);
  if (session !== null) {
    await replaceJson(paths.kernel, {
      session,
      kernel: 'k',
      spec: 'python3',
      attempt: 1,
      server: SERVER,
      host: os.hostname()
    });
  }
  return paths;
}

function resourceOf(server: Server): LocalKernelResource {
  return new LocalKernelResource(server.kernels, { jobs, server: SERVER });
}

const spec = { name: 'x', kernel: 'python3', runtime: '/runtime' } as IJobSpec;

async function until(reached: () => boolean): Promise<void> {
  while (!reached()) {
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

it('kernels of ours that no job knows are ended, and no others', async () => {
  const left = await jobWith(LEFT, null);
  const known = await jobWith(KNOWN, 'known');
  const forgotten = new JobPaths(jobs, NEW);
  const server = new Server([
    { session: 'left', path: left.recipe, type: 'tomo' },
    { session: 'known', path: known.recipe, type: 'tomo' },
    { session: 'before', path: known.recipe, type: 'tomo' },
    { session: 'forgotten', path: forgotten.recipe, type: 'tomo' },
    {
      session: 'probe',
      path: path.join(probesFolder(jobs), 'x.json'),
      type: 'tomo'
    },
    { session: 'notebook', path: left.recipe, type: 'notebook' },
    {
      session: 'of another jobs folder',
      path: `/elsewhere/${LEFT}/recipe.tomo.json`,
      type: 'tomo'
    },
    {
      session: 'deeper',
      path: path.join(jobs, 'x', LEFT, 'recipe.tomo.json'),
      type: 'tomo'
    },
    { session: 'console', path: 'console-1', type: 'console' }
  ]);
  const resource = resourceOf(server);
  await resource.open();
  resource.dispose();
  expect(server.ended).toEqual(['left', 'before', 'forgotten', 'probe']);
});

it('one that cannot be ended keeps none of the others', async () => {
  const left = await jobWith(LEFT, null);
  const server = new Server([
    { session: 'stubborn', path: left.recipe, type: 'tomo' },
    { session: 'left', path: left.recipe, type: 'tomo' }
  ]);
  const { shutdown } = server;
  server.shutdown = session =>
    session === 'stubborn'
      ? Promise.reject(new Error('no answer'))
      : shutdown(session);
  const resource = resourceOf(server);
  await resource.open();
  resource.dispose();
  expect(server.ended).toEqual(['left']);
  expect(process.stderr.write).toHaveBeenCalledTimes(1);
});

it('no job starts before those that are left over have ended', async () => {
  const paths = await jobWith(LEFT, null);
  const server = new Server([
    { session: 'left', path: paths.recipe, type: 'tomo' }
  ]);
  const order: string[] = [];
  const { shutdown, start } = server;
  server.shutdown = async session => {
    await new Promise(resolve => setTimeout(resolve, 20));
    order.push(`end ${session}`);
    return shutdown(session);
  };
  server.start = options => {
    order.push('start');
    return start(options);
  };
  const resource = resourceOf(server);
  await resource.start(spec, paths, 2);
  resource.dispose();
  expect(order).toEqual(['end left', 'start']);
});

it('a kernel that cannot be written down is ended', async () => {
  // The folder of the job is gone.
  const paths = new JobPaths(jobs, NEW);
  const server = new Server();
  const execute = jest.spyOn(server, 'execute');
  const resource = resourceOf(server);
  await expect(resource.start(spec, paths, 1)).rejects.toThrow('ENOENT');
  resource.dispose();
  expect(server.started).toEqual([paths.recipe]);
  expect(server.ended).toEqual(['session 1']);
  expect(execute).not.toHaveBeenCalled();
});

it('one that comes late is ended, and none that is being started', async () => {
  const left = await jobWith(LEFT, null);
  const paths = await jobWith(NEW, null);
  const server = new Server();
  let looks = 0;
  const { sessions } = server;
  server.sessions = () => {
    looks += 1;
    return sessions();
  };
  const leftOver = new LeftOverKernels(server.kernels, jobs, 30);
  await leftOver.first();
  // The server had begun to start it for the proxy that died.
  server.list.push({ session: 'late', path: left.recipe, type: 'tomo' });
  await leftOver.during(paths.recipe, async () => {
    await server.start({ path: paths.recipe });
    await until(() => server.ended.length > 0);
    // Looked at after that of the late one.
    leftOver.again();
    await until(() => looks >= 3);
  });
  leftOver.dispose();
  expect(server.ended).toEqual(['late']);
});
