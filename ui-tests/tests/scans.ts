import { execFileSync } from 'node:child_process';
import path from 'node:path';

import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import { expect } from '@jupyterlab/galata';

/** Scans whose axis is known, in a folder beside the examples. */
export async function makeScans(
  page: IJupyterLabPageFixture,
  folder: string
): Promise<void> {
  const reply = await page.request.post('/jupyterlab-tomo/resolve', {
    data: { path: 'examples' }
  });
  expect(reply.status()).toBe(200);
  const { path: examples } = (await reply.json()) as { path: string };
  const checkout = path.resolve(__dirname, '..', '..');
  execFileSync(path.join(checkout, '.venv', 'bin', 'python'), [
    path.join(checkout, 'ui-tests', 'centre_data.py'),
    path.join(path.dirname(examples), folder)
  ]);
  await page.filebrowser.refresh();
}
