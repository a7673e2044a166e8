/** @jest-environment node */
import type { FromWorker, ISliceDone, ToWorker } from '../messages';
import { compiled, row } from './pools';

/** Two projections of four columns, without steps. */
const PLAN = Float64Array.of(2, 2, 4, 1.5, 0, 1, 0, 1, 1, 1, 0, 0);

describe('A worker of the page', () => {
  const answers: FromWorker[] = [];
  const ports: MessagePort[] = [];
  const { postMessage: own } = globalThis;
  const tell = (message: ToWorker): unknown =>
    globalThis.onmessage?.call(
      globalThis as unknown as Window,
      { data: message } as MessageEvent
    );
  const answered = async (): Promise<FromWorker> => {
    while (answers.length === 0) {
      await new Promise(resolve => setTimeout(resolve, 5));
    }
    return answers.splice(0)[0];
  };
  let last = 0;
  const slice = (key: string, room: Float32Array): Promise<FromWorker> => {
    const id = ++last;
    const asked = { id, pair: id, look: 'whole', key } as const;
    tell({ kind: 'slice', ...asked, plan: PLAN, centre: 1.5, room });
    return answered();
  };

  beforeAll(async () => {
    globalThis.postMessage = (message: FromWorker): void => {
      answers.push(message);
    };
    await import('../worker');
    const [peer, pulse] = [new MessageChannel(), new MessageChannel()];
    ports.push(peer.port1, peer.port2, pulse.port1, pulse.port2);
    tell({
      kind: 'start',
      module: compiled,
      peer: peer.port1,
      half: 0,
      pulse: pulse.port1,
      lock: 'test'
    });
    const { data, ...head } = row('a').sinogram;
    tell({ kind: 'sinogram', key: 'a', data });
    tell({ kind: 'load', look: 'whole', head, bin: 1, thin: 1 });
  });
  afterAll(() => {
    globalThis.onmessage = null;
    ports.forEach(port => port.close());
    globalThis.postMessage = own;
  });

  it('gives memory back that a slice of another size has no use for', async () => {
    const room = new Float32Array(25);
    const done = (await slice('a', room)) as ISliceDone;
    expect([done.kind, done.size]).toEqual(['done', 4]);
    expect(done.data).toHaveLength(16);
    await new Promise(resolve => setTimeout(resolve));
    expect(room).toHaveLength(0);
  });

  it('gives it back when the slice fails, too', async () => {
    const room = new Float32Array(16);
    expect((await slice('b', room)).kind).toBe('failed');
    await new Promise(resolve => setTimeout(resolve));
    expect(room).toHaveLength(0);
  });
});
