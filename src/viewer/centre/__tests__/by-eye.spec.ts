import { nullTranslator } from '@jupyterlab/translation';

import type { Recipe } from '../../../recipe';
import { FakeWorkers, frameOf } from '../../../tuning/__tests__/fakes';
import {
  DESCRIPTION,
  FakeSession,
  imageFrame,
  SlowApi
} from '../../__tests__/fakes';
import { CentreByEye } from '../by-eye';
import { OverlayView } from '../overlay-view';
import { CentreSearches } from '../searches';

// These are files beside the page.
jest.mock('../../../tuning/urls', () => ({}));
// There are no ports here to send memory to.
jest.mock('../../../tuning/release', () => ({ release: () => undefined }));

const settle = async (): Promise<void> => {
  await new Promise(resolve => setTimeout(resolve));
};

/** The fakes say what the widget uses of them. */
class Workers extends FakeWorkers {
  dispose(): void {
    // None was started.
  }
}

describe('The centre of rotation by eye', () => {
  let session: FakeSession;
  let api: SlowApi;
  let workers: Workers;
  let searches: CentreSearches;
  let eye: CentreByEye;

  const open = (): CentreByEye =>
    new CentreByEye({
      session: session.session,
      searches,
      api: api.api,
      workers: workers.workers,
      trans: nullTranslator.load('jupyterlab_tomo')
    });
  const tiles = (): HTMLElement[] => [
    ...eye.node.querySelectorAll<HTMLElement>('.jp-tomo-centre-tile')
  ];
  const columns = (): number[] =>
    tiles().map(({ textContent }) => Number(textContent));
  const press = (node: Element, key: string): void => {
    node.dispatchEvent(new KeyboardEvent('keydown', { key }));
  };
  const button = (text: string): HTMLButtonElement => {
    const found = [...eye.node.querySelectorAll('button')].find(
      ({ textContent }) => textContent === text
    );
    if (!found) {
      throw new Error(`No button says ${text}.`);
    }
    return found;
  };
  /** Another data set: its description comes after the recipe changed. */
  const switchTo = (path: string, size: { rows: number; columns: number }) => {
    session.description = { state: 'pending' };
    session.edit({ path: ['dataset', 'path'], value: path });
    session.description = {
      state: 'ready',
      value: { ...DESCRIPTION, ...size }
    };
    return () => session.changed.emit('description');
  };

  beforeEach(() => {
    Object.assign(globalThis, {
      ResizeObserver: class {
        observe(): void {}
        disconnect(): void {}
      }
    });
    jest.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
    session = new FakeSession({
      version: 1,
      dataset: { path: 'scan' },
      regions: { centre: { column: 100 } },
      filters: [],
      reconstruction: { tool: 'builtin', method: 'gridding', parameters: {} }
    } as unknown as Recipe);
    api = new SlowApi();
    workers = new Workers(settle);
    searches = new CentreSearches();
    eye = open();
  });
  afterEach(() => {
    eye.dispose();
    Reflect.deleteProperty(globalThis, 'ResizeObserver');
    jest.restoreAllMocks();
  });

  it('has no points of another data set, and those again that it had', () => {
    press(tiles()[6], 'Enter');
    expect(eye.points).toEqual([{ row: 4, column: 101 }]);
    const described = switchTo('other', { rows: 3, columns: 64 });
    // While it is read, nothing can be used.
    expect(eye.points).toEqual([]);
    expect(button('Use').disabled).toBe(true);
    described();
    expect(eye.points).toEqual([]);
    expect(api.asked.at(-1)?.request).toMatchObject({ row: 1 });
    // The axis of the recipe lies outside: the middle.
    press(tiles()[4], 'Enter');
    expect(eye.points).toEqual([{ row: 1, column: 31.5 }]);
    switchTo('scan', DESCRIPTION)();
    expect(eye.points).toEqual([{ row: 4, column: 101 }]);
  });

  it('marks no point outside of the image', () => {
    const enter = (label: string, value: string): HTMLInputElement => {
      const field = eye.node.querySelector<HTMLInputElement>(
        `[aria-label="${label}"]`
      )!;
      field.value = value;
      field.dispatchEvent(new Event('input'));
      press(field, 'Enter');
      return field;
    };
    const middle = enter('Column in the middle', '9999');
    expect(middle.title).toBe('From 0 to 511: the image ends there.');
    button('Add point').click();
    expect(eye.points).toEqual([{ row: 4, column: 100 }]);
    enter('Row that is looked at', '0');
    enter('Column in the middle', '511');
    button('Add point').click();
    // The line through both leaves the image above the last row.
    enter('Row that is looked at', '7');
    button('Add point').click();
    expect(eye.points.at(-1)).toEqual({ row: 7, column: 0 });
  });

  it('has no points of the image before it was turned', () => {
    press(tiles()[6], 'Enter');
    session.edit({ path: ['dataset', 'flip'], value: true });
    expect(eye.points).toEqual([]);
    session.edit({ path: ['dataset', 'flip'], value: undefined });
    expect(eye.points).toEqual([{ row: 4, column: 101 }]);
  });

  it('says nothing of slices about axes outside the image', () => {
    session.edit({ path: ['regions', 'centre', 'column'], value: 1 });
    eye.dispose();
    eye = open();
    const names = tiles().map(tile => tile.getAttribute('aria-label'));
    expect(names.slice(0, 3)).toEqual([
      '',
      '',
      'Column 0: click when it is the sharpest'
    ]);
    expect(tiles()[0].title).toBe('');
  });

  it('is busy until slices and images are there', async () => {
    const busy = (): string | null => eye.node.getAttribute('aria-busy');
    api.asked[0].answer(frameOf(512));
    await settle();
    button('0°/180° overlay').click();
    for (let image = 1; image <= 2; image++) {
      api.asked[image].answer(imageFrame(1));
      await settle();
    }
    expect([busy(), workers.work.length]).toEqual(['true', 1]);
    for (let slice = 0; slice < 9; slice++) {
      expect(busy()).toBe('true');
      await workers.work[0].finish();
    }
    expect(busy()).toBe('false');
  });

  it('says that the server makes the slices, for as long as it does', async () => {
    const said = (): string | undefined =>
      eye.node.querySelector<HTMLElement>('.jp-tomo-viewer-warning')?.title;
    api.asked[0].answer(frameOf(512));
    await settle();
    expect(said()).toBeUndefined();
    await workers.late(true);
    expect(said()).toBe(
      'The server computes slices for now: this browser has given none for some seconds.'
    );
    await workers.late(false);
    expect(said()).toBeUndefined();
    await workers.work[0].lose();
    expect(said()).toBe(
      'The server computes slices for now: A worker ended. The browser is tried again by itself.'
    );
    // Images of projections are nobody else's.
    button('0°/180° overlay').click();
    expect(said()).toBeUndefined();
  });

  it('says how the overlay is used, whatever becomes of slices', async () => {
    const said = (): string | null | undefined =>
      eye.node.querySelector('.jp-tomo-centre-facts')?.textContent;
    jest.spyOn(OverlayView.prototype, 'paint').mockReturnValue(0.25);
    button('0°/180° overlay').click();
    for (let image = 1; image <= 2; image++) {
      api.asked[image].answer(imageFrame(1));
      await settle();
    }
    expect(said()).toContain('Mean difference 0.25.');
    await workers.late(true);
    expect(said()).toContain('Mean difference 0.25.');
  });

  it('opens again at its points, and without any at the axis of now', () => {
    expect(columns()[4]).toBe(100);
    // While one looks, it stays where it is.
    session.edit({ path: ['regions', 'centre', 'column'], value: 120 });
    expect(columns()[4]).toBe(100);
    eye.dispose();
    eye = open();
    expect(columns()[4]).toBe(120);
    press(tiles()[6], 'Enter');
    session.edit({ path: ['regions', 'centre', 'column'], value: 130 });
    eye.dispose();
    eye = open();
    expect(columns()[4]).toBe(121);
  });
});
