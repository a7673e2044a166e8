/**
 * Errors of the browser's door: always a `Failure`, in one class.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Failure } from './_generated/api';
import { validateFailure } from './_generated/validators';

/** Thrown by every method of the client. */
export class ApiError extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
    this.name = 'ApiError';
  }
}

/** What a request that nobody waits for any more is rejected with. */
export function abortError(): DOMException {
  return new DOMException(
    'A newer request took the place of this one.',
    'AbortError'
  );
}

/** Whether a rejection only says that nobody waits any more. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** Whatever was thrown, as a failure that can be shown. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ApiError) {
    return error.failure;
  }
  return {
    code: 'unexpected',
    message: error instanceof Error ? error.message : String(error),
    where: '',
    hint: ''
  };
}

/** No answer at all came. */
export function networkFailure(url: string, trans: TranslationBundle): Failure {
  return {
    code: 'network',
    message: trans.__('Jupyter Server does not answer.'),
    where: url,
    hint: trans.__('Check the connection and that the server still runs.')
  };
}

/** An answer that is not what the contract says. */
export function replyFailure(
  url: string,
  what: string,
  trans: TranslationBundle
): Failure {
  return {
    code: 'bad-reply',
    message: trans.__("The server's answer is not understood: %1", what),
    where: url,
    hint: trans.__('Reload this page; if it stays, update jupyterlab-tomo.')
  };
}

/**
 * The failure in an answer that is not OK: the proxy's own words when the body
 * has them, else what the status means here.
 */
export function statusFailure(
  url: string,
  status: number,
  body: unknown,
  trans: TranslationBundle
): Failure {
  return inBody(body) ?? { ...byStatus(status, trans), where: url };
}

function inBody(body: unknown): Failure | null {
  if (isFailure(body)) {
    return body;
  }
  if (
    typeof body === 'object' &&
    body !== null &&
    'error' in body &&
    isFailure(body.error)
  ) {
    return body.error;
  }
  return null;
}

function byStatus(
  status: number,
  trans: TranslationBundle
): Omit<Failure, 'where'> {
  switch (status) {
    case 401:
    case 403:
      return {
        code: 'forbidden',
        message: trans.__('Jupyter Server refuses the request.'),
        hint: trans.__('Reload this page and log in again.')
      };
    case 404:
      return {
        code: 'server-extension-missing',
        message: trans.__('The server part of jupyterlab-tomo does not run.'),
        hint: trans.__(
          'Install it where Jupyter Server runs (pip install jupyterlab-tomo) and start the server again.'
        )
      };
    case 413:
      return {
        code: 'too-large',
        message: trans.__('The request is too large.'),
        hint: ''
      };
    case 502:
    case 503:
    case 504:
      return {
        code: 'proxy-unavailable',
        message: trans.__('The tomography service is not there at the moment.'),
        hint: trans.__(
          'It is started again by itself; if this stays, look at the log of Jupyter Server.'
        )
      };
    default:
      return {
        code: `http-${status}`,
        message: trans.__('Jupyter Server answered with status %1.', status),
        hint: trans.__('The log of Jupyter Server says more.')
      };
  }
}

function isFailure(value: unknown): value is Failure {
  return validateFailure(value);
}
