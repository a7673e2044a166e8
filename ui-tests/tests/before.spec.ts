/**
 * What was before the last change, by the real space bar: no test gives the
 * focus to what has it only after a click.
 */
import { expect, test } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { Tomography } from './tomography';

test('is seen while space is held where the hand is: in a slider, after a button, on the image', async ({
  page
}) => {
  const tomo = new Tomography(page);
  const { viewer, panel } = tomo;
  await tomo.openData('examples/data', 'phantom_nxtomo.nxs');
  await tomo.sliceAbout(131);
  const hold = viewer.getByRole('button', { name: 'Before' });
  /** The slice in all its digits is there, and nothing else on its way. */
  const whole = async (): Promise<void> => {
    await expect(viewer).toHaveAttribute('aria-busy', 'false');
    await expect(viewer.locator('.jp-tomo-viewer-precision')).toHaveCount(0);
  };
  await whole();
  // A change after a pause is a series of its own.
  await page.waitForTimeout(1200);
  const slider = panel.getByRole('slider', { name: 'Cut-off' });
  await slider.scrollIntoViewIfNeeded();
  const box = await slider.boundingBox();
  if (!box) {
    throw new Error('The slider is not to be seen.');
  }
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width - 8, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.4, y, { steps: 5 });
  await page.mouse.up();
  await expect(hold).toBeEnabled();
  const live = viewer.getByRole('button', { name: 'Live' });
  const canvas = viewer.locator('canvas.jp-tomo-viewer-canvas');
  const seen = (): Promise<string> =>
    canvas.evaluate(node => (node as HTMLCanvasElement).toDataURL());
  /** Space shows another image, and leaves that of now. */
  const holds = async (): Promise<void> => {
    await whole();
    const now = await seen();
    await page.keyboard.down(' ');
    await expect(viewer).toHaveClass(/jp-mod-before/);
    await expect.poll(seen).not.toBe(now);
    await page.keyboard.up(' ');
    await expect(viewer).not.toHaveClass(/jp-mod-before/);
    await expect.poll(seen).toBe(now);
  };
  await holds();

  // A button that the mouse pressed does not keep the keys.
  await expect(live).toHaveAttribute('aria-pressed', 'true');
  await page.waitForTimeout(1200);
  await live.click();
  await expect(live).toHaveAttribute('aria-pressed', 'false');
  // The server's slice of the same recipe is no change, however late it comes.
  await whole();
  await live.click();
  await expect(live).toHaveAttribute('aria-pressed', 'true');
  await holds();
  await expect(live).toHaveAttribute('aria-pressed', 'true');

  const image: Locator = viewer.locator('.jp-tomo-viewer-image').first();
  await panel.getByLabel('Column of the axis of rotation').click();
  await image.click();
  await holds();

  // One that the Tab key reached is pressed, as everywhere.
  await live.press(' ');
  await expect(live).toHaveAttribute('aria-pressed', 'false');
});
