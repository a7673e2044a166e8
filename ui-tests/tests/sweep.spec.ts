import path from 'node:path';

import { expect, test } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { Tomography } from './tomography';

const results = path.resolve(__dirname, '..', '..', 'test-results');

test.describe('A grid of slices', () => {
  test('shows a parameter at many values, and takes the one that is chosen', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    const found = await tomo.openPhantomSlice();
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

    // In a narrow viewer, too, every slice is a square, and none lies over another.
    await page.setViewportSize({ width: 1000, height: 700 });
    await expect(async () => {
      const boxes = await cells.evaluateAll(all =>
        all.map(cell => cell.getBoundingClientRect().toJSON() as DOMRect)
      );
      expect(new Set(boxes.map(({ x }) => x)).size).toBeLessThan(9);
      for (const { width, height, x, y } of boxes) {
        expect(Math.abs(width - height)).toBeLessThan(4);
        const over = boxes.filter(
          other =>
            Math.abs(other.x - x) < width - 1 &&
            Math.abs(other.y - y) < height - 1
        );
        expect(over).toHaveLength(1);
      }
      const beyond = await sweep.evaluate(
        node => node.scrollWidth - node.clientWidth
      );
      expect(beyond).toBeLessThanOrEqual(0);
    }).toPass({ timeout: 10_000 });
    await page.screenshot({ path: path.join(results, 'sweep-narrow.png') });
    await page.setViewportSize({ width: 1680, height: 1000 });

    // Every slice is seen, and most of the room is used.
    const used = async (): Promise<number> =>
      sweep.locator('.jp-tomo-sweep-stage').evaluate(stage => {
        const box = stage.getBoundingClientRect();
        const all = stage.querySelectorAll(
          '.jp-tomo-sweep-cell, .jp-tomo-sweep-figure canvas'
        );
        let area = 0;
        for (const each of all) {
          const { width, height, bottom, right } = each.getBoundingClientRect();
          if (bottom > box.bottom + 1 || right > box.right + 1) {
            return 0;
          }
          area += width * height;
        }
        return area / (box.width * box.height);
      });
    await cells.nth(6).hover();
    await expect.poll(used).toBeGreaterThan(0.6);

    // With a second parameter, still without asking the server.
    page.on('request', request => {
      if (request.url().includes('/api/data/preview')) {
        requests.push(request.url());
      }
    });
    await sweep
      .getByLabel('Second parameter')
      .selectOption({ label: 'Stripes: sorting: Size' });
    await expect(cells).toHaveCount(27);
    await expect(sweep.getByRole('status')).toHaveText('', { timeout: 60_000 });
    expect(requests).toEqual([]);

    await cells.nth(6).hover();
    await expect.poll(used).toBeGreaterThan(0.6);

    // Fewer projections and turned slices are other slices, too.
    await sweep
      .getByLabel('Second parameter')
      .selectOption({ label: 'Turn slices (°)' });
    await sweep
      .getByLabel('Parameter', { exact: true })
      .selectOption({ label: 'Angles used: every n-th' });
    const picture = (index: number): Locator =>
      cells.nth(index).locator('.jp-tomo-sweep-take');
    const last =
      'Take Angles used: every n-th 9, Turn slices (°) 20 into the recipe';
    await expect(picture(26)).toHaveAccessibleName(last);
    await expect(picture(9)).toHaveAccessibleName(/ 0, as it is now$/);
    // Names and values stand once, over the columns and before the rows, and are not cut.
    const heads = sweep.locator('.jp-tomo-sweep-head');
    await expect(heads).toHaveText([
      '',
      'Angles used: every n-th',
      'Turn slices (°)',
      ...['1', '2', '3', '4', '5', '6', '7', '8', '9'],
      ...['−20', '0', '20']
    ]);
    const cut = await heads
      .locator('span')
      .evaluateAll(all => all.filter(at => at.scrollWidth > at.clientWidth));
    expect(cut).toHaveLength(0);
    await expect(sweep.getByRole('status')).toHaveText('', { timeout: 60_000 });
    const pictures = await cells.evaluateAll(all =>
      all.map(cell => cell.querySelector('canvas')?.toDataURL())
    );
    expect(new Set(pictures).size).toBe(27);
    expect(requests).toEqual([]);
    await page.screenshot({ path: path.join(results, 'sweep-angles.png') });
    await sweep
      .getByLabel('Parameter', { exact: true })
      .selectOption({ label: 'Centre of rotation' });
    await sweep
      .getByLabel('Second parameter')
      .selectOption({ label: 'Stripes: sorting: Size' });
    await expect(heads.nth(1)).toHaveText('Centre of rotation');
    await expect(sweep.getByRole('status')).toHaveText('', { timeout: 60_000 });
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

    // A range of angles that leaves none fails alone, and says so.
    await tomo.viewer.getByRole('button', { name: 'Sweep…' }).click();
    await sweep
      .getByLabel('Parameter', { exact: true })
      .selectOption({ label: 'Angles used: from (°)' });
    await sweep.getByLabel('First value').first().fill('0');
    await sweep.getByLabel('Last value').first().fill('2000');
    await sweep.getByLabel('Last value').first().press('Enter');
    const failed = sweep.getByRole('alert');
    await expect(failed.first()).toContainText('degrees', { timeout: 60_000 });
    await expect(sweep.getByRole('status')).toContainText('failed');
    await expect(cells.first().locator('canvas')).toBeVisible();
    const before = await failed.count();
    expect(before).toBeLessThan(await cells.count());
    await expect(sweep.getByLabel('Last value').first()).toHaveValue('2000');
    await failed.first().getByRole('button', { name: 'Try again' }).click();
    await expect(failed).toHaveCount(before);
    for (const theme of ['Dark', 'Light']) {
      await page.theme.setTheme(`JupyterLab ${theme}`);
      await page.screenshot({
        path: path.join(results, `sweep-failed-${theme.toLowerCase()}.png`)
      });
    }
    await failed.first().getByRole('button', { name: 'Try again' }).focus();
    await page.keyboard.press('Escape');
    await expect(sweep).toBeHidden();

    // Escape leaves everything as it was.
    await tomo.viewer.getByRole('button', { name: 'Sweep…' }).click();
    await expect(cells).toHaveCount(9);
    await page.keyboard.press('Escape');
    await expect(sweep).toBeHidden();
  });

  test('of a filter on projections asks the server for each, and follows the recipe', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    const found = await tomo.openPhantomSlice();
    const rows: unknown[] = [];
    page.on('request', request => {
      if (request.url().includes('/api/data/preview')) {
        const asked = request.postDataJSON() as {
          product: string;
          recipe: { filters: { name: string; floor?: number }[] };
        };
        const step = asked.recipe.filters.find(
          ({ name }) => name === 'minus-log'
        );
        rows.push([asked.product, step?.floor]);
      }
    });
    await tomo.viewer.getByRole('button', { name: 'Sweep…' }).click();
    const sweep = tomo.viewer.getByRole('group', {
      name: 'Sweep of a parameter'
    });
    const cells = sweep.locator('.jp-tomo-sweep-cell');
    const status = sweep.getByRole('status');
    await expect(status).toHaveText('', { timeout: 30_000 });
    rows.length = 0;
    const parameter = sweep.getByLabel('Parameter', { exact: true });
    await parameter.selectOption({ label: 'Minus log: Floor' });
    await sweep.getByLabel('How many').first().fill('3');
    await sweep.getByLabel('How many').first().press('Enter');
    await sweep.getByLabel('Last value').first().fill('0.5');
    await sweep.getByLabel('Last value').first().press('Enter');
    await sweep
      .getByLabel('Second parameter')
      .selectOption({ label: 'Stripes: sorting: Size' });
    await expect(cells).toHaveCount(9);
    const columns = sweep.locator('.jp-tomo-sweep-head.jp-mod-column');
    const lines = sweep.locator('.jp-tomo-sweep-head.jp-mod-row');
    await expect(columns.first()).toHaveText('0.0001');
    await expect(columns.last()).toHaveText('0.5');
    await expect(lines).toHaveText(['3', '5', '7']);
    await expect(status).toHaveText('', { timeout: 60_000 });
    // One row of attenuation each, at most: the stripe filter is the browser's.
    const asked = rows.map(row => JSON.stringify(row));
    expect(new Set(asked)).toContain('["attenuation",0.5]');
    expect(asked.filter(row => row === '["attenuation",0.5]')).toHaveLength(1);
    expect(asked.every(row => row.startsWith('["attenuation"'))).toBe(true);
    const pictures = (): Promise<string[]> =>
      cells
        .locator('canvas')
        .evaluateAll(all =>
          (all as HTMLCanvasElement[]).map(canvas => canvas.toDataURL())
        );
    const before = await pictures();
    expect(new Set([before[0], before[2]]).size).toBe(2);

    // The recipe is edited: slices of it, and of what was chosen.
    await tomo.setCentre(found + 5);
    await expect.poll(pictures).not.toEqual(before);
    await expect(status).toHaveText('', { timeout: 60_000 });
    expect((await pictures())[0]).not.toBe(before[0]);
    await expect(columns.last()).toHaveText('0.5');
    await expect(lines.last()).toHaveText('7');

    // Arrow keys go where the slices lie, and Enter takes one; one step undoes it.
    await cells.nth(0).locator('button').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(sweep).toBeHidden();
    const text = async (): Promise<string> =>
      JSON.stringify(await tomo.recipe());
    expect(await text()).toContain('"floor":0.5');
    expect(await text()).toContain('"size":7');
    await tomo.panel.getByRole('button', { name: 'Undo' }).click();
    expect(await text()).not.toContain('"floor":0.5');
    expect(await text()).not.toContain('"size":7');
  });
});
