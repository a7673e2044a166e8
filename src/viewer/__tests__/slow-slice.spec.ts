import { nullTranslator } from '@jupyterlab/translation';

import type { Recipe } from '../../recipe';
import type { IMessage } from '../message';
import { SlowSlices } from '../live/slow-slice';

const recipe = (tool: string, column = 1): Recipe =>
  ({
    version: 1,
    dataset: { path: 'scan' },
    regions: { centre: { column } },
    filters: [],
    reconstruction: { tool, method: tool === 'builtin' ? 'gridding' : 'SIRT' }
  }) as unknown as Recipe;

function make(answer: () => Promise<{ slice: number | null }>): {
  slow: SlowSlices;
  asked: () => number;
  changed: jest.Mock;
} {
  const estimate = jest.fn(answer);
  const changed = jest.fn();
  const slow = new SlowSlices({
    api: { estimate } as unknown as ConstructorParameters<
      typeof SlowSlices
    >[0]['api'],
    purpose: 'viewer',
    trans: nullTranslator.load('jupyterlab_tomo'),
    kernel: () => 'conda-tomo',
    changed
  });
  return { slow, asked: () => estimate.mock.calls.length, changed };
}

const settle = (): Promise<void> => new Promise(done => setTimeout(done, 0));

it('asks nobody about the engine', () => {
  const { slow, asked } = make(() => Promise.resolve({ slice: 100 }));
  expect(slow.about('/', recipe('builtin'), 'a')).toBe('go');
  expect(asked()).toBe(0);
});

it('lets quick ones go, and asks once for what costs the same', async () => {
  const { slow, asked, changed } = make(() => Promise.resolve({ slice: 2 }));
  expect(slow.about('/', recipe('astra', 1), 'a')).toBe('wait');
  await settle();
  expect(changed).toHaveBeenCalledTimes(1);
  expect(slow.about('/', recipe('astra', 1), 'a')).toBe('go');
  expect(slow.about('/', recipe('astra', 2), 'b')).toBe('go');
  expect(asked()).toBe(1);
  expect(slow.computing('a', () => undefined)).toBeNull();
});

it('says what a slow one takes; it is begun and cancelled by the user', async () => {
  const { slow, changed } = make(() => Promise.resolve({ slice: 720 }));
  slow.about('/', recipe('astra'), 'a');
  await settle();
  const told = slow.about('/', recipe('astra'), 'a') as IMessage;
  expect(told.title).toMatch(
    /^This slice takes about 12 min.* by ASTRA SIRT\.$/
  );
  told.actions?.[0].run();
  expect(changed).toHaveBeenCalledTimes(2);
  expect(slow.about('/', recipe('astra'), 'a')).toBe('go');
  // Another slice is another agreement.
  expect(slow.about('/', recipe('astra', 2), 'b')).not.toBe('go');
  const stop = jest.fn();
  const computing = slow.computing('a', stop);
  expect(computing?.kind).toBe('busy');
  // Asked for again meanwhile it goes on; made anew it begins anew.
  const now = jest.spyOn(performance, 'now').mockReturnValue(9e9);
  expect(slow.computing('a', stop)?.since).toBe(computing?.since);
  slow.rest();
  expect(slow.computing('a', stop)?.since).toBe(9e9);
  now.mockRestore();
  computing?.actions?.[0].run();
  expect(stop).toHaveBeenCalledTimes(1);
  expect(slow.about('/', recipe('astra'), 'a')).not.toBe('go');
});

it('begins the clock anew for another slice, though the last one was not over', async () => {
  const { slow } = make(() => Promise.resolve({ slice: 720 }));
  const now = jest.spyOn(performance, 'now').mockReturnValue(1000);
  const agree = (column: number, key: string): void => {
    const told = slow.about('/', recipe('astra', column), key) as IMessage;
    told.actions?.[0].run();
    expect(slow.about('/', recipe('astra', column), key)).toBe('go');
  };
  const since = (key: string): number | undefined =>
    slow.computing(key, () => undefined)?.since;
  slow.about('/', recipe('astra', 1), 'a');
  await settle();
  agree(1, 'a');
  expect(since('a')).toBe(1000);
  // Cancelled, and another one begun before the server has let go of it.
  slow.computing('a', () => undefined)?.actions?.[0].run();
  now.mockReturnValue(4000);
  agree(2, 'b');
  expect(since('b')).toBe(4000);
  // Left for another one, which stops it, and come back to.
  now.mockReturnValue(9000);
  slow.about('/', recipe('astra', 3), 'c');
  expect(slow.about('/', recipe('astra', 2), 'b')).toBe('go');
  expect(since('b')).toBe(9000);
  now.mockRestore();
});

it('does not stand in the way when there is no estimate', async () => {
  const { slow } = make(() => Promise.reject(new Error('away')));
  slow.about('/', recipe('astra'), 'a');
  await settle();
  expect(slow.about('/', recipe('astra'), 'a')).toBe('go');
});
