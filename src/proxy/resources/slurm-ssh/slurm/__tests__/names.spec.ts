/** @jest-environment node */
import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { replaceJson } from '../../../../files';
import { JobPaths } from '../../../../job-folder';
import type { IRemote } from '../../remote';
import { readJobs } from '../adopt';
import { readRecord } from '../mirror';
import type { IPlace } from '../place';

const ID = '01234567-89ab-cdef-0123-456789abcdef';
const OWN = `tomo-${ID}-2`;
/** They would go into commands as they are. */
const BAD = [
  'tomo-$(touch${IFS}pwned)-2',
  'tomo-`id`-2',
  `${OWN};id`,
  `${OWN}/../x`
];

it.each(BAD)('a mirror that names %s names nothing', async uid => {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'tomo-names-'));
  try {
    const paths = new JobPaths(folder, ID);
    await fs.mkdir(paths.folder);
    await replaceJson(paths.slurm, { uid, phase: 'sent' });
    expect(await readRecord(paths)).toMatchObject({ uid: '', phase: 'sent' });
    await replaceJson(paths.slurm, { uid: OWN, phase: 'sent' });
    expect((await readRecord(paths)).uid).toBe(OWN);
  } finally {
    await fs.rm(folder, { recursive: true });
  }
});

const encode = (value: object): string =>
  Buffer.from(JSON.stringify(value)).toString('base64');

it('of the submissions on the cluster only those count that have such a name', async () => {
  const place: IPlace = {
    work: '/scratch',
    warning: '',
    user: 'scarf1',
    uid: '1001',
    host: 'h',
    version: '',
    jobs: [ID]
  };
  const remote = { folder: '/x', work: '/x', user: 'other', host: 'h' };
  const adopt = (submissions: readonly string[]): ReturnType<typeof readJobs> =>
    readJobs(
      {
        run: () =>
          Promise.resolve({
            stdout: [
              ID,
              encode({ id: ID, output: '/scratch/out', remote }),
              encode({ version: 1 }),
              ...submissions,
              ''
            ].join('\n'),
            stderr: '',
            code: 0
          })
      } as Partial<IRemote> as IRemote,
      place,
      [ID],
      { user: 'ann', resource: 'scarf', host: 'h' }
    );
  const [job] = await adopt([
    ...BAD.map(name => `${name.replace(/-2(?=\D|$)/, '-9')}-1 27;;`),
    `${OWN}-1 28;;`
  ]);
  expect(job.record).toMatchObject({ uid: OWN, id: '28', attempt: 2 });
  // It is of the account that has found it as its own.
  expect(job.spec.remote?.user).toBe('scarf1');
  expect(await adopt(BAD.map(name => `${name}-1 27;;`))).toEqual([]);
});
