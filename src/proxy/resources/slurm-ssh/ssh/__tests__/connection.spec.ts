/** @jest-environment node */
import { spawn } from 'node:child_process';
import * as fs from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';

import { Client, Server, utils, type Connection as Peer } from 'ssh2';

import { Connection } from '../connection';

let server: Server;
let folder: string;
const peers: Peer[] = [];
/** Opens the SFTP server that was asked for. */
let openSftp: (() => void) | null;
let opened: number;
let closed: number;

/** A host whose profile holds the SFTP server up. */
beforeEach(async () => {
  [openSftp, opened, closed] = [null, 0, 0];
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'tomo-connection-'));
  server = new Server(
    { hostKeys: [utils.generateKeyPairSync('ed25519').private] },
    peer => {
      peers.push(peer);
      peer.on('error', () => undefined);
      peer.on('authentication', context => context.accept());
      peer.on('session', accept => {
        const session = accept();
        session.on('exec', (take, _refuse, { command }) => {
          const channel = take();
          const shell = spawn('/bin/sh', ['-c', command]);
          channel.pipe(shell.stdin);
          shell.stdout.pipe(channel, { end: false });
          shell.stderr.pipe(channel.stderr, { end: false });
          shell.on('close', code => {
            channel.exit(code ?? 1);
            channel.end();
          });
        });
        session.on('sftp', take => {
          openSftp = () => {
            const sftp = take();
            opened += 1;
            sftp.on('close', () => {
              closed += 1;
            });
          };
        });
      });
    }
  );
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  for (const peer of peers.splice(0)) {
    peer.end();
  }
  await new Promise<void>(resolve => server.close(() => resolve()));
  await fs.rm(folder, { recursive: true });
});

async function connect(sftpTimeout: number): Promise<Connection> {
  const client = new Client();
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve).once('error', reject);
    const { port } = server.address() as AddressInfo;
    client.connect({ host: '127.0.0.1', port, username: 'ann', password: 'x' });
  });
  return Connection.over(client, {
    user: 'ann',
    host: 'host',
    asked: false,
    jump: null,
    sftpTimeout
  });
}

async function until(reached: () => boolean): Promise<void> {
  while (!reached()) {
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

it('an SFTP server that comes too late is closed, and scripts copy', async () => {
  const connection = await connect(50);
  await fs.writeFile(path.join(folder, 'a'), 'abc');
  expect(await connection.files.readText(path.join(folder, 'a'))).toBe('abc');
  expect(await connection.files.sftp()).toBe(false);
  openSftp?.();
  await until(() => closed === 1);
  expect(opened).toBe(1);
  // The connection goes on, with scripts as before.
  expect(await connection.files.readText(path.join(folder, 'a'))).toBe('abc');
  connection.end();
  await connection.closed;
}, 60_000);

it('one that comes in time is kept', async () => {
  const connection = await connect(600_000);
  const sftp = connection.files.sftp();
  await until(() => openSftp !== null);
  openSftp?.();
  expect(await sftp).toBe(true);
  // What follows on the same line is answered after what would have closed it.
  await connection.run('true');
  expect([opened, closed]).toEqual([1, 0]);
  connection.end();
  await connection.closed;
}, 60_000);
