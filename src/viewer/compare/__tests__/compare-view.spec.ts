import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { ApiError } from '../../../api';
import { ContrastModel } from '../../contrast';
import type { IImage } from '../../pixels/image';
import { ImageView } from '../../pixels/image-view';
import { CompareView } from '../compare-view';
import { DifferenceView } from '../difference-view';
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

const SUBJECT: ISubject = {
  kind: 'slice',
  row: 48,
  frame: null,
  unit: '1/cm',
  pixel: 100
};

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

const sides = (): string[] =>
  [...(view.node.querySelector('.jp-tomo-compare-sides')?.children ?? [])].map(
    ({ textContent }) => textContent ?? ''
  );

const listed = (): unknown[] =>
  [...(view.node.querySelector('select')?.options ?? [])].map(
    ({ text, disabled }) => [text, disabled]
  );

/** B is computed anew and comes, as in a viewer. */
function renew(value: number): void {
  standing.outdate(true);
  panel.image = image(value);
  panel.shown.emit(panel.image);
  standing.settle();
}

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
    expect(listed()).toEqual([
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
  expect(said()).toBe('B is from before the last change: nothing is compared.');
  expect([names(), keep?.disabled]).toEqual([['A'], true]);
  card.querySelector('button')?.click();
  expect(pressed).toHaveBeenCalledTimes(1);
  // A is chosen anew meanwhile: it is there, and no number either.
  view.node.querySelector('select')?.dispatchEvent(new Event('change'));
  await settle();
  expect(said()).toBe('B is from before the last change: nothing is compared.');
  // It comes back as it was.
  standing.say(null);
  await settle();
  expect([card.hidden, keep?.disabled]).toEqual([true, false]);
  expect([said(), names()]).toEqual(['A − B: RMS 4, largest 4', ['A', 'B']]);
});

it('offers a kept image of another size no more, and says why', async () => {
  open(source('before', 5));
  await settle();
  [...view.node.querySelectorAll('button')]
    .find(({ textContent }) => textContent === 'Keep B as A')
    ?.click();
  await settle();
  expect(listed()[0]).toEqual(['Kept image', false]);
  standing.outdate(true);
  panel.image = { ...image(1), data: new Float32Array(4), rows: 2, columns: 2 };
  panel.shown.emit(panel.image);
  standing.settle();
  await settle();
  expect(listed()[0]).toEqual(['Kept image (4 × 4)', true]);
  expect(view.node.querySelector('option')?.title).toBe(
    'It has no difference from B now: 4 × 4.'
  );
  renew(2);
  await settle();
  expect(listed()[0]).toEqual(['Kept image', false]);
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
  expect(said()).toBe(
    'B is being computed: nothing is compared until it is there.'
  );
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
  await settle();
  expect(said()).toBe('A − B: RMS 4, largest 4');
});

it('keeps the keys after a click on an image', () => {
  open(source('before', 5));
  expect(view.node.tabIndex).toBe(-1);
  expect(view.node.hasAttribute('tabindex')).toBe(true);
});

it('tells nothing of an A that is on its way, or cannot be had', async () => {
  const curves = jest.spyOn(ProfileChart.prototype, 'setCurves');
  const differences = jest.spyOn(DifferenceView.prototype, 'show');
  const asked: {
    come: (image: IImage) => void;
    fail: (error: Error) => void;
  }[] = [];
  open({
    ...source('without', 5),
    image: () => new Promise((come, fail) => asked.push({ come, fail }))
  });
  const told = (): unknown => [
    said(),
    sides().map(each => each.slice(0, 2)),
    (curves.mock.lastCall?.[0] ?? []).map(({ name }) => name),
    differences.mock.lastCall?.[0]?.data[0] ?? null
  ];
  await settle();
  asked[0].come(image(5));
  await settle();
  const both = [
    ['A:', 'B:'],
    ['A', 'B']
  ];
  expect(told()).toEqual(['A − B: RMS 4, largest 4', ...both, 4]);
  // That A was of the recipe before.
  renew(2);
  await settle();
  expect(asked).toHaveLength(2);
  expect(told()).toEqual(['Computing A …', ['B:'], ['B'], null]);
  asked[1].fail(
    new ApiError({ code: 'x', message: 'No such filter.', where: '', hint: '' })
  );
  await settle();
  expect(told()).toEqual(['No such filter.', ['B:'], ['B'], null]);
  // What was there of it is not seen any more, either.
  const divider = view.node.querySelector<HTMLElement>('[role=slider]');
  expect(divider?.hidden).toBe(true);
  standing.setWork({ seconds: 1 });
  standing.setWork(null);
  expect(said()).toBe('No such filter.');
  renew(3);
  await settle();
  asked[2].come(image(9));
  await settle();
  expect(told()).toEqual(['A − B: RMS 6, largest 6', ...both, 6]);
});

it('keeps what another viewer is about to show, and tells no numbers of it meanwhile', async () => {
  const other = new Standing();
  const shown = new Signal<unknown, IImage>({});
  let there = image(3);
  open(
    {
      ...source('other', 3),
      subject: () => SUBJECT,
      ready: () => there,
      image: () => Promise.resolve(there),
      standing: other,
      changed: shown
    },
    source('before', 5)
  );
  const choice = (): unknown => view.node.querySelector('select')?.value;
  await settle();
  expect([choice(), said()]).toEqual(['other', 'A − B: RMS 2, largest 2']);
  other.setWork({ seconds: 5 });
  other.outdate(true);
  expect(listed()[0]).toEqual(['other (on its way)', true]);
  expect(said()).toBe(
    'A is being computed: nothing is compared until it is there.'
  );
  expect(sides()).toHaveLength(1);
  // The coarse image of it is not the one that is meant.
  there = { ...image(8), bin: 4 };
  shown.emit(there);
  renew(2);
  other.setWork(null);
  await settle();
  expect(choice()).toBe('other');
  expect(said()).toBe(
    'A is coarse so far: nothing is compared until all of it is there.'
  );
  there = image(7);
  shown.emit(there);
  await settle();
  expect(said()).toBe('A is from before the last change: nothing is compared.');
  other.settle();
  expect(listed()[0]).toEqual(['other', false]);
  expect(said()).toBe('A − B: RMS 5, largest 5');
  other.dispose();
});

it('begins with what another viewer shows when that is what is wanted there', async () => {
  const other = new Standing();
  other.outdate(true);
  open({
    ...source('other', 3),
    ready: () => image(3),
    standing: other
  });
  await settle();
  expect(listed()).toEqual([['other (out of date)', true]]);
  expect(said()).toContain('nothing to compare with');
  other.settle();
  await settle();
  expect(said()).toBe('A − B: RMS 2, largest 2');
  other.dispose();
});

it('lists what there is whenever B stands otherwise', async () => {
  open(source('before', 5));
  await settle();
  sources = [source('before', 5), source('filter', 3)];
  standing.setWork({ seconds: null });
  expect(listed()).toEqual([
    ['before', false],
    ['filter', false]
  ]);
  expect(said()).toBe('A − B: RMS 4, largest 4');
});

it('asks anew for an A that was chosen while B was not what is wanted', async () => {
  open(source('before', 5), source('filter', 3));
  await settle();
  standing.outdate(true);
  const choice = view.node.querySelector('select');
  choice!.value = 'filter';
  choice?.dispatchEvent(new Event('change'));
  await settle();
  // The change is undone: of this recipe, the filter removes something else.
  sources = [source('before', 5), source('filter', 9)];
  standing.settle();
  await settle();
  expect([choice?.value, said()]).toEqual([
    'filter',
    'A − B: RMS 8, largest 8'
  ]);
});

it('has no numbers of a coarse B', async () => {
  open(source('before', 5));
  await settle();
  panel.image = { ...image(1), bin: 2 };
  panel.shown.emit(panel.image);
  await settle();
  expect(said()).toBe(
    'B is coarse so far: nothing is compared until all of it is there.'
  );
});

it('gives A its own unit while B is away, and says which side was rounded', async () => {
  const set = jest.spyOn(ImageView.prototype, 'setImage');
  const rounded: IImage = { ...image(5), sent: 'uint16' };
  open({
    ...source('other', 5),
    subject: () => ({ ...SUBJECT, unit: '1/pixel' }),
    image: () => Promise.resolve(rounded)
  });
  await settle();
  expect(sides()[0]).toContain('16-bit');
  expect(sides()[1]).not.toContain('16-bit');
  set.mockClear();
  standing.outdate(true);
  expect(set.mock.calls).toContainEqual([rounded, '1/pixel']);
});
