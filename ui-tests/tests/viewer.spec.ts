import path from 'node:path';

import { expect, test } from '@jupyterlab/galata';

import { Tomography } from './tomography';

const results = path.resolve(__dirname, '..', '..', 'test-results');

test.describe('The viewer of a recipe', () => {
  test('axis, air and region are dragged and change the recipe', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await tomo.openData('examples/data', 'phantom_nxtomo.nxs');
    await tomo.setCentre(120);
    await expect(tomo.facts).toContainText('256 × 96');

    await tomo.drag([120, 20], [131, 20]);
    const column = (await tomo.recipe()).regions?.centre?.column ?? NaN;
    expect(Math.abs(column - 131)).toBeLessThan(0.6);

    await tomo.viewer.getByRole('button', { name: 'Draw air' }).click();
    // Drawn from the lower right to the upper left: the corners are put in order.
    await tomo.drag([20, 80], [4, 10]);
    const air = (await tomo.recipe()).regions?.air ?? [];
    for (const [side, expected] of [4, 10, 20, 80].entries()) {
      expect(Math.abs(air[side] - expected)).toBeLessThanOrEqual(1);
    }

    await tomo.viewer.getByRole('button', { name: 'Draw ROI' }).click();
    await tomo.drag([30, 12], [230, 60]);
    const roi = (await tomo.recipe()).regions?.roi ?? [];
    expect(roi[3] - roi[1]).toBeGreaterThan(44);
    await expect(
      tomo.panel.getByRole('button', {
        name: `Reconstruct ${roi[3] - roi[1]} slices`
      })
    ).toBeEnabled();

    // The sinogram is of the region: its columns are still those of the full image.
    await tomo.show('Sinogram');
    const shown = `${roi[2] - roi[0]} × 241`;
    await expect(tomo.facts).toContainText(shown, { timeout: 30_000 });
    const middle = await tomo.positionOf((roi[2] - roi[0] - 1) / 2, 120);
    await page.mouse.move(middle.x, middle.y);
    const readout = tomo.viewer.locator(
      '.jp-tomo-viewer-contrast .jp-tomo-viewer-hover'
    );
    await expect(readout).toContainText(
      new RegExp(
        `x ${Math.floor((roi[0] + roi[2] - 1) / 2)}|x ${Math.ceil((roi[0] + roi[2] - 1) / 2)}`
      )
    );
    const ticks = tomo.viewer.locator('.xaxislayer-above .xtick text');
    await expect(ticks.first()).toHaveText('50');
    await expect(ticks.last()).toHaveText('200');
    await page.screenshot({ path: path.join(results, 'sinogram-roi.png') });
    await tomo.show('Projection');
    await expect(tomo.facts).toContainText('256 × 96');

    await page.locator('.jp-tomo-viewer').press('Control+z');
    await expect
      .poll(async () => (await tomo.recipe()).regions?.roi)
      .toBeUndefined();
  });

  test('keys move and the value under the cursor is true', async ({ page }) => {
    const tomo = new Tomography(page);
    await tomo.openData('examples/data', 'phantom_nxtomo.nxs');
    await expect(tomo.facts).toContainText('256 × 96');
    const frame = tomo.viewer.getByLabel('frame').first();
    await tomo.viewer.press('End');
    await expect(frame).toHaveValue('240');
    await tomo.viewer.press('Home');
    await expect(frame).toHaveValue('0');
    await tomo.viewer.press('ArrowRight');
    await expect(frame).toHaveValue('1');

    const value = await tomo.valueAt(128, 48);
    expect(Number.isInteger(value)).toBe(true);
    expect(value).toBeGreaterThan(0);

    // Contrast by its field: Enter commits, Escape does not.
    const low = tomo.viewer.getByLabel('Value shown darkest');
    await low.fill('123');
    await low.press('Enter');
    await expect(low).toHaveValue('123');
    await low.fill('77');
    await low.press('Escape');
    await expect(low).toHaveValue('123');
  });

  test('is not cut where numbers are long or there is little room', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await tomo.openData('examples/data', 'phantom_nxtomo.nxs');
    await expect(tomo.facts).toContainText('256 × 96');
    const { viewer } = tomo;
    const enter = async (label: string, text: string): Promise<void> => {
      await viewer.getByLabel(label).fill(text);
      await viewer.getByLabel(label).press('Enter');
    };
    await enter('Value shown brightest', '64000');
    await enter('Value shown darkest', '-1e-5');
    const low = viewer.getByLabel('Value shown darkest');
    await low.blur();
    await expect(low).toHaveValue('−1.0000e-5');
    expect(
      await low.evaluate(node => node.scrollWidth - node.clientWidth)
    ).toBeLessThanOrEqual(0);

    // The unit of the colour bar lies over none of its ticks.
    const title = viewer.locator('.colorbar .cbtitle text');
    await expect(title).toHaveText('counts');
    const { bottom } = await title.evaluate(
      node => node.getBoundingClientRect().toJSON() as DOMRect
    );
    const tops = await viewer
      .locator('.colorbar .cbaxis text')
      .evaluateAll(all => all.map(node => node.getBoundingClientRect().top));
    expect(tops.length).toBeGreaterThan(2);
    expect(bottom).toBeLessThanOrEqual(Math.min(...tops));

    // In less than 200 pixels nothing of the bar ends outside of it.
    await page.sidebar.close('left');
    await page.setViewportSize({ width: 630, height: 1000 });
    const toolbar = viewer.locator('.jp-tomo-viewer-toolbar');
    await expect(async () => {
      const right = await toolbar.evaluate(
        node => node.getBoundingClientRect().right
      );
      expect((await toolbar.boundingBox())?.width).toBeLessThan(200);
      const ends = await toolbar
        .locator('button, input')
        .evaluateAll(all =>
          all.map(node => node.getBoundingClientRect().right)
        );
      expect(Math.max(...ends)).toBeLessThanOrEqual(right);
    }).toPass({ timeout: 10_000 });
  });

  test('in the dark theme nothing stays light', async ({ page }) => {
    await page.theme.setDarkTheme();
    const tomo = new Tomography(page);
    await tomo.openData('examples/data', 'phantom_nxtomo.nxs');
    await expect(tomo.facts).toContainText('256 × 96');
    for (const part of [tomo.panel, tomo.viewer]) {
      const colour = await part.evaluate(node => {
        let shown: Element | null = node;
        while (shown) {
          const { backgroundColor } = getComputedStyle(shown);
          if (!/, 0\)$|transparent/.test(backgroundColor)) {
            return backgroundColor;
          }
          shown = shown.parentElement;
        }
        return 'rgb(255, 255, 255)';
      });
      const [red, green, blue] = (colour.match(/\d+/g) ?? []).map(Number);
      expect(Math.max(red, green, blue)).toBeLessThan(80);
    }
  });
});
