// The tests of the TypeScript parts.
import { readFile, rm } from 'node:fs/promises';
import { run } from '../process.mjs';

const report = 'test-results/jest.json';

export async function jest(args) {
  await rm(report, { force: true });
  await run('jest', ['--json', `--outputFile=${report}`, ...args], {
    limit: 1200
  });
  return counts(JSON.parse(await readFile(report, 'utf8')));
}

/** What jest's report says; a file that did not run counts as one failure. */
export function counts(result) {
  const skipped = result.testResults
    .flatMap(file => file.assertionResults)
    .filter(test => test.status === 'pending' || test.status === 'todo')
    .map(test => ({
      test: test.fullName,
      reason: `${test.status} in the test file`
    }));
  return {
    passed: result.numPassedTests,
    failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
    skipped
  };
}
