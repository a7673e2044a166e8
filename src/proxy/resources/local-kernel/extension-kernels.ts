/**
 * Kernels through the server extension's socket: one JSON line a request, one
 * a reply. A new connection a request: they are few, and a lost one then fails
 * only that request.
 */
import net from 'node:net';

import { isObject, text, type JsonObject } from '../../files';
import type { IKernels, IKernelSession, IKernelSpecs } from './kernels';

const TIMEOUT = 60_000;
const MAX_REPLY = 1 << 20;

export class ExtensionKernels implements IKernels {
  constructor(private readonly _socket: string) {}

  async specs(): Promise<IKernelSpecs> {
    const reply = await this._ask('specs');
    const specs = isObject(reply.kernelspecs) ? reply.kernelspecs : {};
    return {
      default: text(reply, 'default') ?? '',
      specs: Object.entries(specs).flatMap(([name, spec]) =>
        isObject(spec)
          ? [
              {
                name,
                title: text(spec, 'display_name') ?? name,
                language: text(spec, 'language') ?? ''
              }
            ]
          : []
      )
    };
  }

  async start(options: {
    path: string;
    name: string;
    kernel: string;
  }): Promise<{ session: string; kernel: string }> {
    const reply = await this._ask('start', options);
    const session = text(reply, 'session');
    const kernel = text(reply, 'kernel');
    if (!session || !kernel) {
      throw new Error(
        'The server extension started a kernel but did not name it.'
      );
    }
    return { session, kernel };
  }

  async sessions(): Promise<readonly IKernelSession[]> {
    const sessions = await this._call('sessions');
    return (Array.isArray(sessions) ? sessions : [])
      .filter(isObject)
      .map(each => ({
        session: text(each, 'session') ?? '',
        path: text(each, 'path') ?? '',
        type: text(each, 'type') ?? ''
      }));
  }

  async execute(kernel: string, code: string): Promise<void> {
    await this._ask('execute', { kernel, code });
  }

  async interrupt(kernel: string): Promise<void> {
    await this._ask('interrupt', { kernel });
  }

  async shutdown(session: string): Promise<void> {
    await this._ask('shutdown', { session });
  }

  async alive(kernel: string): Promise<boolean> {
    return (await this._ask('alive', { kernel })).alive === true;
  }

  dispose(): void {
    for (const connection of this._open) {
      connection.destroy();
    }
  }

  private async _ask(op: string, keys: JsonObject = {}): Promise<JsonObject> {
    const result = await this._call(op, keys);
    return isObject(result) ? result : {};
  }

  private _call(op: string, keys: JsonObject = {}): Promise<unknown> {
    const id = ++this._last;
    return new Promise((resolve, reject) => {
      const connection = net.connect(this._socket);
      this._open.add(connection);
      let received = '';
      connection.setEncoding('utf8');
      connection.setTimeout(TIMEOUT, () =>
        connection.destroy(
          new Error(`The server extension did not answer "${op}" in time.`)
        )
      );
      connection.on('connect', () =>
        connection.write(`${JSON.stringify({ id, op, ...keys })}\n`)
      );
      connection.on('data', (chunk: string) => {
        received += chunk;
        const end = received.indexOf('\n');
        if (end >= 0) {
          connection.end();
          Promise.resolve(received.slice(0, end))
            .then(line => answer(op, line))
            .then(resolve, reject);
        } else if (received.length > MAX_REPLY) {
          connection.destroy(
            new Error(`The server extension's answer to "${op}" is too long.`)
          );
        }
      });
      connection.on('error', reject);
      connection.on('close', () => {
        this._open.delete(connection);
        reject(new Error(`The server extension gave no answer to "${op}".`));
      });
    });
  }

  private _last = 0;
  private readonly _open = new Set<net.Socket>();
}

function answer(op: string, line: string): unknown {
  const reply: unknown = JSON.parse(line);
  if (!isObject(reply)) {
    throw new Error(
      `The server extension's answer to "${op}" is not an object.`
    );
  }
  if (isObject(reply.error)) {
    throw new Error(
      text(reply.error, 'message') ?? `The server extension refused "${op}".`
    );
  }
  return reply.result;
}
