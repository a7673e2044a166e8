// A slider dragged in a real browser, 2048 x 1500: from the input event to the painted image.
// Prints rows for the table: one JSON object a line.
/* global document, Worker, CanvasRenderingContext2D, HTMLInputElement, requestAnimationFrame, Event -- of the page */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';

const root = fileURLToPath(new URL('..', import.meta.url));
const SECONDS = 10;

const row = (name, value, unit, bar, ok) =>
  process.stdout.write(
    `${JSON.stringify({ name, value: Number(value.toFixed(1)), unit, bar, ok })}\n`
  );

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

/** What happens in the page: values go in with each frame, and paints are noted with the value they show. */
async function drag(seconds) {
  const slider = [...document.querySelectorAll('.jp-TomoSlider')].find(each =>
    /cut/i.test(each.getAttribute('aria-label'))
  );
  const asked = new Map();
  const inputs = [];
  const paints = [];
  let shown = null;
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (message, ...rest) {
    if (message?.kind === 'slice') {
      if (!asked.has(this)) {
        asked.set(this, new Map());
        this.addEventListener('message', event => {
          if (event.data.kind === 'done') {
            shown = asked.get(this).get(event.data.id) ?? shown;
          }
        });
        const own = this.onmessage;
        // The page's own listener paints: it goes after ours.
        this.onmessage = null;
        this.onmessage = own;
      }
      asked.get(this).set(message.id, message.plan[7]);
    }
    return post.call(this, message, ...rest);
  };
  const put = CanvasRenderingContext2D.prototype.putImageData;
  CanvasRenderingContext2D.prototype.putImageData = function (data, ...rest) {
    put.call(this, data, ...rest);
    if (data.width >= 512) {
      paints.push({ at: performance.now(), value: shown, width: data.width });
    }
  };
  const set = Object.getOwnPropertyDescriptor(
    HTMLInputElement.prototype,
    'value'
  ).set;
  const from = performance.now();
  let step = 0;
  let last = 0;
  while (performance.now() - from < 1000 * seconds) {
    await new Promise(resolve => requestAnimationFrame(resolve));
    // Up and down by hundredths; each value is told apart from the one before.
    const place = step++ % 120;
    last = (30 + Math.min(place, 120 - place)) / 100;
    inputs.push([last, performance.now()]);
    set.call(slider, String(last));
    slider.dispatchEvent(new Event('input', { bubbles: true }));
  }
  const stop = performance.now();
  await new Promise(resolve => setTimeout(resolve, 2000));
  Worker.prototype.postMessage = post;
  CanvasRenderingContext2D.prototype.putImageData = put;
  return { paints, stop, from, last, inputs, steps: step };
}

/** MiB that belong to the page's process alone: its heap, its workers, their engines, its images. */
async function memoryOf(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const sizes = await Promise.all(
    processInfo
      .filter(({ type }) => type === 'renderer')
      .map(async ({ id }) => {
        const status = await readFile(`/proc/${id}/status`, 'utf8');
        return Number(/^RssAnon:\s+(\d+)/m.exec(status)?.[1]) / 1024;
      })
  );
  return Math.max(...sizes);
}

const folder = await mkdtemp(path.join(os.tmpdir(), 'tomo-bench-drag-'));
const port = await freePort();
const server = await startServer(port, folder);
const debian = '/usr/bin/chromium';
const browser = await chromium.launch({
  ...(existsSync(debian) ? { executablePath: debian } : {}),
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run']
});
try {
  const made = (await readdir(folder)).find(name =>
    name.startsWith('tomo-galata-')
  );
  const documents = path.join(folder, made, 'root');
  await run(process.env.PYTHON ?? path.join(root, '.venv/bin/python'), [
    'bench/data/drag.py',
    path.join(documents, 'drag.nxs')
  ]);
  const page = await browser.newPage({
    viewport: { width: 1680, height: 1000 }
  });
  await page.goto(`http://127.0.0.1:${port}/lab?reset`);
  await page.waitForSelector('#jupyterlab-splash', { state: 'detached' });
  const empty = await memoryOf(browser);
  const item = page.locator('.jp-DirListing-item', { hasText: 'drag.nxs' });
  await item.click({ button: 'right' });
  await page
    .locator('.lm-Menu-item', { hasText: 'Open in Tomography' })
    .click();
  const field = page.getByLabel('Column of the axis of rotation');
  await page.getByText('1500 × 3 × 2048').waitFor({ timeout: 60_000 });
  await field.fill('1028.8');
  await field.press('Enter');
  await page.locator('.jp-tomo-viewer button', { hasText: /^Slice$/ }).click();
  await page
    .locator('.jp-tomo-viewer-info', { hasText: '2048 × 2048' })
    .waitFor({ timeout: 60_000 });
  await page.waitForTimeout(1500);
  await page.evaluate(drag, 2);
  const seen = await page.evaluate(drag, SECONDS);
  const during = seen.paints.filter(paint => paint.at <= seen.stop);
  // Values come again: the last input of one before the paint is what it shows.
  const answered = during.flatMap(({ at, value }) => {
    const input = seen.inputs.findLast(
      ([each, when]) => each === value && when <= at
    );
    return input ? [{ asked: input[1], lag: at - input[1] }] : [];
  });
  const order = answered.map(({ asked }) => asked);
  const lags = answered.map(({ lag }) => lag);
  lags.sort((a, b) => a - b);
  const rate = during.length / SECONDS;
  row('drag: images', rate, '1/s', 20, rate >= 20);
  const late = lags[Math.floor(0.95 * lags.length)] ?? NaN;
  row('drag: input to image, 95 %', late, 'ms', 80, late <= 80);
  row('drag: input to image, median', lags[lags.length >> 1], 'ms', null, null);
  const whole = seen.paints.find(
    paint =>
      paint.at > seen.stop && paint.width > 1024 && paint.value === seen.last
  );
  const wait = whole ? whole.at - seen.stop : NaN;
  row('drag: whole slice after the hand stops', wait, 'ms', 120, wait <= 120);
  row('drag: changes of the slider', seen.steps / SECONDS, '1/s', null, null);
  // A value that is older than one already seen is stale.
  const stale = order.filter((at, i) => order.slice(0, i).some(b => b > at));
  row('drag: stale images', stale.length, '', 0, stale.length === 0);
  const before = await memoryOf(browser);
  let steps = 0;
  while (steps < 1000) {
    steps += (await page.evaluate(drag, SECONDS)).steps;
  }
  const after = await memoryOf(browser);
  const more = after - empty;
  row('drag: memory, over the empty page', more, 'MiB', 400, more <= 400);
  row('drag: growth in 1,000 steps', after - before, 'MiB', null, null);
} finally {
  await browser.close();
  server.kill();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
