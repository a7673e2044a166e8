import path from 'node:path';

import { expect, test } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { previewsOf } from './agents';
import { Tomography } from './tomography';

const results = path.resolve(__dirname, '..', '..', 'test-results');

/** Sum over all colours of the image that a view shows. */
function painted(view: Locator): Promise<number> {
  return view
    .locator('canvas')
    .first()
    .evaluate(canvas => {
      const { width, height } = canvas as HTMLCanvasElement;
      const pixels = (canvas as HTMLCanvasElement)
        .getContext('2d')
        ?.getImageData(0, 0, width, height).data;
      return pixels?.reduce((sum, value) => sum + value, 0) ?? NaN;
    });
}

test.describe('A comparison', () => {
  test('with what was before, what a filter removed, and another recipe', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    const found = await tomo.openPhantomSlice();
    const view = tomo.viewer.locator('.jp-tomo-viewer-image').first();
    const hold = tomo.viewer.getByRole('button', { name: 'Before' });
    await expect(hold).toBeDisabled();

    // A change after a pause: what was there is seen while space is held.
    await page.waitForTimeout(1200);
    const first = await painted(view);
    const field = tomo.panel.getByLabel('Column of the axis of rotation');
    await field.fill(String(found + 6));
    await field.press('Enter');
    await expect(tomo.facts).toContainText(`centre ${found + 6}`.slice(0, 12));
    await expect(hold).toBeEnabled();
    const second = await painted(view);
    expect(second).not.toBe(first);
    await tomo.viewer.focus();
    await page.keyboard.down(' ');
    await expect.poll(() => painted(view)).toBe(first);
    expect(
      await tomo.viewer
        .locator('.jp-tomo-viewer-stage')
        .evaluate(node => getComputedStyle(node, '::after').content)
    ).toBe('"Before"');
    await page.keyboard.up(' ');
    await expect.poll(() => painted(view)).toBe(second);

    await tomo.viewer.getByRole('button', { name: 'Compare…' }).click();
    const compare = page.getByRole('group', { name: 'Comparison' });
    const say = compare.getByRole('status');
    const choice = compare.getByLabel('Compare with (A)');
    await expect(choice.locator('option').first()).toHaveText(
      'Before the last change'
    );
    await expect(say).toContainText('A − B: RMS');
    const views = compare.locator('.jp-tomo-viewer-image');
    await expect.poll(() => painted(views.nth(0))).toBe(first);
    await expect.poll(() => painted(views.nth(1))).toBe(second);

    await page.screenshot({ path: path.join(results, 'compare-open.png') });
    // The divider follows keys, and both follow one zoom.
    const divider = compare.getByRole('slider');
    await divider.focus();
    await page.keyboard.press('ArrowRight');
    await expect(divider).toHaveAttribute('aria-valuenow', '52');
    const box = await views.nth(1).boundingBox();
    if (!box) {
      throw new Error('The comparison is not to be seen.');
    }
    const size = (which: number): Promise<number> =>
      views
        .nth(which)
        .locator('canvas')
        .first()
        .evaluate(node => node.getBoundingClientRect().width);
    const whole = await size(0);
    await page.mouse.move(box.x + box.width * 0.7, box.y + box.height * 0.3);
    await page.mouse.wheel(0, -300);
    await expect.poll(() => size(1)).toBeGreaterThan(whole * 1.1);
    expect(await size(0)).toBeCloseTo(await size(1), 1);
    await expect(
      compare.locator('.jp-tomo-compare-profile .scatterlayer .trace')
    ).toHaveCount(2);

    // What a filter removed: asked of the server, shown as a difference.
    await choice.selectOption({ label: 'Without Stripes: sorting' });
    await expect(say).toContainText('What “Stripes: sorting” removed', {
      timeout: 30_000
    });
    await expect(views.nth(2)).toBeVisible();
    await expect(views.nth(1)).toBeHidden();
    // The difference has levels of its own: white is zero.
    const lowest = tomo.viewer.getByLabel('Value shown darkest');
    const highest = tomo.viewer.getByLabel('Value shown brightest');
    const shown = async (field: Locator): Promise<number> =>
      Number(
        (await field.locator('visible=true').inputValue()).replace('−', '-')
      );
    expect(await shown(lowest)).toBeLessThan(0);
    expect(await shown(highest)).toBe(-(await shown(lowest)));
    for (const theme of ['Dark', 'Light']) {
      await page.theme.setTheme(`JupyterLab ${theme}`);
      // The words of the chart are in the new theme's colour, too.
      await expect
        .poll(() =>
          compare
            .locator('.jp-tomo-compare-profile text')
            .evaluateAll(all => [
              ...new Set(all.map(each => getComputedStyle(each).fill))
            ])
        )
        .toEqual([theme === 'Dark' ? 'rgb(255, 255, 255)' : 'rgb(0, 0, 0)']);
      await page.screenshot({
        path: path.join(results, `compare-${theme.toLowerCase()}.png`)
      });
    }

    // Kept as A, changes of the recipe are seen against it.
    await compare.getByRole('button', { name: 'Keep B as A' }).click();
    await expect(choice.locator('option:checked')).toHaveText('Kept image');
    await expect(say).toContainText('RMS 0, largest 0');
    await field.fill(String(found));
    await field.press('Enter');
    await expect(say).not.toContainText('RMS 0, largest 0');
    await compare.getByRole('button', { name: 'Swipe' }).click();
    await page.screenshot({ path: path.join(results, 'compare-swipe.png') });

    // Images of two sizes are refused in words, and taken again when they are of one.
    const setRegion = (roi: number[] | undefined): Promise<void> =>
      page.evaluate(roi => {
        const widget: unknown = window.jupyterapp.shell.currentWidget;
        (
          widget as {
            session: { edit(change: { path: string[]; value: unknown }): void };
          }
        ).session.edit({ path: ['regions', 'roi'], value: roi });
      }, roi);
    await setRegion([20, 0, 236, 96]);
    await expect(say).toHaveText(
      'A has 256 × 256 pixels and B 216 × 216: only images of one size can be compared.',
      { timeout: 30_000 }
    );
    // All of B is seen meanwhile, and its values.
    await expect(
      compare.locator('.jp-tomo-compare-profile .scatterlayer .trace')
    ).toHaveCount(1);
    await expect(divider).toBeHidden();
    await setRegion(undefined);
    await expect(say).toContainText('A − B: RMS', { timeout: 30_000 });

    await divider.focus();
    await page.keyboard.press('Escape');
    await expect(compare).toBeHidden();
  });

  test('says what keeps its B away, and goes on when that is mended', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await tomo.openData('examples/data', 'phantom_nxtomo.nxs');
    await tomo.sliceAbout(131);
    await page.waitForTimeout(1200);
    const field = tomo.panel.getByLabel('Column of the axis of rotation');
    await field.fill('133');
    await field.press('Enter');
    await expect(tomo.facts).toContainText('centre 133');
    await tomo.viewer.getByRole('button', { name: 'Compare…' }).click();
    const compare = page.getByRole('group', { name: 'Comparison' });
    const say = compare.locator('.jp-tomo-compare-say');
    await expect(say).toContainText('A − B: RMS');
    // What B is now is A from here on: numbers of any other are others.
    await compare.getByRole('button', { name: 'Keep B as A' }).click();
    await expect(say).toHaveText('A − B: RMS 0, largest 0');
    const setAngles = (from: number | undefined): Promise<void> =>
      page.evaluate(from => {
        const widget: unknown = window.jupyterapp.shell.currentWidget;
        (
          widget as {
            session: { edit(change: { path: string[]; value: unknown }): void };
          }
        ).session.edit({
          path: ['reconstruction', 'angles', 'from'],
          value: from
        });
      }, from);
    await setAngles(2000);
    const card = compare.locator('.jp-tomo-compare-card');
    await expect(card).toContainText('leaves no projection', {
      timeout: 30_000
    });
    await expect(say).toHaveText(
      'B is from before the last change: nothing is compared.'
    );
    await expect(
      compare.locator('.jp-tomo-compare-profile .scatterlayer .trace')
    ).toHaveCount(1);
    for (const theme of ['Dark', 'Light']) {
      await page.theme.setTheme(`JupyterLab ${theme}`);
      await page.screenshot({
        path: path.join(results, `compare-away-${theme.toLowerCase()}.png`)
      });
    }
    // Its buttons can be pressed where it stands: the server is asked again.
    const previews = previewsOf(page);
    await card.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => previews.length).toBeGreaterThan(0);
    await expect(card).toContainText('leaves no projection', {
      timeout: 30_000
    });
    await setAngles(90);
    await expect(card).toBeHidden({ timeout: 30_000 });
    await expect(say).toHaveText(/A − B: RMS (?!0,)/);
    await setAngles(undefined);
    await expect(say).toHaveText('A − B: RMS 0, largest 0', {
      timeout: 30_000
    });
  });

  test('of a result with the recipe that made it: they are one', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await tomo.openPhantomSlice();
    await tomo.reconstruct('finished');
    const open = page.locator('.jp-tomo-viewer-result');
    await tomo.job.getByRole('button', { name: 'open' }).click();
    await expect(open.locator('.jp-tomo-viewer-info')).toContainText('256', {
      timeout: 30_000
    });
    await open.getByRole('button', { name: 'Compare…' }).click();
    const compare = open.getByRole('group', { name: 'Comparison' });
    await expect(
      compare.getByLabel('Compare with (A)').locator('option:checked')
    ).toHaveText('phantom.tomo.json');
    const say = compare.getByRole('status');
    await expect(say).toContainText('A − B: RMS');
    const [rms, largest] = [
      ...((await say.textContent()) ?? '').matchAll(/[\d.]+(?:e[-−]\d+)?/g)
    ].map(([number]) => Number(number.replace('−', '-')));
    // Of values up to about 6; to the order of sums.
    expect(rms).toBeLessThan(1e-5);
    expect(largest).toBeLessThan(6e-5);

    // Another row is another image.
    await open.getByRole('button', { name: 'Compare…' }).click();
    await expect(compare).toBeHidden();
    await open.focus();
    await page.keyboard.press('Home');
    await open.getByRole('button', { name: 'Compare…' }).click();
    await expect(say).toContainText(/RMS 0\.\d/);
  });
});
