import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { expect, galata, test } from '@jupyterlab/galata';

import { Tomography } from './tomography';

const python = path.join(__dirname, '..', '..', '.venv', 'bin', 'python');

/** What Savu leaves: (x, slice, z) in a file of its own, behind a link. */
const WRITE = `
import sys, h5py, numpy
x, row, z = numpy.meshgrid(*(numpy.arange(n, dtype="f4") for n in (24, 3, 24)), indexing="ij")
with h5py.File(sys.argv[1] + "/tomo_p2_recon.h5", "w") as file:
    file["2-Recon-tomo/data"] = 10000 * row + 100 * x + z
with h5py.File(sys.argv[1] + "/scan_processed.nxs", "w") as file:
    group = file.create_group("entry/final_result_tomo")
    group.attrs["axes"] = ["voxel_x", "voxel_y", "voxel_z"]
    group["data"] = h5py.ExternalLink("tomo_p2_recon.h5", "2-Recon-tomo/data")
`;

test('What Savu has reconstructed opens in the viewer, its middle axis as rows', async ({
  page,
  tmpPath
}) => {
  const contents = galata.newContentsHelper(page.request, page);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tomo-savu-'));
  try {
    execFileSync(python, ['-c', WRITE, folder]);
    for (const name of fs.readdirSync(folder)) {
      await contents.uploadFile(path.join(folder, name), `${tmpPath}/${name}`);
    }
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
  await page.filebrowser.openDirectory(tmpPath);
  await page
    .locator('.jp-DirListing-item', { hasText: 'scan_processed.nxs' })
    .click({ button: 'right' });
  await page.locator('.lm-Menu-item', { hasText: 'Open Savu Result' }).click();
  const tomo = new Tomography(page);
  await expect(tomo.facts).toContainText('24 × 24 × 3', { timeout: 30_000 });
  await tomo.viewer.getByLabel('row').first().fill('2');
  await page.keyboard.press('Enter');
  // Savu's x grows upwards: the first line shows its last.
  await expect(async () => {
    expect(await tomo.valueAt(5, 7)).toBe(20000 + 100 * (23 - 7) + 5);
  }).toPass({ timeout: 20_000 });
});
