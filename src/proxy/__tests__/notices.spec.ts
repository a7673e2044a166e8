/** @jest-environment node */
import { Notices } from '../notices';

let notices: Notices;
let ended: number;

beforeEach(() => {
  notices = new Notices();
  ended = 0;
});

afterEach(() => {
  notices.dispose();
});

const subscribe = (): ReadableStream<Uint8Array> =>
  notices.subscribe('ann', () => {
    ended += 1;
  });

it('a stream that nobody reads is closed, and has ended', async () => {
  const stream = subscribe();
  for (let notice = 0; notice < 300; notice++) {
    notices.emit('job', 'x');
  }
  expect([notices.subscribers, ended]).toEqual([0, 1]);
  await stream.cancel();
  expect(ended).toBe(1);
});

it('a stream ends once, whoever ends it', async () => {
  await subscribe().cancel();
  expect([notices.subscribers, ended]).toEqual([0, 1]);
  subscribe();
  notices.dispose();
  expect([notices.subscribers, ended]).toEqual([0, 2]);
});
