import { expect, test } from '@jupyterlab/galata';
import type { Page } from '@playwright/test';

import { agentsOf, parentOf } from './agents';

const file = 'examples/data/seven.tomo.json';
const RECIPE = {
  version: 1,
  dataset: { path: 'phantom_nxtomo.nxs' },
  regions: { centre: { column: 131 } },
  filters: [{ name: 'normalise' }, { name: 'minus-log' }],
  reconstruction: { tool: 'builtin', method: 'gridding', parameters: {} },
  output: { folder: 'seven' }
};

/** Pages that Playwright drives all count as seen, unless they are told. */
async function see(tab: Page, seen: boolean): Promise<void> {
  await tab.evaluate(seen => {
    Object.defineProperties(document, {
      hidden: { configurable: true, get: () => !seen },
      visibilityState: {
        configurable: true,
        get: () => (seen ? 'visible' : 'hidden')
      }
    });
    document.dispatchEvent(new Event('visibilitychange'));
  }, seen);
}

// Opening the data would open it again.
test.afterEach(async ({ page }) => {
  await page.request.delete(`/api/contents/${file}`);
});

/**
 * A browser makes six connections to a server, and an event stream takes one of
 * them for good: a tab that nobody sees must not hold one.
 */
test('seven tabs show a slice each and are answered, and leave nothing behind', async ({
  page
}) => {
  test.setTimeout(300_000);
  const saved = await page.request.put(`/api/contents/${file}`, {
    data: { type: 'file', format: 'text', content: JSON.stringify(RECIPE) }
  });
  expect(saved.status()).toBe(201);
  const tabs: Page[] = [];
  let workers = 0;
  for (let number = 0; number < 7; number++) {
    const tab = await page.context().newPage();
    tab.on('worker', worker => {
      workers++;
      worker.on('close', () => workers--);
    });
    tabs.push(tab);
    await tab.goto(new URL(`/lab/tree/${file}?reset`, page.url()).href, {
      timeout: 60_000
    });
    const viewer = tab.locator('.jp-tomo-viewer:visible');
    await viewer
      .getByRole('button', { name: 'Slice', exact: true })
      .click({ timeout: 30_000 });
    await expect(viewer.locator('.jp-tomo-viewer-info')).toContainText(
      'centre 131',
      { timeout: 30_000 }
    );
    await expect.poll(() => tab.workers().length).toBe(2);
    await see(tab, false);
  }
  expect(workers).toBe(14);
  for (const tab of tabs) {
    // With its stream, when it is the one that is seen.
    await see(tab, true);
    const status = await tab.evaluate(async () => {
      const signal = AbortSignal.timeout(10_000);
      return (await fetch('/jupyterlab-tomo/api/jobs', { signal })).status;
    });
    expect(status).toBe(200);
    await see(tab, false);
  }
  const agents = agentsOf(page.url());
  // One for data; one for results, when somebody looked at some.
  expect(agents.length).toBeGreaterThan(0);
  expect(agents.length).toBeLessThanOrEqual(2);
  for (const tab of tabs) {
    await tab.close();
  }
  await expect.poll(() => workers).toBe(0);
  expect(page.context().pages()).toHaveLength(1);
  // They stay for who comes next, below the proxy that ends them with itself.
  const left = agentsOf(page.url());
  expect(left.filter(agent => !agents.includes(agent))).toEqual([]);
  const parents = new Set(left.map(parentOf));
  expect(parents.size).toBe(1);
  expect(parents).not.toContain(1);
});
