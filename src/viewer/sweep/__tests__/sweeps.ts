/**
 * Sweeps for tests: over a recipe in memory, of slices that come when a test
 * says so. The files that use it mock what only a page has.
 */
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import type { Recipe } from '../../../recipe';
import type { ILiveImage, IWantedSlice } from '../../../tuning';
import { DESCRIPTION, FakeSession } from '../../__tests__/fakes';
import { ContrastModel } from '../../contrast';
import type { Schema } from '../others';
import type { ISliceSource } from '../slice-source';
import { SweepView } from '../sweep-view';

export const trans = nullTranslator.load('jupyterlab_tomo');
const IMAGE: ILiveImage = {
  data: Float32Array.of(1),
  rows: 1,
  columns: 1,
  bin: 1,
  about: {}
};
export const RECIPE = {
  version: 1,
  dataset: { path: 'scan' },
  filters: [],
  reconstruction: { tool: 'builtin', method: 'gridding', parameters: {} }
} as unknown as Recipe;

/** Slices that come one at a time, when a test says so. */
export class SlowSource implements ISliceSource {
  constructor(private readonly _price: number | null = 0) {}

  readonly asked: IWantedSlice[] = [];
  isHere = true;
  isDisposed = false;

  seconds(): Promise<number | null> {
    return Promise.resolve(this._price);
  }

  slice(
    wanted: IWantedSlice,
    _: number,
    signal: AbortSignal
  ): Promise<ILiveImage> {
    this.asked.push(wanted);
    this.signal = signal;
    return new Promise((resolve, reject) => {
      this.answer = () => resolve(IMAGE);
      this.fail = (error = new Error('not this one')) => reject(error);
      signal.addEventListener('abort', () => reject(new Error('stopped')));
    });
  }

  dispose(): void {
    this.isDisposed = true;
  }

  answer = (): void => undefined;
  fail: (error?: Error) => void = () => undefined;
  signal: AbortSignal | null = null;
}

export const settle = (ms = 0): Promise<void> =>
  new Promise(done => setTimeout(done, ms));

let opened: SweepView | undefined;
let over: FakeSession;
let contrast: ContrastModel;

/** The sweep that a test has opened. */
export function view(): SweepView {
  if (!opened) {
    throw new Error('No sweep is open.');
  }
  return opened;
}

/** What it is over. */
export const session = (): FakeSession => over;

export function open(
  source: ISliceSource,
  recipe = RECIPE,
  axis = { column: 262.351237, row: 3, tilt: 0 },
  columns = DESCRIPTION.columns,
  schema?: Schema
): void {
  over = new FakeSession(recipe);
  over.description = {
    state: 'ready',
    value: { ...DESCRIPTION, columns }
  };
  opened = new SweepView({
    session: over.session,
    sweep: source,
    contrast,
    trans,
    axis: () => axis,
    pivot: () => 0,
    shown: new Signal({}),
    schema
  });
  document.body.append(opened.node);
}

export const button = (name: string): HTMLButtonElement => {
  const found = [...view().node.querySelectorAll('button')].find(
    each => each.textContent === name
  );
  if (!found) {
    throw new Error(`No button says ${name}.`);
  }
  return found;
};

export const labels = (): string[] =>
  [...view().node.querySelectorAll('.jp-tomo-sweep-label')].map(
    each => each.textContent ?? ''
  );

export const list = (label: string): HTMLSelectElement => {
  const found = view().node.querySelector<HTMLSelectElement>(
    `[aria-label="${label}"]`
  );
  if (!found) {
    throw new Error(`There is no list of ${label}.`);
  }
  return found;
};

export const choose = async (label: string, text: string): Promise<void> => {
  const options = [...list(label).options];
  list(label).selectedIndex = options.findIndex(each => each.text === text);
  list(label).dispatchEvent(new Event('change'));
  await settle(200);
};

export const said = (): string | null | undefined =>
  view().node.querySelector('[role=status]')?.textContent;

export const press = (key: string): boolean =>
  (document.activeElement ?? document.body).dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
  );

/** Each test of the file has a sweep of its own. */
export function useSweeps(): void {
  beforeEach(() => {
    jest.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
    contrast = new ContrastModel();
  });
  afterEach(() => {
    opened?.node.remove();
    opened?.dispose();
    contrast.dispose();
    jest.restoreAllMocks();
  });
}
