import path from 'node:path';

import { expect, test } from '@jupyterlab/galata';

import { Tomography } from './tomography';

const results = path.resolve(__dirname, '..', '..', 'test-results');

test.describe('A grid of slices', () => {
  test('shows a parameter at many values, and takes the one that is chosen', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await tomo.openData('examples/data', 'phantom_nxtomo.nxs');
    const found = await tomo.findCentre();
    await tomo.show('Slice');
    await expect(tomo.facts).toContainText('256 × 256', { timeout: 30_000 });
    const requests: string[] = [];
    await tomo.viewer.getByRole('button', { name: 'Sweep…' }).click();
    const sweep = tomo.viewer.getByRole('group', {
      name: 'Sweep of a parameter'
    });
    const cells = sweep.locator('.jp-tomo-sweep-cell');
    await expect(cells).toHaveCount(9);
    await expect(sweep.getByRole('status')).toHaveText('', { timeout: 30_000 });

    // Each is another slice, and the one in the middle is what holds now.
    const sums = await cells.locator('canvas').evaluateAll(all =>
      (all as HTMLCanvasElement[]).map(canvas => {
        const pixels = canvas
          .getContext('2d')
          ?.getImageData(0, 0, canvas.width, canvas.height).data;
        return [canvas.width, pixels?.reduce((sum, value) => sum + value, 0)];
      })
    );
    expect(sums.map(([width]) => width)).toEqual(Array(9).fill(256));
    expect(new Set(sums.map(([, sum]) => sum)).size).toBe(9);
    await expect(cells.nth(4)).toContainText('(now)');

    // With a second parameter, still without asking the server.
    page.on('request', request => {
      if (request.url().includes('/api/preview')) {
        requests.push(request.url());
      }
    });
    await sweep
      .getByLabel('Second parameter')
      .selectOption({ label: 'Stripes: sorting: Size' });
    await expect(cells).toHaveCount(27);
    await expect(sweep.getByRole('status')).toHaveText('', { timeout: 60_000 });
    expect(requests).toEqual([]);
    for (const theme of ['Dark', 'Light']) {
      await page.theme.setTheme(`JupyterLab ${theme}`);
      await page.screenshot({
        path: path.join(results, `sweep-${theme.toLowerCase()}.png`)
      });
    }
    await sweep.getByLabel('Second parameter').selectOption('');
    await expect(cells).toHaveCount(9);

    // The values that are clicked go into the recipe, and can be taken back.
    await cells.nth(6).click();
    await expect(sweep).toBeHidden();
    expect((await tomo.recipe()).regions?.centre?.column).toBeCloseTo(
      found + 2,
      3
    );
    await tomo.panel.getByRole('button', { name: 'Undo' }).click();
    expect((await tomo.recipe()).regions?.centre?.column).toBeCloseTo(found, 6);

    // Escape leaves everything as it was.
    await tomo.viewer.getByRole('button', { name: 'Sweep…' }).click();
    await expect(cells).toHaveCount(9);
    await page.keyboard.press('Escape');
    await expect(sweep).toBeHidden();
  });
});
