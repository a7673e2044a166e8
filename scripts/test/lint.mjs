// The linters, one check each.
import { run } from '../process.mjs';

const python = [
  'jupyterlab_tomo',
  'tomo_runner',
  'examples',
  'scripts',
  'tests',
  'bench',
  'ui-tests'
];

const checks = {
  eslint: ['eslint', ['.', '--max-warnings', '0'], ['--fix']],
  prettier: ['prettier', ['--check', '--log-level', 'warn', '.'], null],
  stylelint: [
    'stylelint',
    ['style/**/*.css', '--max-warnings', '0'],
    ['--fix']
  ],
  'ruff format': ['ruff', ['format', '--check', '--quiet', ...python], null],
  'ruff check': ['ruff', ['check', '--quiet', ...python], ['--fix']],
  mypy: [
    'mypy',
    ['--no-error-summary', 'jupyterlab_tomo', 'tomo_runner'],
    null
  ],
  'tsc (browser)': ['tsc', ['-p', 'tsconfig.json', '--noEmit'], null],
  'tsc (proxy)': ['tsc', ['-p', 'tsconfig.proxy.json'], null],
  'tsc (tests)': ['tsc', ['-p', 'tsconfig.test.json'], null],
  'tsc (browser tests)': ['tsc', ['-p', 'ui-tests/tsconfig.json'], null]
};

/** Mend what the tools can mend by themselves. */
export async function fix() {
  await run('prettier', ['--write', '--log-level', 'warn', '.']);
  await run('ruff', ['format', '--quiet', ...python]);
  for (const [program, args, fixing] of Object.values(checks)) {
    if (fixing) {
      await run(program, [...args, ...fixing], { quiet: true });
    }
  }
}

export async function lint() {
  const result = { passed: 0, failed: 0, failures: [], skipped: [] };
  for (const [name, [program, args]] of Object.entries(checks)) {
    const { code, output, ended } = await run(program, args, {
      quiet: true,
      limit: 600
    });
    const ok = code === 0;
    process.stdout.write(`${ok ? 'ok  ' : 'FAIL'} ${name}\n`);
    if (!ok) {
      result.failures.push(name);
      process.stdout.write(
        `${output.trimEnd()}\n${ended ? 'ended after 10 minutes\n' : ''}`
      );
    }
    result[ok ? 'passed' : 'failed'] += 1;
  }
  return result;
}
