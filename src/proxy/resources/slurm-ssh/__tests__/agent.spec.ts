/** @jest-environment node */
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import type { IClusterSettings } from '../../../settings';
import { readSettings } from '../../../settings';
import { agentScript } from '../agent';

const HOSTILE = [
  "it's",
  '$(touch stolen)',
  '`touch stolen`',
  'a; touch stolen',
  '"; touch stolen; "',
  'a\nb',
  '-rf',
  'ü 雪'
];

function cluster(more: object): IClusterSettings {
  const entry = { name: 'scarf', host: 'h', ...more };
  const { clusters, spoilt } = readSettings({ resources: [entry] });
  const made = clusters.get('scarf');
  if (!made) {
    throw new Error(JSON.stringify(spoilt));
  }
  return made;
}

describe('the script that becomes an agent', () => {
  let home: string;

  beforeEach(() => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), 'tomo-agent-'));
  });

  afterEach(() => {
    fs.rmSync(home, { recursive: true });
  });

  /** A program that says how it was called. */
  function program(name: string): string {
    const file = path.join(home, name);
    fs.writeFileSync(
      file,
      `#!/bin/sh\nprintf '%s\\0' "$0" "$PYTHONPATH" "$@"\ncat\n`,
      { mode: 0o755 }
    );
    return file;
  }

  /** Run the script as the connection does; what the program said. */
  function run(settings: IClusterSettings, runtime: string): string[] {
    const { stdout, status, stderr } = spawnSync(
      '/bin/sh',
      ['-c', agentScript(settings, runtime)],
      {
        env: { HOME: home, PATH: `${home}:${process.env.PATH ?? ''}` },
        input: 'frames',
        encoding: 'utf8'
      }
    );
    expect({ status, stderr }).toMatchObject({ status: 0 });
    return stdout.split('\0');
  }

  it.each(HOSTILE)('keeps %j one word', text => {
    const python = program(`py ${text.replaceAll('/', '')}`);
    const said = run(
      cluster({ pythons: { default: python } }),
      `/scratch/${text}/runtime`
    );
    expect(said[0]).toBe(python);
    expect(said[1]).toBe(`/scratch/${text}/runtime`);
    expect(said.slice(2, 6)).toEqual(['-u', '-m', 'tomo_runner', 'agent']);
    expect(said.at(-1)).toBe('frames');
    expect(fs.existsSync(path.join(home, 'stolen'))).toBe(false);
  });

  it('takes a home folder, and a Python of its own for the agent', () => {
    program('mine');
    const pythons = { default: '/nowhere/python', agent: '~/mine' };
    expect(run(cluster({ pythons }), '/r')[0]).toBe(path.join(home, 'mine'));
  });

  it('tells tools of the Python that is theirs alone', () => {
    const file = path.join(home, 'py');
    fs.writeFileSync(
      file,
      `#!/bin/sh\nenv -0 | grep -z ^JUPYTER_TOMO_PYTHON | sort -z\n`,
      { mode: 0o755 }
    );
    const said = run(
      cluster({
        pythons: {
          default: file,
          astra: "/opt/it's $(touch stolen)/python",
          'my-tool': '~/mine',
          'x; touch stolen': '/bin/true',
          savu: ''
        }
      }),
      '/r'
    );
    expect(said.filter(Boolean)).toEqual([
      "JUPYTER_TOMO_PYTHON_ASTRA=/opt/it's $(touch stolen)/python",
      `JUPYTER_TOMO_PYTHON_MY_TOOL=${path.join(home, 'mine')}`
    ]);
    expect(fs.existsSync(path.join(home, 'stolen'))).toBe(false);
  });

  it('gives a prelude neither the input nor the output', () => {
    const python = program('py');
    const prelude = ['echo noise', 'cat', 'export PYTHONPATH=/modules'];
    const said = run(cluster({ prelude, pythons: { default: python } }), '/r');
    expect(said[0]).toBe(python);
    expect(said[1]).toBe('/r:/modules');
    expect(said.at(-1)).toBe('frames');
  });

  it('asks srun for one core, with every option one word', () => {
    const file = path.join(home, 'srun');
    fs.writeFileSync(file, `#!/bin/sh\nprintf '%s\\0' "$@"\n`, { mode: 0o755 });
    for (const text of HOSTILE.filter(each => !each.includes('\n'))) {
      const said = run(
        cluster({
          agent: 'srun',
          partition: 'scarf',
          account: text,
          constraint: 'a&b'
        }),
        '/r'
      );
      expect(said).toContain(`--account=${text}`);
      expect(said).toContain('--constraint=a&b');
      expect(said).toContain('--cpus-per-task=1');
      expect(said).not.toContain('--qos=');
    }
    expect(fs.existsSync(path.join(home, 'stolen'))).toBe(false);
  });

  it('is sound for every shell that may read it', () => {
    const script = agentScript(cluster({ prelude: ['module load a'] }), "/r'");
    for (const shell of ['sh', 'bash']) {
      execFileSync(shell, ['-n'], { input: script });
    }
  });
});
