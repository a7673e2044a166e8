/** @jest-environment node */
import { execFileSync } from 'node:child_process';

import { DOORS } from '../requests';
import { jobCode, probeCode } from '../resources/local-kernel/bootstrap';
import { readSettings } from '../settings';
import { parseStart } from '../start';

const SUBMISSION = {
  id: '01234567-89ab-cdef-0123-456789abcdef',
  name: 'a',
  base: '/data',
  recipe: { version: 1 },
  resource: 'local',
  kernel: '',
  cores: 1,
  memory: 1 << 28
};

describe('requests', () => {
  it('are let through as they are', () => {
    expect(DOORS.submission(SUBMISSION)).toBe(SUBMISSION);
  });

  it.each([
    [{ ...SUBMISSION, cores: 0 }, 'cores must be at least 1'],
    [{ ...SUBMISSION, id: '../../x' }, 'id must match'],
    [{ ...SUBMISSION, host: 'h' }, 'host is an unknown key'],
    [
      { ...SUBMISSION, memory: 'much' },
      'memory must be a whole number, not "much"'
    ],
    [{}, 'The request needs the key "id"'],
    [null, 'The request must be an object']
  ])('are refused in a sentence: %j', (body, sentence) => {
    expect(() => DOORS.submission(body)).toThrow(sentence);
  });
});

describe('the start-up line', () => {
  const line = {
    socket: '/s',
    jobs: '/j',
    python: 'python3',
    runtime: '/r/abc',
    version: '1',
    user: 'ann',
    server: { baseUrl: 'http://localhost:1/b', token: '' },
    kernels: null,
    settings: { localJobs: 3 }
  };

  it('is read', () => {
    const start = parseStart(JSON.stringify(line));
    expect(start.server?.baseUrl).toBe('http://localhost:1/b/');
    expect(start.idle).toBe(600);
    expect(readSettings(start.settings).localJobs).toBe(3);
    expect(readSettings({ localJobs: 'all' }).localJobs).toBe(1);
  });

  it.each([
    [{ ...line, jobs: 'here' }, '"jobs"'],
    [{ ...line, python: undefined }, '"python"'],
    [{ ...line, server: null }, 'neither "server" nor "kernels"'],
    [{ ...line, server: { baseUrl: 'x' } }, '"baseUrl" or "token"']
  ])('is refused: %j', (wrong, sentence) => {
    expect(() => parseStart(JSON.stringify(wrong))).toThrow(sentence);
  });
});

describe('the code for kernels', () => {
  it('takes in no text of a user', () => {
    const nasty = '"); import os; os.abort() #\n\'\\';
    const code = jobCode({
      folder: nasty,
      runtime: nasty,
      attempt: 1,
      kernel: nasty
    });
    expect(code).not.toContain('abort');
    const bare = jobCode({ folder: '', runtime: '', attempt: 1, kernel: '' });
    const text = (of: string): string =>
      of.slice(0, of.lastIndexOf('_tomo_job('));
    expect(text(code)).toBe(text(bare));
  });

  it('is Python', () => {
    const check =
      'import ast, sys; ast.parse(sys.stdin.read(), feature_version=(3, 6))';
    for (const code of [
      jobCode({ folder: '/f', runtime: '/r', attempt: 1, kernel: 'k' }),
      probeCode({ answer: '/a', nonce: 'n' })
    ]) {
      execFileSync('python3', ['-c', check], { input: code });
    }
  });
});
