/** What can be wrong with a log-in or a connection, each as one sentence and what to do. */
import { messageOf, ProxyError, systemCode } from '../../../failure';

/** A host as it is told: with its port where that is not the usual one. */
export function nameOf(host: string, port: number): string {
  return port === 22 ? host : `${host}:${port}`;
}

export function unknownResource(resource: string): ProxyError {
  return new ProxyError(
    404,
    'no-resource',
    `There is no cluster named ${resource}.`,
    {
      where: 'resource',
      hint: 'Add it in the Setup section, or choose another.'
    }
  );
}

export function emptyName(resource: string): ProxyError {
  return new ProxyError(422, 'empty-name', 'The user name is empty.', {
    where: 'user',
    hint: `Type the name of your account on ${resource}.`
  });
}

export function emptyPassword(user: string): ProxyError {
  return new ProxyError(422, 'empty-password', 'The password is empty.', {
    where: 'password',
    hint: `Type the password of ${user}, or choose another method.`
  });
}

export function emptyKey(): ProxyError {
  return new ProxyError(422, 'empty-key', 'No private key is chosen.', {
    where: 'key',
    hint: 'Type the path of a private key on the Jupyter server, as ~/.ssh/id_ed25519.'
  });
}

export function alreadyLoggedIn(user: string, resource: string): ProxyError {
  return new ProxyError(
    409,
    'already-logged-in',
    `You are already logged in to ${resource} as ${user}.`,
    { where: resource, hint: 'Log out first to log in as somebody else.' }
  );
}

export function loggedOut(resource: string): ProxyError {
  return new ProxyError(
    409,
    'logged-out',
    `You are not logged in to ${resource}.`,
    { where: resource, hint: 'Log in and try again; jobs there go on.' }
  );
}

/** A log-in that was there and is being brought back. */
export function reconnecting(resource: string): ProxyError {
  return new ProxyError(
    503,
    'connecting',
    `The connection to ${resource} is being made again.`,
    { where: resource, hint: 'Wait a moment and try again; jobs there go on.' }
  );
}

export function noSuchLogin(): ProxyError {
  return new ProxyError(
    404,
    'login-over',
    'This log-in is over: it took too long, or another has replaced it.',
    { where: 'login', hint: 'Log in again.' }
  );
}

export function loginStopped(): ProxyError {
  return new ProxyError(
    409,
    'login-stopped',
    'The log-in was stopped by a log-out or by other settings of the cluster.',
    { where: 'login', hint: 'Log in again.' }
  );
}

export function loginReplaced(): ProxyError {
  return new ProxyError(
    409,
    'login-replaced',
    'Another log-in to the same cluster has replaced this one.',
    { where: 'login', hint: 'Go on with the newer one.' }
  );
}

/** A host that was known and is not any more, as when known_hosts was cleared. */
export function unknownKey(about: {
  host: string;
  port: number;
  fingerprint: string;
}): ProxyError {
  const host = nameOf(about.host, about.port);
  return new ProxyError(
    502,
    'host-key-unknown',
    `The host key of ${host}, ${about.fingerprint}, is not known here.`,
    {
      where: host,
      hint: 'Log in again, and accept the key if it is the right one.'
    }
  );
}

export function keyChanged(
  host: string,
  fingerprint: string,
  source: string
): ProxyError {
  return new ProxyError(
    502,
    'host-key-changed',
    `The host key of ${host} has changed to ${fingerprint}: nothing was sent.`,
    {
      where: source,
      hint: `Somebody may be listening. Ask those who run the host; only when they confirm the new key, correct ${source}.`
    }
  );
}

export function keyRevoked(host: string, source: string): ProxyError {
  return new ProxyError(
    502,
    'host-key-revoked',
    `The host key of ${host} is marked as revoked.`,
    { where: source, hint: 'Ask those who run the host.' }
  );
}

export function noAnswer(host: string, seconds: number): ProxyError {
  return new ProxyError(
    504,
    'timed-out',
    `${host} did not answer within ${seconds} s.`,
    {
      where: host,
      hint: 'See whether the host is up, and whether a firewall, a VPN or a jump host lies between.'
    }
  );
}

export function connectionLost(host: string, why = ''): ProxyError {
  return new ProxyError(
    503,
    'connection-lost',
    `The connection to ${host} was cut${why && ` (${why})`}.`,
    {
      where: host,
      hint: 'It is made again by itself where that is possible; jobs there go on.'
    }
  );
}

export function passwordExpired(user: string, host: string): ProxyError {
  return new ProxyError(
    401,
    'password-expired',
    `The password of ${user} on ${host} has expired.`,
    {
      where: 'password',
      hint: 'Change it (log in with ssh in a terminal, or as the site says) and log in again.'
    }
  );
}

/** Why no connection came about: the error of a socket or of the protocol. */
export function connectionFailure(error: unknown, host: string): ProxyError {
  if (error instanceof ProxyError) {
    return error;
  }
  const code = systemCode(error);
  const known = SOCKET[code];
  if (known) {
    const [status, name, message, hint] = known;
    return new ProxyError(status, name, `${message(host)}.`, {
      where: host,
      hint,
      cause: error
    });
  }
  return new ProxyError(
    502,
    'connection-failed',
    `No connection to ${host} came about: ${messageOf(error)}.`,
    {
      where: host,
      hint: 'See whether it is an SSH server, and try ssh in a terminal of the Jupyter server.',
      cause: error
    }
  );
}

type Sentence = readonly [
  status: number,
  code: string,
  message: (host: string) => string,
  hint: string
];

const UNKNOWN: Sentence = [
  502,
  'unknown-host',
  host => `There is no host ${host}`,
  'Correct the name of the host in the Setup section; see whether the server has a network.'
];
const UNREACHABLE: Sentence = [
  502,
  'unreachable',
  host => `${host} cannot be reached`,
  'See whether the Jupyter server has a network, and whether a VPN or a jump host is needed.'
];

const SOCKET: Readonly<Record<string, Sentence>> = {
  ENOTFOUND: UNKNOWN,
  EAI_AGAIN: UNKNOWN,
  EAI_NONAME: UNKNOWN,
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  ECONNREFUSED: [
    502,
    'refused',
    host => `${host} refused the connection`,
    'See whether an SSH server runs there, and whether the port is right.'
  ],
  ECONNRESET: [
    502,
    'reset',
    host => `${host} broke the connection off`,
    'Try again in a minute: the host may be busy or refuse this machine; its administrators can tell.'
  ],
  ETIMEDOUT: [
    504,
    'timed-out',
    host => `${host} did not answer`,
    'See whether the host is up, and whether a firewall, a VPN or a jump host lies between.'
  ]
};
