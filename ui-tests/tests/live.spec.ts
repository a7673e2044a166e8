import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import { expect, test } from '@jupyterlab/galata';

import { agentsOf, previewsOf } from './agents';
import { digestOf, shownBits } from './shown';
import { Tomography } from './tomography';

const RECIPES = 50;
const results = path.resolve(__dirname, '..', '..', 'test-results');

interface IRun {
  file: string;
  row: number;
  size: number;
}

/** The recipe document, as far as the tests reach into it. */
interface IDocument {
  context: { model: { sharedModel: { setSource(text: string): void } } };
  session: {
    description: { state: string };
    moveTo(position: { row: number }): void;
  };
  content: {
    node: HTMLElement;
    view: {
      image: {
        data: Float32Array;
        columns: number;
        about: { row?: number; live?: boolean };
      } | null;
    };
  };
}

/** Random recipes and what the run gives for each of them, in a folder of the server. */
async function runAll(
  page: IJupyterLabPageFixture
): Promise<{ folder: string; runs: IRun[] }> {
  const reply = await page.request.post('/jupyterlab-tomo/resolve', {
    data: { path: 'examples' }
  });
  expect(reply.status()).toBe(200);
  const { path: examples } = (await reply.json()) as { path: string };
  const folder = path.join(path.dirname(examples), 'random-recipes');
  const checkout = path.resolve(__dirname, '..', '..');
  const printed = execFileSync(
    path.join(checkout, '.venv', 'bin', 'python'),
    [path.join(checkout, 'ui-tests', 'live_recipes.py'), folder, `${RECIPES}`],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }
  );
  const runs = JSON.parse(printed.trim().split('\n').pop() ?? '') as IRun[];
  return { folder, runs };
}

/** Give the open document another recipe; what is shown in the end. */
async function sliceOf(
  page: IJupyterLabPageFixture,
  text: string,
  { row, size }: IRun
): ReturnType<typeof shownBits> {
  await page.evaluate(text => {
    const widget: unknown = window.jupyterapp.shell.currentWidget;
    (widget as IDocument).context.model.sharedModel.setSource(text);
  }, text);
  const state = (): Promise<string> =>
    page.evaluate(() => {
      const widget: unknown = window.jupyterapp.shell.currentWidget;
      const { session, content } = widget as IDocument;
      const { node, view } = content;
      const { image } = view;
      return [
        session.description.state,
        node.getAttribute('aria-busy') === 'true' ? 'busy' : 'idle',
        node.classList.contains('jp-mod-covered') ? 'covered' : 'seen',
        `row ${image?.about.row}`,
        `size ${image?.columns}`
      ].join(', ');
    });
  // Another data set begins at its middle row.
  await expect.poll(state, { timeout: 20_000 }).toContain('ready');
  await page.evaluate(row => {
    const widget: unknown = window.jupyterapp.shell.currentWidget;
    (widget as IDocument).session.moveTo({ row });
  }, row);
  await expect
    .poll(state, { timeout: 20_000, intervals: [20, 50, 100] })
    .toBe(`ready, idle, seen, row ${row}, size ${size}`);
  return shownBits(page);
}

test.describe('Slices that follow the hand', () => {
  test(`${RECIPES} random recipes: what the browser shows is what the run writes`, async ({
    page
  }) => {
    test.slow();
    const { folder, runs } = await runAll(page);
    expect(runs).toHaveLength(RECIPES);
    await page.filebrowser.open('random-recipes/live-00.tomo.json');
    const tomo = new Tomography(page);
    await tomo.show('Slice');
    for (const run of runs) {
      const text = fs.readFileSync(path.join(folder, run.file), 'utf8');
      const seen = await sliceOf(page, text, run);
      const written = fs.readFileSync(
        path.join(folder, run.file.replace('.tomo.json', '.raw'))
      );
      // The same bits, halves put together and all.
      expect(seen, run.file).toMatchObject({
        live: true,
        length: run.size ** 2,
        digest: digestOf(written)
      });
      expect(seen.high - seen.low, run.file).toBeGreaterThan(0);
    }
  });

  test('no server is asked while the axis moves, and the last value is shown', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await tomo.openData('examples/data', 'phantom_nxtomo.nxs');
    await tomo.sliceAbout(131);
    const field = tomo.panel.getByLabel('Column of the axis of rotation');
    const asked = previewsOf(page);
    await field.focus();
    for (let i = 0; i < 40; i++) {
      await field.press(i % 4 === 3 ? 'Shift+ArrowUp' : 'ArrowDown');
    }
    // 30 steps of 0.05 down, 10 of 1 up.
    await expect(tomo.facts).toContainText('centre 139.5');
    expect(asked).toEqual([]);
    expect((await tomo.recipe()).regions?.centre?.column).toBe(139.5);
    // The wheel moves it, too, while the field has the focus.
    await field.hover();
    for (let i = 0; i < 10; i++) {
      await page.mouse.wheel(0, 50);
    }
    await expect(tomo.facts).toContainText('centre 139 ');
    await page.keyboard.down('Shift');
    await page.mouse.wheel(0, -50);
    await page.keyboard.up('Shift');
    await expect(tomo.facts).toContainText('centre 140 ');
    expect(asked).toEqual([]);
  });

  test('a tilt that rotates the projections asks the server once; the axis moves without it', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await tomo.openData('examples/data', 'phantom_nxtomo.nxs');
    const { panel, facts, viewer } = tomo;
    const set = async (label: string, value: string): Promise<void> => {
      const field = panel.getByLabel(label);
      await field.fill(value);
      await field.press('Enter');
    };
    await set('Column of the axis of rotation', '131');
    await tomo.show('Slice');
    await expect(facts).toContainText('centre 131', { timeout: 30_000 });
    await expect(viewer).toHaveAttribute('aria-busy', 'false');
    const asked = previewsOf(page);
    // Less than half a row at the edge of 256 columns: the column follows alone.
    await set('Tilt of the axis in degrees', '0.2');
    await expect(facts).toContainText('centre 131.');
    await expect(panel).not.toContainText('rotates the projections');
    expect(asked).toEqual([]);
    await set('Tilt of the axis in degrees', '-2');
    await expect(viewer).toContainText('tilt is 4.5 rows', { timeout: 30_000 });
    await expect(panel).toContainText(
      /rotates the projections: (< 0\.1|[\d.]+) s a row/
    );
    expect(asked).toHaveLength(1);
    const before = await facts.textContent();
    await set('Column of the axis of rotation', '135');
    await expect.poll(() => facts.textContent()).not.toBe(before);
    await expect(viewer).toHaveAttribute('aria-busy', 'false');
    expect(asked).toHaveLength(1);
    await viewer.screenshot({ path: path.join(results, 'tilt.png') });
    await panel.screenshot({ path: path.join(results, 'tilt-panel.png') });
    // Projections are shown as they are, the axis leaning over them.
    await tomo.show('Projection');
    await viewer.screenshot({
      path: path.join(results, 'tilt-projection.png')
    });
  });

  test('angles, rotation, windows, ends, mask, stripes and contrast need no server', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await tomo.openData('examples/data', 'phantom_nxtomo.nxs');
    const { panel, facts } = tomo;
    const set = async (
      label: string | RegExp,
      value: string
    ): Promise<void> => {
      const field = panel.getByRole('textbox', { name: label }).first();
      await field.fill(value);
      await field.press('Enter');
    };
    // The axis is found, as in a new recipe: that does not depend on what follows.
    expect((await tomo.recipe()).regions?.centre?.column).toBe(undefined);
    await panel
      .getByLabel('Add a step', { exact: true })
      .selectOption('stripes-large');
    await tomo.show('Slice');
    await expect(facts).toContainText('centre', { timeout: 30_000 });
    await expect.poll(() => facts.textContent()).not.toContain('projections');
    const asked = previewsOf(page);
    const pixels = (): Promise<number[]> =>
      page.evaluate(() => {
        const widget: unknown = window.jupyterapp.shell.currentWidget;
        const { image } = (widget as IDocument).content.view;
        const { data = new Float32Array(), columns = 1 } = image ?? {};
        const step = 7;
        const from = 40 * columns;
        return Array.from(data.subarray(from, from + 100 * columns)).filter(
          (_, i) => i % step === 0
        );
      });
    /** Something changes what is shown. */
    const changes = async (act: () => Promise<unknown>): Promise<void> => {
      const before = JSON.stringify(await pixels());
      await act();
      await expect
        .poll(async () => JSON.stringify(await pixels()))
        .not.toBe(before);
    };
    const total = Number(
      await page.evaluate(() => {
        const widget: unknown = window.jupyterapp.shell.currentWidget;
        const { description } = (widget as IDocument).session as unknown as {
          description: { value: { frames: number } };
        };
        return description.value.frames;
      })
    );
    await changes(() => set(/^Of these the first and then every/, '4'));
    await expect(facts).toContainText(
      `${Math.ceil(total / 4)} of ${total} projections`
    );
    await changes(() => set(/^Largest angle that is used/, '90'));
    await expect(facts).not.toContainText(`${Math.ceil(total / 4)} of`);
    await changes(async () => {
      await panel.getByLabel(/^Least angle that is used/).press('ArrowUp');
      await set(/^Least angle that is used/, '30');
    });
    await changes(() =>
      panel.getByRole('button', { name: 'all', exact: true }).click()
    );
    await expect(facts).not.toContainText('projections');
    await changes(() => set(/^Degrees by which slices are turned/, '12.5'));
    expect((await tomo.recipe()).reconstruction?.rotation).toBe(12.5);
    await changes(() =>
      panel
        .getByLabel('Filter', { exact: true })
        .selectOption({ label: 'Hann' })
    );
    await changes(() => set('Cut-off', '0.4'));
    await changes(() =>
      panel
        .getByLabel('Sinogram ends', { exact: true })
        .selectOption({ label: 'Zero' })
    );
    await changes(() => set('Circular mask', '0.3'));
    const step = panel.locator('.jp-TomoStep', { hasText: 'Stripes: large' });
    await step.locator('.jp-TomoStep-toggle').click();
    await changes(async () => {
      const ratio = step.getByRole('textbox', { name: 'Ratio' });
      await ratio.fill('1.5');
      await ratio.press('Enter');
    });
    await tomo.viewer.getByLabel('Colour map').selectOption('viridis');
    expect(asked).toEqual([]);

    // An empty range is told in words, and what is in range is shown again.
    await set(/^Least angle that is used/, '2000');
    await expect(tomo.viewer).toContainText('Angles used leaves no projection');
    await panel.getByRole('button', { name: 'all', exact: true }).click();
    await expect(tomo.viewer).not.toContainText('leaves no projection');
    expect(asked).toEqual([]);
  });

  test('live can be switched off: then the server computes, when the changes pause', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await tomo.openData('examples/data', 'phantom_nxtomo.nxs');
    await tomo.sliceAbout(131);
    const field = tomo.panel.getByLabel('Column of the axis of rotation');
    const live = tomo.viewer.getByRole('button', { name: 'Live', exact: true });
    await expect(live).toHaveAttribute('aria-pressed', 'true');
    await live.click();
    await expect(live).toHaveAttribute('aria-pressed', 'false');
    const products = previewsOf(page);
    const shown = (): Promise<unknown> =>
      page.evaluate(() => {
        const widget: unknown = window.jupyterapp.shell.currentWidget;
        return (widget as IDocument).content.view.image?.about.live;
      });
    await field.focus();
    for (let i = 0; i < 6; i++) {
      await field.press('Shift+ArrowUp');
    }
    await expect(tomo.facts).toContainText('centre 137', { timeout: 30_000 });
    expect(await shown()).toBeUndefined();
    // Slices, and fewer than there were steps: it waits for a pause.
    expect(new Set(products)).toEqual(new Set(['slice']));
    expect(products.length).toBeLessThan(6);
    await live.click();
    await field.press('Shift+ArrowDown');
    await expect(tomo.facts).toContainText('centre 136');
    expect(await shown()).toBe(true);
  });

  test('a lost worker is started again, and without any the server computes', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await tomo.openData('examples/data', 'phantom_nxtomo.nxs');
    await tomo.sliceAbout(131);
    const field = tomo.panel.getByLabel('Column of the axis of rotation');
    await expect.poll(() => page.workers().length).toBe(2);

    // One of them dies at the next word that is said to it.
    const before = page.workers();
    const asked = previewsOf(page);
    await page.evaluate(() => {
      const { prototype } = window.Worker;
      const real: unknown = Reflect.get(prototype, 'postMessage');
      prototype.postMessage = function (): void {
        Object.assign(prototype, { postMessage: real });
        this.dispatchEvent(new ErrorEvent('error', { message: 'gone' }));
      };
    });
    await field.fill('128');
    await field.press('Enter');
    await expect(tomo.facts).toContainText('centre 128', { timeout: 30_000 });
    await expect
      .poll(() => page.workers().map(worker => before.includes(worker)))
      .toEqual([false, false]);
    await expect(tomo.facts).not.toContainText('The server computes');
    expect(asked).toEqual([]);

    // From now on no worker can be started, and those that there are die.
    await page.evaluate(() => {
      window.Worker.prototype.postMessage = function (): void {
        this.dispatchEvent(new ErrorEvent('error', { message: 'gone' }));
      };
    });
    await field.fill('125');
    await field.press('Enter');
    await expect(tomo.facts).toContainText('centre 125', { timeout: 30_000 });
    await expect(tomo.facts).toContainText(
      'The server computes slices for now'
    );
  });

  test('an agent that is killed is told of, and is there again at the next look', async ({
    page
  }) => {
    const tomo = new Tomography(page);
    await tomo.openData('examples/data', 'phantom_nxtomo.nxs');
    await tomo.sliceAbout(131);
    const field = tomo.panel.getByLabel('Column of the axis of rotation');
    const before = agentsOf(page.url());
    expect(before.length).toBeGreaterThan(0);
    before.forEach(agent => process.kill(agent, 'SIGKILL'));

    // What the browser has goes on without it.
    await field.fill('132');
    await field.press('Enter');
    await expect(tomo.facts).toContainText('centre 132');
    // Another row is asked of a new agent; the old one's end may be told once.
    await tomo.viewer.getByLabel('row').first().fill('20');
    await tomo.viewer.getByLabel('row').first().press('Enter');
    const retry = tomo.viewer.getByRole('button', { name: 'Try again' });
    await expect(async () => {
      if (await retry.isVisible()) {
        await retry.click();
      }
      await expect(retry).toBeHidden({ timeout: 2_000 });
      await expect.poll(() => agentsOf(page.url()).length).toBeGreaterThan(0);
    }).toPass({ timeout: 30_000 });
    const after = agentsOf(page.url());
    expect(after.filter(agent => before.includes(agent))).toEqual([]);
    expect(after.length).toBeLessThanOrEqual(before.length);
  });

  test('twenty viewers opened and closed leave two workers, and a thousand steps no third', async ({
    page
  }) => {
    test.slow();
    const tomo = new Tomography(page);
    const steps = async (): Promise<void> => {
      await tomo.sliceAbout(131);
    };
    await tomo.openData('examples/data', 'phantom_nxtomo.nxs');
    await steps();
    await expect.poll(() => page.workers().length).toBe(2);
    // As fast as the page takes them; each is an edit of the document.
    const asked = previewsOf(page);
    await page.evaluate(async () => {
      const field = document.querySelector<HTMLInputElement>(
        '.jp-TomoPanel input[aria-label^="Column of the axis"]'
      );
      for (let i = 0; i < 1000; i++) {
        field?.dispatchEvent(
          new KeyboardEvent('keydown', {
            key: i % 2 ? 'ArrowDown' : 'ArrowUp',
            shiftKey: i >= 998,
            bubbles: true
          })
        );
        await new Promise(resolve => setTimeout(resolve));
      }
    });
    const { regions } = await tomo.recipe();
    const last = `centre ${regions?.centre?.column} `;
    await expect(tomo.facts).toContainText(last);
    expect(page.workers()).toHaveLength(2);
    expect(asked).toEqual([]);
    // Bytes that are given back at once, and not when the collector comes by.
    await page.evaluate(() => {
      const seen = window as Window & { given?: number[] };
      const given: number[] = (seen.given = []);
      // They are handed to a port with nobody at its other end.
      const { postMessage } = MessagePort.prototype as unknown as {
        postMessage: (this: MessagePort, ...handed: unknown[]) => void;
      };
      Object.assign(MessagePort.prototype, {
        postMessage(this: MessagePort, ...handed: unknown[]): void {
          const [message, buffers] = handed;
          for (const one of Array.isArray(buffers) ? buffers : []) {
            if (message === null && one instanceof ArrayBuffer) {
              given.push(one.byteLength);
            }
          }
          postMessage.apply(this, handed);
        }
      });
    });
    for (let i = 0; i < 20; i++) {
      await page.evaluate(async () => {
        const { shell, commands } = window.jupyterapp;
        const widget: unknown = shell.currentWidget;
        const { context } = widget as {
          context: { path: string; save(): Promise<void> };
        };
        await context.save();
        shell.currentWidget?.dispose();
        await commands.execute('docmanager:open', { path: context.path });
      });
      await tomo.show('Slice');
      await expect(tomo.facts).toContainText(last);
    }
    await expect(page.locator('.jp-tomo-viewer')).toHaveCount(1);
    expect(page.workers().length).toBeLessThanOrEqual(2);
    // Row and image of each that was closed.
    const given = await page.evaluate(
      () => (window as Window & { given?: number[] }).given ?? []
    );
    expect(given.filter(bytes => bytes > 100_000).length).toBeGreaterThan(39);
  });
});
