/** @jest-environment node */
import type { FromWorker } from '../messages';
import { release } from '../release';
import {
  ALL,
  FakeWorker,
  PLAN,
  compiled,
  healthy,
  pool,
  row,
  usePools
} from './pools';

describe('The workers of a page', () => {
  usePools();

  it('share each slice, and get a row once', async () => {
    const workers = pool();
    expect(workers.count).toBe(0);
    for (let i = 1; i <= 3; i++) {
      const done = await workers.slice('whole', row('a'), ALL, PLAN, 1.5);
      expect(done.data[0]).toBe(i);
    }
    await workers.slice('first', row('a'), { bin: 2, thin: 1 }, PLAN, 1.5);
    await workers.slice('whole', row('b'), ALL, PLAN, 1.5);
    expect(workers.count).toBe(2);
    expect(FakeWorker.all).toHaveLength(2);
    FakeWorker.all.forEach(({ asked }, which) => {
      expect(asked.map(({ kind }) => kind).join(' ')).toBe(
        'start sinogram load slice slice slice load slice sinogram load slice'
      );
      expect(asked[0]).toMatchObject({ half: which });
      const pairs = asked.flatMap(each =>
        each.kind === 'slice' ? [each.pair] : []
      );
      expect(pairs).toEqual([1, 2, 3, 4, 5]);
      const given = asked.flatMap(each =>
        each.kind === 'sinogram' ? [each.key] : []
      );
      expect(given).toEqual(['a', 'b']);
    });
  });

  it('get the values of a row again when they want them, of who asked last', async () => {
    const workers = pool();
    const [gone, kept] = [row('a'), row('a')];
    await workers.slice('whole', gone, ALL, PLAN, 1.5);
    await workers.slice('whole', kept, ALL, PLAN, 1.5);
    release(gone.sinogram.data);
    const [{ asked, onmessage }] = FakeWorker.all;
    const want = (key: string): unknown => {
      onmessage?.({ data: { kind: 'want', key } } as MessageEvent<FromWorker>);
      return asked.at(-1);
    };
    expect(want('a')).toEqual({
      kind: 'sinogram',
      key: 'a',
      data: kept.sinogram.data
    });
    // A copy: the other worker needs them, too.
    expect(kept.sinogram.data).toHaveLength(8);
    release(kept.sinogram.data);
    for (const key of ['a', 'b']) {
      expect(want(key)).toEqual({ kind: 'sinogram', key, data: null });
    }
  });

  it('get a row again when its values may be others', async () => {
    const workers = pool();
    await workers.slice('whole', row('a'), ALL, PLAN, 1.5);
    workers.forget();
    await workers.slice('whole', row('a'), ALL, PLAN, 1.5);
    expect(FakeWorker.all[0].asked.map(({ kind }) => kind).join(' ')).toBe(
      'start sinogram load slice sinogram load slice'
    );
  });

  it('say that the browser refuses WebAssembly, and try again the next time', async () => {
    let refusals = 1;
    const workers = pool({
      compile: () =>
        refusals-- > 0
          ? Promise.reject(new Error('Content Security Policy'))
          : Promise.resolve(compiled)
    });
    await expect(
      workers.slice('whole', row('a'), ALL, PLAN, 1.5)
    ).rejects.toMatchObject({
      failure: {
        code: 'engine-refused',
        where: 'browser',
        message: expect.stringContaining('Content Security Policy') as string
      }
    });
    await workers.slice('whole', row('a'), ALL, PLAN, 1.5);
    expect(workers.count).toBe(2);
  });

  it('are not given a row whose memory was given back while they started', async () => {
    const workers = pool();
    const given = row('a');
    const slice = workers.slice('whole', given, ALL, PLAN, 1.5);
    release(given.sinogram.data);
    await expect(slice).rejects.toMatchObject({ name: 'AbortError' });
    expect(FakeWorker.all.map(({ asked }) => asked.length)).toEqual([1, 1]);
    await workers.slice('whole', row('a'), ALL, PLAN, 1.5);
    expect(workers.count).toBe(2);
  });

  it('say that the browser refuses workers', async () => {
    const workers = pool({
      start: () => {
        throw new Error('No workers here');
      }
    });
    await expect(
      workers.slice('whole', row('a'), ALL, PLAN, 1.5)
    ).rejects.toMatchObject({ failure: { code: 'engine-refused' } });
    expect(workers.count).toBe(0);
  });

  it('end when nobody tunes, not while somebody waits', async () => {
    const workers = pool({ idle: 10 });
    await workers.slice('whole', row('a'), ALL, PLAN, 1.5);
    expect(workers.count).toBe(2);
    FakeWorker.answer = () => null;
    const waiting = workers.slice('whole', row('a'), ALL, PLAN, 1.5);
    await new Promise(resolve => setTimeout(resolve, 40));
    expect(workers.count).toBe(2);
    const [first, second] = FakeWorker.all;
    first.onmessage?.({
      data: healthy(first.asked[first.asked.length - 1], 0)
    } as MessageEvent<FromWorker>);
    second.onmessage?.({
      data: healthy(second.asked[second.asked.length - 1], 1)
    } as MessageEvent<FromWorker>);
    await waiting;
    await new Promise(resolve => setTimeout(resolve, 40));
    expect(workers.count).toBe(0);
    expect(FakeWorker.all.every(({ ended }) => ended)).toBe(true);
  });
});
