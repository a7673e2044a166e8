import path from 'node:path';

import { expect, test } from '@jupyterlab/galata';

import { Tomography } from './tomography';

const results = path.resolve(__dirname, '..', '..', 'test-results');

/** The recipe document, as far as the test reaches into it. */
interface IDocument {
  content: {
    view: { image: { data: Float32Array; columns: number } | null };
  };
}

test.describe('Phase retrieval', () => {
  test('is switched on, changes the slice through the server, and says what is missing', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await tomo.openData('examples/data', 'phantom_nxtomo.nxs');
    const { panel, facts } = tomo;
    /** Mean step from pixel to pixel along some rows: noise and edges. */
    const roughness = (): Promise<number> =>
      page.evaluate(() => {
        const widget: unknown = window.jupyterapp.shell.currentWidget;
        const { image } = (widget as IDocument).content.view;
        const { data = new Float32Array(), columns = 1 } = image ?? {};
        let sum = 0;
        for (let at = 100 * columns; at < 150 * columns; at++) {
          sum += Math.abs(data[at + 1] - data[at]);
        }
        return sum / (50 * columns);
      });
    await tomo.setCentre(131);
    await tomo.show('Slice');
    await expect(facts).toContainText('centre 131', { timeout: 30_000 });
    await expect.poll(roughness).toBeGreaterThan(0);
    const before = await roughness();

    await panel.getByLabel('Add a step', { exact: true }).selectOption('phase');
    const step = panel.locator('.jp-TomoStep', { hasText: 'Phase retrieval' });
    await expect(step).toContainText('20 keV · 50 mm · δ/β 100');
    // Before the logarithm, after the air.
    await expect(panel.locator('.jp-TomoStep-title')).toContainText([
      'Outliers',
      'Flat and dark',
      'Air region',
      'Phase retrieval',
      'Minus log'
    ]);
    await step.locator('.jp-TomoStep-toggle').click();
    // Pixels of 0.16 mm are made for neutrons: the filter of X-rays does nothing here.
    await expect(tomo.viewer).toContainText('next to nothing', {
      timeout: 30_000
    });
    const set = async (label: string, value: string): Promise<void> => {
      const field = step.getByRole('textbox', { name: label });
      await field.fill(value);
      await field.press('Enter');
    };
    await set('Distance (mm)', '10000');
    await set('δ/β', '5000');
    await expect.poll(roughness, { timeout: 30_000 }).toBeLessThan(before / 2);
    await expect(panel.locator('.jp-TomoSteps-cost')).toContainText('a row');
    await step.scrollIntoViewIfNeeded();
    await page.screenshot({ path: path.join(results, 'phase.png') });

    await set('Distance (mm)', '100000');
    await set('δ/β', '10000000');
    await expect(tomo.viewer).toContainText('reaches', { timeout: 30_000 });
    await page.screenshot({ path: path.join(results, 'phase-refused.png') });
    await step.getByRole('checkbox').uncheck();
    await expect.poll(roughness, { timeout: 30_000 }).toBe(before);
  });
});
