/** @jest-environment node */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { readSettings, type IClusterSettings } from '../../../../settings';
import { ProxyError } from '../../../../failure';
import { judgeLogin, loginScript } from '../login';
import { jobScript, judgeNode, nodeScript } from '../node';
import { judgePythons, probeLines } from '../pythons';
import { judgeQuota, quotaScript } from '../quota';
import { judgeReach } from '../reach';
import { Report, Said, SAY, type Check } from '../report';

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

function found(judge: (report: Report) => void): Record<string, Check> {
  const report = new Report();
  judge(report);
  return Object.fromEntries(report.checks.map(check => [check.name, check]));
}

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tomo-preflight-'));
});

afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

const LOGIN = [
  'clock 1000',
  'shell /bin/tcsh',
  ...['sbatch', 'squeue', 'scancel', 'sinfo', 'sacct'].map(c => `command ${c}`),
  'version slurm 24.05.1',
  'row scarf*|up|7-00:00:00|4/0/0/4|64|256000|amd,scarf22|(null)',
  'row gpu|up|1-00:00:00|0/1/0/1|32|512000|v100|gpu:4',
  'association stfc|normal,long'
];

const NODE = [
  'node cn12',
  'module function',
  'work seen',
  'machine x86_64',
  'glibc glibc 2.34',
  'flags fpu ssse3 sse4_1 avx2',
  'processor AMD EPYC 7502',
  'prelude 0',
  'python.default {"python": "3.11.4", "numpy": "1.26.0", "h5py": "3.9.0"}',
  'end yes',
  'waited 2'
];

function login(lines: string[], more: object = {}): Record<string, Check> {
  const said = new Said([...LOGIN, ...lines].join('\n'));
  return found(report => judgeLogin(report, said, cluster(more), 1001));
}

/** The node says each of `lines` in place of what it says otherwise. */
function node(lines: string[], more: object = {}): Record<string, Check> {
  const keys = lines.map(line => line.split(' ')[0]);
  const usual = NODE.filter(line => !keys.includes(line.split(' ')[0]));
  const said = new Said([...usual, ...lines].join('\n'));
  return found(report => judgeNode(report, said, cluster(more), '/work'));
}

const states = (checks: Record<string, Check>): string[] =>
  [...new Set(Object.values(checks).map(check => check.state))].sort();

it('finds nothing to say of a good host and a good node', () => {
  expect(states(login([]))).toEqual(['ok']);
  expect(states(node([]))).toEqual(['ok']);
});

it.each([
  [{ partition: 'nobody' }, 'partition', 'no partition nobody'],
  [{ time: 7 * 24 * 60 + 1 }, 'partition', 'it allows 10080 min'],
  [{ cores: 65 }, 'partition', 'its nodes have 64 cores, and 65'],
  [{ memory: 300 }, 'partition', '300 GiB are asked for'],
  [{ constraint: 'intel' }, 'partition', 'no node has the feature intel'],
  [{ gpus: 1 }, 'partition', 'its nodes have no GPUs'],
  [{ account: 'isis' }, 'account', 'not in account isis'],
  [{ qos: 'urgent' }, 'account', 'may not use QoS urgent']
])('compares what is asked with what there is: %j', (more, name, sentence) => {
  const check = login([], more)[name];
  expect(check).toMatchObject({ state: 'failed' });
  expect(check?.found).toContain(sentence);
  expect(check?.hint).not.toBe('');
});

it.each([
  ['down|1-00:00:00|0/2/0/2', 'is down: it takes jobs, and starts none'],
  ['drain|1-00:00:00|1/1/0/2', 'is being drained: it takes no new jobs'],
  ['inact|1-00:00:00|0/2/0/2', 'is inactive: it takes no jobs'],
  ['up|1-00:00:00|0/0/2/2', 'has no node in service']
])('tells why nothing starts in a partition: %s', (state, sentence) => {
  const lines = [`row devel|${state}|8|16000|(null)|(null)`];
  // Whatever else would not fit is of no interest now.
  const { partition } = login(lines, { partition: 'devel', cores: 99 });
  expect(partition).toMatchObject({ state: 'failed' });
  expect(partition?.found).toContain(`Partition devel ${sentence}`);
  expect(partition?.hint).toContain('up: scarf, gpu');
  // One of several that are asked for is enough.
  const some = login(lines, { partition: 'devel,scarf' });
  expect(some.partition).toMatchObject({ state: 'ok' });
});

it('names the partitions that are up in place of one that is not there', () => {
  const { partition } = login(['row devel|down|1|0/2/0/2|8|1||'], {
    partition: 'nobody'
  });
  expect(partition?.hint).toBe(
    'Choose another in these settings (up: scarf, gpu).'
  );
});

describe('quotas', () => {
  /** What the judge says of a host with these commands, each a script. */
  function quotas(commands: Record<string, string>): Check | undefined {
    for (const [name, script] of Object.entries(commands)) {
      const file = path.join(folder, name);
      fs.writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    for (const name of ['timeout', 'tr', 'cut', 'id']) {
      const real = execFileSync('which', [name], { encoding: 'utf8' }).trim();
      fs.symlinkSync(real, path.join(folder, name));
    }
    const stdout = execFileSync('/bin/sh', ['-s'], {
      input: quotaScript(['/home/ann', "/work3/it's $(touch stolen)"]),
      env: { PATH: folder },
      cwd: folder,
      encoding: 'utf8'
    });
    expect(fs.existsSync(path.join(folder, 'stolen'))).toBe(false);
    return found(report => judgeQuota(report, new Said(stdout))).quota;
  }

  it('are not known where there is no command for them', () => {
    const check = quotas({});
    expect(check).toMatchObject({ state: 'skipped' });
    expect(check?.found).toContain('could not be known');
    expect(check?.hint).not.toBe('');
  });

  it('are told by each command that the host has', () => {
    const check = quotas({
      pan_quota: 'echo "/home: 3 GB of 80 GB"',
      lfs: 'echo "Disk quotas for $4:"; echo "$5 10G 0k 20G -"',
      quota: 'echo "sda1 1G 2G"'
    });
    expect(check).toMatchObject({ state: 'ok' });
    for (const part of [
      '/home: 3 GB of 80 GB',
      '/home/ann 10G 0k 20G',
      "/work3/it's $(touch stolen) 10G",
      'sda1 1G 2G'
    ]) {
      expect(check?.found).toContain(part);
    }
  });

  it.each<Record<string, string>>([
    { pan_quota: 'echo "home 80G* 80G"' },
    { lfs: 'echo "/work3 21G* 0k 20G"' },
    { lfs: 'echo "/work3 22020096* 0k 20971520"' },
    { quota: 'echo "sda1 over"; exit 1' }
  ])('are used up: %j', commands => {
    const check = quotas(commands);
    expect(check).toMatchObject({ state: 'warning' });
    expect(check?.hint).toContain('Make room');
  });

  it('are none where the command has nothing to tell', () => {
    expect(quotas({ quota: ':' })).toMatchObject({
      state: 'ok',
      found: 'None is set, says quota.'
    });
  });
});

it('warns of a clock and of accounting that is down', () => {
  const checks = login(['sacct-failed Connection refused']);
  expect(checks.accounting).toMatchObject({ state: 'warning' });
  const said = new Said(LOGIN.join('\n'));
  const later = found(report => judgeLogin(report, said, cluster(), 1300));
  expect(later.clock?.found).toBe('It is 300 s behind ours.');
});

it.each([
  [
    'glibc glibc 2.17',
    'glibc',
    'glibc 2.17, and the built-in engine needs 2.28'
  ],
  ['flags fpu ssse3', 'processor', 'lacks sse4_1'],
  ['work no', 'work-node', 'cn12 does not see'],
  [
    'python.default bash: python3: command not found',
    'python-default',
    'not found'
  ],
  [
    'python.default {"python": "3.6.8", "numpy": "1.19"}',
    'python-default',
    'Python 3.6.8'
  ],
  [
    'python.default {"python": "3.11.0", "numpy": "no: ImportError"}',
    'python-default',
    'without numpy'
  ]
])('says what a node lacks: %s', (line, name, sentence) => {
  const check = node([line])[name];
  expect(check).toMatchObject({ state: 'failed' });
  expect(check?.found).toContain(sentence);
  expect(check?.hint).not.toBe('');
});

it('tells a module that the prelude needs from one that it does not', () => {
  expect(node(['module ']).module).toMatchObject({ state: 'ok' });
  expect(
    node(['module '], { prelude: ['module load Python/3.11'] }).module
  ).toMatchObject({ state: 'failed' });
});

it('sees a GPU, or none, where Slurm gave one', () => {
  const gpus = { gpus: 1 };
  expect(
    node(['gpu GPU 0: Tesla V100 (UUID: GPU-12)'], gpus).gpu
  ).toMatchObject({ state: 'ok', found: 'cn12 has GPU 0: Tesla V100.' });
  expect(node(['gpu nvidia-smi: not found'], gpus).gpu).toMatchObject({
    state: 'warning'
  });
});

it('tells a job that waits from one that vanished', () => {
  const judge = (state: string): Record<string, Check> =>
    found(report =>
      judgeNode(report, new Said(`state ${state}\nwaited 75`), cluster(), '/w')
    );
  expect(judge('PENDING (Resources)').job).toMatchObject({
    state: 'warning',
    found: 'It did not start within 75 s (Resources) and was cancelled.'
  });
  expect(judge('RUNNING (None)').job).toMatchObject({ state: 'failed' });
});

it('says why a host is not reached, and does not claim more', () => {
  const why = new ProxyError(502, 'refused', 'h refuses port 22.', {
    hint: 'See whether the port is right.'
  });
  const sight = {
    failure: why,
    addresses: ['192.0.2.1'],
    connected: null,
    fingerprint: '',
    known: false
  };
  expect(
    found(report => judgeReach(report, cluster(), sight, false))
  ).toMatchObject({
    name: { state: 'ok', found: 'h is 192.0.2.1.' },
    port: { state: 'failed', hint: 'See whether the port is right.' },
    'host-key': { state: 'skipped' }
  });
});

it('keeps strings of the settings out of the shell', () => {
  const hostile = `it's "$(touch pwned)"; \`id\``;
  const asked = cluster({
    partition: hostile,
    account: hostile,
    constraint: hostile,
    work: `/w ${hostile}`
  });
  // A Slurm that takes no job.
  fs.writeFileSync(
    path.join(folder, 'sbatch'),
    '#!/bin/sh\necho no >&2; exit 1\n',
    { mode: 0o755 }
  );
  const work = path.join(folder, hostile);
  fs.mkdirSync(work);
  const told = ['/bin/sh', '/bin/bash'].flatMap(shell =>
    [loginScript(asked), nodeScript(asked, work)].map(script =>
      execFileSync(shell, {
        input: script,
        cwd: folder,
        env: { PATH: `${folder}:/usr/bin:/bin` },
        encoding: 'utf8'
      })
    )
  );
  expect(told[1]).toContain('refused no');
  expect(fs.readdirSync(folder).sort()).toEqual([hostile, 'sbatch'].sort());
  // The folder of the job was taken away again.
  expect(fs.readdirSync(work)).toEqual([]);
  execFileSync('/bin/bash', ['-n'], { input: jobScript(asked, 't') });
});

it('says what a Python answers that is not there', () => {
  const [line = ''] = probeLines({ default: '/nowhere/python' });
  const told = execFileSync('/bin/sh', ['-c', `${SAY}\n${line}`], {
    encoding: 'utf8'
  });
  const checks = found(report =>
    judgePythons(report, new Said(told), { default: '/nowhere/python' }, 'here')
  );
  expect(checks['python-default']?.found).toMatch(
    /^\/nowhere\/python does not run here: .*not found/
  );
});

it('looks for the tool of another package among what is installed', () => {
  const about = path.join(folder, 'tiny_tool-1.0.dist-info');
  fs.mkdirSync(about);
  fs.writeFileSync(path.join(about, 'METADATA'), 'Name: tiny-tool\n');
  fs.writeFileSync(
    path.join(about, 'entry_points.txt'),
    '[jupyterlab_tomo.tools]\ntiny-tool = tiny_tool\n'
  );
  // Stands in for the numpy that is not the point here.
  fs.writeFileSync(path.join(folder, 'numpy.py'), '__version__ = "2.0"\n');
  const pythons = { 'tiny-tool': 'python3', 'other-tool': 'python3' };
  const told = execFileSync(
    '/bin/sh',
    ['-c', [SAY, ...probeLines(pythons)].join('\n')],
    { encoding: 'utf8', env: { ...process.env, PYTHONPATH: folder } }
  );
  const checks = found(report =>
    judgePythons(report, new Said(told), pythons, 'here')
  );
  expect(checks['python-tiny-tool']).toMatchObject({ state: 'ok' });
  expect(checks['python-other-tool']).toMatchObject({ state: 'failed' });
  expect(checks['python-other-tool']?.hint).toContain(
    'Install the package that has the tool other-tool'
  );
});
