/** @jest-environment node */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { WebSocketServer, type WebSocket } from 'ws';

import { ServicesKernels } from '../services-kernels';

/** As much of a Jupyter server as kernels need; its kernels take code and say nothing else. */
class Jupyter {
  static async open(): Promise<Jupyter> {
    const jupyter = new Jupyter();
    await new Promise<void>(resolve =>
      jupyter._http.listen(0, '127.0.0.1', resolve)
    );
    return jupyter;
  }

  private constructor() {
    this._http = createServer((request, response) => {
      const [, kind, id] =
        /^\/api\/(sessions|kernels)\/?([^/?]*)/.exec(request.url ?? '') ?? [];
      const kernel = { id: 'k', name: 'python3' };
      const session = {
        id: 's',
        name: 'x',
        path: '/jobs/x',
        type: 'tomo',
        kernel
      };
      this.asked.push(`${request.method} ${kind}`);
      const there = this.alive || !id;
      const deleted = request.method === 'DELETE';
      response.writeHead(
        !there ? 404 : deleted ? 204 : request.method === 'POST' ? 201 : 200,
        { 'content-type': 'application/json' }
      );
      response.end(
        deleted
          ? undefined
          : JSON.stringify(
              !there
                ? {}
                : kind === 'kernels'
                  ? kernel
                  : id || request.method === 'POST'
                    ? session
                    : [session]
            )
      );
    });
    this._sockets = new WebSocketServer({ server: this._http });
    this._sockets.on('connection', socket => {
      this.connections.add(socket);
      socket.on('close', () => this.connections.delete(socket));
      socket.on('message', () => this.onMessage(socket));
    });
  }

  alive = true;
  readonly asked: string[] = [];
  readonly connections = new Set<WebSocket>();
  /** What a kernel does with what it is sent. */
  onMessage = (_socket: WebSocket): void => undefined;

  get url(): string {
    const { port } = this._http.address() as AddressInfo;
    return `http://127.0.0.1:${port}/`;
  }

  async close(): Promise<void> {
    for (const socket of this.connections) {
      socket.terminate();
    }
    this._sockets.close();
    this._http.closeAllConnections();
    await new Promise(resolve => this._http.close(resolve));
  }

  private readonly _http: Server;
  private readonly _sockets: WebSocketServer;
}

let jupyter: Jupyter;
let kernels: ServicesKernels;

beforeEach(async () => {
  jupyter = await Jupyter.open();
  kernels = new ServicesKernels({ baseUrl: jupyter.url, token: 't' });
});

afterEach(async () => {
  kernels.dispose();
  await jupyter.close();
});

async function until(reached: () => boolean): Promise<void> {
  while (!reached()) {
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

/** A job that has been given to a kernel; what becomes of it is awaited by nobody. */
async function run(): Promise<string> {
  const { session, kernel } = await kernels.start({
    path: '/jobs/x',
    name: 'x',
    kernel: 'python3'
  });
  kernels.execute(kernel, 'pass').catch(() => undefined);
  await until(() => jupyter.connections.size === 1);
  return session;
}

it('lists the sessions of the server', async () => {
  expect(await kernels.sessions()).toEqual([
    { session: 's', path: '/jobs/x', type: 'tomo' }
  ]);
});

it('a session that ends closes the connection to its kernel', async () => {
  const session = await run();
  await kernels.shutdown(session);
  await until(() => jupyter.connections.size === 0);
  expect(jupyter.asked).toContain('DELETE sessions');
});

it('so does one that is gone already', async () => {
  const session = await run();
  jupyter.alive = false;
  await kernels.shutdown(session);
  await until(() => jupyter.connections.size === 0);
  expect(jupyter.asked).not.toContain('DELETE sessions');
});
