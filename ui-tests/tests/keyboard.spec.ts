import path from 'node:path';

import { expect, test } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { Tomography } from './tomography';

const results = path.resolve(__dirname, '..', '..', 'test-results');

/** What has the focus: which control of a part of the page, and whether one sees that it has it. */
interface IFocus {
  readonly index: number;
  readonly seen: boolean;
  readonly name: string;
}

const CONTROLS =
  'button:not(:disabled), select:not(:disabled), input:not(:disabled), [tabindex="0"]';

/** Go through a part of the page with Tab: every control of it gets the focus, and shows it. */
async function reach(part: Locator): Promise<void> {
  const controls = part.locator(`:is(${CONTROLS}):visible`);
  const count = await controls.count();
  expect(count).toBeGreaterThan(3);
  await controls.first().focus();
  const reached = new Set<number>();
  const unseen: string[] = [];
  for (let step = 0; step < 3 * count; step++) {
    const { index, seen, name } = await controls.evaluateAll((all): IFocus => {
      const active = document.activeElement;
      const style = active ? getComputedStyle(active) : null;
      const around = active?.closest('.jp-tomo-sweep-cell, label');
      const ring = (each: CSSStyleDeclaration | null): boolean =>
        !!each &&
        ((each.outlineStyle !== 'none' && parseFloat(each.outlineWidth) > 0) ||
          each.boxShadow !== 'none');
      return {
        index: all.findIndex(each => each === active),
        seen: ring(style) || (!!around && ring(getComputedStyle(around))),
        name: active?.outerHTML.slice(0, 160) ?? ''
      };
    });
    if (index < 0) {
      break;
    }
    reached.add(index);
    // The first one got the focus without a key, which browsers tell apart.
    if (!seen && step > 0) {
      unseen.push(name);
    }
    await part.page().keyboard.press('Tab');
  }
  expect(unseen).toEqual([]);
  const missed = (
    await controls.evaluateAll(all =>
      all.map(each => each.outerHTML.slice(0, 160))
    )
  ).filter((_, index) => !reached.has(index));
  expect(missed).toEqual([]);
}

test('viewer, sweep, comparison and the finder by eye are used by keys alone', async ({
  page
}) => {
  test.setTimeout(240_000);
  const { keyboard } = page;
  const tomo = new Tomography(page);
  const found = await tomo.openPhantomSlice();
  await reach(tomo.viewer);

  // A number that is given up leaves the keys with the image.
  const darkest = tomo.viewer.getByLabel('Value shown darkest');
  await darkest.focus();
  await keyboard.type('7');
  await keyboard.press('Escape');
  await expect(tomo.viewer).toBeFocused();
  const row = tomo.viewer.getByLabel('row', { exact: true }).first();
  const before = Number(await row.inputValue());
  await keyboard.press('ArrowRight');
  await expect(row).toHaveValue(String(before + 1));
  await keyboard.press('ArrowLeft');

  await tomo.viewer.getByRole('button', { name: 'Sweep…' }).focus();
  await keyboard.press('Enter');
  const sweep = tomo.viewer.getByRole('group', {
    name: 'Sweep of a parameter'
  });
  await expect(sweep.getByRole('status')).toHaveText('', { timeout: 60_000 });
  await expect(sweep.getByLabel('Parameter', { exact: true })).toBeFocused();
  await reach(sweep);
  await page.screenshot({ path: path.join(results, 'keys-sweep.png') });
  await sweep.getByLabel('First value').first().focus();
  await keyboard.type('3');
  await keyboard.press('Escape');
  await expect(sweep).toBeFocused();
  const cells = sweep.locator('.jp-tomo-sweep-take');
  await cells.nth(4).focus();
  await keyboard.press('ArrowRight');
  await expect(cells.nth(5)).toBeFocused();
  await keyboard.press('Enter');
  await expect(sweep).toBeHidden();
  await expect(tomo.viewer).toBeFocused();
  expect((await tomo.recipe()).regions?.centre?.column).toBeCloseTo(
    found + 1,
    3
  );

  await tomo.viewer.getByRole('button', { name: 'Compare…' }).focus();
  await keyboard.press('Enter');
  const compare = tomo.viewer.locator('.jp-tomo-compare');
  await expect(compare.locator('.jp-tomo-compare-say')).toContainText('RMS', {
    timeout: 30_000
  });
  await reach(compare);
  const divider = compare.getByRole('slider');
  await divider.focus();
  await keyboard.press('ArrowLeft');
  await expect(divider).not.toHaveAttribute('aria-valuenow', '50');
  await page.screenshot({ path: path.join(results, 'keys-compare.png') });
  await keyboard.press('Escape');
  await expect(compare).toBeHidden();
  await expect(tomo.viewer).toBeFocused();

  await tomo.panel.getByRole('button', { name: 'By eye…' }).focus();
  await keyboard.press('Enter');
  const eye = page.locator('.jp-tomo-centre:visible');
  const tiles = eye.locator('.jp-tomo-centre-tile');
  await expect(tiles).toHaveCount(9);
  await expect(eye.locator('.jp-tomo-centre-tile.jp-mod-old')).toHaveCount(0, {
    timeout: 60_000
  });
  await reach(eye);
  await tiles.nth(4).focus();
  await keyboard.press('+');
  await keyboard.press('Enter');
  await expect(eye.locator('tbody tr')).toHaveCount(1);
  await page.screenshot({ path: path.join(results, 'keys-by-eye.png') });
});

test('narrow and dark, with nothing chosen and with an error', async ({
  page
}) => {
  test.setTimeout(240_000);
  const tomo = new Tomography(page);
  await tomo.openData('examples/data', 'phantom_nxtomo.nxs');
  await tomo.show('Slice');
  await expect(tomo.facts).toContainText('256 × 256', { timeout: 60_000 });
  const shoot = async (name: string): Promise<void> => {
    for (const theme of ['Light', 'Dark']) {
      await page.theme.setTheme(`JupyterLab ${theme}`);
      await page.screenshot({
        path: path.join(results, `look-${name}-${theme.toLowerCase()}.png`)
      });
    }
  };
  /** Nothing sticks out of a part at its side. */
  const fits = async (part: Locator): Promise<void> =>
    expect(async () => {
      const beyond = await part.evaluate(
        node => node.scrollWidth - node.clientWidth
      );
      expect(beyond).toBeLessThanOrEqual(0);
    }).toPass({ timeout: 10_000 });
  await shoot('usual');
  await page.sidebar.setWidth(250, 'right');
  await fits(tomo.panel);
  await shoot('panel-250');
  await page.setViewportSize({ width: 880, height: 800 });
  for (const mode of ['Projection', 'Slice'] as const) {
    await tomo.show(mode);
    await fits(tomo.viewer.locator('.jp-tomo-viewer-toolbar'));
    await fits(tomo.viewer);
  }
  await shoot('narrow');
  await page.setViewportSize({ width: 1680, height: 1000 });

  // A region that lies outside is told in the panel's words, with the way to its field.
  await page.evaluate(() => {
    const widget: unknown = window.jupyterapp.shell.currentWidget;
    const { session } = widget as {
      session: { edit(change: object): void };
    };
    session.edit({ path: ['regions', 'roi'], value: [0, 0, 999, 12] });
  });
  const card = tomo.viewer.locator('.jp-tomo-viewer-message');
  await expect(card).toContainText('Centre of rotation › Region', {
    timeout: 30_000
  });
  await expect(card).not.toContainText('regions.roi');
  await expect(card.getByRole('button', { name: 'Show panel' })).toBeVisible();
  await shoot('error');
  await page.menu.clickMenuItem('File>New>Tomography Recipe');
  await expect(tomo.viewer).toContainText('Choose data', { timeout: 30_000 });
  await shoot('empty');
  // It lies beside the example data, which other tests open.
  const removed = await page.request.delete(
    '/api/contents/examples/data/untitled.tomo.json'
  );
  expect(removed.status()).toBe(204);
});
