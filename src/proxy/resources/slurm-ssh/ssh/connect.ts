/** From settings and credentials to a connection, by way of a jump host where there is one. */
import type { Client, ClientChannel } from 'ssh2';

import { ProxyError } from '../../../failure';
import type { IClusterSettings } from '../../../settings';
import type { Ask } from './authentication';
import { abortReason } from './channels';
import { openClient, UnknownHostKey, type IHop, type IOpened } from './client';
import { Connection } from './connection';
import type { ICredentials } from './credentials';
import { connectionFailure, connectionLost, nameOf } from './failures';
import type { HostKeys } from './host-keys';

export interface IConnectOptions {
  /** Of Jupyter: whose host keys count. */
  readonly user: string;
  readonly cluster: IClusterSettings;
  readonly credentials: ICredentials;
  readonly hostKeys: HostKeys;
  /** Fingerprint that the user has accepted; empty: none. */
  readonly trust: string;
  readonly ask: Ask;
  readonly signal: AbortSignal;
}

/** @throws UnknownHostKey, or ProxyError with one sentence of why not. */
export async function connect(options: IConnectOptions): Promise<Connection> {
  const { cluster, credentials, signal } = options;
  const name = nameOf(cluster.host, cluster.port);
  const jump = cluster.jump ? parseJump(cluster.jump) : null;
  const first = jump
    ? await open(options, {
        host: jump.host,
        port: jump.port,
        user: jump.user || credentials.user,
        pinned: '',
        through: null
      })
    : null;
  try {
    const target = await open(options, {
      host: cluster.host,
      port: cluster.port,
      user: credentials.user,
      pinned: cluster.hostKey,
      through: first && jump && (() => forward(first.client, cluster, jump))
    });
    // The clients are open, and do not hear of it any more.
    const abort = (): void => void target.client.destroy();
    signal.addEventListener('abort', abort, { once: true });
    try {
      const connection = await Connection.over(target.client, {
        user: credentials.user,
        host: name,
        asked: target.asked || (first?.asked ?? false),
        jump: first?.client ?? null
      });
      signal.throwIfAborted();
      return connection;
    } catch (error) {
      target.client.destroy();
      throw signal.aborted ? abortReason(signal) : error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  } catch (error) {
    first?.client.destroy();
    throw error;
  }
}

interface IJump {
  readonly user: string;
  readonly host: string;
  readonly port: number;
}

/** @param text - as user@host:port; user and port may be left out, IPv6 stands in brackets. */
export function parseJump(text: string): IJump {
  const found =
    /^(?:([^@\s]+)@)?(?:\[([0-9A-Fa-f:.]+)\]|([^@:\s[\]]+))(?::(\d{1,5}))?$/.exec(
      text.trim()
    );
  const port = Number(found?.[4] ?? 22);
  if (!found || port < 1 || port > 65535) {
    throw new ProxyError(422, 'bad-jump', `${text} names no jump host.`, {
      where: 'jump',
      hint: 'Write it as user@host:port in the Setup section.'
    });
  }
  return { user: found[1] ?? '', host: found[2] ?? found[3] ?? '', port };
}

interface ITarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly pinned: string;
  readonly through: (() => Promise<ClientChannel>) | null;
}

async function open(
  { user, credentials, hostKeys, trust, ask, signal }: IConnectOptions,
  target: ITarget
): Promise<IOpened> {
  const attempt = async (): Promise<IOpened> => {
    const { host, port, pinned } = target;
    const hop: IHop = {
      host,
      port,
      expected: await hostKeys.expect(user, host, port, pinned),
      credentials: { ...credentials, user: target.user },
      through: target.through && (await target.through())
    };
    return openClient(hop, ask, signal);
  };
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof UnknownHostKey) || error.fingerprint !== trust) {
      throw error;
    }
    await hostKeys.remember(user, target.host, target.port, error.key);
    return attempt();
  }
}

/** A stream to the cluster that begins at the jump host. */
function forward(
  client: Client,
  cluster: IClusterSettings,
  jump: IJump
): Promise<ClientChannel> {
  const name = nameOf(cluster.host, cluster.port);
  const from = nameOf(jump.host, jump.port);
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(connectionLost(from));
    client.once('close', gone);
    client.forwardOut(
      '127.0.0.1',
      0,
      cluster.host,
      cluster.port,
      (error, channel) => {
        client.off('close', gone);
        if (error) {
          const { failure } = connectionFailure(error, name);
          reject(
            new ProxyError(
              502,
              'jump-failed',
              `The jump host ${from} does not reach ${name}: ${error.message}.`,
              {
                where: 'jump',
                hint: 'See whether host and port are right as seen from the jump host, and whether it allows forwarding.',
                cause: failure
              }
            )
          );
        } else {
          resolve(channel);
        }
      }
    );
  });
}
