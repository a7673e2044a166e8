/** @jest-environment node */
import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { JobPaths } from '../../../../job-folder';
import { Mover } from '../mover';
import { ShellRemote } from './shell-remote';
import { ID, remoteJob } from '../../__tests__/remote-job';

const SPEC = remoteJob('ann');

let folder: string;

beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'tomo-mover-'));
});

afterEach(async () => {
  jest.restoreAllMocks();
  await fs.rm(folder, { recursive: true });
});

it('a mirror that can be neither read nor written ends nothing but this try', async () => {
  const said = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  const paths = new JobPaths(folder, ID);
  // Folders where files belong.
  await fs.mkdir(paths.recipe, { recursive: true });
  await fs.mkdir(paths.slurm);
  let changes = 0;
  const mover = new Mover({
    runtime: '/runtime/abc',
    batch: () => {
      throw new Error('Not a part of this test.');
    },
    onChange: () => {
      changes += 1;
    },
    onAccepted: () => undefined
  });
  const remote = await ShellRemote.make(folder);
  mover.advance(remote, SPEC, paths);
  for (let wait = 0; mover.moves(ID) && wait < 3000; wait++) {
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  expect([mover.moves(ID), changes]).toEqual([false, 1]);
  expect(said).toHaveBeenCalledWith(expect.stringContaining(`job ${ID}: `));
  expect(mover.obstacle(ID)).toContain('EISDIR');
  // It rests before it is tried again.
  mover.advance(remote, SPEC, paths);
  expect(mover.moves(ID)).toBe(false);
});
