/** @jest-environment node */
import type { IGiven } from '../../engine';
import type { IBetweenWorkers } from '../messages';
import { Peer, type IPort } from '../peer';

const given = (...values: number[]): IGiven => ({
  length: values.length,
  copyTo: target => target.set(values)
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
    jest.useFakeTimers();
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
    await jest.advanceTimersByTimeAsync(9000);
    expect(sent.map(({ byteLength }) => byteLength)).toEqual([12, 12, 16]);
    await jest.advanceTimersByTimeAsync(1100);
    jest.useRealTimers();
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
