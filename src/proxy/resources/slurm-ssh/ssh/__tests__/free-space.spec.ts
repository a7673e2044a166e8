/** @jest-environment node */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { freeBytes, parseSpace } from '../free-space';
import type { Scripts } from '../scripts';

const MIB = 1 << 20;

let folder: string;

beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'tomo-space-'));
});

afterEach(async () => {
  await fs.rm(folder, { recursive: true });
});

/** Runs scripts here, with commands of the host that stand before the real ones. */
async function host(commands: Record<string, string> = {}): Promise<Scripts> {
  const tools = path.join(folder, 'tools');
  await fs.mkdir(tools, { recursive: true });
  for (const [name, script] of Object.entries(commands)) {
    const text = `#!/bin/sh\n${script}\n`;
    await fs.writeFile(path.join(tools, name), text, { mode: 0o755 });
  }
  const run = async (script: string): Promise<{ stdout: string }> => ({
    stdout: execFileSync('/bin/sh', ['-s'], {
      input: script,
      env: { PATH: `${tools}:${process.env.PATH}`, LC_ALL: 'C' },
      encoding: 'utf8'
    })
  });
  return { run } as unknown as Scripts;
}

const df = (kilobytes: number, device = '/dev/sda1'): string =>
  `echo head; echo '${device} 900000 1 ${kilobytes} 1% /work'`;

const quota = (said: string, device = '/dev/sda1'): string =>
  `echo '${device} ${said} none 1 0 0'`;

describe('the room for a user', () => {
  it('is what is free where the nearest folder is', async () => {
    const deep = path.join(folder, "it's", '$(touch spoilt)', 'deep');
    const { bavail, bsize } = await fs.statfs(folder);
    const free = await freeBytes(await host(), deep);
    // Others write there, too.
    expect(Math.abs((free ?? 0) - bavail * bsize)).toBeLessThan(2 ** 30);
  });

  it.each([
    ['free space', { df: df(5000) }, 5000],
    ['a quota', { df: df(5000), quota: quota('100 700 900') }, 800],
    ['a soft one', { df: df(5000), quota: quota('100 700 0') }, 600],
    [
      'a quota of another disk',
      { df: df(5000), quota: quota('100 700 900', '/dev/sdb1') },
      5000
    ],
    [
      'a quota that is exceeded',
      { df: df(5000), quota: quota('950* 700 900') },
      0
    ],
    ['a quota of Lustre', { df: df(5000), lfs: 'echo "$5 100 0 300 -"' }, 200]
  ])('is told by %s', async (_what, commands, kilobytes) => {
    const none = { quota: 'exit 1', lfs: 'exit 1' };
    const scripts = await host({ ...none, ...commands });
    expect(await freeBytes(scripts, folder)).toBe(kilobytes * 1024);
  });

  it.each(['Disk quota exceeded', 'No space left on device'])(
    'is none where a little cannot be written: %s',
    async words => {
      const quiet = { df: df(5000), quota: 'exit 1', lfs: 'exit 1' };
      const refuses = `echo "head: error writing 'standard output': ${words}" >&2; exit 1`;
      const scripts = await host({ ...quiet, head: refuses });
      expect(await freeBytes(scripts, folder)).toBe(5000 * 1024);
      expect(await freeBytes(scripts, folder, true)).toBe(0);
      const room = await host({ ...quiet, head: 'exec /usr/bin/head "$@"' });
      expect(await freeBytes(room, folder, true)).toBe(5000 * 1024);
      expect(await fs.readdir(folder)).toEqual(['tools']);
    }
  );

  it('is unknown when nothing tells it', () => {
    expect(parseSpace('df\nquota\nlustre\nattempt\n')).toBeNull();
    expect(parseSpace(`df\n/dev/sda1 9 9 1024 1% /\n`)).toBe(MIB);
  });
});
