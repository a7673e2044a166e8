import { expect, galata, test } from '@jupyterlab/galata';

import { Tomography } from './tomography';

test.use({ viewport: { width: 1680, height: 1000 } });

test.describe('The recipe as a document', () => {
  test('File > New, edits with undo and redo, dirty, saved', async ({
    page,
    tmpPath
  }) => {
    const tomo = new Tomography(page);
    // JupyterLab clears the undo history after the first checkpoint of a document.
    const opened = page.waitForResponse(
      reply =>
        reply.url().includes('/checkpoints') &&
        reply.request().method() === 'POST'
    );
    await page.menu.open('Tomography');
    const first = page.locator('.lm-Menu:visible .lm-Menu-itemLabel');
    await expect(first.nth(0)).toHaveText('Open Tomography Data…');
    await expect(first.nth(1)).toHaveText('New Tomography Recipe');
    await page.menu.closeAll();
    await page.menu.clickMenuItem('File>New>Tomography Recipe');
    await opened;
    await expect(tomo.viewer).toContainText('Choose data');
    const tab = page.locator('.lm-TabBar-tab.lm-mod-current', {
      hasText: '.tomo.json'
    });
    await expect(tab).toBeVisible();
    await page.evaluate(() =>
      window.jupyterapp.commands.execute('tomo:show-panel')
    );
    await tomo.setCentre(131.3);
    expect((await tomo.recipe()).regions?.centre?.column).toBe(131.3);
    await expect(tab).toHaveClass(/jp-mod-dirty/);
    const tilt = tomo.panel.getByLabel('Tilt of the axis in degrees');
    await tilt.fill('0.5');
    await tilt.press('Enter');
    const centre = async (): Promise<unknown> =>
      (await tomo.recipe()).regions?.centre;
    await expect.poll(centre).toEqual({ column: 131.3, tilt: 0.5 });

    const undo = tomo.panel.getByRole('button', { name: 'Undo' });
    await undo.click();
    await expect.poll(centre).toEqual({ column: 131.3 });
    await undo.click();
    await expect.poll(centre).toBeUndefined();
    await tomo.panel.getByRole('button', { name: 'Redo' }).click();
    await expect.poll(centre).toEqual({ column: 131.3 });

    await page.menu.clickMenuItem('File>Save Tomography Recipe');
    // JupyterLab asks once for a name of an untitled file.
    const asked = page.locator('.jp-Dialog .jp-mod-accept');
    await asked
      .waitFor({ timeout: 5000 })
      .then(() => asked.click())
      .catch(() => undefined);
    await expect(tab).not.toHaveClass(/jp-mod-dirty/);
    const files = await page.request.get(`/api/contents/${tmpPath}`);
    const listing = (await files.json()) as { content: { name: string }[] };
    const name = listing.content.find(item =>
      item.name.endsWith('.tomo.json')
    )?.name;
    expect(name).toBeDefined();
    const saved = await page.request.get(`/api/contents/${tmpPath}/${name}`);
    const { content } = (await saved.json()) as { content: string };
    expect(JSON.parse(content)).toMatchObject({
      regions: { centre: { column: 131.3 } }
    });
  });

  test('two are open; the panel follows; renaming is followed', async ({
    page,
    tmpPath,
    baseURL,
    request
  }) => {
    const contents = galata.newContentsHelper(request);
    for (const [name, column] of [
      ['one', 10],
      ['two', 20]
    ] as const) {
      await contents.uploadContent(
        JSON.stringify(
          { version: 1, regions: { centre: { column } } },
          null,
          2
        ),
        'text',
        `${tmpPath}/${name}.tomo.json`
      );
    }
    expect(baseURL).toBeDefined();
    const tomo = new Tomography(page);
    await page.filebrowser.refresh();
    await page.filebrowser.open(`${tmpPath}/one.tomo.json`);
    await page.filebrowser.open(`${tmpPath}/two.tomo.json`);
    await page.evaluate(() =>
      window.jupyterapp.commands.execute('tomo:show-panel')
    );
    const field = tomo.panel.getByLabel('Column of the axis of rotation');
    await expect(field).toHaveValue('20');
    await page.activity.activateTab('one.tomo.json');
    await expect(field).toHaveValue('10');
    await field.fill('11');
    await field.press('Enter');
    await page.activity.activateTab('two.tomo.json');
    await expect(field).toHaveValue('20');
    expect((await tomo.recipe()).regions?.centre?.column).toBe(20);

    await page.request.patch(`/api/contents/${tmpPath}/three.tomo.json`, {
      failOnStatusCode: false
    });
    await page.evaluate(
      async ([from, to]) => {
        await window.jupyterapp.serviceManager.contents.rename(from, to);
      },
      [`${tmpPath}/two.tomo.json`, `${tmpPath}/renamed.tomo.json`]
    );
    await expect(tomo.panel.locator('.jp-TomoPanel-file')).toHaveText(
      'renamed.tomo.json'
    );
  });

  test('what a notebook saves is shown; changes that are not saved are asked for', async ({
    page,
    tmpPath,
    request
  }) => {
    const file = `${tmpPath}/shared.tomo.json`;
    // Past the page, as a kernel writes.
    const write = async (column: number): Promise<void> => {
      const content = JSON.stringify({
        version: 1,
        regions: { centre: { column } }
      });
      const reply = await request.put(`/api/contents/${file}`, {
        data: { type: 'file', format: 'text', content }
      });
      expect(reply.ok()).toBe(true);
    };
    await write(10);
    const tomo = new Tomography(page);
    await page.filebrowser.refresh();
    await page.filebrowser.open(file);
    const field = tomo.panel.getByLabel('Column of the axis of rotation');
    await expect(field).toHaveValue('10');
    const tab = page.locator('.lm-TabBar-tab.lm-mod-current', {
      hasText: 'shared.tomo.json'
    });
    await write(20);
    await expect(field).toHaveValue('20');
    await expect(tab).not.toHaveClass(/jp-mod-dirty/);
    // One step to undo, as an edit of the panel is.
    await tomo.panel.getByRole('button', { name: 'Undo' }).click();
    await expect(field).toHaveValue('10');
    await expect(tab).toHaveClass(/jp-mod-dirty/);

    await write(30);
    const toast = page.locator('.Toastify__toast', {
      hasText: 'was saved elsewhere'
    });
    await expect(toast).toBeVisible();
    await expect(field).toHaveValue('10');
    await toast.getByRole('button', { name: 'Load Again' }).click();
    await expect(field).toHaveValue('30');
    await expect(tab).not.toHaveClass(/jp-mod-dirty/);
    await expect(toast).toHaveCount(0);
  });

  test('an unknown key is named, and the last valid recipe stays', async ({
    page,
    tmpPath,
    request
  }) => {
    const contents = galata.newContentsHelper(request);
    await contents.uploadContent(
      '{ "version": 1, "regoins": {} }',
      'text',
      `${tmpPath}/wrong.tomo.json`
    );
    await contents.uploadContent(
      '{ "version": 2 }',
      'text',
      `${tmpPath}/newer.tomo.json`
    );
    const tomo = new Tomography(page);
    await page.filebrowser.refresh();
    await page.filebrowser.open(`${tmpPath}/wrong.tomo.json`);
    await expect(tomo.viewer).toContainText('regoins');
    await page.filebrowser.open(`${tmpPath}/newer.tomo.json`);
    await expect(tomo.viewer).toContainText(/newer/);
  });
});
