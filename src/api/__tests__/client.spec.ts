import { nullTranslator } from '@jupyterlab/translation';
import { ServerConnection } from '@jupyterlab/services';

import {
  ApiClient,
  ApiError,
  encodeFrame,
  failureOf,
  isAbort,
  PROTOCOL
} from '..';
import type { Description } from '..';
import { VERSION } from '../_generated/version';

const trans = nullTranslator.load('jupyterlab_tomo');

type Answer = (request: Request) => Response | Promise<Response>;

const BASE = 'http://localhost:8888/base/';
const HELLO = {
  version: VERSION,
  protocol: PROTOCOL,
  runtime: 'abc',
  resources: []
};

const DESCRIPTION: Description = {
  path: '/data/ct',
  kind: 'tiff',
  frames: 376,
  rows: 128,
  columns: 835,
  dtype: 'uint16',
  flats: 10,
  darks: 5,
  angles: {
    first: null,
    last: null,
    count: 376,
    unit: 'degree',
    source: 'unknown'
  },
  groups: [],
  warnings: [],
  proposed: {}
};

const asked = { purpose: 'describe', base: '/data', recipe: { version: 1 } };

function json(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), { status });
}

/** A client over answers by route; `hello` is answered unless given. */
function clientOf(answers: Record<string, Answer>): {
  client: ApiClient;
  requests: Request[];
} {
  const requests: Request[] = [];
  const fetch: typeof globalThis.fetch = async input => {
    const request = input instanceof Request ? input : new Request(input);
    requests.push(request);
    const route = new URL(request.url).pathname.replace(
      '/base/jupyterlab-tomo/',
      ''
    );
    const answer =
      answers[route] ?? (route === 'api/hello' ? () => json(HELLO) : undefined);
    if (!answer) {
      return json({ message: 'Not Found' }, 404);
    }
    const aborted = new Promise<never>((_, reject) =>
      request.signal.addEventListener('abort', () =>
        reject(new DOMException('', 'AbortError'))
      )
    );
    return Promise.race([answer(request), aborted]);
  };
  const serverSettings = ServerConnection.makeSettings({
    baseUrl: BASE,
    fetch,
    token: 'secret'
  });
  return { client: new ApiClient({ serverSettings, trans }), requests };
}

async function failing(promise: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason
  );
  if (!(error instanceof ApiError)) {
    throw new Error(`No ApiError but ${String(error)}`);
  }
  return error;
}

describe('ApiClient', () => {
  it('asks below the base URL, with token, channel and body', async () => {
    const { client, requests } = clientOf({
      'api/data/describe': () => json(DESCRIPTION)
    });
    expect((await client.describe(asked)).frames).toBe(376);
    expect(requests).toHaveLength(2);
    const [hello, describe] = requests;
    expect(hello.url).toContain('/base/jupyterlab-tomo/api/hello');
    expect(describe.method).toBe('POST');
    expect(describe.headers.get('Authorization')).toBe('token secret');
    expect(describe.headers.get('Content-Type')).toBe('application/json');
    const { channel, ...body } = (await describe.json()) as { channel: string };
    expect(channel).toMatch(/^[0-9a-f-]{36}:describe$/);
    expect(body).toEqual({ base: '/data', recipe: { version: 1 } });
  });

  it('shakes hands once', async () => {
    const { client, requests } = clientOf({
      'api/jobs': () => json({ rev: 3, jobs: [] })
    });
    await Promise.all([client.jobs(), client.jobs()]);
    await client.jobs();
    expect(
      requests.filter(request => request.url.includes('hello'))
    ).toHaveLength(1);
  });

  it.each([
    { ...HELLO, protocol: PROTOCOL + 1 },
    { ...HELLO, version: '99.0.0' }
  ])('asks for a reload when the server is another version', async hello => {
    const { client } = clientOf({ 'api/hello': () => json(hello) });
    const { failure } = await failing(client.jobs());
    expect(failure.code).toBe('version-mismatch');
    expect(failure.message).toContain('reload this page');
  });

  it('shakes hands again after a failure', async () => {
    let down = true;
    const { client } = clientOf({
      'api/hello': () => (down ? json({}, 503) : json(HELLO)),
      'api/jobs': () => json({ rev: 0, jobs: [] })
    });
    expect((await failing(client.jobs())).failure.code).toBe(
      'proxy-unavailable'
    );
    down = false;
    expect((await client.jobs()).jobs).toEqual([]);
  });

  it('aborts the older request of the same purpose, and no other', async () => {
    const pending: ((response: Response) => void)[] = [];
    const { client, requests } = clientOf({
      'api/data/describe': () =>
        new Promise<Response>(resolve => pending.push(resolve))
    });
    await client.hello();
    const first = client.describe(asked).catch((error: unknown) => error);
    const other = client.describe({ ...asked, purpose: 'other' });
    await new Promise(resolve => setTimeout(resolve, 0));
    const second = client.describe(asked);
    await new Promise(resolve => setTimeout(resolve, 0));
    expect(isAbort(await first)).toBe(true);
    expect(requests.slice(1).map(request => request.signal.aborted)).toEqual([
      true,
      false,
      false
    ]);
    pending.forEach(resolve => resolve(json(DESCRIPTION)));
    expect((await second).rows).toBe(128);
    expect((await other).rows).toBe(128);
  });

  it('stops when the caller aborts', async () => {
    const { client } = clientOf({
      'api/data/describe': () => new Promise<Response>(() => undefined)
    });
    const controller = new AbortController();
    const describe = client
      .describe(asked, controller.signal)
      .catch((error: unknown) => error);
    controller.abort();
    expect(isAbort(await describe)).toBe(true);
    const never = client
      .describe(asked, controller.signal)
      .catch((error: unknown) => error);
    expect(isAbort(await never)).toBe(true);
  });

  it('keeps the names of channels short', async () => {
    const { client, requests } = clientOf({
      'api/data/describe': () => json(DESCRIPTION)
    });
    const long = 'describe '.repeat(30);
    await client.describe({ ...asked, purpose: `${long}a` });
    await client.describe({ ...asked, purpose: `${long}b` });
    await client.describe({ ...asked, purpose: `${long}a` });
    const bodies = (await Promise.all(
      requests.slice(1).map(request => request.json())
    )) as { channel: string }[];
    const channels = bodies.map(body => body.channel);
    expect(Math.max(...channels.map(name => name.length))).toBeLessThanOrEqual(
      120
    );
    expect(channels[0]).toBe(channels[2]);
    expect(channels[0]).not.toBe(channels[1]);
  });

  it('reads frames', async () => {
    const data = new Float32Array([1, 2, 3, 4, 5, 6.5]);
    const frame = encodeFrame(
      {
        id: 1,
        channel: 'c',
        dtype: 'float32',
        shape: [2, 3],
        range: [1, 6.5],
        encoding: 'raw'
      },
      new Uint8Array(data.buffer)
    );
    const { client } = clientOf({
      'api/results/slice': () => new Response(frame)
    });
    const slice = await client.slice({
      purpose: 'slice',
      folder: '/out',
      row: 4
    });
    expect(slice.header.shape).toEqual([2, 3]);
    expect([...new Float32Array(slice.body)]).toEqual([1, 2, 3, 4, 5, 6.5]);
  });

  it('tells how long a frame was on its way, whatever the page did meanwhile', async () => {
    const frame = encodeFrame({ id: 1, channel: 'c', reply: {} });
    const bytes = frame.byteLength;
    const url = `${BASE}jupyterlab-tomo/api/results/slice`;
    // What the browser notes: others' transfers, and ours of 30 ms.
    const noted = [
      { name: `${BASE}lab`, decodedBodySize: bytes, responseEnd: 900 },
      { name: url, decodedBodySize: 1, responseEnd: 900 },
      { name: url, decodedBodySize: bytes, responseEnd: 130 }
    ].map(entry =>
      Object.assign(new PerformanceResourceTiming(), {
        ...entry,
        responseStart: 100
      })
    );
    const records = jest
      .spyOn(PerformanceObserver.prototype, 'takeRecords')
      .mockReturnValue(noted);
    const { client } = clientOf({
      'api/results/slice': () => {
        const response = new Response(frame, {
          headers: { 'Server-Timing': 'link;dur=20' }
        });
        Object.defineProperty(response, 'url', { value: url });
        // The page is at work when the bytes come.
        jest.spyOn(response, 'arrayBuffer').mockImplementation(async () => {
          await new Promise(resolve => setTimeout(resolve, 300));
          return Uint8Array.from(frame).buffer;
        });
        return response;
      }
    });
    const asked = { purpose: 'slice', folder: '/out', row: 4 };
    const { transfer } = await client.slice(asked);
    expect(transfer?.bytes).toBe(bytes);
    expect(transfer?.seconds).toBeCloseTo(0.05);
    // What the browser does not note is not known, rather than slow.
    records.mockReturnValue([]);
    expect((await client.slice(asked)).transfer).toBeUndefined();
    records.mockRestore();
  });

  it('takes the error out of a frame', async () => {
    const error = {
      code: 'no-file',
      message: 'The slice is missing.',
      where: '/out',
      hint: ''
    };
    const { client } = clientOf({
      'api/results/slice': () =>
        new Response(encodeFrame({ id: 1, channel: 'c', error }))
    });
    const { failure } = await failing(
      client.slice({ purpose: 'slice', folder: '/out', row: 4 })
    );
    expect(failure).toEqual(error);
  });

  it.each([
    [403, 'forbidden', /log in/],
    [404, 'server-extension-missing', /pip install jupyterlab-tomo/],
    [502, 'proxy-unavailable', /started again/],
    [503, 'proxy-unavailable', /started again/],
    [500, 'http-500', /log/]
  ])('says what status %i means', async (status, code, hint) => {
    const { client } = clientOf({
      'api/jobs': () => json({ message: 'no' }, status)
    });
    const { failure } = await failing(client.jobs());
    expect(failure.code).toBe(code);
    expect(failure.hint).toMatch(hint);
    expect(failure.where).toContain('jupyterlab-tomo/api/jobs');
  });

  it('passes the words of the proxy on', async () => {
    const said = {
      code: 'output-exists',
      message: 'The folder exists.',
      where: '/out',
      hint: 'Name another.'
    };
    for (const body of [said, { error: said }]) {
      const { client } = clientOf({ 'api/jobs': () => json(body, 409) });
      expect((await failing(client.jobs())).failure).toEqual(said);
    }
  });

  it('tells a dead network from an answer that is not understood', async () => {
    const { client } = clientOf({
      'api/jobs': () => Promise.reject(new TypeError('Failed to fetch')),
      'api/data/describe': () => json({ ...DESCRIPTION, frames: 'many' }),
      'api/results/slice': () =>
        new Response('not a frame, but longer than its start')
    });
    expect((await failing(client.jobs())).failure.code).toBe('network');
    const reply = await failing(client.describe(asked));
    expect(reply.failure.code).toBe('bad-reply');
    expect(reply.failure.message).toContain('frames');
    const slice = await failing(
      client.slice({ purpose: 's', folder: '/o', row: 0 })
    );
    expect(slice.failure.code).toBe('bad-reply');
  });

  it('resolves paths without a proxy', async () => {
    const { client, requests } = clientOf({
      resolve: async request => {
        const body: unknown = await request.json();
        return JSON.stringify(body) === '{"absolute":"/elsewhere"}'
          ? json(null)
          : json({ resource: 'local', path: '/data/ct', directory: true });
      }
    });
    expect(await client.resolve('ct')).toEqual({
      resource: 'local',
      path: '/data/ct',
      directory: true
    });
    expect(await client.contentsPath('/elsewhere')).toBeNull();
    expect(await client.contentsPath('/data/ct')).toBe('/data/ct');
    expect(requests.some(request => request.url.includes('hello'))).toBe(false);
  });

  it('uses the route and method of each request on jobs', async () => {
    const { client, requests } = clientOf({});
    const id = '0'.repeat(8);
    await Promise.all(
      [
        client.job(id),
        client.cancel(id),
        client.resume(id),
        client.forget(id),
        client.log(id, 7)
      ].map(promise => promise.catch(() => null))
    );
    const seen = requests
      .filter(request => !request.url.includes('hello'))
      .map(
        request =>
          `${request.method} ${request.url.split('/api/')[1].replace(/[?&]\d{9,}$/, '')}`
      );
    expect(seen).toEqual([
      `GET jobs/${id}`,
      `POST jobs/${id}/cancel`,
      `POST jobs/${id}/resume`,
      `DELETE jobs/${id}`,
      `GET jobs/${id}/log?offset=7`
    ]);
  });
});

describe('failureOf', () => {
  it('makes a failure of anything', () => {
    expect(failureOf(new Error('Broken.'))).toEqual({
      code: 'unexpected',
      message: 'Broken.',
      where: '',
      hint: ''
    });
    expect(failureOf('x').message).toBe('x');
  });
});
