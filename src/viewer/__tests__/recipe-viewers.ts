/**
 * Viewers of recipes for tests: their session, a server and workers that answer
 * when a test says so, and what they paint. The files that use it mock what
 * only a page has.
 */
import { nullTranslator } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import type { Recipe } from '../../recipe';
import type { ViewMode } from '../../tokens';
import { FakeWorkers, frameOf } from '../../tuning/__tests__/fakes';
import { RecipeViewer } from '../live';
import { PixelLayer } from '../pixels/pixel-layer';
import { FakeSession, sized, SlowApi } from './fakes';

const RECIPE = {
  version: 1,
  dataset: { path: 'scan' },
  regions: { centre: { column: 100 } },
  filters: [],
  reconstruction: { tool: 'builtin', method: 'gridding', parameters: {} }
} as unknown as Recipe;

const trans = nullTranslator.load('jupyterlab_tomo');

/** Let promises and timers that are due run. */
export async function settle(milliseconds = 0): Promise<void> {
  await jest.advanceTimersByTimeAsync(milliseconds);
}

let scans = 0;
let open: RecipeViewer[] = [];
let values: number[] = [];

export function make(
  mode: ViewMode = 'slice',
  changes: Partial<Recipe> = {},
  kernel: () => string | undefined = () => undefined
) {
  // Images of one data set are kept from one viewer to the next.
  const dataset = { path: `scan ${++scans}` };
  const session = new FakeSession({ ...RECIPE, dataset, ...changes });
  session.position = { mode, frame: 0, row: 3 };
  const api = new SlowApi();
  const fake = new FakeWorkers(settle);
  const viewer = new RecipeViewer({
    session: session.session,
    api: api.api,
    themes: null,
    trans,
    showPanel: () => undefined,
    logIn: () => undefined,
    workers: fake.workers,
    kernel
  });
  open.push(viewer);
  MessageLoop.sendMessage(viewer.view, Widget.ResizeMessage.UnknownSize);
  return { session, api, viewer, work: fake.work, workers: fake };
}

export const centreAt = (session: FakeSession, column: number): void =>
  session.edit({ path: ['regions', 'centre', 'column'], value: column });

/** A slice at column 100 is shown, the next ones are due. */
export async function shown() {
  const made = make();
  await settle();
  made.api.asked[0].answer(frameOf(512));
  await settle();
  await made.work[0].finish();
  expect(made.viewer.image?.data[0]).toBe(100);
  centreAt(made.session, 101);
  await settle(100);
  expect(made.api.asked).toHaveLength(1);
  return made;
}

/** First value of each image that a test's viewers have painted. */
export const painted = (): readonly number[] => values;

/** Timers run when a test says so, images have a size, and viewers are gone after each test. */
export function useViewers(): void {
  let unsize: () => void;
  beforeEach(() => {
    jest.useFakeTimers();
    unsize = sized();
    values = [];
    jest.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
    jest
      .spyOn(PixelLayer.prototype, 'paint')
      .mockImplementation(({ data }) => void values.push(data[0]));
  });
  afterEach(() => {
    open.forEach(viewer => viewer.dispose());
    open = [];
    jest.restoreAllMocks();
    jest.useRealTimers();
    unsize();
  });
}

export const said = (viewer: RecipeViewer): string =>
  viewer.info.node.textContent ?? '';

export function button(
  { node }: { node: HTMLElement },
  text: string
): HTMLButtonElement {
  const found = [...node.querySelectorAll('button')].find(
    ({ textContent }) => textContent === text
  );
  if (!found) {
    throw new Error(`No button says ${text}.`);
  }
  return found;
}
