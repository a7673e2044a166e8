import type { Failure, Notice } from '..';
import {
  CountedSignal,
  EventParser,
  NoticeStream,
  pauseAfter
} from '../events';
import type { Visibility } from '../events';
import { ApiError } from '../errors';

describe('EventParser', () => {
  it('takes events apart however they are cut', () => {
    const text =
      ': beat\n\ndata: {"a":1}\n\nevent: x\r\ndata: one\r\ndata: two\r\n\r\n';
    for (let size = 1; size < 12; size++) {
      const parser = new EventParser();
      const events: string[] = [];
      for (let i = 0; i < text.length; i += size) {
        events.push(...parser.push(text.slice(i, i + size)));
      }
      expect(events).toEqual(['{"a":1}', 'one\ntwo']);
    }
  });
});

describe('pauseAfter', () => {
  it('doubles up to half a minute', () => {
    expect(
      [0, 1, 2, 3, 5, 6, 20].map(failures => pauseAfter(failures, 0.5))
    ).toEqual([1, 1, 2, 4, 16, 30, 30]);
    expect(pauseAfter(3, 0)).toBeCloseTo(3.6);
    expect(pauseAfter(3, 1)).toBeCloseTo(4.4);
  });
});

describe('CountedSignal', () => {
  it('counts who listens', () => {
    const counts: number[] = [];
    const signal = new CountedSignal<object, void>({}, count =>
      counts.push(count)
    );
    const slot = (): void => undefined;
    signal.connect(slot);
    signal.connect(slot);
    signal.disconnect(slot);
    signal.disconnect(slot);
    expect(counts).toEqual([1, 0]);
  });
});

/** A stream that the test writes to. */
class FakeResponse {
  readonly response: Pick<Response, 'body'>;

  constructor(readonly signal: AbortSignal) {
    const body = {
      getReader: () => ({
        read: () =>
          new Promise<{ done: boolean; value?: Uint8Array }>(
            (resolve, reject) => {
              this._resolve = resolve;
              signal.addEventListener('abort', () =>
                reject(new DOMException('', 'AbortError'))
              );
            }
          )
      })
    };
    this.response = { body: body as unknown as Response['body'] };
  }

  write(text: string): void {
    this._resolve({ done: false, value: new TextEncoder().encode(text) });
  }

  end(): void {
    this._resolve({ done: true });
  }

  private _resolve: (result: { done: boolean; value?: Uint8Array }) => void =
    () => undefined;
}

class FakeVisibility implements Visibility {
  visibilityState: DocumentVisibilityState = 'visible';

  addEventListener(_: string, listener: unknown): void {
    this._listener = listener as () => void;
  }

  removeEventListener(): void {
    this._listener = () => undefined;
  }

  set(state: DocumentVisibilityState): void {
    this.visibilityState = state;
    this._listener();
  }

  private _listener: () => void = () => undefined;
}

describe('NoticeStream', () => {
  const failure: Failure = {
    code: 'network',
    message: 'Gone.',
    where: '',
    hint: ''
  };
  let opened: FakeResponse[];
  let refuse: boolean;
  let notices: Notice[];
  let connection: (string | null)[];
  let visibility: FakeVisibility;
  let stream: NoticeStream;

  beforeEach(() => {
    jest.useFakeTimers();
    opened = [];
    refuse = false;
    notices = [];
    connection = [];
    visibility = new FakeVisibility();
    stream = new NoticeStream({
      open: signal => {
        if (refuse) {
          return Promise.reject(new ApiError(failure));
        }
        const fake = new FakeResponse(signal);
        opened.push(fake);
        return Promise.resolve(fake.response as Response);
      },
      onNotice: notice => notices.push(notice),
      onConnection: lost => connection.push(lost ? lost.code : null),
      visibility
    });
  });

  afterEach(() => {
    stream.dispose();
    jest.useRealTimers();
  });

  const settle = (): Promise<void> => jest.advanceTimersByTimeAsync(0);
  const line = (rev: number): string =>
    `data: {"rev":${rev},"kind":"job","id":"a"}\n\n`;

  it('is open only while someone listens and the tab is seen', async () => {
    await settle();
    expect(opened).toHaveLength(0);
    stream.wanted = true;
    await settle();
    expect(opened).toHaveLength(1);
    visibility.set('hidden');
    expect(opened[0].signal.aborted).toBe(true);
    await jest.advanceTimersByTimeAsync(60000);
    expect(opened).toHaveLength(1);
    visibility.set('visible');
    await settle();
    expect(opened).toHaveLength(2);
    stream.wanted = false;
    expect(opened[1].signal.aborted).toBe(true);
    // Nobody called this a failure; each opening asks for a new look.
    expect(connection).toEqual([null, null]);
  });

  it('hands notices on, and asks for a new look when one is missing', async () => {
    stream.wanted = true;
    await settle();
    opened[0].write(line(7) + line(8));
    await settle();
    expect(notices.map(notice => notice.rev)).toEqual([7, 8]);
    expect(connection).toEqual([null]);
    opened[0].write(line(10));
    await settle();
    expect(connection).toEqual([null, null]);
    opened[0].write('data: nonsense\n\n');
    await settle();
    expect(connection).toEqual([null, null, null]);
    expect(notices).toHaveLength(3);
  });

  it('comes back with growing pauses', async () => {
    stream.wanted = true;
    await settle();
    refuse = true;
    opened[0].end();
    await jest.advanceTimersByTimeAsync(1200);
    expect(connection).toEqual([null, 'network']);
    await jest.advanceTimersByTimeAsync(2300);
    expect(connection).toEqual([null, 'network', 'network']);
    await jest.advanceTimersByTimeAsync(3000);
    expect(connection).toHaveLength(3);
    refuse = false;
    await jest.advanceTimersByTimeAsync(1500);
    expect(opened).toHaveLength(2);
    expect(connection).toEqual([null, 'network', 'network', null]);
  });

  it('gives a silent stream up', async () => {
    stream.wanted = true;
    await settle();
    await jest.advanceTimersByTimeAsync(30000);
    opened[0].write(': beat\n\n');
    await jest.advanceTimersByTimeAsync(40000);
    expect(opened[0].signal.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(6000);
    expect(opened[0].signal.aborted).toBe(true);
    await jest.advanceTimersByTimeAsync(1200);
    expect(opened).toHaveLength(2);
  });

  it('ends with dispose', async () => {
    stream.wanted = true;
    await settle();
    stream.dispose();
    expect(opened[0].signal.aborted).toBe(true);
    expect(stream.isDisposed).toBe(true);
    stream.wanted = true;
    await settle();
    expect(opened).toHaveLength(1);
  });
});
