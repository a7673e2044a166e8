import { nullTranslator } from '@jupyterlab/translation';

import { ByteCache, Newest } from '../frames';
import { short, typed, duration } from '../format';
import { countFinished, nearestFinished } from '../results/finished';
import { factsOf } from '../results/facts';

describe('the cache', () => {
  const make = () => new ByteCache<string>(10, text => text.length);

  it('throws away the least recently used', () => {
    const cache = make();
    cache.set('a', 'aaaa');
    cache.set('b', 'bbbb');
    expect(cache.get('a')).toBe('aaaa');
    cache.set('c', 'cccc');
    expect(cache.get('b')).toBeUndefined();
    expect([cache.get('a'), cache.get('c')]).toEqual(['aaaa', 'cccc']);
    expect(cache.used).toBe(8);
  });

  it('counts replaced and refused values right', () => {
    const cache = make();
    cache.set('a', 'aaaa');
    cache.set('a', 'aa');
    expect(cache.used).toBe(2);
    cache.set('b', 'x'.repeat(11));
    expect(cache.get('b')).toBeUndefined();
    expect(cache.used).toBe(2);
    cache.delete('a');
    expect(cache.used).toBe(0);
  });
});

describe('newest wins', () => {
  function setup() {
    const log: string[] = [];
    const open = new Map<
      string,
      { resolve(v: string): void; reject(e: Error): void }
    >();
    const kept = new Map<string, string>();
    const newest = new Newest<string>({
      cached: key => kept.get(key),
      ready: value => log.push(value),
      failed: error => log.push(String(error)),
      busy: busy => log.push(busy ? 'busy' : 'idle')
    });
    const ask = (key: string, hurry = false) =>
      newest.ask(
        {
          key,
          fetch: signal =>
            new Promise((resolve, reject) => {
              log.push(`fetch ${key}`);
              open.set(key, { resolve, reject });
              signal.addEventListener('abort', () =>
                reject(new Error(`aborted ${key}`))
              );
            })
        },
        hurry
      );
    const settle = () => new Promise(resolve => setTimeout(resolve, 0));
    return { log, open, kept, newest, ask, settle };
  }

  it('has one on its way and keeps the last one waiting', async () => {
    const { log, open, ask, settle } = setup();
    ['1', '2', '3', '4'].forEach(key => ask(key));
    open.get('1')?.resolve('one');
    await settle();
    open.get('4')?.resolve('four');
    await settle();
    expect(log).toEqual([
      'busy',
      'fetch 1',
      'one',
      'busy',
      'fetch 4',
      'four',
      'idle'
    ]);
  });

  it('aborts what nobody wants when in a hurry, and says nothing of it', async () => {
    const { log, open, ask, settle } = setup();
    ask('1', true);
    ask('2', true);
    await settle();
    open.get('2')?.resolve('two');
    await settle();
    expect(log).toEqual(['busy', 'fetch 1', 'busy', 'fetch 2', 'two', 'idle']);
  });

  it('answers from the cache at once and forgets the rest', async () => {
    const { log, kept, ask, settle } = setup();
    kept.set('9', 'nine');
    ask('1');
    ask('2');
    ask('9');
    await settle();
    expect(log).toEqual(['busy', 'fetch 1', 'nine', 'idle']);
  });

  it('asks again for what was dropped on its way', async () => {
    const { log, open, newest, ask, settle } = setup();
    ask('1');
    newest.drop();
    ask('1');
    await settle();
    open.get('1')?.resolve('one');
    await settle();
    expect(log).toEqual(['busy', 'fetch 1', 'busy', 'fetch 1', 'one', 'idle']);
  });

  it('reports a failure of the last one only', async () => {
    const { log, open, ask, settle } = setup();
    ask('1');
    ask('2');
    open.get('1')?.reject(new Error('lost'));
    await settle();
    open.get('2')?.reject(new Error('gone'));
    await settle();
    expect(log).toEqual([
      'busy',
      'fetch 1',
      'busy',
      'fetch 2',
      'Error: gone',
      'idle'
    ]);
  });
});

describe('numbers in words', () => {
  it('are short', () => {
    expect(short(0.0041312)).toBe('0.004131');
    expect(short(-0.0007)).toBe('−0.0007');
    expect(short(0.000012345)).toBe('1.234e-5');
    expect(short(NaN)).toBe('NaN');
    expect(duration(0.0343)).toBe('34 ms');
    expect(duration(1.24)).toBe('1.2 s');
  });

  it('are read back', () => {
    expect(typed('−0.5')).toBe(-0.5);
    expect(typed(' 1,5 ')).toBe(1.5);
    expect(typed('')).toBeNull();
    expect(typed('wide')).toBeNull();
  });
});

describe('growing results', () => {
  it('show the nearest row that is there', () => {
    const runs: [number, number][] = [
      [10, 20],
      [40, 41]
    ];
    expect(nearestFinished(runs, 12)).toBe(12);
    expect(nearestFinished(runs, 25)).toBe(19);
    expect(nearestFinished(runs, 35)).toBe(40);
    expect(nearestFinished([], 5)).toBeNull();
    expect(countFinished(runs)).toBe(11);
  });

  it('say what they are', () => {
    expect(
      factsOf(
        {
          folder: '/x',
          complete: true,
          rows: [0, 128],
          finished: [[0, 128]],
          height: 835,
          width: 835,
          range: null,
          histogram: null,
          unit: '1/cm',
          pixelSize: { value: 55, unit: 'um' },
          record: {
            tool: 'builtin',
            method: 'gridding',
            centre: { used: { column: 399.43 } }
          }
        },
        nullTranslator.load('jupyterlab_tomo')
      )
    ).toEqual([
      '835 × 835 × 128',
      '1/cm',
      '55 µm',
      'Built-in, Gridding',
      'centre 399.43'
    ]);
  });
});
