import path from 'node:path';

import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import { expect, test } from '@jupyterlab/galata';

import { Tomography } from './tomography';

const results = path.resolve(__dirname, '..', '..', 'test-results');

test.use({ viewport: { width: 1400, height: 850 } });

/** Pictures of the panel as wide and as narrow as it gets, in both themes; nothing is cut off. */
async function pictures(
  page: IJupyterLabPageFixture,
  name: string
): Promise<void> {
  const scroll = page.locator('.jp-TomoPanel-scroll');
  for (const width of [360, 300]) {
    await page.sidebar.setWidth(width, 'right');
    for (const theme of ['Light', 'Dark']) {
      await page.theme.setTheme(`JupyterLab ${theme}`);
      const hidden = await scroll.evaluate(
        node => node.scrollWidth - node.clientWidth
      );
      expect(hidden).toBe(0);
      await page.screenshot({
        path: path.join(results, `${name}-${width}-${theme.toLowerCase()}.png`)
      });
    }
  }
}

/** Write a recipe beside the example data and open it. */
async function openRecipe(
  page: IJupyterLabPageFixture,
  name: string,
  recipe: object
): Promise<void> {
  const file = `examples/data/${name}`;
  const reply = await page.request.put(`/api/contents/${file}`, {
    data: {
      type: 'file',
      format: 'text',
      content: JSON.stringify({ version: 1, ...recipe }, null, 2)
    }
  });
  expect(reply.ok()).toBe(true);
  await page.evaluate(async opened => {
    await window.jupyterapp.commands.execute('docmanager:open', {
      path: opened
    });
  }, file);
  await expect(
    page.locator('.jp-TomoPanel').getByText('241 × 96 × 256')
  ).toBeVisible({ timeout: 30_000 });
}

test.describe('The panel', () => {
  // Opening the data would open these again.
  test.afterEach(async ({ page }) => {
    for (const name of ['bare.tomo.json', 'outside.tomo.json']) {
      await page.request.delete(`/api/contents/examples/data/${name}`);
    }
  });

  test('asks for angles that the data do not state, and goes on with them', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await openRecipe(page, 'bare.tomo.json', {
      dataset: { path: 'phantom_tiff/' }
    });
    const angles = tomo.row('Angles');
    await expect(angles).toContainText('unknown');
    expect((await tomo.recipe()).dataset?.angles).toBeUndefined();
    await expect(
      tomo.panel.getByText('The angles of the projections are not known.')
    ).toBeVisible();
    await pictures(page, 'panel-no-angles');

    await angles.getByRole('button', { name: 'Use 0 to 180°' }).click();
    await expect(angles).toContainText('0 to 180°');
    expect((await tomo.recipe()).dataset?.angles).toEqual({
      first: 0,
      last: 180,
      endpoint: true
    });
    const column = await tomo.findCentre();
    expect(Math.abs(column - 131.3)).toBeLessThan(0.25);
  });

  test('leads from an error to the field that it is about, though its section is folded', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await openRecipe(page, 'outside.tomo.json', {
      dataset: { path: 'phantom_nxtomo.nxs' },
      regions: { roi: [0, 0, 300, 12] }
    });
    const section = tomo.panel.getByRole('button', {
      name: 'Centre of rotation',
      exact: true
    });
    await section.click();
    await expect(section).toHaveAttribute('aria-expanded', 'false');
    const alert = tomo.panel.getByRole('alert').filter({ hasText: '300' });
    await expect(alert.first()).toBeVisible({ timeout: 30_000 });
    await alert.first().scrollIntoViewIfNeeded();
    await pictures(page, 'panel-error');
    await alert
      .first()
      .getByRole('button', { name: /Region$/ })
      .click();
    await expect(section).toHaveAttribute('aria-expanded', 'true');
    await expect(
      tomo.row('Region').locator('input, button').first()
    ).toBeFocused();
  });
});
