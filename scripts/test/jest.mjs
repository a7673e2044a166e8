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
  const failures = result.testResults.flatMap(file => {
    const tests = file.assertionResults
      .filter(test => test.status === 'failed')
      .map(test => test.fullName);
    return tests.length || file.status !== 'failed' ? tests : [file.name];
  });
  return {
    passed: result.numPassedTests,
    failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
    failures,
    skipped
  };
}
