/** One hop of SSH: from a socket to a client that is ready, or the reason why not. */
import type { Readable } from 'node:stream';

import { Client, type ServerHostKeyAlgorithm } from 'ssh2';

import { messageOf, ProxyError } from '../../../failure';
import { noAgent, type Ask, Authentication } from './authentication';
import type { ICredentials } from './credentials';
import {
  connectionFailure,
  connectionLost,
  nameOf,
  noAnswer,
  passwordExpired
} from './failures';
import type { IExpectedKey } from './host-keys';
import { fingerprintOf } from './known-hosts';
import { reach } from './socket';

export interface IHop {
  readonly host: string;
  readonly port: number;
  readonly expected: IExpectedKey;
  readonly credentials: ICredentials;
  /** Through another hop; null: from this machine. */
  readonly through: Readable | null;
}

/** A host whose key nobody knows: the user decides. */
export class UnknownHostKey extends Error {
  constructor(
    readonly host: string,
    readonly port: number,
    readonly key: Buffer
  ) {
    super(`The host key of ${nameOf(host, port)} is not known.`);
    this.name = 'UnknownHostKey';
  }

  get fingerprint(): string {
    return fingerprintOf(this.key);
  }
}

/** A client, and whether the user had to answer for it. */
export interface IOpened {
  readonly client: Client;
  readonly asked: boolean;
}

/** Milliseconds to a key exchange, and from there to the end of the log-in without the user's time. */
const HANDSHAKE = 15_000;
const LOGIN = 30_000;
/** Milliseconds between signs of life, and how many may stay unanswered. */
const KEEPALIVE = 5_000;
const UNANSWERED = 3;

/**
 * @param ask - asks the user; the clock stands still meanwhile.
 * @throws UnknownHostKey, or ProxyError with one sentence of why not.
 */
export async function openClient(
  hop: IHop,
  ask: Ask,
  signal: AbortSignal
): Promise<IOpened> {
  const name = nameOf(hop.host, hop.port);
  const clock = new Clock();
  const authentication = await Authentication.prepare(
    hop.credentials,
    name,
    async question => {
      clock.stop();
      const answers = await ask(question);
      clock.start(LOGIN);
      return answers;
    }
  );
  signal.throwIfAborted();
  const client = new Client();
  const opened = new Promise<IOpened>((resolve, reject) => {
    let refusal: Error | null = null;
    const fail = (error: unknown): void => {
      clock.stop();
      signal.removeEventListener('abort', abort);
      reject(refusal ?? connectionFailure(error, name));
      client.destroy();
    };
    const abort = (): void => fail(signal.reason);
    clock.onEnd = seconds => fail(noAnswer(name, seconds));
    signal.addEventListener('abort', abort, { once: true });
    client
      .on('error', error => {
        switch (error.level) {
          case 'client-authentication':
            fail(authentication.failure());
            break;
          case 'agent':
            fail(
              noAgent(`The ssh-agent does not answer: ${messageOf(error)}.`)
            );
            break;
          default:
            fail(tooManyKeys(error, name) ?? error);
        }
      })
      .on('handshake', () => clock.start(LOGIN))
      .on('change password', () =>
        fail(passwordExpired(hop.credentials.user, name))
      )
      .once('close', () => fail(connectionLost(name)))
      .once('ready', () => {
        clock.stop();
        signal.removeEventListener('abort', abort);
        // Without it copies run at a quarter of the speed.
        client.setNoDelay(true);
        resolve({ client, asked: authentication.asked });
      });
    clock.start(HANDSHAKE);
    client.connect({
      host: hop.host,
      port: hop.port,
      username: hop.credentials.user,
      sock: hop.through ?? reach(hop.host, hop.port),
      // The clock here knows when the user is thinking.
      readyTimeout: 0,
      keepaliveInterval: KEEPALIVE,
      keepaliveCountMax: UNANSWERED,
      algorithms: { serverHostKey: order(hop.expected.algorithms) },
      hostVerifier: (key: Buffer): boolean => {
        try {
          if (!hop.expected.check(key)) {
            refusal = new UnknownHostKey(hop.host, hop.port, key);
          }
        } catch (error) {
          refusal = error instanceof Error ? error : null;
          return false;
        }
        return refusal === null;
      },
      authHandler: authentication.handler
    });
  });
  // An error after the end, as of a socket that is torn down, is no news.
  client.on('error', () => undefined);
  return opened;
}

function tooManyKeys(error: unknown, host: string): ProxyError | null {
  return /too many authentication failures/i.test(messageOf(error))
    ? new ProxyError(
        401,
        'too-many-keys',
        `${host} ended the log-in after too many attempts.`,
        {
          where: host,
          hint: 'An ssh-agent with many keys does that: choose a key file instead.'
        }
      )
    : null;
}

const ALL: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa'
];

/** All algorithms for host keys, some of them first. */
export function order(
  first: readonly ServerHostKeyAlgorithm[]
): ServerHostKeyAlgorithm[] {
  return [...new Set([...first, ...ALL])];
}

/** A time limit that can stand still. */
class Clock {
  onEnd: (seconds: number) => void = () => undefined;

  start(milliseconds: number): void {
    this.stop();
    this._timer = setTimeout(
      () => this.onEnd(milliseconds / 1000),
      milliseconds
    );
  }

  stop(): void {
    clearTimeout(this._timer);
  }

  private _timer: NodeJS.Timeout | undefined;
}
