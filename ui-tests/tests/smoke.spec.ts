import { expect, test } from '@jupyterlab/galata';

test.describe('The extension in JupyterLab', () => {
  test('is there and enabled, without an error on the page', async ({
    page
  }) => {
    const errors: string[] = [];
    page.on('pageerror', error => errors.push(error.message));
    await page.reload();
    await page.waitForSelector('#jupyterlab-splash', { state: 'detached' });
    const plugins = await page.evaluate(() =>
      window.jupyterapp
        .listPlugins()
        .filter(id => id.startsWith('jupyterlab-tomo:'))
    );
    expect(plugins.length).toBeGreaterThanOrEqual(5);
    expect(errors).toEqual([]);
  });

  test('shows its panel on the right side', async ({ page }) => {
    await page.evaluate(async () => {
      await window.jupyterapp.commands.execute('tomo:show-panel');
    });
    const tab = page.locator('.jp-SideBar.jp-mod-right .lm-TabBar-tab', {
      has: page.locator('[title*="Tomography"], .lm-TabBar-tabLabel')
    });
    await expect(tab.first()).toBeVisible();
    await expect(
      page.locator('#jp-right-stack').getByText('Tomography').first()
    ).toBeVisible();
  });

  test('answers from the proxy', async ({ page, baseURL }) => {
    const reply = await page.request.get(
      `${baseURL}/jupyterlab-tomo/api/hello`
    );
    expect(reply.status()).toBe(200);
    const hello: unknown = await reply.json();
    expect(hello).toHaveProperty('version');
  });
});
