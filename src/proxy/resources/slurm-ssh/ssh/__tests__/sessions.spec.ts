/** @jest-environment node */
import { spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';

import { Server, utils, type ServerChannel } from 'ssh2';

import { Notices } from '../../../../notices';
import { readSettings, type IClusterSettings } from '../../../../settings';
import { HostKeys } from '../host-keys';
import { Sessions } from '../sessions';
import { fingerprintOf } from '../known-hosts';

let server: Server;
let shells: ServerChannel[];
let clusters: ReadonlyMap<string, IClusterSettings>;
let clients: number;
let sessions: Sessions;
let notices: Notices;

/** A host that lets everybody in, and runs what they ask for when it is told to. */
beforeEach(async () => {
  const key = utils.generateKeyPairSync('ed25519');
  shells = [];
  clients = 0;
  server = new Server({ hostKeys: [key.private] }, client => {
    clients += 1;
    client
      .on('authentication', context => context.accept())
      .on('session', accept => {
        accept().on('exec', agree => {
          shells.push(agree());
        });
      })
      .on('error', () => undefined)
      .on('close', () => {
        clients -= 1;
      });
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const parsed = utils.parseKey(key.public);
  if (parsed instanceof Error) {
    throw parsed;
  }
  const { port } = server.address() as AddressInfo;
  const cluster = {
    name: 'scarf',
    host: '127.0.0.1',
    port,
    hostKey: fingerprintOf(parsed.getPublicSSH())
  };
  clusters = readSettings({ resources: [cluster] }).clusters;
  notices = new Notices();
  sessions = new Sessions(new HostKeys('/nowhere', []), notices);
  sessions.configure(clusters);
});

afterEach(async () => {
  sessions.dispose();
  notices.dispose();
  await new Promise(resolve => server.close(resolve));
});

async function until(done: () => boolean): Promise<void> {
  for (let wait = 0; !done() && wait < 3000; wait++) {
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  expect(done()).toBe(true);
}

/** Let the shells that wait begin. */
function go(): void {
  for (const channel of shells.splice(0)) {
    const shell = spawn('/bin/sh', ['-s']);
    shell.stdin.on('error', () => undefined);
    channel.on('error', () => undefined);
    channel.pipe(shell.stdin);
    shell.stdout.on('data', (piece: Buffer) => channel.write(piece));
    shell.stderr.on('data', (piece: Buffer) => channel.stderr.write(piece));
    shell.on('close', code => {
      channel.exit(code ?? 255);
      channel.end();
    });
  }
}

const login = (): ReturnType<Sessions['login']> =>
  sessions.login('ann', {
    resource: 'scarf',
    method: 'password',
    user: 'ann',
    password: 'x'
  });

it('a log-in opens a connection, and a log-out ends it', async () => {
  const reply = login();
  await until(() => shells.length > 0);
  go();
  expect(await reply).toEqual({ state: 'online' });
  expect(sessions.standing('ann', 'scarf').state).toBe('online');
  sessions.logout('ann', 'scarf');
  expect(sessions.standing('ann', 'scarf').state).toBe('offline');
  await until(() => clients === 0);
});

it.each([
  ['a log-out', () => sessions.logout('ann', 'scarf')],
  ['another host in the settings', () => sessions.configure(new Map())]
])('%s ends a log-in in its last step', async (_name, end) => {
  const reply = login().catch((error: unknown) => error);
  await until(() => shells.length > 0);
  end();
  go();
  expect(await reply).toMatchObject({ failure: { code: 'login-stopped' } });
  await until(() => clients === 0);
  expect(sessions.remote('ann', 'scarf')).toBeNull();
  expect(sessions.standing('ann', 'scarf')).toEqual({ state: 'offline' });
});
