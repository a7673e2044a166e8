/** @jest-environment node */
import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import type { Forecaster } from '../../../forecast';
import { JobPaths } from '../../../job-folder';
import { Notices } from '../../../notices';
import { readSettings, type IClusterSettings } from '../../../settings';
import { SlurmResource } from '../slurm-ssh';
import type { Sessions } from '../ssh';
import type { Connection } from '../ssh/connection';
import { ID, remoteJob } from './remote-job';

const SPEC = remoteJob('scarf1');

let folder: string;
let account: string;
let resource: SlurmResource;
let notices: Notices;

beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'tomo-accounts-'));
  const remote: Partial<Connection> = {
    alive: true,
    run: () => Promise.resolve({ code: 1, stdout: '', stderr: '' }),
    get user() {
      return account;
    }
  };
  const sessions: Partial<Sessions> = { remote: () => remote as Connection };
  notices = new Notices();
  const { clusters } = readSettings({
    resources: [{ name: 'scarf', title: 'SCARF', host: 'h' }]
  });
  resource = new SlurmResource(clusters.get('scarf') as IClusterSettings, {
    sessions: sessions as Sessions,
    notices,
    jobs: folder,
    runtime: '/runtime/abc',
    forecast: {} as Forecaster,
    mirrors: () => [],
    adopter: { adopt: () => Promise.resolve() },
    onChange: () => undefined
  });
});

afterEach(async () => {
  resource.dispose();
  notices.dispose();
  await fs.rm(folder, { recursive: true });
});

it('a job that waits is sent by the account that it belongs to, and by no other', () => {
  const paths = new JobPaths(folder, ID);
  account = 'scarf2';
  resource.advance(SPEC, paths);
  expect(resource.moves(ID)).toBe(false);
  expect(resource.obstacle(SPEC)).toBe(
    'The job belongs to the account scarf1 on SCARF: log in with it.'
  );
  account = 'scarf1';
  expect(resource.obstacle(SPEC)).toBeUndefined();
  resource.advance(SPEC, paths);
  expect(resource.moves(ID)).toBe(true);
});
