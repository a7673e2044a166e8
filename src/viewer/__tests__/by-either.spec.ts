import { ApiError } from '../../api';
import { FakeWorkers } from '../../tuning/__tests__/fakes';
import { byEither } from '../by-either';

// These are files beside the page.
jest.mock('../../tuning/urls', () => ({}));

const settle = async (): Promise<void> => {
  await new Promise(resolve => setTimeout(resolve));
};

/** Somebody who is asked, and answers when a test says so. */
class Slow {
  asked = 0;
  signal: AbortSignal | undefined;
  answer: (value: string) => void = () => undefined;
  fail: (where: string) => void = () => undefined;

  readonly ask = (signal?: AbortSignal): Promise<string> => {
    this.asked++;
    this.signal = signal;
    return new Promise((resolve, reject) => {
      this.answer = resolve;
      this.fail = where =>
        reject(
          new ApiError({ code: 'x', message: 'It cannot.', where, hint: '' })
        );
    });
  };
}

describe('Slices by page or server', () => {
  let workers: FakeWorkers;
  let page: Slow;
  let server: Slow;
  let over: AbortController;
  const made = (): Promise<string> =>
    byEither(workers.workers, page.ask, server.ask, over.signal);

  beforeEach(() => {
    workers = new FakeWorkers(settle);
    [page, server, over] = [new Slow(), new Slow(), new AbortController()];
  });

  it('come from the page when it is in time', async () => {
    const slice = made();
    page.answer('page');
    expect([await slice, server.asked]).toEqual(['page', 0]);
    await workers.late(true);
    expect(server.asked).toBe(0);
  });

  it('come from the server when the page is late and stays so', async () => {
    const slice = made();
    await workers.late(true);
    expect([page.asked, server.asked]).toEqual([1, 1]);
    server.answer('server');
    expect(await slice).toBe('server');
    // Meanwhile the page is not asked for more.
    const next = made();
    server.answer('server again');
    expect([await next, page.asked, server.asked]).toEqual([
      'server again',
      1,
      2
    ]);
  });

  it('fail when the server cannot while the page was late before', async () => {
    await workers.late(true);
    const slice = made();
    server.fail('');
    await expect(slice).rejects.toThrow('It cannot.');
    expect([page.asked, server.asked]).toEqual([0, 1]);
  });

  it('come from the page when it is late, and first all the same', async () => {
    const slice = made();
    await workers.late(true);
    page.answer('page');
    expect([await slice, server.signal?.aborted]).toEqual(['page', true]);
  });

  it('come from the page when the server cannot', async () => {
    const slice = made();
    await workers.late(true);
    server.fail('');
    await settle();
    page.answer('page');
    expect(await slice).toBe('page');
  });

  it('come from the server when the browser cannot, asked once', async () => {
    const slice = made();
    await workers.late(true);
    page.fail('browser');
    await settle();
    server.answer('server');
    expect([await slice, server.asked]).toEqual(['server', 1]);
  });

  it('fail when the data are wrong, for the server would say the same', async () => {
    const slice = made();
    page.fail('regions.centre.column');
    await expect(slice).rejects.toThrow('It cannot.');
    expect(server.asked).toBe(0);
  });

  it('come from a server that is at work when the page fails, whatever of', async () => {
    const slice = made();
    await workers.late(true);
    page.fail('');
    await settle();
    expect(server.signal?.aborted).toBe(false);
    server.answer('server');
    expect([await slice, server.asked]).toEqual(['server', 1]);
  });

  it('are not asked for any more when nobody wants them', async () => {
    const slice = made();
    await workers.late(true);
    over.abort();
    expect(server.signal?.aborted).toBe(true);
    page.fail('browser');
    await expect(slice).rejects.toThrow('It cannot.');
    expect(server.asked).toBe(1);
  });
});
