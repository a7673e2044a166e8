/**
 * All that tunes a slice without its projections, used one after the other,
 * and what the page says to the server meanwhile.
 */
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import { expect } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import stepsFile from '../../src/recipe/steps.json';
import type { Tomography } from './tomography';

/** What a page says on its own or of the text: the document is kept, the price of a run and the state of the data are asked. */
const OF_THE_TEXT =
  /\/(api\/(contents|kernels|kernelspecs|sessions|terminals|me|status)|lab\/api)\b|\/api\/(data\/(estimate|describe)|events|jobs|resources)\b/;

/** A parameter of a step, as the schema has it. */
interface IParameter {
  title: string;
  type?: string;
  default?: unknown;
  enum?: readonly unknown[];
}

interface IWidget {
  content: {
    node: HTMLElement;
    view: { image: { about: { live?: boolean } } | null };
  };
}

/** Everything else that goes to the server from now on, by request or socket. */
export function wordsOf(page: IJupyterLabPageFixture): string[] {
  const words: string[] = [];
  page.on('request', request => {
    const { protocol, pathname } = new URL(request.url());
    if (protocol.startsWith('http') && !OF_THE_TEXT.test(pathname)) {
      words.push(`${request.method()} ${pathname}`);
    }
  });
  page.on('websocket', socket =>
    socket.on('framesent', () => words.push(socket.url()))
  );
  return words;
}

/**
 * Do something that changes the slice: another one is shown, made here.
 *
 * @param words that nobody may have said by then
 */
export async function follows(
  page: IJupyterLabPageFixture,
  words: readonly string[],
  what: string,
  act: () => Promise<unknown>
): Promise<void> {
  const seen = await page.evaluateHandle(() => {
    const widget: unknown = window.jupyterapp.shell.currentWidget;
    return (widget as IWidget).content.view.image;
  });
  await act();
  await expect
    .poll(
      () =>
        page.evaluate(before => {
          const widget: unknown = window.jupyterapp.shell.currentWidget;
          const { node, view } = (widget as IWidget).content;
          return (
            view.image !== before &&
            view.image?.about.live === true &&
            node.getAttribute('aria-busy') !== 'true'
          );
        }, seen),
      { message: `${what}: a slice of this page`, intervals: [20, 50, 100] }
    )
    .toBe(true);
  await seen.dispose();
  expect(words, `${what}: asks nobody`).toEqual([]);
}

/** Every control that needs no server. */
export async function tuneAll(
  page: IJupyterLabPageFixture,
  tomo: Tomography
): Promise<string[]> {
  const { panel, viewer } = tomo;
  const words = wordsOf(page);
  const used: string[] = [];
  const does = async (
    what: string,
    act: () => Promise<unknown>
  ): Promise<void> => {
    await follows(page, words, what, act);
    used.push(what);
  };
  const enter = async (field: Locator, text: string): Promise<void> => {
    await field.fill(text);
    await field.press('Enter');
  };

  const column = panel.getByLabel('Column of the axis of rotation');
  await does('axis by 0.05', () => column.press('ArrowUp'));
  await does('axis by 1', () => column.press('Shift+ArrowDown'));
  await column.hover();
  await does('axis by the wheel', () => page.mouse.wheel(0, 50));
  await does('axis as a number', () => enter(column, '129.3'));

  const stripes: readonly {
    name: string;
    title: string;
    schema: Readonly<Record<string, IParameter | undefined>>;
  }[] = stepsFile.steps.filter(({ domain }) => domain === 'sinogram');
  for (const { name, title, schema } of stripes) {
    const add = panel.getByLabel('Add a step', { exact: true });
    if (await add.locator(`option[value="${name}"]`).count()) {
      await does(title, () => add.selectOption(name));
    }
    const step = panel.locator('.jp-TomoStep', {
      has: page.getByRole('checkbox', { name: `${title}: on`, exact: true })
    });
    await step.locator('.jp-TomoStep-toggle').click();
    for (const [key, parameter] of Object.entries(schema)) {
      if (!parameter) {
        continue;
      }
      const label = parameter.title;
      await does(`${title}: ${key}`, async () => {
        if (parameter.enum) {
          const choice = step.getByRole('combobox', { name: label });
          const { enum: all, default: standard } = parameter;
          const other = all.findIndex(each => each !== standard);
          await choice.selectOption({ index: other });
        } else if (parameter.type === 'boolean') {
          await step
            .getByRole('checkbox', { name: label, exact: true })
            .click();
        } else {
          const slider = step.getByRole('slider', { name: label });
          await slider.press('ArrowRight');
        }
      });
    }
    const on = step.getByRole('checkbox', { name: `${title}: on` });
    await does(`${title} off`, () => on.uncheck());
    await step.locator('.jp-TomoStep-toggle').click();
  }

  for (const label of ['Filter', 'Sinogram ends']) {
    const choice = panel.getByLabel(label, { exact: true });
    const held = await choice.inputValue();
    const others = (
      await choice
        .locator('option')
        .evaluateAll(all => all.map(each => (each as HTMLOptionElement).value))
    ).filter(each => each !== held);
    expect(others.length, label).toBeGreaterThan(0);
    for (const other of others) {
      await does(`${label} ${other}`, () => choice.selectOption(other));
    }
  }
  const sliders = panel.getByRole('slider');
  for (const label of ['Cut-off', 'Circular mask']) {
    await does(label, () =>
      sliders.and(page.getByLabel(label, { exact: true })).press('ArrowLeft')
    );
  }
  await does('least angle', () =>
    panel.getByLabel(/^Least angle that is used/).press('Shift+ArrowUp')
  );
  await does('largest angle', () =>
    panel.getByLabel(/^Largest angle that is used/).press('Shift+ArrowDown')
  );
  await does('every second', () =>
    panel.getByLabel(/^Of these the first and then every/).press('ArrowUp')
  );
  await does('turn', () =>
    panel.getByLabel(/^Degrees by which slices are turned/).press('ArrowUp')
  );
  await does('undo', () => panel.getByRole('button', { name: 'Undo' }).click());
  await does('redo', () => panel.getByRole('button', { name: 'Redo' }).click());

  const picture = (): Promise<string> =>
    viewer
      .locator('canvas.jp-tomo-viewer-canvas')
      .evaluate(node => (node as HTMLCanvasElement).toDataURL());
  const repaints = async (
    what: string,
    act: () => Promise<unknown>
  ): Promise<void> => {
    const before = await picture();
    await act();
    await expect.poll(picture, { message: what }).not.toBe(before);
    expect(words, `${what}: asks nobody`).toEqual([]);
    used.push(what);
  };
  const contrast = viewer.locator('.jp-tomo-viewer-contrast');
  const levels = contrast.getByRole('textbox');
  await repaints('lower level', () => enter(levels.nth(0), '0.1'));
  await repaints('upper level', () => enter(levels.nth(1), '2'));
  await repaints('colour map', () =>
    contrast.getByLabel('Colour map').selectOption('viridis')
  );
  await repaints('inverted', () =>
    contrast.getByRole('button', { name: 'Invert', exact: true }).click()
  );
  await repaints('automatic levels', () =>
    contrast.getByRole('button', { name: 'Auto', exact: true }).click()
  );
  return used;
}
