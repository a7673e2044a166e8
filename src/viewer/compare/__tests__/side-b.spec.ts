import type { IImage } from '../../pixels/image';
import { ImageView } from '../../pixels/image-view';
import { ProfileChart } from '../profile-chart';
import {
  SUBJECT,
  cancel,
  image,
  open,
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

it('says what keeps B away, and tells no numbers of one that is not wanted any more', async () => {
  const curves = jest.spyOn(ProfileChart.prototype, 'setCurves');
  const names = (): string[] =>
    (curves.mock.lastCall?.[0] ?? []).map(({ name }) => name);
  const pressed = jest.fn();
  open(source('before', 5));
  await settle();
  const card = view().node.querySelector<HTMLElement>('.jp-tomo-compare-card')!;
  const keep = [...view().node.querySelectorAll('button')].find(
    ({ textContent }) => textContent === 'Keep B as A'
  );
  expect([card.hidden, keep?.disabled]).toEqual([true, false]);
  standing().say({
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
  view().node.querySelector('select')?.dispatchEvent(new Event('change'));
  await settle();
  expect(said()).toBe('B is from before the last change: nothing is compared.');
  // It comes back as it was.
  standing().say(null);
  await settle();
  expect([card.hidden, keep?.disabled]).toEqual([true, false]);
  expect([said(), names()]).toEqual(['A − B: RMS 4, largest 4', ['A', 'B']]);
});

it('says for how long B is computed, and takes the next one when it is there', async () => {
  jest.useFakeTimers();
  const pass = (milliseconds: number): Promise<void> =>
    jest.advanceTimersByTimeAsync(milliseconds);
  open(source('before', 5));
  await pass(1);
  const note = view().node.querySelector<HTMLElement>('.jp-tomo-viewer-wait')!;
  standing().setWork({ seconds: 5100 });
  standing().outdate(false);
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
  show(image(2));
  standing().setWork(null);
  standing().settle();
  await pass(1);
  expect([note.hidden, said()]).toEqual([true, 'A − B: RMS 3, largest 3']);
  jest.useRealTimers();
});

it('begins without what is not wanted any more', async () => {
  standing().outdate(true);
  const curves = jest.spyOn(ProfileChart.prototype, 'setCurves');
  open(source('before', 5));
  await settle();
  expect(said()).toBe('B is not there: nothing is compared.');
  expect((curves.mock.lastCall?.[0] ?? []).map(({ name }) => name)).toEqual([
    'A'
  ]);
  standing().settle();
  await settle();
  expect(said()).toBe('A − B: RMS 4, largest 4');
});

it('has no numbers of a coarse B', async () => {
  open(source('before', 5));
  await settle();
  show({ ...image(1), bin: 2 });
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
  standing().outdate(true);
  expect(set.mock.calls).toContainEqual([
    rounded,
    '1/pixel',
    { middle: SUBJECT.middle }
  ]);
});
