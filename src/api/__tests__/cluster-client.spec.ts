import { nullTranslator } from '@jupyterlab/translation';
import { ServerConnection } from '@jupyterlab/services';

import { ApiClient, failureOf, PROTOCOL } from '..';
import type { Resource } from '..';
import { VERSION } from '../_generated/version';

const trans = nullTranslator.load('jupyterlab_tomo');

const BASE = 'http://localhost:8888/base/';
const JOB = '00000000-0000-4000-8000-000000000001';
const LOGIN = '00000000-0000-4000-8000-0000000000aa';
const SCARF: Resource = {
  name: 'scarf',
  title: 'SCARF',
  kind: 'slurm-ssh',
  state: 'online',
  kernels: []
};
const PLAN = {
  script: '#!/bin/sh\n',
  command: 'python -m tomo_runner job',
  tasks: 4,
  reason: 'One task would take 38 min.',
  upload: { files: 376, bytes: 80_000_000, from: '/data/ct', to: '/work3/ct' },
  data: 'upload',
  output: '/work3/results/ct',
  memory: 1_503_238_553,
  seconds: null,
  outputBytes: 356_986_880,
  freeBytes: null,
  warnings: []
};

interface ISent {
  route: string;
  method: string;
  body: unknown;
}

/** A client over replies by route. */
function clientOf(replies: Record<string, unknown>): {
  client: ApiClient;
  sent: ISent[];
} {
  const sent: ISent[] = [];
  const fetch: typeof globalThis.fetch = async input => {
    const request = input instanceof Request ? input : new Request(input);
    const route = new URL(request.url).pathname.replace(
      '/base/jupyterlab-tomo/',
      ''
    );
    if (route === 'api/hello') {
      return new Response(
        JSON.stringify({
          version: VERSION,
          protocol: PROTOCOL,
          runtime: 'abc',
          resources: []
        })
      );
    }
    const text = await request.text();
    sent.push({
      route,
      method: request.method,
      body: text ? (JSON.parse(text) as unknown) : null
    });
    return route in replies
      ? new Response(JSON.stringify(replies[route]))
      : new Response('{}', { status: 404 });
  };
  const serverSettings = ServerConnection.makeSettings({
    baseUrl: BASE,
    fetch
  });
  return { client: new ApiClient({ serverSettings, trans }), sent };
}

describe('ApiClient, clusters', () => {
  it('logs in, answers prompts and logs out', async () => {
    const prompts = {
      state: 'prompts',
      login: LOGIN,
      title: '',
      instructions: 'Two factors.',
      prompts: [{ prompt: 'Code: ', echo: false }]
    };
    const { client, sent } = clientOf({
      'api/resources/login': prompts,
      'api/resources/answer': { state: 'online', resource: SCARF },
      'api/resources/logout': { ...SCARF, state: 'offline' }
    });
    const first = await client.logIn({
      resource: 'scarf',
      method: 'keyboard-interactive',
      user: 'scarf123'
    });
    expect(first.prompts).toEqual([{ prompt: 'Code: ', echo: false }]);
    const second = await client.answer({ login: LOGIN, answers: ['123456'] });
    expect(second.resource?.state).toBe('online');
    expect((await client.logOut('scarf')).state).toBe('offline');
    expect(sent).toEqual([
      {
        route: 'api/resources/login',
        method: 'POST',
        body: {
          resource: 'scarf',
          method: 'keyboard-interactive',
          user: 'scarf123'
        }
      },
      {
        route: 'api/resources/answer',
        method: 'POST',
        body: { login: LOGIN, answers: ['123456'] }
      },
      {
        route: 'api/resources/logout',
        method: 'POST',
        body: { resource: 'scarf' }
      }
    ]);
    client.dispose();
  });

  it('asks for the test, the queue, a folder and a plan', async () => {
    const checks = [
      { name: 'host', title: 'Host', state: 'ok', found: '::1', hint: '' }
    ];
    const { client, sent } = clientOf({
      'api/resources/test': { resource: 'scarf', checks },
      'api/resources/queue': {
        resource: 'scarf',
        seen: '2026-11-23T20:00:00Z',
        jobs: []
      },
      'api/resources/folder': {
        path: '/work3',
        parent: '/',
        truncated: false,
        places: [],
        entries: []
      },
      'api/jobs/plan': PLAN
    });
    expect((await client.test('scarf')).checks).toHaveLength(1);
    expect((await client.queue('scarf')).jobs).toEqual([]);
    const folder = await client.folder({ resource: 'scarf', path: '' });
    expect(folder.parent).toBe('/');
    const plan = await client.plan({
      id: JOB,
      name: 'ct',
      base: '/data',
      recipe: { version: 1 },
      resource: 'scarf',
      kernel: '',
      cores: 8,
      memory: 2 ** 34,
      time: 120
    });
    expect([plan.tasks, plan.upload?.files]).toEqual([4, 376]);
    expect(sent.map(each => [each.method, each.route])).toEqual([
      ['POST', 'api/resources/test'],
      ['POST', 'api/resources/queue'],
      ['POST', 'api/resources/folder'],
      ['POST', 'api/jobs/plan']
    ]);
    client.dispose();
  });

  it('fetches a result and stops fetching', async () => {
    const job = {
      id: JOB,
      name: 'ct',
      resource: 'scarf',
      kernel: '',
      state: 'finished',
      created: '2026-11-23T20:00:00Z',
      progress: { stage: '', done: 0, total: 0 },
      slices: { done: 128, total: 128 },
      warnings: [],
      output: '/work3/ct',
      resumable: false,
      transfer: {
        kind: 'fetch',
        what: 'slice_00000.tif',
        bytes: 10,
        total: 100,
        rate: 5
      }
    };
    const { client, sent } = clientOf({ [`api/jobs/${JOB}/fetch`]: job });
    const fetched = await client.fetchResult(JOB, {
      folder: '/home/me/ct',
      rows: [10, 20]
    });
    expect(fetched.transfer?.bytes).toBe(10);
    await client.stopFetching(JOB);
    expect(sent.map(each => [each.method, each.body])).toEqual([
      ['POST', { folder: '/home/me/ct', rows: [10, 20] }],
      ['DELETE', null]
    ]);
    client.dispose();
  });

  it('tells the server of saved settings, not the proxy', async () => {
    const { client, sent } = clientOf({ settings: {} });
    await client.reloadSettings();
    expect(sent).toEqual([{ route: 'settings', method: 'POST', body: {} }]);
    client.dispose();
  });

  it('refuses a reply that is none', async () => {
    const { client } = clientOf({ 'api/resources/login': { state: 'maybe' } });
    const reason: unknown = await client
      .logIn({ resource: 'scarf', method: 'password', password: 'x' })
      .catch((error: unknown) => error);
    expect(failureOf(reason).message).toContain('/state');
    expect(JSON.stringify(failureOf(reason))).not.toContain('"x"');
    client.dispose();
  });
});
