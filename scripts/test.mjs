// npm test [-- SUITE [its arguments]]: everything that is tested, from a clean clone.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { root } from './build/root.mjs';
import { main, prepare } from './environment.mjs';
import { galata } from './test/galata.mjs';
import { jest } from './test/jest.mjs';
import { lint } from './test/lint.mjs';
import { pytest } from './test/pytest.mjs';

const suites = { lint, jest, pytest, galata };

/** One suite; whatever goes wrong in it, the others still run. */
async function runSuite(name, args) {
  process.stdout.write(`\n=== ${name}\n`);
  const from = Date.now();
  const result = await suites[name](args).catch(error => ({
    passed: 0,
    failed: 1,
    skipped: [],
    note: `${name} did not report: ${error.message}`
  }));
  const seconds = ((Date.now() - from) / 1000).toFixed(0);
  process.stdout.write(
    `=== ${name}: ${result.passed} passed, ${result.failed} failed, ${result.skipped.length} skipped in ${seconds} s\n`
  );
  return { name, ...result };
}

await main(async () => {
  const [asked, ...args] = process.argv.slice(2);
  if (asked && !(asked in suites)) {
    throw new Error(
      `There is no suite ${asked}; there are ${Object.keys(suites).join(', ')}.`
    );
  }
  process.chdir(root);
  await prepare();
  await mkdir(path.join(root, 'test-results'), { recursive: true });

  const results = [];
  for (const name of asked ? [asked] : Object.keys(suites)) {
    results.push(await runSuite(name, args));
  }

  process.stdout.write('\n');
  for (const { name, skipped } of results) {
    for (const { test, reason } of skipped) {
      process.stdout.write(`skipped: ${name}: ${test}: ${reason}\n`);
    }
  }
  // Last, where whoever looks at the end of a long log finds them.
  for (const { name, note, failures } of results) {
    for (const test of failures ?? []) {
      process.stdout.write(`failed: ${name}: ${test}\n`);
    }
    if (note) {
      process.stdout.write(`${name}: ${note}\n`);
    }
  }
  const empty = results.filter(
    ({ passed, failed, skipped }) => passed + failed + skipped.length === 0
  );
  for (const { name } of empty) {
    process.stdout.write(`${name}: no test ran\n`);
  }
  const sum = pick =>
    results.reduce((total, result) => total + pick(result), 0);
  const failed = sum(result => result.failed) + empty.length;
  process.stdout.write(
    `${sum(result => result.passed)} passed, ${failed} failed, ${sum(result => result.skipped.length)} skipped\n`
  );
  return failed ? 1 : 0;
});
