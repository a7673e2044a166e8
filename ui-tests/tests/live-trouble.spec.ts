import path from 'node:path';

import { expect, test } from '@jupyterlab/galata';
import type { Worker } from '@playwright/test';

import { agentsOf, previewsOf } from './agents';
import { makeScans } from './scans';
import { shownBits } from './shown';
import { Tomography } from './tomography';

const results = path.resolve(__dirname, '..', '..', 'test-results');

/** A slice about column 131, computed in the page. */
async function live(tomo: Tomography): Promise<void> {
  await tomo.openData('examples/data', 'phantom_nxtomo.nxs');
  await tomo.setCentre(130);
  await tomo.show('Slice');
  await expect(tomo.facts).toContainText('centre 130', { timeout: 30_000 });
  await fullPrecision(tomo);
  await tomo.setCentre(131);
  await expect(tomo.facts).toContainText('centre 131', { timeout: 30_000 });
}

/** A busy machine looks like a slow link, over which nothing comes in full precision by itself. */
async function fullPrecision(tomo: Tomography): Promise<void> {
  const exact = tomo.viewer.getByRole('button', { name: 'Full precision' });
  await expect(async () => {
    if (await exact.isVisible()) {
      await exact.click();
    }
    await expect(tomo.facts).not.toContainText(/coarse|16-bit/, {
      timeout: 3_000
    });
  }).toPass({ timeout: 30_000 });
}

async function setRow(tomo: Tomography, row: string): Promise<void> {
  const field = tomo.viewer.getByLabel('row').first();
  await field.fill(row);
  await field.press('Enter');
}

/** The workers that make the slices, and what is asked of the server from now on. */
async function watched({
  page
}: Tomography): Promise<{ before: Worker[]; asked: string[] }> {
  await expect.poll(() => page.workers().length).toBe(2);
  return { before: page.workers(), asked: previewsOf(page) };
}

/** Nobody does anything: after a while the slice is made in the page again. */
async function recovers(tomo: Tomography): Promise<void> {
  await expect(tomo.facts).not.toContainText('The server computes', {
    timeout: 60_000
  });
  await expect.poll(() => tomo.page.workers().length).toBe(2);
}

/** The engine with a memory of two pages of 64 KiB at most, as its section of memories says. */
function withoutRoom(engine: Buffer): Buffer {
  const section = Buffer.of(5, 3, 1, 0, 1);
  const at = engine.indexOf(section);
  expect(at).toBeGreaterThan(0);
  const small = Buffer.of(5, 4, 1, 1, 1, 2);
  const rest = engine.subarray(at + section.length);
  return Buffer.concat([engine.subarray(0, at), small, rest]);
}

test.describe('Slices that follow the hand, when the browser does not help', () => {
  test('an engine that the browser refuses is told of, and tried again by itself', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await page.evaluate(() => {
      const page = window as Window & { refusing?: boolean };
      page.refusing = true;
      const compile = WebAssembly.compileStreaming;
      WebAssembly.compileStreaming = source =>
        page.refusing
          ? Promise.reject(new Error('the policy of this site'))
          : compile(source);
    });
    await live(tomo);
    await expect(tomo.facts).toContainText(
      'The server computes slices for now: This browser does not start the engine (the policy of this site).'
    );
    for (const theme of ['Dark', 'Light']) {
      await page.theme.setTheme(`JupyterLab ${theme}`);
      await page.screenshot({
        path: path.join(results, `engine-refused-${theme.toLowerCase()}.png`)
      });
    }
    expect(page.workers()).toHaveLength(0);
    await page.evaluate(() => {
      (window as Window & { refusing?: boolean }).refusing = false;
    });
    await recovers(tomo);
  });

  test('an engine without memory is told of, and the server computes', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    // Its memory cannot grow.
    await page.route(/\.wasm$/, async route => {
      const response = await route.fetch();
      const body = withoutRoom(await response.body());
      await route.fulfill({ response, body });
    });
    await live(tomo);
    await expect(tomo.facts).toContainText(
      'The server computes slices for now: The engine has not enough memory for a sinogram of this size.'
    );
    // They have ended, memory and all.
    await expect.poll(() => page.workers().length).toBe(0);
    await tomo.setCentre(125);
    await expect(tomo.facts).toContainText('centre 125', { timeout: 30_000 });
  });

  test('a browser that has no memory for an engine is told of, and tried again by itself', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    let full = true;
    await page.route(/worker_js.*\.js$/, async route => {
      const response = await route.fetch();
      const none = `WebAssembly.instantiate = () =>
        Promise.reject(new RangeError('Out of memory'));`;
      const body = `${full ? none : ''}${await response.text()}`;
      await route.fulfill({ response, body });
    });
    await live(tomo);
    await expect(tomo.facts).toContainText(
      'The server computes slices for now: The engine stopped: Out of memory'
    );
    await expect.poll(() => page.workers().length).toBe(0);
    full = false;
    await recovers(tomo);
  });

  test('a worker that ends without a word is replaced at once', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await live(tomo);
    const { before, asked } = await watched(tomo);
    // The seconds after which a worker is asked for do not pass.
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 1000);
    await before[0].evaluate(() => setTimeout(() => self.close()));
    await tomo.setCentre(124);
    await tomo.setCentre(125);
    await expect(tomo.facts).toContainText('centre 125');
    // Both are ended: what one of them made is half of a slice.
    await expect
      .poll(() => page.workers().map(worker => before.includes(worker)))
      .toEqual([false, false]);
    await expect(tomo.facts).not.toContainText('The server computes');
    expect(asked).toEqual([]);
  });

  for (const [what, happens, least, most] of [
    [
      'hangs',
      () => {
        setTimeout(() => {
          for (;;);
        });
      },
      20,
      60
    ],
    [
      'lives and does nothing',
      () => {
        self.onmessage = () => undefined;
      },
      3,
      20
    ]
  ] as const) {
    test(`a worker that ${what}: the server gives the slices until it is replaced`, async ({
      page
    }) => {
      const tomo = new Tomography(page);
      await live(tomo);
      const { before, asked } = await watched(tomo);
      await page.clock.install();
      // The clock goes on between the leaps, and the more the slower the machine is.
      const now = (): Promise<number> => page.evaluate(() => Date.now());
      await before[0].evaluate(happens);
      const start = await now();
      await tomo.setCentre(124);
      let seconds = 0;
      const pass = async (): Promise<void> => {
        await page.clock.fastForward(1000);
        seconds = ((await now()) - start) / 1000;
      };
      while (asked.length === 0 && seconds < 10) {
        await pass();
      }
      expect(asked).toEqual(['slice']);
      await expect(tomo.facts).toContainText('centre 124');
      await expect(tomo.facts).toContainText(
        'The server computes slices for now: this browser has given none for some seconds.'
      );
      await page.screenshot({
        path: path.join(results, `worker-${what.replaceAll(' ', '-')}.png`)
      });
      // The next ones are not waited for.
      await tomo.setCentre(125);
      await expect(tomo.facts).toContainText('centre 125');
      expect(asked).toEqual(['slice', 'slice']);
      while (page.workers().includes(before[1]) && seconds < 60) {
        await pass();
      }
      expect(seconds).toBeGreaterThan(least);
      expect(seconds).toBeLessThan(most);
      await expect(tomo.facts).not.toContainText('The server computes');
      await tomo.setCentre(126);
      await expect(tomo.facts).toContainText('centre 126');
      expect(asked).toHaveLength(2);
      // The browser takes a while to end one that hangs.
      await expect
        .poll(() => page.workers().map(each => before.includes(each)))
        .toEqual([false, false]);
    });
  }

  test('the centre by eye goes on when a worker hangs: the server gives its slices', async ({
    page
  }) => {
    await makeScans(page, 'trouble-scans');
    const tomo = new Tomography(page);
    await tomo.openData('trouble-scans', 'tilted.nxs');
    await tomo.panel.getByRole('button', { name: 'By eye…' }).click();
    const eye = page.locator('.jp-tomo-centre:visible');
    const old = eye.locator('.jp-tomo-centre-tile.jp-mod-old');
    await expect(eye.locator('.jp-tomo-centre-tile')).toHaveCount(9);
    await expect(eye).toHaveAttribute('aria-busy', 'false', {
      timeout: 30_000
    });
    await expect(old).toHaveCount(0);
    const asked = previewsOf(page);
    await page.clock.install();
    // Those of the finder are the youngest.
    const [hangs] = page.workers().slice(-2);
    await hangs.evaluate(() =>
      setTimeout(() => {
        for (;;);
      })
    );
    await eye.getByLabel('Columns between the slices').selectOption('1');
    await expect(old).toHaveCount(9);
    await page.clock.fastForward(3000);
    await expect(old).toHaveCount(0);
    await expect(eye).toHaveAttribute('aria-busy', 'false');
    expect(asked).toEqual(Array(9).fill('slice'));
    await expect(eye.locator('.jp-tomo-centre-facts')).toContainText(
      'The server computes slices for now: this browser has given none for some seconds.'
    );
    await page.screenshot({ path: path.join(results, 'centre-hangs.png') });
    await expect(eye.locator('.jp-tomo-viewer-message')).toBeHidden();
  });

  test('a sweep goes on when a worker hangs, and the line below says who makes its slices', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await live(tomo);
    await tomo.viewer.getByRole('button', { name: 'Live' }).click();
    await expect(tomo.viewer).toHaveAttribute('aria-busy', 'false');
    await expect.poll(() => page.workers().length).toBe(2);
    const asked = previewsOf(page);
    const [hangs] = page.workers();
    await page.clock.install();
    await hangs.evaluate(() =>
      setTimeout(() => {
        for (;;);
      })
    );
    await tomo.viewer.getByRole('button', { name: 'Sweep…' }).click();
    await page.clock.fastForward(1000);
    await expect.poll(() => asked).toContain('attenuation');
    await expect(async () => {
      await page.clock.fastForward(1000);
      await expect(tomo.facts).toContainText(
        'The server computes slices for now: this browser has given none for some seconds.',
        { timeout: 200 }
      );
    }).toPass({ timeout: 30_000 });
    await expect(tomo.viewer.locator('.jp-tomo-sweep-say')).toHaveText('');
    await expect(tomo.facts).toBeVisible();
    await page.screenshot({ path: path.join(results, 'sweep-hangs.png') });
  });

  test('a row of 4096 columns is live, and the server gives the same', async ({
    page
  }) => {
    test.slow();
    await makeScans(page, 'trouble-scans');
    const tomo = new Tomography(page);
    await tomo.openData('trouble-scans', 'wide.nxs');
    await tomo.setCentre(2050.3);
    await tomo.show('Slice');
    await expect(tomo.facts).toContainText('4096 × 4096 · centre 2050.3', {
      timeout: 60_000
    });
    const asked = previewsOf(page);
    await tomo.setCentre(2049.8);
    await expect(tomo.facts).toContainText('4096 × 4096 · centre 2049.8', {
      timeout: 60_000
    });
    const here = await shownBits(page);
    expect(asked).toEqual([]);
    expect(page.workers()).toHaveLength(2);
    await tomo.viewer.getByRole('button', { name: 'Live' }).click();
    await expect.poll(() => asked).toContain('slice');
    await fullPrecision(tomo);
    await expect(tomo.viewer).toHaveAttribute('aria-busy', 'false', {
      timeout: 60_000
    });
    expect((await shownBits(page)).live).toBe(false);
    expect((await shownBits(page)).digest).toBe(here.digest);
    expect(here).toMatchObject({ live: true, length: 4096 ** 2 });
    expect(here.high - here.low).toBeGreaterThan(0.01);
  });

  test('what a cut connection keeps from the viewer comes by itself', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await live(tomo);
    const preview = /\/api\/data\/preview/;
    await page.route(preview, route => route.abort());
    await setRow(tomo, '20');
    const card = tomo.viewer.locator('.jp-tomo-viewer-message');
    await expect(card).toContainText('Jupyter Server does not answer.');
    await expect(card).toContainText('It is tried again by itself.');
    // What is here needs no connection, and a row that is not comes later.
    await page.unroute(preview);
    const asked = previewsOf(page);
    await expect(card).toBeHidden({ timeout: 40_000 });
    expect(asked).toEqual(['attenuation']);
  });

  test('an agent that is killed in the middle of a row is replaced, and the row comes', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await live(tomo);
    const before = agentsOf(page.url());
    expect(before.length).toBeGreaterThan(0);
    const asked = previewsOf(page);
    before.forEach(agent => process.kill(agent, 'SIGSTOP'));
    await setRow(tomo, '21');
    await expect.poll(() => asked).toEqual(['attenuation']);
    await expect(tomo.viewer).toHaveAttribute('aria-busy', 'true');
    before.forEach(agent => process.kill(agent, 'SIGKILL'));
    await expect.poll(() => asked).toEqual(['attenuation', 'attenuation']);
    await expect(tomo.viewer).toHaveAttribute('aria-busy', 'false', {
      timeout: 30_000
    });
    await expect(tomo.viewer.locator('.jp-tomo-viewer-message')).toBeHidden();
    const after = agentsOf(page.url());
    expect(after.filter(agent => before.includes(agent))).toEqual([]);
    expect(after).toHaveLength(1);
  });

  test('workers end a minute after the last slice, and start with the next', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await live(tomo);
    await page.clock.install();
    await tomo.setCentre(131.5);
    await expect(tomo.facts).toContainText('centre 131.5');
    await expect.poll(() => page.workers().length).toBe(2);
    await page.clock.fastForward(50_000);
    expect(page.workers()).toHaveLength(2);
    await page.clock.fastForward(12_000);
    await expect.poll(() => page.workers().length).toBe(0);
    await tomo.setCentre(132);
    await expect(tomo.facts).toContainText('centre 132');
    await expect.poll(() => page.workers().length).toBe(2);
    await expect(tomo.facts).not.toContainText('The server computes');
  });

  test('a tab that is hidden while the axis moves shows the last value when it is seen', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await live(tomo);
    const asked = previewsOf(page);
    // As a hidden tab has it: no frames are drawn.
    await page.evaluate(async () => {
      const hidden = (value: boolean): void => {
        Object.defineProperty(document, 'hidden', {
          configurable: true,
          get: () => value
        });
        Object.defineProperty(document, 'visibilityState', {
          configurable: true,
          get: () => (value ? 'hidden' : 'visible')
        });
        document.dispatchEvent(new Event('visibilitychange'));
      };
      const frame = window.requestAnimationFrame.bind(window);
      const waiting: FrameRequestCallback[] = [];
      window.requestAnimationFrame = callback => waiting.push(callback);
      const seen = window as Window & { seen?: () => void };
      seen.seen = () => {
        window.requestAnimationFrame = frame;
        hidden(false);
        waiting.splice(0).forEach(frame);
      };
      hidden(true);
      const field = document.querySelector<HTMLInputElement>(
        '.jp-TomoPanel input[aria-label^="Column of the axis"]'
      );
      for (let i = 0; i < 30; i++) {
        field?.dispatchEvent(
          new KeyboardEvent('keydown', { key: 'ArrowUp', bubbles: true })
        );
        await new Promise(resolve => setTimeout(resolve));
      }
    });
    const column = (await tomo.recipe()).regions?.centre?.column ?? NaN;
    expect(column).toBeGreaterThan(131.5);
    await page.evaluate(() => {
      (window as Window & { seen?: () => void }).seen?.();
    });
    await expect(tomo.facts).toContainText(`centre ${column} `);
    expect(asked).toEqual([]);
    expect(page.workers()).toHaveLength(2);
  });
});
