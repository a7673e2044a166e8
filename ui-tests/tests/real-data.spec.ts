import fs from 'node:fs';

import { expect, test } from '@jupyterlab/galata';

import { hasRealData, sliceOnDisk, Tomography } from './tomography';

test.describe('Real neutron data from PSI', () => {
  test.skip(
    !hasRealData,
    'the real data (psi-neutron-ct) are not on this machine'
  );

  test('from opening the folder to the slices of the whole volume', async ({
    page
  }) => {
    test.slow();
    const tomo = new Tomography(page);
    await tomo.openData('', 'psi-neutron-ct');

    await test.step('black-body frames are not flats', async () => {
      await expect(tomo.panel.getByText('376 × 128 × 835')).toBeVisible();
      for (const [name, role] of [
        ['ct5s', 'projection'],
        ['ob', 'flat'],
        ['dc', 'dark'],
        ['bbob', 'ignore'],
        ['bbs', 'ignore']
      ]) {
        await expect(tomo.panel.getByLabel(`Role of ${name}`)).toHaveValue(
          role
        );
      }
    });

    await test.step('angles are proposed, not invented', async () => {
      expect((await tomo.recipe()).dataset?.angles).toBeUndefined();
      await tomo.panel
        .getByRole('button', { name: 'Use 0 to 360°, both ends' })
        .click();
      expect((await tomo.recipe()).dataset?.angles).toEqual({
        first: 0,
        last: 360,
        endpoint: true
      });
    });

    await test.step('the axis is found', async () => {
      const column = await tomo.findCentre();
      expect(Math.abs(column - 399.4)).toBeLessThan(0.4);
    });

    await test.step('a row is seen before the run', async () => {
      await tomo.show('Slice');
      await expect(tomo.facts).toContainText('835 × 835', { timeout: 30_000 });
      await expect(tomo.facts).toContainText('centre 399');
    });

    const seen = await tomo.valueAt(430, 440);

    await test.step('the whole volume is reconstructed and shown', async () => {
      const job = await tomo.reconstruct('finished', 180_000);
      expect(job.slices).toEqual({ done: 128, total: 128 });
      const files = fs
        .readdirSync(job.output)
        .filter(name => /^slice_\d{5}\.tif$/.test(name));
      expect(files).toHaveLength(128);

      // The preview was the run's slice: same row, same pixel, same value.
      const row = Number(
        await tomo.viewer.getByLabel('row').first().inputValue()
      );
      const grape = sliceOnDisk(job.output, row, [430, 440]);
      expect(grape.shape).toEqual([835, 835]);
      expect(seen).toBeCloseTo(grape.value, 6);

      await tomo.job.getByRole('button', { name: 'open' }).click();
      await expect(tomo.facts).toContainText('835 × 835 × 128', {
        timeout: 30_000
      });
      const shown = Number(
        await tomo.viewer.getByLabel('row').first().inputValue()
      );
      const value = await tomo.valueAt(430, 440);
      expect(value).toBeCloseTo(
        sliceOnDisk(job.output, shown, [430, 440]).value,
        6
      );
    });
  });
});
