/** @jest-environment node */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { IGiven } from '../../engine';
import type { FromWorker, IBetweenWorkers, ToWorker } from '../messages';
import { Peer, type IPort } from '../peer';
import { answerPulse } from '../pulse';
import { release } from '../release';
import { Sinograms } from '../sinograms';
import type { IRow } from '../wanted';
import { EngineWorkers } from '../workers';

const compiled = new WebAssembly.Module(
  readFileSync(path.join(__dirname, '../../engine/build/engine.wasm'))
);
const PLAN = Float64Array.of(1, 2, 4, 1.5, 0, 1, 0, 1, 1, 1, 0);
const ALL = { bin: 1, thin: 1 };

const row = (key: string): IRow => ({
  sinogram: {
    key,
    data: new Float32Array(8),
    count: 2,
    columns: 4,
    angles: Float64Array.of(0, 90)
  },
  axis: { column: 1.5, row: 0, tilt: 0 },
  search: null,
  rotated: 0,
  left: 0,
  across: 4,
  down: 4,
  scale: 1,
  about: {}
});

/** A worker that answers as it is told. */
class FakeWorker {
  static all: FakeWorker[] = [];
  static answer: (asked: ToWorker, number: number) => FromWorker | null = () =>
    null;

  constructor() {
    this._number = FakeWorker.all.push(this) - 1;
  }

  onmessage: ((event: MessageEvent<FromWorker>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  readonly asked: ToWorker[] = [];
  pulse: MessagePort | null = null;
  lock = '';
  ended = false;

  postMessage(message: ToWorker): void {
    this.asked.push(message);
    if (message.kind === 'start') {
      message.peer.close();
      this.pulse = message.pulse;
      this.lock = message.lock;
    }
    const answer = FakeWorker.answer(message, this._number % 2);
    if (answer) {
      setTimeout(() =>
        this.onmessage?.({ data: answer } as MessageEvent<FromWorker>)
      );
    }
  }

  terminate(): void {
    this.ended = true;
    this.pulse?.close();
  }

  private readonly _number: number;
}

const start = (): Worker => new FakeWorker() as unknown as Worker;

/** What a healthy pair answers: the first gives the slice. */
function healthy(asked: ToWorker, number: number): FromWorker | null {
  if (asked.kind !== 'slice') {
    return null;
  }
  const { id } = asked;
  const data = Float32Array.of(id);
  return number === 0
    ? { kind: 'done', id, data, size: 1, bin: 1, took: 1 }
    : { kind: 'given', id };
}

function failed(id: number, code: string): FromWorker {
  return { kind: 'failed', id, code, message: '', where: '', hint: '' };
}

describe('The workers of a page', () => {
  const pools: EngineWorkers[] = [];
  function pool(
    options: Partial<ConstructorParameters<typeof EngineWorkers>[0]> = {}
  ): EngineWorkers {
    const made = new EngineWorkers({
      start,
      compile: () => Promise.resolve(compiled),
      ...options
    });
    pools.push(made);
    return made;
  }

  beforeEach(() => {
    FakeWorker.all = [];
    FakeWorker.answer = healthy;
  });
  afterEach(() => {
    pools.splice(0).forEach(each => each.dispose());
    expect(FakeWorker.all.filter(worker => !worker.ended)).toEqual([]);
  });

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

  /** What a browser tells when a script fails. */
  function fail(worker: FakeWorker, message: string): void {
    worker.onerror?.({
      message,
      preventDefault: () => undefined
    } as ErrorEvent);
  }

  it('start again when one of them is lost, and make the slice', async () => {
    const workers = pool();
    FakeWorker.answer = () => null;
    const given = new Float32Array(1);
    const slice = workers.slice('whole', row('a'), ALL, PLAN, 1.5, given);
    await new Promise(resolve => setTimeout(resolve));
    FakeWorker.answer = healthy;
    fail(FakeWorker.all[1], 'killed');
    expect((await slice).data[0]).toBe(1);
    // The other half would have waited for ever.
    expect(FakeWorker.all.map(({ ended }) => ended)).toEqual([
      true,
      true,
      false,
      false
    ]);
    // What was handed over to them is gone.
    const rooms = FakeWorker.all.map(({ asked }) =>
      asked.flatMap(each => (each.kind === 'slice' ? [each.room] : []))
    );
    expect(rooms).toEqual([[given], [null], [null], [null]]);
  });

  it('are given up when they are lost twice, and their last words are told', async () => {
    const workers = pool();
    FakeWorker.answer = () => null;
    const slice = workers.slice('whole', row('a'), ALL, PLAN, 1.5);
    const told = expect(slice).rejects.toMatchObject({
      failure: {
        code: 'worker-lost',
        where: 'browser',
        message: expect.stringContaining('killed again') as string
      }
    });
    await new Promise(resolve => setTimeout(resolve));
    fail(FakeWorker.all[1], 'killed');
    await new Promise(resolve => setTimeout(resolve));
    fail(FakeWorker.all[2], 'killed again');
    await told;
    expect(FakeWorker.all.map(({ ended }) => ended)).toEqual(
      Array(4).fill(true)
    );
    expect(workers.count).toBe(0);
    FakeWorker.answer = healthy;
    const done = await workers.slice('whole', row('a'), ALL, PLAN, 1.5);
    expect(done.size).toBe(1);
    expect(FakeWorker.all).toHaveLength(6);
  });

  it('stay when both refuse a plan, and start anew when only one does', async () => {
    const workers = pool();
    let refusing = [0, 1];
    FakeWorker.answer = (asked, number) =>
      asked.kind === 'slice' && refusing.includes(number)
        ? failed(asked.id, 'engine-plan')
        : healthy(asked, number);
    const slice = (): Promise<unknown> =>
      workers.slice('whole', row('a'), ALL, PLAN, 1.5);
    const refusal = {
      failure: expect.objectContaining({ code: 'engine-plan' }) as object
    };
    await expect(slice()).rejects.toMatchObject(refusal);
    refusing = [];
    await slice();
    expect(FakeWorker.all).toHaveLength(2);
    refusing = [1];
    await expect(slice()).rejects.toMatchObject(refusal);
    expect(FakeWorker.all.map(({ ended }) => ended)).toEqual([true, true]);
    refusing = [];
    await slice();
    expect(FakeWorker.all).toHaveLength(4);
  });

  it('start anew when the second cannot be given what it needs', async () => {
    const workers = pool();
    const slice = (): Promise<unknown> =>
      workers.slice('whole', row('a'), ALL, PLAN, 1.5);
    FakeWorker.answer = (asked, number) => {
      if (asked.kind === 'sinogram' && number === 1) {
        throw new RangeError('Array buffer allocation failed');
      }
      return null;
    };
    await expect(slice()).rejects.toThrow('allocation failed');
    expect(FakeWorker.all.map(({ ended }) => ended)).toEqual([true, true]);
    FakeWorker.answer = healthy;
    await slice();
    expect(FakeWorker.all).toHaveLength(4);
  });

  it('are late when one of them hangs, and started again when it stays so', async () => {
    const workers = pool({ idle: 10 });
    const late: boolean[] = [];
    workers.lateChanged.connect((_, is) => late.push(is));
    FakeWorker.answer = () => null;
    jest.useFakeTimers();
    try {
      const slice = workers.slice('whole', row('a'), ALL, PLAN, 1.5);
      await jest.advanceTimersByTimeAsync(2_900);
      expect(workers.isLate).toBe(false);
      await jest.advanceTimersByTimeAsync(200);
      expect(workers.isLate).toBe(true);
      await jest.advanceTimersByTimeAsync(25_000);
      expect(FakeWorker.all).toHaveLength(2);
      FakeWorker.answer = healthy;
      await jest.advanceTimersByTimeAsync(5_000);
      await slice;
      expect(late).toEqual([true, false]);
      expect(FakeWorker.all).toHaveLength(4);
      // None is thought to be at work still.
      await jest.advanceTimersByTimeAsync(20);
      expect(workers.count).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });

  it('are started again when both answer and do nothing though a slice is due', async () => {
    const workers = pool();
    FakeWorker.answer = () => null;
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    try {
      const slice = workers.slice('whole', row('a'), ALL, PLAN, 1.5);
      await jest.advanceTimersByTimeAsync(0);
      const old = [...FakeWorker.all];
      old.forEach(({ pulse, lock }) => {
        if (pulse) {
          answerPulse(pulse, lock, () => 0);
        }
      });
      FakeWorker.answer = healthy;
      let seconds = 0;
      while (old.some(({ ended }) => !ended) && seconds < 60) {
        await jest.advanceTimersByTimeAsync(1_000);
        for (let turn = 0; turn < 4; turn++) {
          await new Promise(resolve => setImmediate(resolve));
        }
        seconds++;
      }
      expect(seconds).toBe(5);
      await jest.advanceTimersByTimeAsync(10);
      await slice;
      expect(FakeWorker.all).toHaveLength(4);
    } finally {
      jest.useRealTimers();
    }
  });

  it.each([
    ['engine-memory', 'browser'],
    ['engine-trap', '']
  ])('end when one of them fails with %s', async (code, where) => {
    const workers = pool();
    FakeWorker.answer = (asked, number) =>
      asked.kind === 'slice' && number === 1 ? failed(asked.id, code) : null;
    await expect(
      workers.slice('whole', row('a'), ALL, PLAN, 1.5)
    ).rejects.toMatchObject({ failure: { code, where } });
    expect(FakeWorker.all.map(({ ended }) => ended)).toEqual([true, true]);
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

const given = (...values: number[]): IGiven => ({
  length: values.length,
  copyTo: target => target.set(values)
});

describe('Sinograms in a worker', () => {
  it('are asked for when they are not there, and given back at rest', async () => {
    const ask = jest.fn();
    const sinograms = new Sinograms(ask);
    const pushed = Float32Array.of(1, 2);
    sinograms.came('a', pushed);
    expect(await sinograms.of('a')).toBe(pushed);
    expect(ask).not.toHaveBeenCalled();
    const late = sinograms.of('b');
    expect(ask).toHaveBeenCalledWith('b');
    const values = Float32Array.of(3);
    sinograms.came('b', values);
    expect(await late).toBe(values);
    // A slice of the row before may be due; of one before that, none is.
    expect(pushed).toHaveLength(2);
    sinograms.came('c', Float32Array.of(4));
    expect([pushed.length, values.length]).toEqual([0, 1]);
    await new Promise(resolve => setTimeout(resolve, 1100));
    expect(values).toHaveLength(0);
    const missing = sinograms.of('b');
    sinograms.came('c', null);
    sinograms.came('b', null);
    await expect(missing).rejects.toMatchObject({ code: 'engine-order' });
  });
});

describe('Peers', () => {
  it('give what belongs together, whichever comes first', async () => {
    const ends: [IPort, IPort] = [port(1), port(0)];
    function port(other: 0 | 1): IPort {
      return {
        onmessage: null,
        postMessage: message =>
          ends[other].onmessage?.({
            data: message
          } as MessageEvent<IBetweenWorkers>)
      };
    }
    const [a, b] = [new Peer(ends[0]), new Peer(ends[1])];
    const late = a.take(2, 'rows');
    b.give(1, 'rows', given(1));
    b.give(2, 'columns', given(3));
    b.give(2, 'rows', given(2));
    expect(await late).toEqual(Float32Array.of(2));
    expect(await a.take(1, 'rows')).toEqual(Float32Array.of(1));
    expect(await a.take(2, 'columns')).toEqual(Float32Array.of(3));
  });

  it('give arrays back, whose memory carries the next ones', async () => {
    const sent: ArrayBufferLike[] = [];
    const ends: [IPort, IPort] = [port(1), port(0)];
    function port(other: 0 | 1): IPort {
      return {
        onmessage: null,
        postMessage: message => {
          if (message.what !== 'room') {
            sent.push(message.data.buffer);
          }
          ends[other].onmessage?.({
            data: message
          } as MessageEvent<IBetweenWorkers>);
        }
      };
    }
    const [a, b] = [new Peer(ends[0]), new Peer(ends[1])];
    for (const [pair, values] of [
      [1, [1, 2, 3]],
      [2, [4, 5]],
      [3, [6, 7, 8, 9]]
    ] as const) {
      b.give(pair, 'rows', given(...values));
      const taken = await a.take(pair, 'rows');
      expect([...taken]).toEqual(values);
      a.back(taken);
    }
    // The second is in the memory of the first, which is too small for the third.
    expect(sent[1]).toBe(sent[0]);
    expect(sent[2]).not.toBe(sent[0]);
    // At rest they are given up.
    expect(sent.map(({ byteLength }) => byteLength)).toEqual([12, 12, 16]);
    await new Promise(resolve => setTimeout(resolve, 1100));
    expect(sent.map(({ byteLength }) => byteLength)).toEqual([0, 0, 0]);
  });

  it('keep no more arrays than a slice needs', () => {
    const sent: ArrayBufferLike[] = [];
    const port: IPort = { onmessage: null, postMessage: () => undefined };
    new Peer(port);
    for (const length of [2, 9, 4, 3, 8]) {
      const data = new Float32Array(length);
      sent.push(data.buffer);
      port.onmessage?.({
        data: { what: 'room', data }
      } as MessageEvent<IBetweenWorkers>);
    }
    expect(sent.map(({ byteLength }) => byteLength)).toEqual([
      0, 36, 16, 12, 32
    ]);
  });
});
