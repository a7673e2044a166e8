/** What can be seen of a host before anybody logs in: its name, its port, its key. */
import dns from 'node:dns/promises';
import net from 'node:net';

import { Client } from 'ssh2';

import type { ProxyError } from '../../../failure';
import { order } from './client';
import { connectionFailure, nameOf, noAnswer } from './failures';
import type { HostKeys } from './host-keys';
import { fingerprintOf } from './known-hosts';

/** Milliseconds to an answer. */
const PATIENCE = 10_000;

export interface ISight {
  readonly addresses: readonly string[];
  /** Milliseconds to a connection; null: the port does not answer. */
  readonly connected: number | null;
  /** Of the key; empty when it was not shown. */
  readonly fingerprint: string;
  readonly known: boolean;
  /** What went wrong first. */
  readonly failure: ProxyError | null;
}

export async function lookAtHost(
  user: string,
  place: { host: string; port: number; pinned: string },
  hostKeys: HostKeys
): Promise<ISight> {
  const name = nameOf(place.host, place.port);
  const sight = {
    addresses: [] as string[],
    connected: null as number | null,
    fingerprint: '',
    known: false
  };
  try {
    const found = await dns.lookup(place.host, { all: true });
    sight.addresses.push(...found.map(({ address }) => address));
    sight.connected = await connected(place.host, place.port, name);
    const { host, port, pinned } = place;
    const expected = await hostKeys.expect(user, host, port, pinned);
    const key = await shownKey(place, order(expected.algorithms));
    sight.fingerprint = fingerprintOf(key);
    sight.known = expected.check(key);
  } catch (error) {
    return { ...sight, failure: connectionFailure(error, name) };
  }
  return { ...sight, failure: null };
}

async function connected(
  host: string,
  port: number,
  name: string
): Promise<number> {
  const since = performance.now();
  const socket = net.connect({ host, port, timeout: PATIENCE });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
      socket.once('timeout', () => reject(noAnswer(name, PATIENCE / 1000)));
    });
  } finally {
    socket.destroy();
  }
  return performance.now() - since;
}

/** The key that a host shows; the connection ends there. */
function shownKey(
  { host, port }: { host: string; port: number },
  serverHostKey: ReturnType<typeof order>
): Promise<Buffer> {
  const client = new Client();
  return new Promise<Buffer>((resolve, reject) => {
    const late = setTimeout(
      () => reject(noAnswer(nameOf(host, port), PATIENCE / 1000)),
      PATIENCE
    );
    client
      .on('error', reject)
      .once('close', () => clearTimeout(late))
      .connect({
        host,
        port,
        // Nobody is logged in: it is refused before a name is sent.
        username: 'nobody',
        readyTimeout: PATIENCE,
        algorithms: { serverHostKey },
        hostVerifier: (key: Buffer): boolean => {
          resolve(key);
          return false;
        }
      });
  }).finally(() => client.destroy());
}
