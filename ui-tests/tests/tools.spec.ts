import path from 'node:path';

import { expect, test } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { sliceOnDisk, Tomography } from './tomography';

const checkout = path.resolve(__dirname, '..', '..');
const results = path.join(checkout, 'test-results');
const python = path.join(checkout, '.venv', 'bin', 'python');
const program = path.join(
  checkout,
  'tests',
  'python',
  'tools',
  'recon_program.py'
);

/** Where there is a TomoPy; it is not among what `npm test` installs. */
const tomopy = process.env.JUPYTER_TOMO_PYTHON_TOMOPY;

/** Labels of a choice's options, and which can be chosen. */
async function optionsOf(list: Locator): Promise<Record<string, boolean>> {
  return Object.fromEntries(
    await list
      .locator('option')
      .evaluateAll(all =>
        (all as HTMLOptionElement[]).map(each => [each.text, !each.disabled])
      )
  );
}

test.describe('The tools', () => {
  test('ASTRA: methods, a preview, one that is slow, a sweep, and a run', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await tomo.openPhantomSlice();
    const tool = tomo.panel.getByRole('combobox', {
      name: 'Tool',
      exact: true
    });
    const method = tomo.panel.getByRole('combobox', {
      name: 'Method',
      exact: true
    });

    // What is not there says why, and what to install.
    if (!tomopy) {
      const missing = tomo.panel.locator('details.jp-TomoMissing', {
        hasText: 'not available in this kernel'
      });
      await expect(missing).toBeVisible({ timeout: 60_000 });
      await missing.locator('summary').click();
      await expect(missing).toContainText('TomoPy is not installed');
      await expect(missing).toContainText(
        'conda install -c conda-forge tomopy'
      );
      expect((await optionsOf(tool))['TomoPy (not available)']).toBe(false);
      await missing.locator('summary').click();
    }

    // The basic methods, then all; those for cards say that there is none.
    await tool.selectOption('astra');
    await expect(tomo.facts).toContainText('256 × 256', { timeout: 60_000 });
    expect(await optionsOf(method)).toMatchObject({ FBP: true, SIRT: true });
    expect(Object.keys(await optionsOf(method))).not.toContain('FBP (GPU)');
    await tomo.panel.getByRole('button', { name: 'All methods' }).click();
    const all = await optionsOf(method);
    expect(Object.values(all).filter(usable => !usable)).toHaveLength(7);
    await expect(
      tomo.panel.getByText('Projector', { exact: true })
    ).toBeHidden();
    await tomo.panel.getByRole('button', { name: 'All settings' }).click();
    await expect(
      tomo.panel.getByText('Projector', { exact: true })
    ).toBeVisible();
    for (const theme of ['Dark', 'Light']) {
      await page.theme.setTheme(`JupyterLab ${theme}`);
      await page.screenshot({
        path: path.join(results, `tools-astra-${theme.toLowerCase()}.png`)
      });
    }

    // A slow one tells what it takes, is begun by hand, and can be cancelled.
    await method.selectOption('SIRT');
    await tomo.panel.getByRole('textbox', { name: 'Iterations' }).fill('5000');
    await tomo.panel
      .getByRole('textbox', { name: 'Iterations' })
      .press('Enter');
    const card = tomo.viewer.locator('.jp-tomo-viewer-message:visible');
    // The card of the default iterations, some seconds, may stand there before.
    await expect(card).toContainText(
      /This slice takes about \d+ min.* by ASTRA SIRT/,
      {
        timeout: 30_000
      }
    );
    await page.screenshot({ path: path.join(results, 'tools-slow.png') });
    await card.getByRole('button', { name: 'Compute' }).click();
    await expect(card).toContainText('Computing this slice');
    await card.getByRole('button', { name: 'Cancel' }).click();
    await expect(card.getByRole('button', { name: 'Compute' })).toBeVisible();

    // The next one is computed all the same, by a tool that was started anew.
    await method.selectOption('FBP');
    await expect(card).toBeHidden({ timeout: 60_000 });
    await expect(tomo.facts).toContainText('256 × 256');

    // Its filters side by side.
    await tomo.viewer.getByRole('button', { name: 'Sweep…' }).click();
    const sweep = tomo.viewer.getByRole('group', {
      name: 'Sweep of a parameter'
    });
    await sweep
      .getByRole('combobox', { name: 'Parameter', exact: true })
      .selectOption({ label: 'Filter' });
    const cells = sweep.locator('.jp-tomo-sweep-cell');
    await expect(cells).toHaveCount(16);
    await expect(sweep.getByRole('status')).toHaveText('', { timeout: 60_000 });
    await expect(sweep.getByRole('button', { name: 'Stop' })).toBeHidden();
    const sums = await cells.locator('canvas').evaluateAll(canvases =>
      (canvases as HTMLCanvasElement[]).map(canvas => {
        const pixels = canvas
          .getContext('2d')
          ?.getImageData(0, 0, canvas.width, canvas.height).data;
        return [canvas.width, pixels?.reduce((sum, value) => sum + value, 0)];
      })
    );
    expect(sums.map(([width]) => width)).toEqual(Array(16).fill(256));
    expect(new Set(sums.map(([, sum]) => sum)).size).toBeGreaterThan(12);
    await page.screenshot({ path: path.join(results, 'tools-sweep.png') });
    await cells.filter({ hasText: /^Hann$/ }).click();
    await expect(sweep).toBeHidden();

    const job = await tomo.reconstruct('finished');
    expect(job.slices).toEqual({ done: 96, total: 96 });
    await tomo.job.getByRole('button', { name: 'open' }).click();
    await expect(
      page.locator('.jp-tomo-viewer:visible', { hasText: '256 × 256 × 96' })
    ).toBeVisible({ timeout: 30_000 });
    await page.screenshot({ path: path.join(results, 'tools-result.png') });
  });

  test('TomoPy: methods, its stripe removers, a preview, and a run', async ({
    page
  }) => {
    test.skip(
      !tomopy,
      'TomoPy is not installed (JUPYTER_TOMO_PYTHON_TOMOPY names its Python)'
    );
    const tomo = new Tomography(page);
    await tomo.openPhantomSlice();
    const choice = (name: string): Locator =>
      tomo.panel.getByRole('combobox', { name, exact: true });
    await expect
      .poll(async () => (await optionsOf(choice('Tool')))['TomoPy'], {
        timeout: 60_000
      })
      .toBe(true);
    await choice('Tool').selectOption('tomopy');
    expect(Object.keys(await optionsOf(choice('Method')))).toEqual([
      'Gridrec',
      'SIRT',
      'OSEM',
      'MLEM',
      'ART'
    ]);
    await tomo.panel.getByRole('button', { name: 'All methods' }).click();
    expect(await optionsOf(choice('Method'))).toMatchObject({
      'FBP (unfiltered)': true,
      'Total variation': true
    });
    const shown = async (): Promise<number> => {
      await expect(tomo.facts).toContainText('256 × 256', { timeout: 60_000 });
      return tomo.valueAt(128, 128);
    };
    const before = await shown();

    // A remover of TomoPy's brings the settings that count with it, and no others.
    await tomo.panel.getByRole('button', { name: 'All settings' }).click();
    const square = tomo.panel.getByText('Square', { exact: true });
    await expect(square).toBeHidden();
    await choice("TomoPy's stripes").selectOption('sorting');
    await expect(square).toBeVisible();
    await expect(tomo.panel.getByText('Wavelet', { exact: true })).toBeHidden();
    await expect.poll(shown, { timeout: 60_000 }).not.toBe(before);
    const previewed = await shown();
    await page.mouse.move(0, 0);
    await choice('Method').scrollIntoViewIfNeeded();
    for (const theme of ['Dark', 'Light']) {
      await page.theme.setTheme(`JupyterLab ${theme}`);
      await page.screenshot({
        path: path.join(results, `tools-tomopy-${theme.toLowerCase()}.png`)
      });
    }

    // The run writes what was previewed.
    const row = Number(
      await tomo.viewer.getByLabel('row').first().inputValue()
    );
    const job = await tomo.reconstruct('finished');
    expect(job.slices).toEqual({ done: 96, total: 96 });
    const written = sliceOnDisk(job.output, row, [128, 128]);
    expect(written.shape).toEqual([256, 256]);
    expect(written.value).toBeCloseTo(previewed, 4);
  });

  test('a custom command runs when it was approved, and is kept', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await tomo.openData('examples/data', 'phantom_nxtomo.nxs');
    await tomo.findCentre();
    await tomo.panel
      .getByRole('combobox', { name: 'Tool', exact: true })
      .selectOption('command');
    const field = tomo.panel.getByRole('textbox', {
      name: 'Command',
      exact: true
    });
    const enter = async (command: string): Promise<void> => {
      await field.fill(command);
      await field.blur();
    };
    const start = tomo.panel.getByRole('button', { name: /^Reconstruct \d+/ });
    const dialog = page.locator('.jp-Dialog');
    const before = (await tomo.jobs()).length;

    // Somebody else's: shown word for word, and not run.
    const strange =
      'python /home/me/recon.py {input} {output} --centre {centre} --cores {cores}';
    await enter(strange);
    await start.click();
    await expect(dialog).toContainText('Run this command?');
    await expect(dialog.locator('pre')).toHaveText(strange);
    await page.screenshot({ path: path.join(results, 'tools-approval.png') });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect(
      page.getByText('The command was not approved').first()
    ).toBeVisible();
    expect((await tomo.jobs()).length).toBe(before);

    const command = `${python} ${program} {input} {output} {centre}`;
    await enter(command);
    await start.click();
    await expect(dialog.locator('pre')).toHaveText(command);
    await dialog.getByText('Keep it in the settings').click();
    await dialog.getByRole('button', { name: 'Run Command' }).click();
    // The first in the list is one of an earlier test until the new one is in it.
    await expect
      .poll(async () => (await tomo.jobs()).length, { timeout: 20_000 })
      .toBe(before + 1);
    await expect(tomo.panel.locator('.jp-TomoJob')).toHaveCount(before + 1);
    await expect(tomo.job).toHaveAttribute('data-state', 'finished', {
      timeout: 90_000
    });

    // It stands in the list of commands, and is not asked for again.
    const saved = tomo.panel.getByLabel('Saved commands');
    await expect(saved).toHaveValue(command);
    const job = await tomo.reconstruct('finished');
    expect(job.slices.done).toBe(96);
    await expect(dialog).toHaveCount(0);
    await page.screenshot({ path: path.join(results, 'tools-command.png') });
  });
});
