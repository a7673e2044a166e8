import type { Failure } from '../api/_generated/api';

/** An error that is told to the caller as it is, with an HTTP status. */
export class ProxyError extends Error {
  readonly failure: Failure;
  readonly status: number;

  constructor(
    status: number,
    code: string,
    message: string,
    about: { where?: string; hint?: string; cause?: unknown } = {}
  ) {
    super(message, { cause: about.cause });
    this.name = 'ProxyError';
    this.status = status;
    this.failure = {
      code,
      message,
      where: about.where ?? '',
      hint: about.hint ?? ''
    };
  }

  /** A failure that came from elsewhere, as the agent. */
  static from(failure: Failure, status: number): ProxyError {
    return new ProxyError(status, failure.code, failure.message, failure);
  }
}

/** A resource that the settings do not have, as after it was removed there. */
export function unknownResource(name: string): ProxyError {
  return new ProxyError(
    404,
    'no-resource',
    `There is no resource named ${name} in the settings.`,
    { where: 'resource', hint: 'Choose another one, or add it in Setup.' }
  );
}

/** What to tell of an error of any kind. */
export function failureOf(error: unknown): {
  failure: Failure;
  status: number;
} {
  if (error instanceof ProxyError) {
    return { failure: error.failure, status: error.status };
  }
  const system = systemFailure(error);
  if (system) {
    return system;
  }
  return {
    failure: {
      code: 'internal',
      message: `The proxy met an error that it did not expect: ${messageOf(error)}.`,
      where: 'proxy',
      hint: 'Try again; if it stays, see the log of the Jupyter server.'
    },
    status: 500
  };
}

export function messageOf(error: unknown): string {
  return keyOf(error, 'message') || String(error);
}

/** The code of a system error, as ENOENT; empty for any other error. */
export function systemCode(error: unknown): string {
  return keyOf(error, 'code');
}

/** A text that an error carries. Node's own errors need not be of this realm's Error. */
function keyOf(error: unknown, key: string): string {
  const value: unknown =
    typeof error === 'object' && error !== null
      ? Reflect.get(error, key)
      : undefined;
  return typeof value === 'string' ? value : '';
}

const SYSTEM: Record<string, [string, string]> = {
  ENOSPC: ['The disk is full', 'Free some space and try again.'],
  EDQUOT: ['The disk quota is used up', 'Free some space and try again.'],
  EACCES: [
    'Permission is denied',
    'Choose a folder that you may write, or ask for the right.'
  ],
  EROFS: [
    'The file system is read-only',
    'Choose a folder on another file system.'
  ],
  ENOENT: [
    'A file or folder is missing',
    'See whether it was moved or removed.'
  ]
};

function systemFailure(
  error: unknown
): { failure: Failure; status: number } | null {
  const code = systemCode(error);
  const known = SYSTEM[code];
  if (!known) {
    return null;
  }
  const path = keyOf(error, 'path');
  return {
    failure: {
      code: code.toLowerCase(),
      message: `${known[0]}${path ? `: ${path}` : ''}.`,
      where: path,
      hint: known[1]
    },
    status: code === 'ENOSPC' || code === 'EDQUOT' ? 507 : 500
  };
}
