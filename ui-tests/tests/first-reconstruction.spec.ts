import path from 'node:path';

import { expect, galata, test } from '@jupyterlab/galata';

import { sliceOnDisk, Tomography } from './tomography';

const DATA = 'examples/data';

test.describe('The example data', () => {
  test('NXtomo: opened, centred, reconstructed, shown beside the notebook', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await page.notebook.createNew();
    await tomo.openData(DATA, 'phantom_nxtomo.nxs');
    await expect(tomo.panel.getByText('241 × 96 × 256')).toBeVisible();
    await expect(tomo.row('Angles')).toContainText('0 to 180');

    const column = await tomo.findCentre();
    expect(Math.abs(column - 131.3)).toBeLessThan(0.25);

    await tomo.show('Slice');
    await expect(tomo.facts).toContainText('256 × 256', { timeout: 30_000 });

    const job = await tomo.reconstruct('finished');
    expect(job.slices).toEqual({ done: 96, total: 96 });

    // With the notebook in front, its result comes to stand at its right.
    await page.locator('.lm-TabBar-tab', { hasText: '.ipynb' }).first().click();
    await tomo.job.getByRole('button', { name: 'open' }).click();
    const result = page.locator('.jp-tomo-viewer:visible', {
      hasText: '256 × 256 × 96'
    });
    await expect(result).toBeVisible({ timeout: 30_000 });
    const notebook = await page
      .locator('.jp-NotebookPanel:visible')
      .boundingBox();
    const viewer = await result.boundingBox();
    expect(viewer!.x).toBeGreaterThanOrEqual(notebook!.x + notebook!.width - 1);

    const row = Number(await result.getByLabel('row').first().inputValue());
    const value = await tomo.valueAt(150, 120);
    expect(value).toBeCloseTo(
      sliceOnDisk(job.output, row, [150, 120]).value,
      4
    );
  });

  test('NXtomo: a double-click opens the recipe, and no other tab', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await page.filebrowser.openDirectory(DATA);
    await page
      .locator('.jp-DirListing-item', { hasText: 'phantom_nxtomo.nxs' })
      .dblclick();
    await expect(tomo.panel.getByText('241 × 96 × 256')).toBeVisible({
      timeout: 30_000
    });
    const tabs = page.locator('#jp-main-dock-panel .lm-TabBar-tabLabel');
    await expect(tabs.filter({ hasText: 'phantom' })).toHaveText([
      'phantom.tomo.json'
    ]);
  });

  test('TIFF sub-folders: the same panel, and a run without a centre finds it', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await tomo.openData(DATA, 'phantom_tiff');
    await expect(tomo.panel.getByText('241 × 96 × 256')).toBeVisible();
    await expect(tomo.row('Angles')).toContainText('stated');
    const job = await tomo.reconstruct('finished');
    expect(job.slices.done).toBe(96);
    await tomo.job.getByRole('button', { name: 'open' }).click();
    await expect(tomo.facts).toContainText('centre 131', { timeout: 30_000 });
  });

  test('a job is cancelled, keeps its slices, and is resumed', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await tomo.openData(DATA, 'phantom_nxtomo.nxs');
    await tomo.panel.getByLabel('Cores').fill('1');
    await tomo.panel.getByLabel('Cores').press('Enter');
    await tomo.panel.getByRole('button', { name: /^Reconstruct \d+/ }).click();
    await expect(tomo.job).toHaveAttribute(
      'data-state',
      /queued|starting|running/,
      { timeout: 20_000 }
    );
    await tomo.job.getByRole('button', { name: 'cancel' }).click();
    await expect(tomo.job).toHaveAttribute('data-state', 'cancelled', {
      timeout: 30_000
    });
    await tomo.job.getByRole('button', { name: 'resume' }).click();
    await expect(tomo.job).toHaveAttribute('data-state', 'finished', {
      timeout: 60_000
    });
    const [job] = await tomo.jobs();
    expect(job.slices).toEqual({ done: 96, total: 96 });
    await tomo.job.getByRole('button', { name: 'log' }).click();
    await expect(tomo.job.locator('pre, textarea').first()).toContainText(
      /\w/,
      {
        timeout: 10_000
      }
    );
  });

  test('what is wrong is said in a sentence, and JupyterLab goes on', async ({
    page,
    tmpPath,
    request
  }) => {
    const tomo = new Tomography(page);
    await tomo.openData(DATA, 'phantom_nxtomo.nxs');
    const field = tomo.panel.getByLabel('Column of the axis of rotation');
    // What the field can see it says itself, and nothing runs meanwhile.
    await field.fill('5000');
    await field.press('Enter');
    await expect(field).toHaveValue('5000');
    await expect(field).toHaveAttribute('title', /From 0 to 255/);
    const before = await tomo.jobs();
    await tomo.panel.getByRole('button', { name: /^Reconstruct \d+/ }).click();
    await expect(field).toBeFocused();
    expect((await tomo.jobs()).length).toBe(before.length);
    await field.press('Escape');
    await expect(field).toHaveValue('');

    // What only the run can see: the recipe of another, wider scan.
    const contents = galata.newContentsHelper(request);
    await contents.uploadContent(
      JSON.stringify({
        version: 1,
        dataset: {
          path: path.posix.relative(tmpPath, `${DATA}/phantom_nxtomo.nxs`)
        },
        regions: { centre: { column: 5000 } }
      }),
      'text',
      `${tmpPath}/wider.tomo.json`
    );
    await page.filebrowser.open(`${tmpPath}/wider.tomo.json`);
    await expect(field).toHaveValue('5000');
    const job = await tomo.reconstruct('failed');
    expect(job.failure?.message).toContain('5000');
    expect(job.failure?.hint).not.toBe('');
    await expect(tomo.job).toContainText(job.failure!.message);
    await tomo.panel.getByRole('button', { name: 'reset' }).click();
    await expect(field).toHaveValue('');
    const again = await tomo.reconstruct('finished');
    expect(again.slices.done).toBe(96);
  });
});
