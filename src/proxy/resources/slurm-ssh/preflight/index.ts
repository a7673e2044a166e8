/**
 * Test: everything that a job will need, looked at before there is one. A
 * look from outside, scripts on the log-in host, a small job.
 */
import type { Preflight } from '../../../../api/_generated/api';
import { failureOf } from '../../../failure';
import type { IClusterSettings } from '../../../settings';
import { quote } from '../quote';
import { findPlace, type IPlace } from '../slurm/place';
import type { Connection, Sessions } from '../ssh';
import { judgeLogin, loginScript } from './login';
import { judgeNode, NODE_TIMEOUT, nodeScript } from './node';
import { judgePythons } from './pythons';
import { judgeQuota, quotaScript } from './quota';
import { judgeReach } from './reach';
import { Report, Said, sizeOf } from './report';

/** Milliseconds for what the log-in host is asked: a controller that is down takes its time. */
const LOGIN_TIMEOUT = 90_000;
/** Bytes under which a work folder is too full for a volume. */
const LITTLE = 10 * 2 ** 30;

/** @throws ProxyError when there is no such cluster. */
export async function preflight(
  sessions: Sessions,
  user: string,
  resource: string
): Promise<Preflight> {
  const cluster = sessions.cluster(resource);
  const report = new Report();
  const remote = sessions.remote(user, resource);
  judgeReach(
    report,
    cluster,
    await sessions.look(user, resource),
    remote !== null
  );
  if (!remote) {
    const { reason } = sessions.standing(user, resource);
    report.skip(
      'login',
      'Log-in',
      reason?.message ?? 'You are not logged in.',
      'Log in and test again: the rest is only seen from there.'
    );
  } else {
    report.ok('login', 'Log-in', `You are logged in as ${remote.user}.`);
    await lookInside(report, remote, cluster);
  }
  return { resource, checks: report.checks };
}

async function lookInside(
  report: Report,
  remote: Connection,
  cluster: IClusterSettings
): Promise<void> {
  const inside = await attempt(report, 'shell', 'Log-in shell', () =>
    remote.run(loginScript(cluster), { timeout: LOGIN_TIMEOUT })
  );
  if (!inside) {
    return;
  }
  const said = new Said(inside.stdout);
  const serves = judgeLogin(report, said, cluster, Date.now() / 1000);
  if (cluster.agent === 'login') {
    judgePreviews(report, said, cluster);
  }
  await attempt(report, 'files', 'Copies', async () => {
    if (await remote.files.sftp()) {
      report.ok('files', 'Copies', 'SFTP works.');
    } else {
      report.warn(
        'files',
        'Copies',
        'SFTP does not work; copies go through the shell.',
        'A .bashrc that prints spoils it: keep what prints to interactive shells.'
      );
    }
  });
  const place = await attempt(report, 'work', 'Work folder', () =>
    findPlace(remote, cluster.work)
  );
  if (!place) {
    return;
  }
  await judgePlace(report, remote, place);
  await attempt(report, 'quota', 'Quota', async () => {
    const folders = [remote.home, place.work];
    const { stdout } = await remote.run(quotaScript(folders));
    judgeQuota(report, new Said(stdout));
  });
  if (!serves) {
    report.skip('job', 'A small job', 'It would not start there now.', '');
    return;
  }
  const looked = await attempt(report, 'job', 'A small job', () =>
    remote.run(nodeScript(cluster, place.work), { timeout: NODE_TIMEOUT })
  );
  if (looked) {
    judgeNode(report, new Said(looked.stdout), cluster, place.work);
  }
}

/** The agent's Python, on the log-in host. */
function judgePreviews(
  report: Report,
  said: Said,
  cluster: IClusterSettings
): void {
  const own = new Report();
  const python = cluster.pythons.agent || cluster.pythons.default || '';
  judgePythons(own, said, { default: python }, 'on the log-in host');
  report.checks.push(
    ...own.checks.map(check => ({
      ...check,
      name: 'python-previews',
      title: 'Python for previews'
    }))
  );
}

async function judgePlace(
  report: Report,
  remote: Connection,
  place: IPlace
): Promise<void> {
  const { work, warning } = place;
  const script = `cd ${quote(work)} && printf x > .test-$$ && rm -f .test-$$`;
  const { code, stderr } = await remote.run(script);
  if (code !== 0) {
    report.fail(
      'work',
      'Work folder',
      `${work} cannot be written: ${stderr.trim().split('\n').at(-1) ?? ''}.`,
      'Set a folder that you may write, with room left.'
    );
  } else if (warning) {
    report.warn(
      'work',
      'Work folder',
      `${work} is writable. ${warning}`,
      'Set a work folder on a large file system that all nodes share.'
    );
  } else {
    report.ok('work', 'Work folder', `${work} is writable.`);
  }
  const [free, home] = await Promise.all([
    remote.files.free(work),
    remote.files.free(remote.home)
  ]);
  if (free === null) {
    report.skip('space', 'Free space', 'The host does not tell it.', '');
  } else if (free < LITTLE) {
    report.warn(
      'space',
      'Free space',
      `${sizeOf(free)} are left in ${work}.`,
      'A volume of 2000 slices of 2000 x 2000 takes 30 GiB: make room, or set another work folder.'
    );
  } else {
    report.ok('space', 'Free space', `${sizeOf(free)} are left in ${work}.`);
  }
  // Slurm starts no job at some sites when the home folder is over its quota.
  if (home !== null && home < 2 ** 20) {
    report.fail(
      'home',
      'Home folder',
      `Nothing more can be written to ${remote.home}.`,
      'Make room there: at some sites no job starts otherwise.'
    );
  }
}

/** What fails by itself is a check that failed, and no end of the test. */
async function attempt<T>(
  report: Report,
  name: string,
  title: string,
  look: () => Promise<T>
): Promise<T | null> {
  try {
    return await look();
  } catch (error) {
    const { failure } = failureOf(error);
    report.fail(name, title, failure.message, failure.hint);
    return null;
  }
}
