/**
 * A cluster from setting it up to looking at a slice, against a real Slurm
 * behind a real sshd on this machine.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import { expect, test } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { keepClusters } from './clusters';
import { sliceOnDisk, Tomography } from './tomography';

const checkout = path.resolve(__dirname, '..', '..');
const main = path.join(checkout, 'tests', 'cluster', 'main.py');

/** What the tests need of a cluster that runs. */
interface IClusterSeen {
  host: string;
  port: number;
  user: string;
  password: string;
  hostKey: string;
  work: string;
  python: string;
}

/** Where clusters have room; as the SCARF guide has it. */
const SCRATCH = '/scratch';

let folder = '';
let scratch = false;
let cluster: IClusterSeen | null = null;
let reason = '';

// The proxy reads the settings of the server, not those of a page.
test.use({ mockSettings: false });
test.describe.configure({ mode: 'serial' });

test.beforeAll(() => {
  test.setTimeout(180_000);
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tomo-ui-cluster-'));
  // The users of the cluster look into it.
  fs.chmodSync(folder, 0o755);
  const started = spawnSync(
    'python3',
    [main, 'start', '--folder', path.join(folder, 'state')],
    { encoding: 'utf8', timeout: 170_000 }
  );
  if (started.status === 0) {
    cluster = JSON.parse(started.stdout) as IClusterSeen;
    // A work folder that is found by itself, with a name as on a real cluster.
    try {
      fs.symlinkSync(path.dirname(cluster.work), SCRATCH);
      scratch = true;
    } catch {
      // There is one already, and it is not ours.
      scratch = false;
    }
  } else {
    reason = `The test cluster cannot be started here: ${
      started.stderr.trim().split('\n').pop() ?? 'no reason was given'
    }`;
  }
});

test.afterAll(() => {
  if (scratch) {
    fs.unlinkSync(SCRATCH);
  }
  if (cluster) {
    execFileSync('python3', [
      main,
      'stop',
      '--purge',
      '--folder',
      path.join(folder, 'state')
    ]);
  }
  fs.rmSync(folder, { recursive: true, force: true });
});

test.beforeEach(() => {
  test.skip(cluster === null, reason);
});

/** Add the cluster by the form of the Setup section. */
async function setUp(
  tomo: Tomography,
  { host, port, user, work, python }: IClusterSeen
): Promise<void> {
  await tomo.panel.getByLabel('Add a cluster').selectOption('1');
  const form = tomo.panel.locator('.jp-TomoEditor');
  await form.getByLabel('Title').fill('Test cluster');
  await form.getByLabel('Host', { exact: true }).fill(host);
  await form.getByLabel('User').fill(user);
  await form.getByLabel('Cores of a task').fill('1');
  await form.getByLabel('Memory of a task (GiB)').fill('0.4');
  await form.getByLabel('Time limit (min)').fill('10');
  await form.getByLabel('Python 1: command or path').fill(python);
  await form.getByText('Advanced').click();
  await form.getByLabel('Port').fill(String(port));
  if (!scratch) {
    await form.getByLabel('Work folder').fill(work);
  }
  await picture(tomo, 'cluster-setup', form, [1680, 1700], 6);
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(tomo.panel.locator('.jp-TomoCluster .jp-TomoBadge')).toHaveText(
    'offline'
  );
}

/** A recipe of the example, to be run on the cluster. */
async function begin(page: IJupyterLabPageFixture): Promise<Tomography> {
  const tomo = new Tomography(page);
  // With settings of its own, JupyterLab asks whether it may tell news.
  await page.addLocatorHandler(page.getByText(/get notified about/), () =>
    page.getByRole('button', { name: 'No', exact: true }).click()
  );
  await tomo.openData('examples/data', 'phantom_tiff');
  await expect(tomo.panel.getByText('241 × 96 × 256')).toBeVisible();
  return tomo;
}

/**
 * What a part of the page looks like, in both themes; in the folder of results.
 *
 * @param size - of the window meanwhile: all of the part can be seen.
 * @param margin - pixels of its surroundings that belong to the picture.
 */
async function picture(
  { page }: Tomography,
  name: string,
  part: Locator,
  [width, height]: [number, number],
  margin = 0
): Promise<void> {
  await page.setViewportSize({ width, height });
  for (const theme of ['Dark', 'Light'] as const) {
    await page.theme.setTheme(`JupyterLab ${theme}`);
    // Another theme may move it.
    await part.evaluate(node => node.scrollIntoView({ block: 'center' }));
    const box = await part.boundingBox();
    expect(box).not.toBeNull();
    await page.screenshot({
      clip: {
        x: box!.x - margin,
        y: box!.y - margin,
        width: box!.width + 2 * margin,
        height: box!.height + 2 * margin
      },
      path: path.join(
        checkout,
        'test-results',
        `${name}-${theme.toLowerCase()}.png`
      )
    });
  }
  await page.setViewportSize({ width: 1680, height: 1000 });
}

/** Log in to the cluster that the first test has set up, unless that is so already. */
async function logIn(
  { page, panel }: Tomography,
  { password }: IClusterSeen
): Promise<void> {
  const cluster = panel.locator('.jp-TomoCluster');
  const badge = cluster.locator('.jp-TomoBadge');
  await expect(badge).toHaveText(/^(online|offline)$/);
  if ((await badge.textContent()) === 'online') {
    return;
  }
  await cluster.getByRole('button', { name: 'log in' }).click();
  const dialog = page.locator('.jp-TomoLoginDialog');
  const field = dialog.getByRole('textbox', { name: 'Password' });
  await field.fill(password);
  await field.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(badge).toHaveText('online');
}

test.describe('A cluster', () => {
  test('set up, log in, submit, follow, look, fetch, log out', async ({
    page
  }) => {
    const seen = cluster!;
    // Whatever another test, or an attempt before this one, set up.
    await keepClusters(page, []);
    await page.reload();
    const tomo = await begin(page);
    await setUp(tomo, seen);
    await tomo.panel.getByLabel('Where to run').selectOption('cluster\n');

    // Submitting asks for the log-in; a wrong password is refused in place.
    await tomo.panel.getByRole('button', { name: /^Reconstruct 96/ }).click();
    const dialog = page.locator('.jp-TomoLoginDialog');
    const password = dialog.getByRole('textbox', { name: 'Password' });
    await expect(password).toBeFocused();
    await password.fill('wrong');
    await password.press('Enter');
    await expect(dialog.locator('.jp-TomoLogin-fingerprint')).toHaveText(
      seen.hostKey
    );
    await dialog.getByRole('button', { name: 'Trust and log in' }).click();
    await expect(dialog.getByRole('alert')).toBeVisible();
    await expect(password).toHaveValue('');
    await password.fill(seen.password);
    await password.press('Enter');
    await expect(dialog).toBeHidden();
    const badge = tomo.panel.locator('.jp-TomoCluster .jp-TomoBadge');
    await expect(badge).toHaveText('online');
    await expect(
      page.locator('.jp-TomoStatus').getByText('online')
    ).toBeVisible();

    const plan = page.locator('.jp-TomoWideDialog');
    await expect(plan).toBeVisible({ timeout: 30_000 });
    // Test looks at everything that the job will need, and finds it.
    const setup = tomo.panel.locator('.jp-TomoCluster');
    await plan.getByRole('button', { name: 'Close' }).click();
    await setup.getByRole('button', { name: 'test', exact: true }).click();
    const tested = setup.locator('.jp-TomoPreflight');
    await expect(tested.getByRole('status')).toContainText('in order', {
      timeout: 60_000
    });
    await expect(tested.locator('[data-state="failed"]')).toHaveCount(0);
    await expect(tested).toContainText('glibc 2.');
    await picture(tomo, 'cluster-test', setup, [1680, 1300], 6);
    await setup.getByRole('button', { name: 'close' }).click();
    await tomo.panel.getByRole('button', { name: /^Reconstruct 96/ }).click();

    // What is copied and what runs is shown before.
    await expect(plan).toContainText('271 files', { timeout: 30_000 });
    await expect(plan.getByLabel('Command line')).toContainText('sbatch');
    await expect(plan.getByLabel('Batch script')).toContainText('tomo_runner');
    await picture(
      tomo,
      'cluster-plan',
      plan.locator('.jp-Dialog-content'),
      [1680, 1000]
    );
    await plan.getByRole('button', { name: 'Submit' }).click();

    // In the middle of its slices it is held, so that what is live can be seen.
    const held = await stopRunner(seen);
    try {
      await tomo.panel
        .getByRole('button', { name: 'all jobs as a table' })
        .click();
      const row = page.locator('.jp-TomoGrid tbody tr').first();
      await row.click();
      const chosen = page.locator('.jp-TomoTable-chosen');
      await expect(chosen.locator('.jp-TomoLog')).toContainText('slices', {
        timeout: 30_000
      });
      await expect(row).toHaveAttribute('data-state', 'running');
      const cell = (column: string): Locator =>
        row.locator(`td[data-column="${column}"]`);
      await expect(cell('memory')).toContainText('MiB');
      await expect(cell('progress')).toContainText(/\d+ of 96 slices/, {
        timeout: 90_000
      });
      await expect(cell('place')).toHaveText('Test cluster');
      await expect(cell('elapsed')).toContainText('of 10 min');
      await expect(cell('cores')).toHaveText('1');
      await expect(cell('id')).toHaveText(/^\d+$/);
      await expect(cell('detail')).toContainText('RUNNING');
      await expect(cell('command')).toContainText('sbatch --parsable');
      await picture(
        tomo,
        'cluster-log',
        page.locator('.jp-TomoTable'),
        [1900, 640]
      );
    } finally {
      held();
    }
    await tomo.job.getByRole('button', { name: 'log' }).click();
    await expect(tomo.job).toHaveAttribute('data-state', 'finished', {
      timeout: 90_000
    });
    await expect(tomo.job.locator('.jp-TomoLog')).toContainText('finished');
    await expect(tomo.job.locator('.jp-TomoJob-sentence')).toContainText(
      '96 slices'
    );
    await tomo.job.locator('.jp-TomoJob-name').click();
    const details = tomo.job.locator('.jp-TomoJob-details');
    // Slurm's own word comes with a later poll.
    await expect(details).toContainText('COMPLETED', { timeout: 60_000 });

    // Looked at while it stays there, and after it was fetched: the same slice.
    await tomo.job.getByRole('button', { name: 'open', exact: true }).click();
    await expect(tomo.facts).toContainText('256 × 256 × 96', {
      timeout: 60_000
    });
    const job = await page.evaluate(async () => {
      const { serverSettings } = window.jupyterapp.serviceManager;
      const reply = await fetch(
        `${serverSettings.baseUrl}jupyterlab-tomo/api/jobs`
      );
      const list: unknown = await reply.json();
      return (list as { jobs: { output: string }[] }).jobs[0];
    });
    const there = sliceOnDisk(job.output, 48, [150, 120]);
    expect(there.shape).toEqual([256, 256]);

    const copy = path.join(folder, 'copy');
    await tomo.panel
      .getByRole('button', { name: 'all jobs as a table' })
      .click();
    await page.locator('.jp-TomoGrid tbody tr').first().click();
    await expect(
      page.locator('.jp-TomoTable-chosen .jp-TomoLog')
    ).toContainText('finished');
    // What ran can be seen afterwards, too.
    await details.getByRole('button', { name: 'batch script' }).click();
    await expect(plan.getByLabel('Command line')).toContainText(
      'sbatch --parsable'
    );
    await expect(plan.getByLabel('Batch script')).toContainText('tomo_runner');
    await plan.getByRole('button', { name: 'Close' }).click();
    await details.getByRole('button', { name: 'fetch result' }).click();
    const ask = page.locator('.jp-Dialog');
    await ask.locator('input[name="folder"]').fill(copy);
    await ask.locator('input[name="rows"]').fill('40-55');
    await ask.locator('input[name="rows"]').press('Enter');
    await expect
      .poll(() => fs.existsSync(path.join(copy, 'slice_00055.tif')), {
        timeout: 30_000
      })
      .toBe(true);
    expect(sliceOnDisk(copy, 48, [150, 120])).toEqual(there);
    expect(fs.existsSync(path.join(copy, 'slice_00056.tif'))).toBe(false);

    // The password is in no file of the server, and the key is pinned.
    const kept = await page.evaluate(async () => {
      const { serverSettings } = window.jupyterapp.serviceManager;
      const reply = await fetch(
        `${serverSettings.baseUrl}lab/api/settings/jupyterlab-tomo:plugin`
      );
      return reply.text();
    });
    expect(kept).toContain(seen.hostKey);
    expect(kept).not.toContain(seen.password);

    await tomo.panel.getByRole('button', { name: 'log out' }).click();
    await expect(badge).toHaveText('offline');
  });

  test('what speaks against a run is said before it is submitted', async ({
    page
  }) => {
    const tomo = await begin(page);
    await logIn(tomo, cluster!);

    // A part of a turn with the axis far off the middle.
    await tomo.row('Angles').getByRole('button', { name: 'change' }).click();
    const last = tomo.panel.getByLabel('Last angle in degrees');
    await last.fill('315');
    await last.press('Enter');
    const column = tomo.panel.getByLabel('Column of the axis of rotation');
    await column.fill('150');
    await column.press('Enter');
    const sentence = 'The angles span 315 degrees';

    // The data are there from the test before: only the warning is in the way.
    await tomo.panel.getByRole('button', { name: /^Reconstruct 96/ }).click();
    const plan = page.locator('.jp-TomoWideDialog');
    await expect(plan).toContainText('nothing is missing there', {
      timeout: 60_000
    });
    await expect(plan.locator('.jp-TomoWarnings li')).toHaveCount(1);
    await expect(plan.locator('.jp-TomoWarnings')).toContainText(sentence);
    await picture(
      tomo,
      'cluster-warning',
      plan.locator('.jp-Dialog-content'),
      [1680, 1000]
    );
    await plan.getByRole('button', { name: 'Close' }).click();
    await expect(plan).toBeHidden();

    // In the middle there is nothing to say.
    await column.fill('127.5');
    await column.press('Enter');
    await tomo.panel
      .getByRole('button', { name: 'Show what will run' })
      .click();
    await expect(plan.getByLabel('Command line')).toContainText('sbatch', {
      timeout: 60_000
    });
    await expect(plan.locator('.jp-TomoWarnings')).toHaveCount(0);
    await plan.getByRole('button', { name: 'Close' }).click();
    await expect(plan).toBeHidden();
  });

  test('a job in the queue is seen in the table, and cancelled', async ({
    page
  }) => {
    const seen = cluster!;
    const tomo = await begin(page);
    await logIn(tomo, seen);

    // A partition that is not in service takes jobs, and starts none.
    hold(true);
    try {
      await tomo.panel.getByRole('button', { name: /^Reconstruct 96/ }).click();
      const plan = page.locator('.jp-TomoWideDialog');
      await expect(
        plan.or(tomo.panel.locator('.jp-TomoJob[data-state="queued"]')).first()
      ).toBeVisible({ timeout: 30_000 });
      if (await plan.isVisible()) {
        await plan.getByRole('button', { name: 'Submit' }).click();
      }
      await expect(tomo.job).toContainText('PENDING', { timeout: 60_000 });

      await tomo.panel
        .getByRole('button', { name: 'all jobs as a table' })
        .click();
      const row = page.locator('.jp-TomoGrid tbody tr').first();
      await expect(row).toHaveAttribute('data-state', 'queued');
      await page.getByLabel('Which jobs').selectOption('cluster');
      const queued = page.locator('.jp-TomoGrid tbody tr', {
        hasText: 'PENDING'
      });
      await expect(queued.first()).toContainText('phantom_tiff');
      await page.getByLabel('Which jobs').selectOption('');
      await row.click();
      await expect(page.locator('.jp-TomoTable-chosen')).toContainText(
        'The partition is switched off at present'
      );
      await picture(
        tomo,
        'cluster-jobs',
        page.locator('.jp-TomoTable'),
        [1900, 640]
      );
      await page
        .locator('.jp-TomoTable-bar')
        .getByRole('button', { name: 'Cancel' })
        .click();
      await expect(row).toHaveAttribute('data-state', 'cancelled', {
        timeout: 60_000
      });
    } finally {
      hold(false);
    }

    await tomo.panel.getByLabel('Where to run').selectOption({ index: 0 });
    await tomo.panel
      .locator('.jp-TomoCluster')
      .getByRole('button', { name: 'remove' })
      .click();
    await page
      .locator('.jp-Dialog')
      .getByRole('button', { name: 'Remove' })
      .click();
    await expect(tomo.panel.locator('.jp-TomoCluster')).toHaveCount(0);
  });
});

/** Stop the runner of the job once it has written a slice; what is given back lets it go on. */
async function stopRunner({ user, work }: IClusterSeen): Promise<() => void> {
  // What the job tells of its slices lags a little behind their files.
  const told = (file: string): boolean =>
    /"slices":\s*\{\s*"done":\s*[1-9]/.test(
      fs.readFileSync(path.join(work, file), 'utf8')
    );
  const written = (): boolean =>
    fs
      .readdirSync(work, { recursive: true, encoding: 'utf8' })
      .some(file => /jobs\/[^/]+\/status\.json$/.test(file) && told(file));
  const signal = (name: string): void => {
    spawnSync('pkill', [`-${name}`, '-u', user, '-f', 'tomo_runner job']);
  };
  // It runs for a moment at a time and stands while it is looked at: nothing is missed on a busy machine.
  const until = Date.now() + 90_000;
  for (signal('STOP'); !written(); signal('STOP')) {
    expect(Date.now()).toBeLessThan(until);
    signal('CONT');
    await new Promise(resolve => setTimeout(resolve, 30));
  }
  return () => signal('CONT');
}

/** Take the partition of the cluster out of service, or back. */
function hold(held: boolean): void {
  const state = path.join(folder, 'state');
  execFileSync(
    'scontrol',
    ['update', 'PartitionName=scarf', `State=${held ? 'DOWN' : 'UP'}`],
    {
      env: { ...process.env, SLURM_CONF: path.join(state, 'etc', 'slurm.conf') }
    }
  );
}
