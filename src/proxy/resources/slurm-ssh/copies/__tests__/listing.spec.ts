/** @jest-environment node */
import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { listFiles } from '../listing';

let folder: string;

beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'tomo-listing-'));
});

afterEach(async () => {
  await fs.rm(folder, { recursive: true });
});

it('links that lead nowhere are no files, and keep none from being copied', async () => {
  await fs.mkdir(path.join(folder, 'tomo'));
  await fs.writeFile(path.join(folder, 'tomo', 'a.tif'), '1234');
  await fs.symlink('ann@host.1:2', path.join(folder, 'tomo', '.#notes'));
  await fs.symlink('loop', path.join(folder, 'loop'));
  const files = await listFiles(folder);
  expect(files.map(({ name, size }) => [name, size])).toEqual([
    ['tomo/a.tif', 4]
  ]);
});

it('what is not there is told', async () => {
  const nowhere = path.join(folder, 'none');
  await expect(listFiles(nowhere)).rejects.toMatchObject({
    failure: { code: 'data-missing', message: `${nowhere} does not exist.` }
  });
  const link = path.join(folder, 'link');
  await fs.symlink('none', link);
  await expect(listFiles(link)).rejects.toMatchObject({
    failure: { code: 'data-missing' }
  });
});
