import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { ApiError } from '../../../api';
import type { IImage } from '../../pixels/image';
import { Standing } from '../../standing';
import { DifferenceView } from '../difference-view';
import { ProfileChart } from '../profile-chart';
import { othersThan, register } from '../source';
import type { IComparable, ICompareSource } from '../source';
import {
  SUBJECT,
  image,
  listed,
  offer,
  open,
  panel,
  renew,
  said,
  settle,
  show,
  sides,
  source,
  standing,
  useComparisons,
  view
} from './comparisons';

jest.mock('../../plotly', () => ({
  ...jest.requireActual<object>('../../plotly'),
  loadPlotly: () => new Promise(() => undefined)
}));

useComparisons();

it('takes the first of the list when what A was is gone, and nothing when all are', async () => {
  open(source('before', 5), source('other', 3));
  const list = view().node.querySelector('select');
  await settle();
  expect([list?.value, said()]).toEqual(['before', 'A − B: RMS 4, largest 4']);
  offer(source('other', 3));
  panel().shown.emit(image(1));
  await settle();
  expect([list?.value, said()]).toEqual(['other', 'A − B: RMS 2, largest 2']);
  offer();
  panel().shown.emit(image(2));
  await settle();
  expect(said()).toContain('nothing to compare with');
  offer(source('before', 5));
  panel().shown.emit(image(2));
  await settle();
  expect([list?.value, said()]).toEqual(['before', 'A − B: RMS 3, largest 3']);
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
  const line = view().node.querySelector('.jp-tomo-compare-say');
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
  panel().shown.emit(image(2));
  await settle();
  expect(begun).toHaveLength(2);
});

it('offers a kept image of another size no more, and says why', async () => {
  open(source('before', 5));
  await settle();
  [...view().node.querySelectorAll('button')]
    .find(({ textContent }) => textContent === 'Keep B as A')
    ?.click();
  await settle();
  expect(listed()[0]).toEqual(['Kept image', false]);
  standing().outdate(true);
  show({
    ...image(1),
    data: new Float32Array(9),
    rows: 3,
    columns: 3
  });
  standing().settle();
  await settle();
  expect(listed()[0]).toEqual(['Kept image (4 × 4)', true]);
  expect(view().node.querySelector('option')?.title).toBe(
    'It has no difference from B now: 4 × 4.'
  );
  renew(2);
  await settle();
  expect(listed()[0]).toEqual(['Kept image', false]);
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
  const divider = view().node.querySelector<HTMLElement>('[role=slider]');
  expect(divider?.hidden).toBe(true);
  standing().setWork({ seconds: 1 });
  standing().setWork(null);
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
  const choice = (): unknown => view().node.querySelector('select')?.value;
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
  expect(said()).toContain('can be compared with this image now (out of date)');
  other.settle();
  await settle();
  expect(said()).toBe('A − B: RMS 2, largest 2');
  other.dispose();
});

it('lists what there is whenever B stands otherwise', async () => {
  open(source('before', 5));
  await settle();
  offer(source('before', 5), source('filter', 3));
  standing().setWork({ seconds: null });
  expect(listed()).toEqual([
    ['before', false],
    ['filter', false]
  ]);
  expect(said()).toBe('A − B: RMS 4, largest 4');
});

it('asks anew for an A that was chosen while B was not what is wanted', async () => {
  open(source('before', 5), source('filter', 3));
  await settle();
  standing().outdate(true);
  const choice = view().node.querySelector('select');
  choice!.value = 'filter';
  choice?.dispatchEvent(new Event('change'));
  await settle();
  // The change is undone: of this recipe, the filter removes something else.
  offer(source('before', 5), source('filter', 9));
  standing().settle();
  await settle();
  expect([choice?.value, said()]).toEqual([
    'filter',
    'A − B: RMS 8, largest 8'
  ]);
});

it('goes on with another A when the viewer of it is closed, and says so; one that is opened is listed', async () => {
  const viewer = (name: string, value: number): IComparable => {
    const made = Object.assign(new Widget(), {
      image: image(value),
      subject: SUBJECT,
      shown: new Signal<unknown, IImage>({}),
      standing: new Standing()
    });
    made.title.label = made.id = name;
    register(made);
    return made;
  };
  const one = viewer('one', 3);
  open();
  offer(...othersThan(panel()));
  renew(1);
  await settle();
  expect(said()).toBe('A − B: RMS 2, largest 2');
  const two = viewer('two', 5);
  offer(...othersThan(panel()));
  (two.shown as Signal<unknown, IImage>).emit(image(5));
  expect(listed().map(String)).toEqual(['one,false', 'two,false']);
  offer(...othersThan(panel()).slice(1));
  one.dispose();
  await settle();
  expect(listed().map(String)).toEqual(['two,false']);
  expect(said()).toBe(
    'one is closed, or shows nothing. · A − B: RMS 4, largest 4'
  );
  offer();
  two.dispose();
  expect(said()).toContain('two is closed, or shows nothing. There is nothing');
  expect(sides()).toHaveLength(1);
});
