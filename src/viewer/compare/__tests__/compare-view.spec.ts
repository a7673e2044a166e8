import { ApiError } from '../../../api';
import { ImageView } from '../../pixels/image-view';
import { ProfileChart } from '../profile-chart';
import type { ICompareSource } from '../source';
import type { ISubject } from '../subject';
import {
  contrast,
  image,
  listed,
  offer,
  open,
  panel,
  said,
  settle,
  sides,
  source,
  useComparisons,
  view
} from './comparisons';

jest.mock('../../plotly', () => ({
  ...jest.requireActual<object>('../../plotly'),
  loadPlotly: () => new Promise(() => undefined)
}));

useComparisons();

it('zooms and moves its line by keys, and says what fails', async () => {
  const overlays = jest.spyOn(ImageView.prototype, 'setOverlays');
  const zooms = jest.spyOn(ImageView.prototype, 'zoomBy');
  const resets = jest.spyOn(ImageView.prototype, 'resetZoom');
  open(source('before', 5));
  await settle();
  const divider = view().node.querySelector('[role=slider]');
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
  offer({
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
  });
  panel().shown.emit(image(1));
  await settle();
  expect(said()).toBe(
    'Centre of rotation › Region lies outside the image. Correct Centre of rotation › Region.'
  );
  expect(Number(divider?.getAttribute('aria-valuenow'))).toBeLessThan(50);
});

it('gives the difference levels of its own, zero in the middle', async () => {
  contrast().setLevels({ low: 0, high: 7 }, true);
  open(source('before', 5));
  const differs: boolean[] = [];
  view().differs.connect((_, on) => differs.push(on));
  await settle();
  const levels = view().node.querySelector('.jp-tomo-compare-levels')!;
  const fields = [...levels.querySelectorAll('input')];
  const values = (): number[] =>
    fields.map(({ value }) => Number(value.replace('−', '-')));
  const press = (text: string): void =>
    [...view().node.querySelectorAll('button')]
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
  panel().shown.emit(image(2));
  await settle();
  expect(values()).toEqual([-1.5, 1.5]);
  press('Auto');
  expect(values()).toEqual([-3, 3]);
  // Those of the images are not touched.
  expect(contrast().levels).toEqual({ low: 0, high: 7 });
  press('Swipe');
  expect(levels.classList).toContain('lm-mod-hidden');
  expect(differs).toEqual([true, false]);
});

it('shows all of B, and its values, where A has another size', async () => {
  const curves = jest.spyOn(ProfileChart.prototype, 'setCurves');
  const names = (): string[] =>
    (curves.mock.lastCall?.[0] ?? []).map(({ name }) => name);
  const [a, b] = [0, 1].map(
    index => () =>
      view().node.querySelectorAll<HTMLElement>('.jp-tomo-viewer-image')[index]
        .style.clipPath
  );
  open(source('before', 5));
  await settle();
  const divider = view().node.querySelector<HTMLElement>('[role=slider]')!;
  expect([a(), b(), divider.hidden]).toEqual([
    'inset(0 50% 0 0)',
    'inset(0 0 0 50%)',
    false
  ]);
  expect(names()).toEqual(['A', 'B']);
  const small = { ...image(2), data: new Float32Array(9), rows: 3, columns: 3 };
  panel().shown.emit(small);
  await settle();
  expect(said()).toBe(
    'A has 4 × 4 pixels and B 3 × 3: only images of one size can be compared.'
  );
  expect([a(), b(), divider.hidden]).toEqual([
    'inset(0 100% 0 0)',
    'inset(0 0 0 0%)',
    true
  ]);
  expect(names()).toEqual(['B']);
  panel().shown.emit(image(2));
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
      subject: () => ({ ...panel().subject, ...subject }),
      ready: () => there,
      image: () => Promise.resolve(there)
    };
  };
  it('names both with row, unit and pixel, and warns of what differs', async () => {
    open(other({ row: 20, pixel: 50 }));
    panel().title.label = 'phantom.tomo.json';
    await settle();
    expect(said()).toBe('A − B: RMS 2, largest 2');
    expect(sides()).toEqual([
      'A: other.tomo.json · row 20 · 1/cm · 50 µm a pixel',
      'B: phantom.tomo.json · row 48 · 1/cm · 100 µm a pixel',
      'A is row 20 and B row 48. A pixel is 50 µm in A and 100 µm in B: one place in both is not one place in the sample.'
    ]);
    panel().subject = { ...panel().subject, row: 20 };
    offer(other({}));
    panel().shown.emit(image(1));
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
      other({ middle: 'other scan' }, 8, 'large'),
      other({ kind: 'sinogram' }, 4, 'sinogram'),
      other({}, 4, 'fitting')
    );
    await settle();
    expect(listed()).toEqual([
      ['large.tomo.json (8 × 8)', true],
      ['sinogram.tomo.json (sinogram)', true],
      ['fitting.tomo.json', false]
    ]);
    expect(view().node.querySelector('select')?.value).toBe('fitting');
    expect(said()).toBe('A − B: RMS 2, largest 2');
  });
});

it('keeps the keys after a click on an image', () => {
  open(source('before', 5));
  expect(view().node.tabIndex).toBe(-1);
  expect(view().node.hasAttribute('tabindex')).toBe(true);
});
