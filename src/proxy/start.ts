/**
 * The first line on stdin: where to listen, what to run, and the credentials,
 * which are never in arguments or the environment.
 */
import path from 'node:path';

import { isObject, number, text, type JsonObject } from './files';

export interface IStart {
  /** UNIX socket to listen on. */
  readonly socket: string;
  /** Folder of the job folders. */
  readonly jobs: string;
  /** Python that runs the agent. */
  readonly python: string;
  /** Goes on PYTHONPATH of agents and jobs. */
  readonly runtime: string;
  readonly version: string;
  /** Who it is when the relay names nobody. */
  readonly user: string;
  readonly server: { readonly baseUrl: string; readonly token: string } | null;
  /** UNIX socket of the server extension for kernels, when there is no token. */
  readonly kernels: string | null;
  /** Merged settings of the plugin. */
  readonly settings: JsonObject;
  /** Seconds without requests, streams and jobs after which the proxy ends. */
  readonly idle: number;
}

const IDLE = 600;

/**
 * Read the start-up line.
 *
 * @throws Error that names the key that is missing or wrong.
 */
export function parseStart(line: string): IStart {
  const parsed: unknown = JSON.parse(line);
  if (!isObject(parsed)) {
    throw new Error('The start-up line is not a JSON object.');
  }
  const required = (key: string): string => {
    const value = text(parsed, key);
    if (!value) {
      throw new Error(`The start-up line lacks "${key}".`);
    }
    return value;
  };
  const absolute = (key: string): string => {
    const value = required(key);
    if (!path.isAbsolute(value)) {
      throw new Error(`"${key}" in the start-up line is not an absolute path.`);
    }
    return value;
  };
  const kernels = text(parsed, 'kernels') || null;
  const server = parseServer(parsed.server);
  if (!server && !kernels) {
    throw new Error('The start-up line has neither "server" nor "kernels".');
  }
  return {
    socket: absolute('socket'),
    jobs: absolute('jobs'),
    python: required('python'),
    runtime: absolute('runtime'),
    version: required('version'),
    user: text(parsed, 'user') ?? '',
    server,
    kernels,
    settings: isObject(parsed.settings) ? parsed.settings : {},
    idle: number(parsed, 'idle') ?? IDLE
  };
}

function parseServer(value: unknown): IStart['server'] {
  if (!isObject(value)) {
    return null;
  }
  const baseUrl = text(value, 'baseUrl');
  const token = text(value, 'token');
  if (!baseUrl || token === undefined) {
    throw new Error(
      '"server" in the start-up line lacks "baseUrl" or "token".'
    );
  }
  return { baseUrl: baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`, token };
}
