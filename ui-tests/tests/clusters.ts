import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import { expect } from '@jupyterlab/galata';

/** Set the list of clusters on the server, and have the proxy take it up; an open page has to be loaded again. */
export async function keepClusters(
  page: IJupyterLabPageFixture,
  resources: object[]
): Promise<void> {
  const xsrf = (await page.context().cookies()).find(
    cookie => cookie.name === '_xsrf'
  );
  const headers = { 'X-XSRFToken': xsrf?.value ?? '' };
  const saved = await page.request.put(
    '/lab/api/settings/jupyterlab-tomo:plugin',
    { headers, data: { raw: JSON.stringify({ resources }) } }
  );
  expect(saved.status()).toBe(204);
  const told = await page.request.post('/jupyterlab-tomo/settings', {
    headers,
    data: {}
  });
  expect(told.ok()).toBe(true);
}
