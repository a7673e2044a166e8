// The tests in a real browser.
import { readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { findChromium } from '../chromium.mjs';
import { run } from '../process.mjs';

const report = 'test-results/galata.json';

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export async function galata(args) {
  const { file, reason } = await findChromium();
  if (!file) {
    // Where tests run unattended, a missing browser must not look like success.
    const failed = process.env.CI ? 1 : 0;
    return {
      passed: 0,
      failed,
      skipped: failed ? [] : [{ test: 'galata', reason }],
      note: reason
    };
  }
  await rm(report, { force: true });
  await run(
    'playwright',
    ['test', '--config', 'ui-tests/playwright.config.ts', ...args],
    {
      limit: 1800,
      env: { TOMO_CHROMIUM: file, TOMO_TEST_PORT: String(await freePort()) }
    }
  );
  return counts(JSON.parse(await readFile(report, 'utf8')));
}

const specs = suite => [
  ...(suite.specs ?? []),
  ...(suite.suites ?? []).flatMap(specs)
];

/** What Playwright's report says; an error outside of the tests counts as a failure. */
export function counts(result) {
  const { expected, unexpected, flaky } = result.stats;
  const skipped = result.suites
    .flatMap(specs)
    .filter(spec => spec.tests.some(test => test.status === 'skipped'))
    .map(spec => ({
      test: spec.title,
      reason:
        spec.tests
          .flatMap(test => test.annotations)
          .map(annotation => annotation.description)
          .filter(Boolean)
          .join('; ') || 'no reason given'
    }));
  const failures = result.suites
    .flatMap(specs)
    .filter(spec => spec.tests.some(test => test.status === 'unexpected'))
    .map(spec => `${spec.file}: ${spec.title}`);
  return {
    passed: expected + flaky,
    failed: unexpected + result.errors.length,
    failures,
    skipped
  };
}
