import { expect, test } from '@jupyterlab/galata';
import type { Page } from '@playwright/test';

/**
 * A browser makes six connections to a server, and an event stream takes one of
 * them for good: a tab that nobody sees must not hold one.
 */
test('seven tabs are open, and each is answered', async ({ page }) => {
  test.setTimeout(180_000);
  const tabs: Page[] = [];
  for (let number = 0; number < 7; number++) {
    const tab = await page.context().newPage();
    tabs.push(tab);
    await tab.goto(new URL('/lab?reset', page.url()).href, { timeout: 30_000 });
    await expect(tab.getByTitle('Show the reconstruction jobs')).toBeAttached({
      timeout: 30_000
    });
  }
  for (const tab of tabs) {
    // With its stream, when it is the one that is seen.
    await tab.bringToFront();
    const status = await tab.evaluate(async () => {
      const signal = AbortSignal.timeout(10_000);
      return (await fetch('/jupyterlab-tomo/api/jobs', { signal })).status;
    });
    expect(status).toBe(200);
  }
  for (const tab of tabs) {
    await tab.close();
  }
});
