import path from 'node:path';

import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import { expect, test } from '@jupyterlab/galata';

import { Tomography } from './tomography';

const results = path.resolve(__dirname, '..', '..', 'test-results');

const PREVIEW = /api\/data\/preview/;

/** The server's previews, which are let through or held back. */
async function gate(
  page: IJupyterLabPageFixture
): Promise<{ hold(): void; release(): void; held(): number }> {
  let closed = false;
  let waiting: (() => void)[] = [];
  await page.route(PREVIEW, async route => {
    if (closed) {
      await new Promise<void>(resolve => waiting.push(resolve));
    }
    // The page may have given it up meanwhile.
    await route.continue().catch(() => undefined);
  });
  return {
    hold: () => {
      closed = true;
    },
    release: () => {
      closed = false;
      waiting.forEach(resolve => resolve());
      waiting = [];
    },
    held: () => waiting.length
  };
}

/** Slices of tools take a minute and a half, as the server says. */
async function slowly(page: IJupyterLabPageFixture): Promise<void> {
  await page.route(/api\/data\/estimate/, async route => {
    const reply = await route.fetch();
    const estimate = (await reply.json()) as object;
    await route.fulfill({ response: reply, json: { ...estimate, slice: 95 } });
  });
}

async function pictures(
  page: IJupyterLabPageFixture,
  name: string
): Promise<void> {
  for (const theme of ['Dark', 'Light']) {
    await page.theme.setTheme(`JupyterLab ${theme}`);
    await page.screenshot({
      path: path.join(results, `${name}-${theme.toLowerCase()}.png`)
    });
  }
}

test.describe('A slice that takes its time', () => {
  test('is told of, stopped, and asked for again', async ({ page }) => {
    const tomo = new Tomography(page);
    const previews = await gate(page);
    await tomo.openData('examples/data', 'phantom_nxtomo.nxs');
    await tomo.findCentre();
    await expect(tomo.facts).toContainText('256 × 96');
    previews.hold();
    await tomo.show('Slice');
    const note = tomo.viewer.locator('.jp-tomo-viewer-wait');
    await expect(note).toContainText(/Computing for \d+ s/);
    await pictures(page, 'waiting');
    const gone = page.waitForEvent('requestfailed', request =>
      PREVIEW.test(request.url())
    );
    await note.getByRole('button', { name: 'Cancel' }).click();
    await gone;
    await expect(note).toBeHidden();
    const card = tomo.viewer.locator('.jp-tomo-viewer-message:visible');
    await expect(card).toContainText('Stopped before the image was there.');
    await pictures(page, 'stopped');
    previews.release();
    await card.getByRole('button', { name: 'Compute' }).click();
    await expect(card).toBeHidden({ timeout: 30_000 });
    await expect(tomo.facts).toContainText('256 × 256');
  });

  test('by another tool is begun when the user says so', async ({ page }) => {
    const tomo = new Tomography(page);
    const previews = await gate(page);
    await slowly(page);
    await tomo.openPhantomSlice();
    const asked: string[] = [];
    page.on('request', request => {
      if (PREVIEW.test(request.url())) {
        asked.push(request.url());
      }
    });
    await tomo.panel
      .getByRole('combobox', { name: 'Tool', exact: true })
      .selectOption('astra');
    const card = tomo.viewer.locator('.jp-tomo-viewer-message:visible');
    await expect(card).toContainText('This slice takes about', {
      timeout: 30_000
    });
    expect(asked).toEqual([]);
    await pictures(page, 'slow-slice');

    // Stopped while it is computed, it is offered again.
    previews.hold();
    const compute = card.getByRole('button', { name: 'Compute' });
    await compute.click();
    await expect(card).toContainText('Computing this slice');
    await expect.poll(() => previews.held()).toBe(1);
    // The time since then beside what was estimated, and once.
    await expect(card.getByRole('timer')).toHaveText(/^For [2-9] s so far\.$/);
    await expect(tomo.viewer.locator('.jp-tomo-viewer-wait')).toBeHidden();
    await pictures(page, 'slow-computing');
    const gone = page.waitForEvent('requestfailed', request =>
      PREVIEW.test(request.url())
    );
    await card.getByRole('button', { name: 'Cancel' }).click();
    await gone;
    await expect(card).toContainText('This slice takes about');
    expect(asked).toHaveLength(1);

    // By the keyboard this time, to its end.
    previews.release();
    await compute.focus();
    await page.keyboard.press('Enter');
    await expect(card).toBeHidden({ timeout: 60_000 });
    expect(asked).toHaveLength(2);

    // What was agreed to holds for this slice: another one is asked for.
    await tomo.viewer.press('ArrowRight');
    await expect(card).toContainText('This slice takes about');
    expect(asked).toHaveLength(2);
  });

  test('of a sweep is begun and stopped beside the button that closes it', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    const previews = await gate(page);
    await slowly(page);
    await tomo.openData('examples/data', 'phantom_nxtomo.nxs');
    await tomo.sliceAbout(131);
    await tomo.panel
      .getByRole('combobox', { name: 'Tool', exact: true })
      .selectOption('astra');
    await tomo.viewer.getByRole('button', { name: 'Sweep…' }).click();
    const sweep = page.getByRole('group', { name: 'Sweep of a parameter' });
    const close = await sweep.getByRole('button', { name: '✕' }).boundingBox();
    const isBeside = async (name: string): Promise<void> => {
      const button = sweep.getByRole('button', { name, exact: true });
      await expect(button).toBeVisible({ timeout: 30_000 });
      const box = await button.boundingBox();
      expect((box?.x ?? NaN) + (box?.width ?? NaN)).toBeLessThanOrEqual(
        close?.x ?? NaN
      );
    };
    await isBeside('Start');
    await pictures(page, 'slow-sweep');
    previews.hold();
    await sweep.getByRole('button', { name: 'Start', exact: true }).click();
    await isBeside('Stop');
    await sweep.getByRole('button', { name: 'Stop', exact: true }).click();
    await expect(sweep).toContainText('Stopped.');
    await isBeside('Start');
    previews.release();
  });
});
