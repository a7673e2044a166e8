/**
 * The example that the README walks through; its pictures are made here.
 */
import path from 'node:path';

import { expect, test } from '@jupyterlab/galata';

import { Tomography } from './tomography';

const results = path.resolve(__dirname, '..', '..', 'test-results');
const pictures = path.resolve(__dirname, '..', '..', 'docs', 'pictures');

test.use({ viewport: { width: 1400, height: 850 } });

test('The example of the README: a notebook, a slice, and the panel', async ({
  page
}) => {
  test.slow();
  const tomo = new Tomography(page);
  await page.activity.closeAll();
  await page.filebrowser.openDirectory('examples/notebooks');
  await page.notebook.open('first_reconstruction.ipynb');
  await page.evaluate(async () => {
    await window.jupyterapp.commands.execute('docmanager:open', {
      path: 'examples/data/phantom.tomo.json',
      options: { mode: 'split-right' }
    });
  });
  await expect(tomo.panel.getByText('241 × 96 × 256')).toBeVisible({
    timeout: 30_000
  });
  await page.sidebar.close('left');
  await page.sidebar.setWidth(360, 'right');
  await tomo.findCentre();
  await tomo.show('Slice');
  await expect(tomo.facts).toContainText('256 × 256', { timeout: 30_000 });
  await page.locator('.lm-TabBar-tab', { hasText: '.ipynb' }).first().click();
  await page.notebook.run();
  const images = page.locator('.jp-tomo-viewer-output');
  await expect(images.first().locator('.js-plotly-plot')).toBeVisible({
    timeout: 60_000
  });
  await expect(
    page.locator('.jp-NotebookPanel:visible').getByText(/finished, 96 of 96/)
  ).toBeVisible({ timeout: 90_000 });
  await images.first().scrollIntoViewIfNeeded();
  await page.evaluate(async () => {
    await window.jupyterapp.commands.execute('docmanager:save-all');
  });
  for (const theme of ['Light', 'Dark']) {
    await page.theme.setTheme(`JupyterLab ${theme}`);
    await page.screenshot({
      path: path.join(
        process.env.TOMO_PICTURES ? pictures : results,
        process.env.TOMO_PICTURES
          ? `${theme.toLowerCase()}.png`
          : `readme-${theme.toLowerCase()}.png`
      )
    });
  }
});
