import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { ApiError } from '../../../api';
import { ContrastModel } from '../../contrast';
import type { IImage } from '../../pixels/image';
import { ImageView } from '../../pixels/image-view';
import { CompareView } from '../compare-view';
import { ProfileChart } from '../profile-chart';
import { Standing } from '../../standing';
import type { IComparable, ICompareSource } from '../source';
import type { ISubject } from '../subject';

jest.mock('../../plotly', () => ({
  ...jest.requireActual<object>('../../plotly'),
  loadPlotly: () => new Promise(() => undefined)
}));

const image = (value: number): IImage => ({
  data: new Float32Array(16).fill(value),
  rows: 4,
  columns: 4,
  about: {}
});

const source = (id: string, value: number): ICompareSource => ({
  id,
  label: id,
  image: () => Promise.resolve(image(value))
});

const SUBJECT: ISubject = { kind: 'slice', row: 48, unit: '1/cm', pixel: 100 };

const settle = (): Promise<void> => new Promise(done => setTimeout(done));

let view: CompareView;
let contrast: ContrastModel;
/** What A can be. */
let sources: ICompareSource[];
let panel: IComparable & {
  image: IImage | null;
  subject: ISubject;
  readonly shown: Signal<unknown, IImage>;
  readonly standing: Standing;
};
let standing: Standing;
const cancel = jest.fn();

function open(...offered: ICompareSource[]): void {
  sources = offered;
  panel = Object.assign(new Widget(), {
    image: image(1),
    subject: SUBJECT,
    shown: new Signal<unknown, IImage>({}),
    standing
  });
  view = new CompareView({
    panel,
    contrast,
    themes: null,
    trans: nullTranslator.load('jupyterlab_tomo'),
    sources: () => sources,
    unit: () => 'per cm',
    cancel
  });
}

const said = (): string | null | undefined =>
  view.node.querySelector('.jp-tomo-compare-say')?.textContent;

beforeEach(() => {
  jest.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  contrast = new ContrastModel();
  standing = new Standing();
});
afterEach(() => {
  view.dispose();
  contrast.dispose();
  standing.dispose();
  jest.restoreAllMocks();
});

it('takes the first of the list when what A was is gone, and nothing when all are', async () => {
  open(source('before', 5), source('other', 3));
  const list = view.node.querySelector('select');
  await settle();
  expect([list?.value, said()]).toEqual(['before', 'A − B: RMS 4, largest 4']);
  sources = [source('other', 3)];
  panel.shown.emit(image(1));
  await settle();
  expect([list?.value, said()]).toEqual(['other', 'A − B: RMS 2, largest 2']);
  sources = [];
  panel.shown.emit(image(2));
  await settle();
  expect(said()).toContain('nothing to compare with');
  sources = [source('before', 5)];
  panel.shown.emit(image(2));
  await settle();
  expect([list?.value, said()]).toEqual(['before', 'A − B: RMS 3, largest 3']);
});

it('zooms and moves its line by keys, and says what fails', async () => {
  const overlays = jest.spyOn(ImageView.prototype, 'setOverlays');
  const zooms = jest.spyOn(ImageView.prototype, 'zoomBy');
  const resets = jest.spyOn(ImageView.prototype, 'resetZoom');
  open(source('before', 5));
  await settle();
  const divider = view.node.querySelector('[role=slider]');
  const press = (key: string, shiftKey = false): boolean =>
    divider!.dispatchEvent(
      new KeyboardEvent('keydown', { key, shiftKey, bubbles: true })
    );
  const line = (): number[] =>
    (overlays.mock.lastCall?.[0] ?? []).flatMap(each =>
      each.id === 'profile' ? [each.from.y, each.to.y] : []
    );
  expect(line()).toEqual([1.5, 1.5]);
  press('ArrowDown');
  expect(line()).toEqual([2.5, 2.5]);
  press('ArrowDown', true);
  expect(line()).toEqual([3, 3]);
  press('ArrowUp', true);
  expect(line()).toEqual([0, 0]);
  press('+');
  press('-');
  expect(zooms.mock.calls).toEqual([[1.25], [0.8]]);
  press('0');
  expect(resets).toHaveBeenCalled();
  expect(divider?.getAttribute('aria-valuenow')).toBe('50');
  press('ArrowLeft');
  // What A was cannot be had any more: in the words of the panel.
  sources = [
    {
      ...source('before', 5),
      image: () =>
        Promise.reject(
          new ApiError({
            code: 'outside',
            message: 'regions.roi lies outside the image.',
            where: 'regions.roi',
            hint: 'Correct regions.roi.'
          })
        )
    }
  ];
  panel.shown.emit(image(1));
  await settle();
  expect(said()).toBe(
    'Centre of rotation › Region lies outside the image. Correct Centre of rotation › Region.'
  );
  expect(Number(divider?.getAttribute('aria-valuenow'))).toBeLessThan(50);
});

it('gives the difference levels of its own, zero in the middle', async () => {
  contrast.setLevels({ low: 0, high: 7 }, true);
  open(source('before', 5));
  const differs: boolean[] = [];
  view.differs.connect((_, on) => differs.push(on));
  await settle();
  const levels = view.node.querySelector('.jp-tomo-compare-levels')!;
  const fields = [...levels.querySelectorAll('input')];
  const values = (): number[] =>
    fields.map(({ value }) => Number(value.replace('−', '-')));
  const press = (text: string): void =>
    [...view.node.querySelectorAll('button')]
      .find(({ textContent }) => textContent === text)
      ?.click();
  expect(levels.classList).toContain('lm-mod-hidden');
  press('A − B');
  expect(levels.classList).not.toContain('lm-mod-hidden');
  expect(values()).toEqual([-4, 4]);
  expect(levels.textContent).toContain('per cm');
  // One of them is set: the other one follows, and both stay with the next image.
  fields[0].value = '-1.5';
  for (const event of ['input', 'blur']) {
    fields[0].dispatchEvent(new Event(event));
  }
  expect(values()).toEqual([-1.5, 1.5]);
  panel.shown.emit(image(2));
  await settle();
  expect(values()).toEqual([-1.5, 1.5]);
  press('Auto');
  expect(values()).toEqual([-3, 3]);
  // Those of the images are not touched.
  expect(contrast.levels).toEqual({ low: 0, high: 7 });
  press('Swipe');
  expect(levels.classList).toContain('lm-mod-hidden');
  expect(differs).toEqual([true, false]);
});

it('asks before a slow image is computed, and lets go of it', async () => {
  const begun: AbortSignal[] = [];
  let arrive = (_: IImage): void => undefined;
  const slow: ICompareSource = {
    ...source('without', 5),
    price: () => Promise.resolve(95),
    image: signal => {
      begun.push(signal);
      return new Promise(resolve => {
        arrive = resolve;
      });
    }
  };
  open(slow);
  const line = view.node.querySelector('.jp-tomo-compare-say');
  const button = line!.querySelector('button')!;
  await settle();
  expect(line!.textContent).toBe('A takes about 1 min 35 s.Compute A');
  expect(begun).toHaveLength(0);
  button.click();
  await settle();
  expect(line!.textContent).toContain(
    'Computing A, which takes about 1 min 35 s'
  );
  expect(begun).toHaveLength(1);
  expect(button.textContent).toBe('Cancel');
  button.click();
  await settle();
  expect(begun[0].aborted).toBe(true);
  expect(button.textContent).toBe('Compute A');
  button.click();
  await settle();
  expect(begun).toHaveLength(2);
  arrive(image(5));
  await settle();
  expect(line!.textContent).toBe('A − B: RMS 4, largest 4');
  // B has changed: what A takes is asked again.
  panel.shown.emit(image(2));
  await settle();
  expect(begun).toHaveLength(2);
});

it('shows all of B, and its values, where A has another size', async () => {
  const curves = jest.spyOn(ProfileChart.prototype, 'setCurves');
  const names = (): string[] =>
    (curves.mock.lastCall?.[0] ?? []).map(({ name }) => name);
  const [a, b] = [0, 1].map(
    index => () =>
      view.node.querySelectorAll<HTMLElement>('.jp-tomo-viewer-image')[index]
        .style.clipPath
  );
  open(source('before', 5));
  await settle();
  const divider = view.node.querySelector<HTMLElement>('[role=slider]')!;
  expect([a(), b(), divider.hidden]).toEqual([
    'inset(0 50% 0 0)',
    'inset(0 0 0 50%)',
    false
  ]);
  expect(names()).toEqual(['A', 'B']);
  const small = { ...image(2), data: new Float32Array(4), rows: 2, columns: 2 };
  panel.shown.emit(small);
  await settle();
  expect(said()).toBe(
    'A has 4 × 4 pixels and B 2 × 2: only images of one size can be compared.'
  );
  expect([a(), b(), divider.hidden]).toEqual([
    'inset(0 100% 0 0)',
    'inset(0 0 0 0%)',
    true
  ]);
  expect(names()).toEqual(['B']);
  panel.shown.emit(image(2));
  await settle();
  expect([b(), divider.hidden]).toEqual(['inset(0 0 0 50%)', false]);
  expect(names()).toEqual(['A', 'B']);
});

describe('with what another viewer shows', () => {
  const other = (
    subject: Partial<ISubject>,
    size = 4,
    id = 'other'
  ): ICompareSource => {
    const there = {
      ...image(3),
      data: new Float32Array(size * size).fill(3),
      rows: size,
      columns: size
    };
    return {
      id,
      label: `${id}.tomo.json`,
      subject: () => ({ ...panel.subject, ...subject }),
      ready: () => there,
      image: () => Promise.resolve(there)
    };
  };
  const sides = (): string[] =>
    [
      ...(view.node.querySelector('.jp-tomo-compare-sides')?.children ?? [])
    ].map(({ textContent }) => textContent ?? '');

  it('names both with row, unit and pixel, and warns of what differs', async () => {
    open(other({ row: 20, pixel: 50 }));
    panel.title.label = 'phantom.tomo.json';
    await settle();
    expect(said()).toBe('A − B: RMS 2, largest 2');
    expect(sides()).toEqual([
      'A: other.tomo.json · row 20 · 1/cm · 50 µm a pixel',
      'B: phantom.tomo.json · row 48 · 1/cm · 100 µm a pixel',
      'A is row 20 and B row 48. A pixel is 50 µm in A and 100 µm in B: one place in both is not one place in the sample.'
    ]);
    panel.subject = { ...panel.subject, row: 20 };
    sources = [other({})];
    panel.shown.emit(image(1));
    await settle();
    expect(sides()).toHaveLength(2);
  });

  it('makes no difference of two units', async () => {
    const curves = jest.spyOn(ProfileChart.prototype, 'setCurves');
    open(other({ unit: '1/pixel' }));
    await settle();
    expect(said()).toBe(
      'A is in 1/pixel and B in 1/cm: values of two units have no difference.'
    );
    expect(curves.mock.lastCall?.[1]).toBe('A 1/pixel, B 1/cm');
  });

  it('does not let one choose what has another size, or is of another kind', async () => {
    open(
      other({}, 8, 'large'),
      other({ kind: 'sinogram' }, 4, 'sinogram'),
      other({}, 4, 'fitting')
    );
    await settle();
    const options = [...(view.node.querySelector('select')?.options ?? [])];
    expect(options.map(({ text, disabled }) => [text, disabled])).toEqual([
      ['large.tomo.json (8 × 8)', true],
      ['sinogram.tomo.json (sinogram)', true],
      ['fitting.tomo.json', false]
    ]);
    expect(view.node.querySelector('select')?.value).toBe('fitting');
    expect(said()).toBe('A − B: RMS 2, largest 2');
  });
});

it('says what keeps B away, and tells no numbers of one that is not wanted any more', async () => {
  const curves = jest.spyOn(ProfileChart.prototype, 'setCurves');
  const names = (): string[] =>
    (curves.mock.lastCall?.[0] ?? []).map(({ name }) => name);
  const pressed = jest.fn();
  open(source('before', 5));
  await settle();
  const card = view.node.querySelector<HTMLElement>('.jp-tomo-compare-card')!;
  const keep = [...view.node.querySelectorAll('button')].find(
    ({ textContent }) => textContent === 'Keep B as A'
  );
  expect([card.hidden, keep?.disabled]).toEqual([true, false]);
  standing.say({
    kind: 'failed',
    title: 'Angles used leaves no projection.',
    actions: [{ text: 'Try again', run: pressed }]
  });
  expect(card.textContent).toContain('Angles used leaves no projection.');
  expect(said()).toBe('B is not there: nothing is compared.');
  expect([names(), keep?.disabled]).toEqual([['A'], true]);
  card.querySelector('button')?.click();
  expect(pressed).toHaveBeenCalledTimes(1);
  // A is chosen anew meanwhile: it is there, and no number either.
  view.node.querySelector('select')?.dispatchEvent(new Event('change'));
  await settle();
  expect(said()).toBe('B is not there: nothing is compared.');
  // It comes back as it was.
  standing.say(null);
  expect([card.hidden, keep?.disabled]).toEqual([true, false]);
  expect([said(), names()]).toEqual(['A − B: RMS 4, largest 4', ['A', 'B']]);
});

it('says for how long B is computed, and takes the next one when it is there', async () => {
  jest.useFakeTimers();
  const pass = (milliseconds: number): Promise<void> =>
    jest.advanceTimersByTimeAsync(milliseconds);
  open(source('before', 5));
  await pass(1);
  const note = view.node.querySelector<HTMLElement>('.jp-tomo-viewer-wait')!;
  standing.setWork({ seconds: 5100 });
  standing.outdate(false);
  await pass(50);
  // One that comes soon is not spoken of.
  expect(said()).toBe('A − B: RMS 4, largest 4');
  await pass(2000);
  expect(said()).toBe('B is not there: nothing is compared.');
  expect(note.hidden).toBe(false);
  expect(note.textContent).toContain('of about');
  note.querySelector('button')?.click();
  expect(cancel).toHaveBeenCalledTimes(1);
  panel.image = image(2);
  panel.shown.emit(panel.image);
  standing.setWork(null);
  standing.settle();
  await pass(1);
  expect([note.hidden, said()]).toEqual([true, 'A − B: RMS 3, largest 3']);
  jest.useRealTimers();
});

it('begins without what is not wanted any more', async () => {
  standing.outdate(true);
  const curves = jest.spyOn(ProfileChart.prototype, 'setCurves');
  open(source('before', 5));
  await settle();
  expect(said()).toBe('B is not there: nothing is compared.');
  expect((curves.mock.lastCall?.[0] ?? []).map(({ name }) => name)).toEqual([
    'A'
  ]);
  standing.settle();
  expect(said()).toBe('A − B: RMS 4, largest 4');
});

it('keeps the keys after a click on an image', () => {
  open(source('before', 5));
  expect(view.node.tabIndex).toBe(-1);
  expect(view.node.hasAttribute('tabindex')).toBe(true);
});
