import type { IImage } from '../../pixels/image';
import { ImageView } from '../../pixels/image-view';
import { pairOf } from '../pair';
import { ProfileChart } from '../profile-chart';
import {
  listed,
  offer,
  open,
  panel,
  said,
  settle,
  show,
  source,
  SUBJECT,
  useComparisons,
  view
} from './comparisons';

jest.mock('../../plotly', () => ({
  ...jest.requireActual<object>('../../plotly'),
  loadPlotly: () => new Promise(() => undefined)
}));

/** A slice with another value at each distance from its middle. */
function slice(size: number, more = 0): IImage {
  const data = Float32Array.from({ length: size * size }, (_, i) => {
    const [x, y] = [i % size, Math.floor(i / size)];
    return (x - (size - 1) / 2) * 10 + (y - (size - 1) / 2) + more;
  });
  return { data, rows: size, columns: size, about: {} };
}

it('are cut to what both slices have about their axis', () => {
  const [a, b] = [slice(4, 1), slice(8)];
  const about = (image: IImage, middle = 'axis') => ({ image, of: { middle } });
  const pair = pairOf(about(a), about(b))!;
  expect(pair.a).toBe(a);
  expect(pair.isCut).toBe(true);
  expect([pair.b.rows, pair.b.columns]).toEqual([4, 4]);
  expect([...pair.b.data]).toEqual([...slice(4).data]);
  // The same part is not made twice, and one of another size is.
  expect(pairOf(about(b), about(a))?.a).toBe(pair.b);
  expect(pairOf(about(b), about(slice(6)))?.a.columns).toBe(6);
  // An axis lies on a pixel in one of them, and between two in the other.
  expect(pairOf(about(a), about(slice(5)))).toBeNull();
  expect(pairOf(about(a), about(b, 'other'))).toBeNull();
  expect(pairOf(about(a, ''), about(b, ''))).toBeNull();
  expect(pairOf(about(a, ''), about(slice(4), ''))?.isCut).toBe(false);
});

describe('A and B of two sizes', () => {
  useComparisons();

  const before = (made: IImage) => ({
    ...source('before', 0),
    ready: () => made,
    image: () => Promise.resolve(made)
  });

  it('are compared about the axis, and the line stays where it is in the sample', async () => {
    const curves = jest.spyOn(ProfileChart.prototype, 'setCurves');
    const overlays = jest.spyOn(ImageView.prototype, 'setOverlays');
    const from = (): unknown =>
      overlays.mock.lastCall?.[0].flatMap(each =>
        each.id === 'profile'
          ? [each.from.x, each.from.y].map(at => Number(at.toFixed(9)))
          : []
      );
    const values = (): number[][] =>
      (curves.mock.lastCall?.[0] ?? []).map(({ values: all }) => [...all]);
    open(before(slice(8, 3)));
    show(slice(10));
    await settle();
    expect(listed()).toEqual([['before', false]]);
    expect(said()).toBe(
      'A − B: RMS 3, largest 3 · of the 8 × 8 pixels about the axis that both have'
    );
    const [a, b] = values();
    expect(b.map(value => Math.round(value + 3))).toEqual(a.map(Math.round));
    // The line is one row further up, of 8 x 8 pixels.
    view()
      .node.querySelector('[role=slider]')
      ?.dispatchEvent(
        new KeyboardEvent('keydown', { key: 'ArrowUp', bubbles: true })
      );
    expect(from()).toEqual([2.45, 2.5]);
    show(slice(6));
    await settle();
    expect(said()).toContain('of the 6 × 6 pixels');
    expect(from()).toEqual([1.45, 1.5]);
  });

  it('are refused where no pixel of one is one of the other, and it is said what there is', async () => {
    open(before(slice(5)));
    show(slice(8));
    await settle();
    expect(listed()).toEqual([['before (5 × 5)', true]]);
    expect(said()).toBe(
      'Nothing in the list can be compared with this image now (5 × 5): change something, open another recipe or result, or keep this image.'
    );
    panel().subject = { ...SUBJECT, middle: '' };
    offer(before(slice(6)));
    show(slice(8));
    await settle();
    expect(listed()).toEqual([['before (6 × 6)', true]]);
  });
});
