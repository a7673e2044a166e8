// The tests of the Python parts, and of server, proxy and runner together.
import { readFile, rm } from 'node:fs/promises';
import { run } from '../process.mjs';

const LIMIT = 2700;
const all = 'tests/python';
/** What mostly waits, for clusters, servers and kernels; beside it the rest computes. */
const waiting = [`${all}/cluster`, `${all}/integration`];
const parts = [waiting, [all, ...waiting.map(folder => `--ignore=${folder}`)]];

export async function pytest(args) {
  if (args.length > 0) {
    return part('pytest', args, false);
  }
  const results = await Promise.all(
    parts.map((chosen, i) => part(`pytest-${i}`, chosen, true))
  );
  const sum = key => results.reduce((total, result) => total + result[key], 0);
  return {
    passed: sum('passed'),
    failed: sum('failed'),
    failures: results.flatMap(result => result.failures),
    skipped: results.flatMap(result => result.skipped)
  };
}

/** Some of the tests; when they run beside others, their output is shown at their end. */
async function part(name, args, quiet) {
  const report = `test-results/${name}.xml`;
  await rm(report, { force: true });
  const { output, ended } = await run(
    'pytest',
    ['-q', `--junitxml=${report}`, ...args],
    { limit: LIMIT, quiet }
  );
  process.stdout.write(output);
  if (ended) {
    const failure = `it was ended after ${LIMIT / 60} minutes (pytest ${args.join(' ')})`;
    return { passed: 0, failed: 1, failures: [failure], skipped: [] };
  }
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
