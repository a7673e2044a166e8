// The tests of the Python parts, and of server, proxy and runner together.
import { readFile, rm } from 'node:fs/promises';
import { run } from '../process.mjs';

const report = 'test-results/pytest.xml';

export async function pytest(args) {
  await rm(report, { force: true });
  await run('pytest', ['-q', `--junitxml=${report}`, ...args], { limit: 2700 });
  return counts(await readFile(report, 'utf8'));
}

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const plain = text =>
  text
    .replace(/&#x?([0-9a-fA-F]+);/g, ' ')
    .replace(/&(\w+);/g, (whole, name) => entities[name] ?? whole)
    .trim();

function attribute(tag, name) {
  return plain(new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '');
}

/** What pytest's JUnit report says. */
export function counts(xml) {
  const suite = /<testsuite\s[^>]*>/.exec(xml)[0];
  const [tests, failures, errors, skips] = [
    'tests',
    'failures',
    'errors',
    'skipped'
  ].map(name => Number(attribute(suite, name)));
  const cases = [
    ...xml.matchAll(/<testcase\s[^>]*[^/]>[^]*?<\/testcase>/g)
  ].map(([found]) => found);
  const name = found =>
    `${attribute(found, 'classname')}.${attribute(found, 'name')}`;
  const skipped = cases
    .filter(found => found.includes('<skipped'))
    .map(found => ({
      test: name(found),
      reason: attribute(found.slice(found.lastIndexOf('<skipped')), 'message')
    }));
  return {
    passed: tests - failures - errors - skips,
    failed: failures + errors,
    failures: cases.filter(found => /<(failure|error)\s/.test(found)).map(name),
    skipped
  };
}
