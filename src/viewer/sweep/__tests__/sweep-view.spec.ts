import { nullTranslator } from '@jupyterlab/translation';

import { ApiError } from '../../../api';
import type { Recipe } from '../../../recipe';
import type { ILiveImage, IWantedSlice } from '../../../tuning';
import { FakeSession } from '../../__tests__/fakes';
import { ContrastModel } from '../../contrast';
import { EngineSlices } from '../engine-slices';
import type { ISliceSource } from '../slice-source';
import { FakeWorkers } from '../../../tuning/__tests__/fakes';
import { SweepView } from '../sweep-view';

// What only a page has.
jest.mock('../../../tuning/urls', () => ({}));

const trans = nullTranslator.load('jupyterlab_tomo');
const IMAGE: ILiveImage = {
  data: Float32Array.of(1),
  rows: 1,
  columns: 1,
  bin: 1,
  about: {}
};
const RECIPE = {
  version: 1,
  dataset: { path: 'scan' },
  filters: [],
  reconstruction: { tool: 'builtin', method: 'gridding', parameters: {} }
} as unknown as Recipe;

/** Slices that come one at a time, when a test says so. */
class SlowSource implements ISliceSource {
  readonly asked: IWantedSlice[] = [];
  isDisposed = false;

  slice(
    wanted: IWantedSlice,
    _: number,
    signal: AbortSignal
  ): Promise<ILiveImage> {
    this.asked.push(wanted);
    this.signal = signal;
    return new Promise((resolve, reject) => {
      this.answer = () => resolve(IMAGE);
      signal.addEventListener('abort', () => reject(new Error('stopped')));
    });
  }

  dispose(): void {
    this.isDisposed = true;
  }

  answer = (): void => undefined;
  signal: AbortSignal | null = null;
}

const settle = (): Promise<void> => new Promise(done => setTimeout(done));

let view: SweepView | undefined;
let contrast: ContrastModel;

beforeEach(() => {
  jest.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  contrast = new ContrastModel();
});
afterEach(() => {
  view?.node.remove();
  view?.dispose();
  contrast.dispose();
  jest.restoreAllMocks();
});

function make(source: ISliceSource, recipe = RECIPE): SweepView {
  const session = new FakeSession(recipe);
  view = new SweepView({
    session: session.session,
    sweep: source,
    contrast,
    trans,
    axis: { column: 262.351237, row: 3, tilt: 0 }
  });
  document.body.append(view.node);
  return view;
}

const button = (name: string): HTMLButtonElement => {
  const found = [...(view?.node.querySelectorAll('button') ?? [])].find(
    each => each.textContent === name
  );
  if (!found) {
    throw new Error(`No button says ${name}.`);
  }
  return found;
};

const labels = (): string[] =>
  [...(view?.node.querySelectorAll('.jp-tomo-sweep-label') ?? [])].map(
    each => each.textContent ?? ''
  );

const press = (key: string): boolean =>
  (document.activeElement ?? document.body).dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
  );

it('that falls back to the server can be stopped, and goes on where it was', async () => {
  const server = new SlowSource();
  const refused = new ApiError({
    code: 'engine-refused',
    message: 'The browser does not let the engine run.',
    where: 'browser',
    hint: ''
  });
  const engine = {
    isDisposed: false,
    dispose: () => undefined,
    slice: () => Promise.reject(refused)
  };
  make(new EngineSlices(engine, server, new FakeWorkers(settle).workers));
  await settle();
  expect(server.asked).toHaveLength(1);
  expect(button('Stop').hidden).toBe(false);
  server.answer();
  await settle();
  button('Stop').focus();
  button('Stop').click();
  expect(server.signal?.aborted).toBe(true);
  await settle();
  expect(server.asked).toHaveLength(2);
  expect(button('Stop').hidden).toBe(true);
  // The keys are with what can be done next.
  expect(document.activeElement).toBe(button('Start'));
  button('Start').click();
  await settle();
  expect(server.asked).toHaveLength(3);
  expect(server.asked[2]).toEqual(server.asked[1]);
  expect(button('Stop').hidden).toBe(false);
  // The button that was pressed is gone; the keys are with the sweep.
  expect(document.activeElement).toBe(view?.node);
});

it('has no Stop when all slices are there', async () => {
  const source = new SlowSource();
  make(source);
  for (let i = 0; i < 9; i++) {
    await settle();
    expect(button('Stop').hidden).toBe(false);
    source.answer();
  }
  await settle();
  expect(button('Stop').hidden).toBe(true);
});

it('marks what holds now of an axis that was found, with all its digits', () => {
  make(new SlowSource());
  const now = labels().filter(label => label.endsWith(' (now)'));
  expect(now).toEqual(['262.351 (now)']);
  expect(labels().indexOf('262.351 (now)')).toBe(4);
});

it('Escape in a number leaves the keys with the sweep, and once more closes it', () => {
  make(new SlowSource());
  let closed = 0;
  view?.closed.connect(() => closed++);
  const first = view?.node.querySelector<HTMLInputElement>(
    '[aria-label="First value"]'
  );
  if (!first) {
    throw new Error('There is no first value.');
  }
  const before = first.value;
  first.focus();
  first.value = '7';
  first.dispatchEvent(new Event('input'));
  press('Escape');
  expect(first.value).toBe(before);
  expect(closed).toBe(0);
  expect(document.activeElement).toBe(view?.node);
  press('Escape');
  expect(closed).toBe(1);
});

it('arrow keys walk over the slices, and end at its sides', () => {
  make(new SlowSource());
  const second = view?.node.querySelector<HTMLSelectElement>(
    '[aria-label="Second parameter"]'
  );
  expect(second).not.toBeNull();
  const cells = [
    ...(view?.node.querySelectorAll<HTMLElement>('.jp-tomo-sweep-take') ?? [])
  ];
  cells[0].focus();
  const at = (): number =>
    cells.findIndex(cell => cell === document.activeElement);
  press('ArrowRight');
  expect(at()).toBe(1);
  press('ArrowLeft');
  press('ArrowLeft');
  press('ArrowDown');
  expect(at()).toBe(0);
});
