import path from 'node:path';

import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import { expect, test } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { makeScans } from './scans';
import { Tomography } from './tomography';

/** The generated scan: the axis at the middle row, and its lean. */
const COLUMN = 132.4;
const MIDDLE = 47.5;
const TILT = 1.2;

/** Column of the true axis at a row. */
const axisAt = (row: number): number =>
  COLUMN + (row - MIDDLE) * Math.tan((TILT * Math.PI) / 180);

/** Draw the pictures of docs/centre.md anew, when TOMO_PICTURES is set. */
async function picture(name: string, part: Locator): Promise<void> {
  if (process.env.TOMO_PICTURES) {
    const folder = path.resolve(__dirname, '..', '..', 'docs', 'pictures');
    await part.screenshot({ path: path.join(folder, `${name}.png`) });
  }
}

/** The widget of the centre by eye. */
class ByEye {
  constructor(private readonly page: IJupyterLabPageFixture) {}

  get node(): Locator {
    return this.page.locator('.jp-tomo-centre:visible');
  }

  get tiles(): Locator {
    return this.node.locator('.jp-tomo-centre-tile');
  }

  /** All nine slices are there, and they are those of now. */
  async settled(): Promise<void> {
    await expect(this.node).toHaveAttribute('aria-busy', 'false', {
      timeout: 30_000
    });
    await expect(
      this.node.locator('.jp-tomo-centre-tile.jp-mod-old')
    ).toHaveCount(0, { timeout: 30_000 });
  }

  async columns(): Promise<number[]> {
    const labels = await this.node
      .locator('.jp-tomo-centre-tile-label')
      .allInnerTexts();
    return labels.map(Number);
  }

  /** Choose the slice nearest to a column. */
  async pick(column: number): Promise<void> {
    await this.settled();
    const columns = await this.columns();
    const off = columns.map(value => Math.abs(value - column));
    await this.tiles.nth(off.indexOf(Math.min(...off))).click();
  }

  async row(name: 'Top' | 'Middle' | 'Bottom'): Promise<number> {
    await this.node.getByRole('button', { name, exact: true }).click();
    return Number(
      await this.node.getByLabel('Row that is looked at').inputValue()
    );
  }
}

test.describe('Centre of rotation', () => {
  test.beforeEach(async ({ page }) => {
    await makeScans(page, 'centre-scans');
  });

  test('the finder gives column and tilt, and shows why', async ({ page }) => {
    const tomo = new Tomography(page);
    await tomo.openData('centre-scans', 'tilted.nxs');
    const column = await tomo.findCentre();
    expect(Math.abs(column - COLUMN)).toBeLessThan(0.1);
    const { regions } = await tomo.recipe();
    expect(Math.abs((regions?.centre?.tilt ?? 0) - TILT)).toBeLessThan(0.1);
    const charts = tomo.panel.locator('.jp-TomoChart');
    await expect(charts).toHaveCount(2);
    await expect(charts.first().locator('polyline')).toHaveCount(1);
    // The dashed line stands where the curve is highest.
    const [at, top] = await charts.first().evaluate(node => {
      const points = (
        node.querySelector('polyline')?.getAttribute('points') ?? ''
      )
        .split(' ')
        .map(point => point.split(',').map(Number));
      const highest = points.reduce((a, b) => (b[1] < a[1] ? b : a));
      const line = node.querySelector('.jp-TomoChart-best');
      return [Number(line?.getAttribute('x1')), highest[0]];
    });
    expect(Math.abs(at - top)).toBeLessThan(2);

    await tomo.panel
      .getByLabel('How the centre of rotation is found')
      .selectOption('all');
    await tomo.panel.getByRole('button', { name: 'Find', exact: true }).click();
    const tried = tomo.panel.locator('.jp-TomoTried tr');
    await expect(tried).toHaveCount(4, { timeout: 60_000 });
    await picture('centre-found', tomo.panel);
    for (const text of await tried.locator('td').first().allInnerTexts()) {
      expect(Math.abs(Number(text) - COLUMN)).toBeLessThan(0.5);
    }
  });

  test('methods that the angles do not allow say why', async ({ page }) => {
    const tomo = new Tomography(page);
    await tomo.openData('centre-scans', 'wedge.nxs');
    const choice = tomo.panel.getByLabel('How the centre of rotation is found');
    await expect(choice.locator('option[value="mass"]')).toBeDisabled();
    await expect(choice.locator('option[value="mass"]')).toHaveAttribute(
      'title',
      /wedge of 60°/
    );
    await expect(
      tomo.panel.getByText('no two projections are half a turn apart').first()
    ).toBeVisible();
    await tomo.panel.getByRole('button', { name: 'Find', exact: true }).click();
    await expect(
      tomo.panel.getByText(/so the centre of rotation cannot be found/)
    ).toBeVisible({ timeout: 30_000 });
  });

  test('by eye: the sharpest slice at two rows gives column and tilt', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await tomo.openData('centre-scans', 'tilted.nxs');
    await tomo.panel.getByRole('button', { name: 'By eye…' }).click();
    const eye = new ByEye(page);
    await expect(eye.tiles).toHaveCount(9);
    for (const name of ['Top', 'Bottom'] as const) {
      const row = await eye.row(name);
      // Four looks, each finer than the one before.
      for (let look = 0; look < 5; look++) {
        await eye.pick(axisAt(row));
      }
      await eye.settled();
    }
    await eye.node.getByLabel('Columns between the slices').selectOption('2');
    await eye.settled();
    const shown = await eye.columns();
    expect(shown[8] - shown[0]).toBeCloseTo(16, 6);
    expect(Math.abs(shown[4] - axisAt(81))).toBeLessThan(0.1);

    await expect(eye.node.locator('tbody tr')).toHaveCount(2);
    await picture('centre-slices', eye.node);
    await eye.node.getByRole('button', { name: 'Use', exact: true }).click();
    await expect(
      eye.node.getByRole('button', { name: 'In the recipe' })
    ).toBeDisabled();
    // Closed by accident: the points are there when it is opened again.
    const points = await eye.node
      .locator('tbody input')
      .evaluateAll(fields =>
        fields.map(field => (field as HTMLInputElement).value)
      );
    await page.evaluate(() => window.jupyterapp.shell.currentWidget?.close());
    await expect(eye.node).toHaveCount(0);
    await tomo.panel.getByRole('button', { name: 'By eye…' }).click();
    await eye.settled();
    expect(
      await eye.node
        .locator('tbody input')
        .evaluateAll(fields =>
          fields.map(field => (field as HTMLInputElement).value)
        )
    ).toEqual(points);
    await page.activity.activateTab('tilted.tomo.json');
    const { regions } = await tomo.recipe();
    const centre = regions?.centre as {
      column: number;
      row: number;
      tilt: number;
    };
    const found =
      centre.column +
      (MIDDLE - centre.row) * Math.tan((centre.tilt * Math.PI) / 180);
    expect(Math.abs(found - COLUMN)).toBeLessThan(0.1);
    expect(Math.abs(centre.tilt - TILT)).toBeLessThan(0.1);
    // One undo step.
    await page.evaluate(() => window.jupyterapp.commands.execute('tomo:undo'));
    expect((await tomo.recipe()).regions?.centre).toBeUndefined();
  });

  test('by eye: the mirror image is dragged, and points are edited', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await tomo.openData('centre-scans', 'tilted.nxs');
    await tomo.panel.getByRole('button', { name: 'By eye…' }).click();
    const eye = new ByEye(page);
    await eye.node.getByRole('button', { name: '0°/180° overlay' }).click();
    const facts = eye.node.locator('.jp-tomo-centre-facts');
    await expect(facts).toContainText('Mean difference', { timeout: 30_000 });
    const difference = async (): Promise<number> =>
      Number(
        /Mean difference (\d+(\.\d+)?)/.exec(await facts.innerText())?.[1]
      );
    const before = await difference();
    const overlay = eye.node.locator('.jp-tomo-centre-overlay canvas');
    const box = await overlay.boundingBox();
    if (!box) {
      throw new Error('The overlay is not on the page.');
    }
    // From the middle of the image, 127.5, to the axis: the image moves twice as far.
    const by = 2 * (COLUMN - 127.5) * (box.width / 256);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(
      box.x + box.width / 2 + by / 2,
      box.y + box.height / 2
    );
    await page.mouse.move(box.x + box.width / 2 + by, box.y + box.height / 2);
    await page.mouse.up();
    const column = eye.node.getByLabel('Column in the middle');
    const value = async (): Promise<number> =>
      Number(await column.inputValue());
    expect(Math.abs((await value()) - COLUMN)).toBeLessThan(0.5);
    expect(await difference()).toBeLessThan(0.6 * before);
    await picture('centre-overlay', eye.node);
    await eye.node.locator('.jp-tomo-centre-overlay').focus();
    const dragged = await value();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+ArrowLeft');
    expect((await value()) - dragged).toBeCloseTo(-0.95, 3);

    // A second point by hand; the line goes through both.
    await eye.row('Top');
    await eye.node.getByRole('button', { name: 'Add point' }).click();
    const points = eye.node.locator('tbody tr');
    await expect(points).toHaveCount(2);
    await eye.node.getByLabel('Row of point 1').fill('0');
    await page.keyboard.press('Enter');
    await eye.node.getByLabel('Column of point 1').fill('131.5');
    await page.keyboard.press('Enter');
    await eye.node.getByLabel('Row of point 2').fill('90');
    await page.keyboard.press('Enter');
    await eye.node.getByLabel('Column of point 2').fill('133.5');
    await page.keyboard.press('Enter');
    await expect(eye.node.locator('.jp-tomo-centre-fit')).toContainText(
      'Column 132.50 at row 45, tilt 1.273°'
    );
    await eye.node.getByRole('button', { name: 'Remove point 2' }).click();
    await expect(points).toHaveCount(1);
  });
});
