// JupyterLab in a browser of its own, and what its page takes of memory.
/* global document, window -- of the page */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { findChromium } from '../../scripts/chromium.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

function freePort() {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function run(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit']
    });
    child.on('error', reject);
    child.on('close', code =>
      code === 0
        ? resolve()
        : reject(new Error(`${program} ended with ${code}`))
    );
  });
}

/** The server of the browser tests; its folder of documents is told by what it makes there. */
async function startServer(port, folder) {
  const child = spawn(
    'jupyter',
    [
      'lab',
      '--config',
      'ui-tests/jupyter_server_test_config.py',
      '--no-browser'
    ],
    {
      cwd: root,
      stdio: 'ignore',
      env: { ...process.env, TOMO_TEST_PORT: String(port), TMPDIR: folder }
    }
  );
  for (let tries = 0; tries < 240; tries++) {
    const up = await fetch(`http://127.0.0.1:${port}/lab`).catch(() => null);
    if (up?.ok) {
      return child;
    }
    await new Promise(resolve => setTimeout(resolve, 250));
  }
  child.kill();
  throw new Error('JupyterLab did not start.');
}

/** A browser, and where it is driven from. */
async function startBrowser(folder) {
  const { file, reason } = await findChromium();
  if (!file) {
    throw new Error(reason);
  }
  const child = spawn(
    file,
    [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      // What the browser tests switch off, too: nobody looks at this window.
      '--disable-background-timer-throttling',
      '--disable-backgrounding-occluded-windows',
      '--disable-renderer-backgrounding',
      '--remote-debugging-port=0',
      '--js-flags=--expose-gc',
      `--user-data-dir=${path.join(folder, 'profile')}`,
      '--window-size=1680,1000',
      'about:blank'
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] }
  );
  for await (const line of readline.createInterface({ input: child.stderr })) {
    const at = /^DevTools listening on (ws:\S+)/.exec(line)?.[1];
    if (at) {
      child.stderr.resume();
      return { child, at };
    }
  }
  throw new Error('The browser did not start.');
}

/** Milliseconds within which the browser takes garbage away by itself; workers stay for a minute. */
const REST = 20_000;

export class Lab {
  /** With a scan of 2048 columns and 1500 projections among its files. */
  static async start() {
    const lab = new Lab();
    try {
      lab._folder = await mkdtemp(path.join(os.tmpdir(), 'tomo-bench-drag-'));
      lab._port = await freePort();
      lab._server = await startServer(lab._port, lab._folder);
      const names = await readdir(lab._folder);
      const made = names.find(name => name.startsWith('tomo-galata-'));
      const documents = path.join(lab._folder, made, 'root');
      await run(process.env.PYTHON ?? path.join(root, '.venv/bin/python'), [
        'bench/data/drag.py',
        path.join(documents, 'drag.nxs')
      ]);
      lab._browser = await startBrowser(lab._folder);
      await lab._attach();
      await lab.page.goto(`http://127.0.0.1:${lab._port}/lab?reset`);
      await lab.page.waitForSelector('#jupyterlab-splash', {
        state: 'detached'
      });
      return lab;
    } catch (error) {
      await lab.end();
      throw error;
    }
  }

  async end() {
    await this._driver?.close().catch(() => undefined);
    this._browser?.child.kill();
    this._server?.kill();
    if (this._folder) {
      await rm(this._folder, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  /** The scan's slice about its axis is shown. */
  async openSlice() {
    const { page } = this;
    const item = page.locator('.jp-DirListing-item', { hasText: 'drag.nxs' });
    await item.click({ button: 'right' });
    await page
      .locator('.lm-Menu-item', { hasText: 'Open in Tomography' })
      .click();
    const field = page.getByLabel('Column of the axis of rotation');
    await page.getByText('1500 × 3 × 2048').waitFor({ timeout: 60_000 });
    await field.fill('1028.8');
    await field.press('Enter');
    await this._showSlice();
    await page.waitForTimeout(1500);
  }

  /** Zoom beyond 1:1; pixels of the screen for one of the slice. */
  async zoomIn() {
    const { page } = this;
    await page.locator('.jp-tomo-viewer-surface:visible').first().click();
    for (let press = 0; press < 8; press++) {
      await page.keyboard.press('+');
    }
    return page.evaluate(() => {
      const plot = document.querySelector('.jp-tomo-viewer .js-plotly-plot');
      const { range } = plot._fullLayout.xaxis;
      const { width } = document
        .querySelector('.jp-tomo-viewer-surface')
        .getBoundingClientRect();
      return width / Math.abs(range[1] - range[0]);
    });
  }

  /** Pixels of the screen across the slice. */
  across() {
    return this.page.evaluate(
      () =>
        document.querySelector('.jp-tomo-viewer-canvas').getBoundingClientRect()
          .width * window.devicePixelRatio
    );
  }

  /** A step on sinograms, with its parameters to be seen. */
  async addStep(name) {
    const { page } = this;
    await page.getByLabel('Add a step', { exact: true }).selectOption(name);
    await page.locator('.jp-TomoStep-toggle').last().click();
    await page.waitForTimeout(1500);
  }

  /** The last step is taken away again. */
  async removeStep() {
    const { page } = this;
    await page
      .locator('.jp-TomoStep')
      .last()
      .getByLabel(/^Remove/)
      .click();
    await page.waitForTimeout(500);
  }

  /** Close the document and open it again; its slice is shown as before. */
  async reopen() {
    await this.page.evaluate(async () => {
      const { shell, commands } = window.jupyterapp;
      const { context } = shell.currentWidget;
      await context.save();
      shell.currentWidget.dispose();
      await commands.execute('docmanager:open', { path: context.path });
    });
    await this._showSlice();
  }

  /**
   * MB that belong to the page's process alone: its heap, its workers, their
   * engines, its images. Nobody drives the page meanwhile: what listens to a
   * page for us keeps up to 200 MB of the answers that it was given.
   *
   * @param garbage what is taken away before: nothing ('stays'); what the
   * browser takes away by itself, once the page rests ('rest'); the page's
   * while it is driven still ('driven'), so that the answers kept for the
   * driver stay; or these with it, when the driver is gone ('gone')
   */
  async memory(garbage = 'stays') {
    if (garbage === 'driven' || garbage === 'gone') {
      const session = await this.page.context().newCDPSession(this.page);
      await session.send('HeapProfiler.collectGarbage');
      await session.detach();
    }
    const ids = await this._renderers();
    if (garbage === 'gone') {
      await this.page.evaluate(() => {
        setTimeout(() => window.gc(), 500);
      });
    }
    await this._driver.close();
    const rest = garbage === 'rest' ? REST : 1500;
    await new Promise(resolve => setTimeout(resolve, rest));
    const sizes = await Promise.all(
      ids.map(async id => {
        const status = await readFile(`/proc/${id}/status`, 'utf8');
        const kibibytes = Number(/^RssAnon:\s+(\d+)/m.exec(status)?.[1]);
        return (1024 * kibibytes) / 1e6;
      })
    );
    await this._attach();
    return Math.max(...sizes);
  }

  /** How many workers live, as the system sees them. */
  async workers() {
    const ids = await this._renderers();
    const names = await Promise.all(
      ids.map(async id => {
        const tasks = await readdir(`/proc/${id}/task`);
        return Promise.all(
          tasks.map(task => readFile(`/proc/${id}/task/${task}/comm`, 'utf8'))
        );
      })
    );
    return names.flat().filter(name => name.startsWith('DedicatedWorker'))
      .length;
  }

  async _renderers() {
    const session = await this._driver.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    await session.detach();
    return processInfo
      .filter(({ type }) => type === 'renderer')
      .map(({ id }) => id);
  }

  async _attach() {
    this._driver = await chromium.connectOverCDP(this._browser.at);
    const [context] = this._driver.contexts();
    this.page = context.pages()[0];
  }

  async _showSlice() {
    const { page } = this;
    await page
      .locator('.jp-tomo-viewer button', { hasText: /^Slice$/ })
      .click();
    await page
      .locator('.jp-tomo-viewer-info', { hasText: '2048 × 2048' })
      .waitFor({ timeout: 60_000 });
  }
}
