/** @jest-environment node */
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

import { reach } from '../ssh/socket';

let server: Server;

beforeEach(async () => {
  server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => {
  server.close();
});

function here(): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

it('sends what is written in one turn in one piece, in its order', async () => {
  const heard: Buffer[] = [];
  server.on('connection', peer => {
    peer.on('data', piece => heard.push(Buffer.from(piece)));
  });
  const socket = reach('127.0.0.1', here());
  await once(socket, 'connect');
  const gathered = jest.spyOn(socket, '_writev');
  for (const piece of ['one ', 'two ', 'three ']) {
    socket.write(piece);
  }
  // Nothing waits for a later turn.
  await new Promise(resolve => setImmediate(resolve));
  expect(socket.writableCorked).toBe(0);
  socket.write(Buffer.from('four'));
  socket.end();
  await once(socket, 'close');
  expect(Buffer.concat(heard).toString()).toBe('one two three four');
  expect(gathered.mock.calls.map(([pieces]) => pieces.length)).toEqual([3]);
});

it('tells a refused connection as its error', async () => {
  const port = here();
  await new Promise(resolve => server.close(resolve));
  const told: unknown = await once(reach('127.0.0.1', port), 'error');
  expect(told).toMatchObject([{ code: 'ECONNREFUSED' }]);
});
