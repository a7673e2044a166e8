import { execFileSync } from 'node:child_process';
import path from 'node:path';

import { expect, galata, test } from '@jupyterlab/galata';
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

test.use({ viewport: { width: 1500, height: 900 } });

const DATA = 'examples/data';

/** The editor that is seen, in the words of an analyst. */
class ProcessList {
  constructor(readonly page: IJupyterLabPageFixture) {}

  get editor(): Locator {
    return this.page.locator('.jp-TomoSavu:visible');
  }

  get plugins(): Locator {
    return this.editor.locator('.jp-TomoSavu-row');
  }

  get verdict(): Locator {
    return this.editor.locator('.jp-TomoSavu-verdict');
  }

  /** Classes of the plugins, in order. */
  names(): Promise<string[]> {
    return this.plugins.locator('.jp-TomoSavu-class').allInnerTexts();
  }

  field(name: string): Locator {
    return this.editor
      .getByRole('group', { name, exact: true })
      .locator('input, select');
  }

  async add(words: string): Promise<void> {
    await this.editor.getByRole('button', { name: 'Add plugin' }).click();
    const search = this.editor.getByRole('searchbox');
    await search.fill(words);
    await search.press('Enter');
    await expect(search).toBeHidden();
  }

  async set(name: string, value: string): Promise<void> {
    await this.field(name).fill(value);
    await this.field(name).press('Enter');
  }

  async run(command: string, args = {}): Promise<void> {
    await this.page.evaluate(
      async ([id, given]) => {
        await window.jupyterapp.commands.execute(id, given);
      },
      [command, args] as const
    );
  }
}

test.describe('A process list of Savu', () => {
  test('is made, checked, saved, and says the same when it is opened again', async ({
    page,
    tmpPath
  }) => {
    const list = new ProcessList(page);
    await list.run('tomo:savu-new', { cwd: tmpPath });
    await expect(list.verdict).toHaveText('1 error');
    await list.add('nxtomo');
    await list.add('DarkFlat');
    await list.add('AstraReconCpu');
    expect(await list.names()).toEqual([
      'NxtomoLoader',
      'DarkFlatFieldCorrection',
      'AstraReconCpu'
    ]);
    await expect(list.editor).toContainText(
      'The centre of rotation of AstraReconCpu is not set'
    );
    await list.set('centre_of_rotation', '126.5;127.5;128.5;');
    await expect(list.editor).toContainText('3 values');
    await expect(list.verdict).toHaveText('2 notes');
    const undo = list.editor.getByRole('button', { name: 'Undo' });
    await undo.click();
    await expect(list.verdict).toHaveText('1 error');
    await list.set('centre_of_rotation', '127.5');
    await expect(list.verdict).toHaveText('Nothing to complain of');

    const tab = page.locator('.lm-TabBar-tab.lm-mod-current', {
      hasText: '.savu.nxs'
    });
    await expect(tab).toHaveClass(/jp-mod-dirty/);
    await page.keyboard.press('Control+s');
    // JupyterLab asks once for a name of an untitled file.
    const asked = page.locator('.jp-Dialog .jp-mod-accept');
    await asked
      .waitFor({ timeout: 5000 })
      .then(() => asked.click())
      .catch(() => undefined);
    await expect(tab).not.toHaveClass(/jp-mod-dirty/);
    const name = (await tab.innerText()).trim();
    await page.activity.closeAll();
    await page.filebrowser.open(`${tmpPath}/${name}`);
    await expect(list.plugins).toHaveCount(3);
    await list.plugins.nth(2).click();
    await expect(list.field('centre_of_rotation')).toHaveValue('127.5');
  });

  test('is moved by drag and keys, switched and undone', async ({
    page,
    tmpPath
  }) => {
    const list = new ProcessList(page);
    await list.run('tomo:savu-new', { cwd: tmpPath });
    for (const words of [
      'nxtomo',
      'DarkFlat',
      'RemoveAllRings',
      'AstraReconCpu'
    ]) {
      await list.add(words);
    }
    await list.plugins.nth(3).dragTo(list.plugins.nth(1));
    expect((await list.names())[1]).toBe('AstraReconCpu');
    await expect(list.verdict).toHaveText('1 error');
    await list.editor.getByRole('listbox').focus();
    await page.keyboard.press('Alt+ArrowDown');
    await page.keyboard.press('Alt+ArrowDown');
    expect((await list.names())[3]).toBe('AstraReconCpu');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press(' ');
    await expect(list.plugins.nth(2).getByRole('checkbox')).not.toBeChecked();
    await page.keyboard.press('Delete');
    await expect(list.plugins).toHaveCount(3);
    await page.keyboard.press('Control+z');
    await expect(list.plugins).toHaveCount(4);
  });

  test('comes from a recipe, and HTTomo gets one, too', async ({
    page,
    baseURL
  }) => {
    const contents = galata.newContentsHelper(page.request, page);
    const list = new ProcessList(page);
    await page.filebrowser.open(`${DATA}/phantom.tomo.json`);
    await expect(page.locator('.jp-tomo-viewer:visible')).toBeVisible();
    await expect
      .poll(() =>
        page.evaluate(() =>
          window.jupyterapp.commands.isEnabled('tomo:export-savu')
        )
      )
      .toBe(true);
    await list.run('tomo:export-savu');
    await expect(list.plugins.last()).toContainText('AstraReconCpu');
    await page.getByRole('button', { name: 'Show them' }).first().click();
    await expect(page.locator('.jp-Dialog')).toContainText('Dezinger');
    await page.locator('.jp-Dialog .jp-mod-accept').click();
    await page.activity.activateTab('phantom.tomo.json');
    await list.run('tomo:export-httomo');
    const made = await page.request.get(
      `${baseURL ?? ''}/api/contents/${DATA}/phantom.httomo.yaml`
    );
    const { content } = (await made.json()) as { content: string };
    expect(content).toContain('method: standard_tomo');
    expect(content).toContain('httomolibgpu.recon.algorithm');
    await contents.deleteFile(`${DATA}/phantom.httomo.yaml`);
    await contents.deleteFile(`${DATA}/phantom.savu.nxs`);
  });

  test('is not what a measurement or a damaged file holds', async ({
    page,
    tmpPath
  }) => {
    const list = new ProcessList(page);
    const contents = galata.newContentsHelper(page.request, page);
    const dialog = page.locator('.jp-Dialog');
    for (const [file, words] of [
      [`${DATA}/phantom_nxtomo.nxs`, 'process list'],
      [`${tmpPath}/damaged.nxs`, 'damaged or not HDF5']
    ]) {
      if (file.startsWith(tmpPath)) {
        await contents.uploadContent('no HDF5', 'text', file);
      }
      void list.run('tomo:savu-open', { path: file }).catch(() => undefined);
      await expect(dialog).toContainText(words);
      await dialog.getByRole('button').last().click();
      await expect(list.editor).toHaveCount(0);
    }
  });
});

test('Python reads what the editor writes', async ({ page, tmpPath }) => {
  const list = new ProcessList(page);
  await list.run('tomo:savu-new', { cwd: tmpPath });
  await list.add('nxtomo');
  await page.keyboard.press('Control+s');
  const asked = page.locator('.jp-Dialog .jp-mod-accept');
  await asked
    .waitFor({ timeout: 5000 })
    .then(() => asked.click())
    .catch(() => undefined);
  const tab = page.locator('.lm-TabBar-tab.lm-mod-current', {
    hasText: '.savu.nxs'
  });
  await expect(tab).not.toHaveClass(/jp-mod-dirty/);
  const name = (await tab.innerText()).trim();
  const file = await page.request.get(
    `/api/contents/${tmpPath}/${name}?format=base64&type=file`
  );
  const { content } = (await file.json()) as { content: string };
  const said = execFileSync(
    path.join(__dirname, '..', '..', '.venv', 'bin', 'python'),
    [
      '-c',
      "import base64, io, sys, h5py; f = h5py.File(io.BytesIO(base64.b64decode(sys.stdin.read()))); p = f['entry/plugin/1']; print(p['name'][0].decode(), p['id'].dtype.kind, p['active'][0])"
    ],
    { input: content, encoding: 'utf8' }
  );
  expect(said.trim()).toBe('NxtomoLoader S 1');
});

test.describe('The plugins of a Savu that is installed', () => {
  const LONG = 'AVeryLongNameOfAPluginThatSomebodyAtABeamlineHasWritten';
  const parameter = (name: string, value: number) => ({
    name,
    kinds: ['number'],
    default: value,
    level: 'basic',
    help: 'Said by Savu itself.'
  });
  const plugin = (name: string, id: string, kind: string, more = {}) => ({
    name,
    id,
    kind,
    title: name,
    help: 'What it does.',
    gpu: false,
    missing: [],
    parameters: [],
    ...more
  });
  const SAVU = {
    available: true,
    version: '4.2.1',
    command: '/opt/savu/bin/savu',
    gpu: false,
    failed: [],
    plugins: [
      plugin('NxtomoLoader', 'savu.plugins.loaders.nxtomo', 'loader'),
      plugin(LONG, 'savu_plugins.very_long', 'other', {
        parameters: [parameter('a_parameter_with_quite_a_long_name', 1.5)]
      }),
      plugin('OnCards', 'savu.plugins.filters.on_cards', 'filter', {
        gpu: true,
        missing: ['larix']
      })
    ]
  };

  test('are offered and checked by, with the keyboard alone', async ({
    page,
    tmpPath
  }) => {
    await page.route(/jupyterlab-tomo\/api\/savu\/plugins/, route =>
      route.fulfill({ json: SAVU })
    );
    const list = new ProcessList(page);
    await list.run('tomo:savu-new', { cwd: tmpPath });
    const source = list.editor.locator('.jp-TomoSavu-source');
    await expect(source).toContainText('Savu 4.2.1, 3 plugins');

    // Add, choose, move, switch off, remove.
    await list.add('nxtomo');
    for (const words of ['beamline', 'cards']) {
      await list.editor.getByRole('button', { name: 'Add plugin' }).focus();
      await page.keyboard.press('Enter');
      await page.keyboard.type(words);
      await page.keyboard.press('Enter');
    }
    expect(await list.names()).toEqual(['NxtomoLoader', LONG, 'OnCards']);
    await expect(list.editor).toContainText('needs larix');
    await expect(list.editor).toContainText('there is none where this Savu is');
    await list.editor.getByRole('listbox').focus();
    await page.keyboard.press('Alt+ArrowUp');
    expect(await list.names()).toEqual(['NxtomoLoader', 'OnCards', LONG]);
    await page.keyboard.press('Space');
    await expect(list.editor).not.toContainText('needs larix');
    await page.keyboard.press('Delete');
    expect(await list.names()).toEqual(['NxtomoLoader', LONG]);
    await expect(list.field('a_parameter_with_quite_a_long_name')).toHaveValue(
      '1.5'
    );

    // Nothing sticks out of a narrow editor.
    for (const width of [1500, 700]) {
      await page.setViewportSize({ width, height: 900 });
      for (const part of [
        list.editor,
        list.editor.locator('.jp-TomoSavu-details header')
      ]) {
        const wide = await part.evaluate(
          node => node.scrollWidth - node.clientWidth
        );
        expect(wide).toBe(0);
      }
    }
    await source.getByRole('combobox').selectOption('');
    await expect(source).toContainText('57 plugins');
    await expect(list.editor).toContainText('is not in the catalogue');
  });
});
