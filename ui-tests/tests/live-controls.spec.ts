import { expect, test } from '@jupyterlab/galata';

import { previewsOf } from './agents';
import { follows, tuneAll, wordsOf } from './controls';
import { Tomography } from './tomography';

test.describe('What tunes a slice', () => {
  test.beforeEach(async ({ page }) => {
    const tomo = new Tomography(page);
    await tomo.openData('examples/data', 'phantom_nxtomo.nxs');
    await tomo.sliceAbout(131);
  });

  test('needs nobody, control by control', async ({ page }) => {
    test.slow();
    const used = await tuneAll(page, new Tomography(page));
    expect(used.length).toBeGreaterThan(55);
  });

  test('on projections is asked of the server once, which says what it takes, and can be stopped', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    const { panel, viewer } = tomo;
    const cost = panel.locator('.jp-TomoSteps-cost');
    await expect(cost).toContainText('these together, by the server');
    const products = previewsOf(page);
    const step = panel.locator('.jp-TomoStep', { hasText: 'Outliers' });
    await step.locator('.jp-TomoStep-toggle').click();
    const slider = step.getByRole('slider', { name: 'Threshold' });
    await follows(page, [], 'outliers', () => slider.press('ArrowRight'));
    expect(new Set(products)).toEqual(new Set(['attenuation']));
    await expect(cost).toContainText(/: (<|\d).* s a row/);

    // Held back, it says for how long, of about how long, and is stopped.
    let release = (): void => undefined;
    await page.route(/api\/data\/preview/, async route => {
      await new Promise<void>(resolve => (release = resolve));
      await route.continue().catch(() => undefined);
    });
    await slider.press('ArrowRight');
    const note = viewer.locator('.jp-tomo-viewer-wait');
    await expect(note).toContainText(/Computing for \d+ s/);
    const gone = page.waitForEvent('requestfailed', request =>
      request.url().includes('data/preview')
    );
    await note.getByRole('button', { name: 'Cancel' }).click();
    await gone;
    await expect(viewer).toContainText('Stopped before the image was there.');
    release();
    await page.unroute(/api\/data\/preview/);
    // Who stops it may go on with what needs nobody.
    await follows(page, [], 'undone', () =>
      panel.getByRole('button', { name: 'Undo' }).click()
    );
    const words = wordsOf(page);
    await follows(page, words, 'the axis', () =>
      panel.getByLabel('Column of the axis of rotation').press('ArrowUp')
    );
  });

  test('in two viewers of one recipe, both follow, with the engine or the server', async ({
    page
  }) => {
    await page.evaluate(() => {
      void window.jupyterapp.commands.execute('docmanager:clone');
    });
    const viewers = page.locator('.jp-tomo-viewer:visible');
    await expect(viewers).toHaveCount(2);
    const facts = viewers.locator('.jp-tomo-viewer-info');
    const panel = new Tomography(page).panel;
    const field = panel.getByLabel('Column of the axis of rotation');
    const bothShow = async (column: string): Promise<void> => {
      await field.fill(column);
      await field.press('Enter');
      for (const each of await facts.all()) {
        await expect(each).toContainText(`centre ${column}`);
      }
      await expect(
        viewers.getByRole('button', { name: 'Try again' })
      ).toHaveCount(0);
    };
    await bothShow('128');
    // Neither ends what the other has asked.
    for (const viewer of await viewers.all()) {
      await viewer.getByRole('button', { name: 'Live', exact: true }).click();
    }
    await bothShow('125');
    await bothShow('127');
  });
});
