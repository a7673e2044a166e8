import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { expect, test } from '@jupyterlab/galata';

import { keepClusters } from './clusters';
import { tuneAll } from './controls';
import { Tomography } from './tomography';

const checkout = path.resolve(__dirname, '..', '..');
const folder = path.join(os.tmpdir(), `tomo-cluster-look-${process.pid}`);

/** What the cluster's script says of itself, as far as it is needed here. */
interface ICluster {
  host: string;
  port: number;
  user: string;
  plainKey: string;
  hostKey: string;
  work: string;
  python: string;
}

function command(...args: string[]): string {
  const main = path.join(checkout, 'tests', 'cluster', 'main.py');
  const python = path.join(checkout, '.venv', 'bin', 'python');
  return execFileSync(python, [main, ...args, '--folder', folder], {
    encoding: 'utf8',
    timeout: 120_000
  });
}

test.describe('Data that stay on a cluster', () => {
  let cluster: ICluster | null = null;
  let reason = '';

  test.beforeAll(() => {
    test.setTimeout(180_000);
    try {
      cluster = JSON.parse(command('start')) as ICluster;
      const data = path.join(cluster.work, 'a beam time');
      fs.mkdirSync(data, { recursive: true });
      fs.copyFileSync(
        path.join(
          execFileSync(
            path.join(checkout, '.venv', 'bin', 'python'),
            [
              '-c',
              'import sys; sys.path.insert(0, "examples"); from make_data import make; from pathlib import Path; make(Path(sys.argv[1])); print(sys.argv[1])',
              path.join(folder, 'made')
            ],
            { cwd: checkout, encoding: 'utf8' }
          ).trim(),
          'phantom_nxtomo.nxs'
        ),
        path.join(data, 'scan.nxs')
      );
      fs.writeFileSync(path.join(data, 'notes.txt'), 'second attempt');
      fs.mkdirSync(path.join(data, 'empty'), { recursive: true });
      execFileSync('chmod', ['-R', 'a+rX', data]);
    } catch (error) {
      // As an ordinary user, or without apt: there is no Slurm to talk to.
      cluster = null;
      reason = `the test cluster cannot be started: ${String(error).slice(0, 200)}`;
    }
  });

  test.afterAll(() => {
    command('stop', '--purge');
  });

  test('are chosen, seen and reconstructed row by row', async ({ page }) => {
    test.slow();
    test.skip(cluster === null, reason);
    if (!cluster) {
      return;
    }
    const tomo = new Tomography(page);
    await keepClusters(page, [
      {
        name: 'scarf',
        title: 'SCARF',
        host: cluster.host,
        port: cluster.port,
        user: cluster.user,
        hostKey: cluster.hostKey,
        work: cluster.work,
        pythons: { default: cluster.python }
      }
    ]);
    const xsrf = (await page.context().cookies()).find(
      cookie => cookie.name === '_xsrf'
    );
    const login = await page.request.post(
      '/jupyterlab-tomo/api/resources/login',
      {
        headers: { 'X-XSRFToken': xsrf?.value ?? '' },
        data: {
          resource: 'scarf',
          method: 'key',
          user: cluster.user,
          key: cluster.plainKey,
          passphrase: ''
        }
      }
    );
    expect(await login.json()).toMatchObject({ state: 'online' });

    // What JupyterLab restores takes the focus.
    await page.evaluate(() => window.jupyterapp.restored);
    // By keyboard alone: into the folder, an empty one, back, and onto the file.
    void page.evaluate(() =>
      window.jupyterapp.commands.execute('tomo:open-remote-data')
    );
    const dialog = page.locator('.jp-TomoFolders');
    const list = dialog.getByRole('listbox');
    await expect(list).toBeFocused();
    await expect(dialog.getByLabel('Path on the cluster')).toHaveValue(
      cluster.work
    );
    // What is typed before the names are there selects none.
    const beamTime = list.getByRole('option', { name: 'a beam time' });
    await expect(beamTime).toBeVisible();
    await page.keyboard.type('a');
    await expect(beamTime).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('Enter');
    await expect(list.getByRole('option')).toHaveText([
      /^empty/,
      /^notes\.txt14 B/,
      /^scan\.nxs/
    ]);
    await page.keyboard.type('e');
    await page.keyboard.press('Enter');
    await expect(list).toContainText('This folder is empty.');
    await page.keyboard.press('Backspace');
    await expect(list.getByRole('option', { name: 'empty' })).toHaveAttribute(
      'aria-selected',
      'true'
    );
    await dialog.getByLabel('Path on the cluster').fill('/nowhere/at all');
    await page.keyboard.press('Enter');
    await expect(dialog.getByRole('alert')).toContainText('/nowhere/at all');
    await list.focus();
    await page.keyboard.type('s');
    await expect(dialog).toContainText(`Opens ${cluster.work}/a beam time`);
    await page.screenshot({
      path: path.join(checkout, 'test-results', 'folders.png')
    });
    await page.keyboard.press('Enter');

    // The recipe names cluster and path; the image is that of the file.
    await expect(tomo.facts).toContainText('256 × 96', { timeout: 30_000 });
    const { dataset } = (await tomo.recipe()) as {
      dataset: { path: string; resource: string };
    };
    expect(dataset).toMatchObject({
      path: `${cluster.work}/a beam time/scan.nxs`,
      resource: 'scarf'
    });
    await expect(
      tomo.panel.getByLabel('Machine that sees the data')
    ).toHaveValue('scarf');
    // Before anything is known of the link, 16 bits come, and say so.
    await expect(tomo.facts).toContainText('16-bit');
    const rounded = await tomo.valueAt(128, 48);
    await tomo.viewer.getByRole('button', { name: 'Full precision' }).click();
    await expect(tomo.facts).not.toContainText('16-bit');
    const value = await tomo.valueAt(128, 48);
    expect(Number.isInteger(value)).toBe(true);
    expect(value).toBeGreaterThan(100);
    expect(Math.abs(rounded - value)).toBeLessThan(1);

    const column = await tomo.findCentre();
    expect(Math.abs(column - 127)).toBeLessThan(20);
    await tomo.show('Slice');
    await expect(tomo.facts).toContainText('centre', { timeout: 30_000 });
    await page.screenshot({
      path: path.join(checkout, 'test-results', 'remote-slice.png')
    });
    // One row came over; tuning needs nobody there.
    await tomo.setCentre(131);
    await expect(tomo.facts).toContainText('centre 131');
    expect((await tuneAll(page, tomo)).length).toBeGreaterThan(55);

    // Logged out, what to do is said where the image is; logged in, it is there again.
    await page.request.post('/jupyterlab-tomo/api/resources/logout', {
      headers: { 'X-XSRFToken': xsrf?.value ?? '' },
      data: { resource: 'scarf' }
    });
    await tomo.viewer.press('End');
    await expect(
      tomo.viewer.getByRole('button', { name: 'Log in' })
    ).toBeVisible();
  });
});
