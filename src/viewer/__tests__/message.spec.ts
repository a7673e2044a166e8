import { nullTranslator } from '@jupyterlab/translation';

import { MessageCard } from '../message';

const trans = nullTranslator.load('jupyterlab_tomo');

it('tells the time of what is computed second by second, until it is there', () => {
  jest.useFakeTimers();
  const card = new MessageCard(trans);
  const told = (): string | null | undefined =>
    card.node.querySelector('[role=timer]')?.textContent;
  const message = {
    kind: 'busy',
    title: 'Computing this slice, which takes about 2 min…',
    since: performance.now() - 5000
  } as const;
  card.display(message);
  expect(told()).toBe('For 5 s so far.');
  jest.advanceTimersByTime(60_000);
  expect(told()).toBe('For 1 min 5 s so far.');
  // Said once more, it goes on.
  card.display({ ...message });
  expect(told()).toBe('For 1 min 5 s so far.');
  card.display({ kind: 'empty', title: 'Stopped.' });
  expect(told()).toBeUndefined();
  expect(jest.getTimerCount()).toBe(0);
  card.display(message);
  card.dispose();
  expect(jest.getTimerCount()).toBe(0);
  // What comes too late begins nothing.
  card.display(message);
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});
