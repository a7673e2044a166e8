// Stands in for the proxy: the same start-up protocol, and routes that show what the relay does.
import { createConnection } from 'node:net';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

const CHUNK = Buffer.alloc(65536, 7);
let line;
let streams = 0;
let more = () => undefined;
const told = [];
const asked = [];

const answer = (response, value, status = 200) => {
  const text = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text)
  });
  response.end(text);
};

const body = async request => {
  const parts = [];
  for await (const part of request) {
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
};

const routes = {
  async told(request, response) {
    answer(response, told);
  },
  async asked(request, response) {
    answer(response, asked);
  },
  async line(request, response) {
    answer(response, {
      ...line,
      pid: process.pid,
      secrets: Object.keys(process.env).filter(name => name.includes('TOKEN'))
    });
  },
  async headers(request, response) {
    answer(response, {
      method: request.method,
      url: request.url,
      headers: request.headers,
      body: await body(request)
    });
  },
  async down(request, response, query) {
    let left = Number(query.get('bytes'));
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      ...(query.has('length') ? { 'content-length': left } : {})
    });
    while (left > 0) {
      const part = left < CHUNK.length ? CHUNK.subarray(0, left) : CHUNK;
      left -= part.length;
      if (!response.write(part)) {
        await new Promise(resolve => response.once('drain', resolve));
      }
    }
    response.end();
  },
  async up(request, response) {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const part of request) {
      bytes += part.length;
      hash.update(part);
    }
    answer(response, { bytes, sha256: hash.digest('hex') });
  },
  // Sends the next event of a stream that is held.
  async next(request, response) {
    more();
    answer(response, {});
  },
  async events(request, response, query) {
    streams += 1;
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store'
    });
    let count = 0;
    const send = () => response.write(`data: ${++count}\n\n`);
    more = send;
    send();
    const timer = query.has('held') ? undefined : setInterval(send, 40);
    response.on('close', () => {
      clearInterval(timer);
      streams -= 1;
    });
  },
  async streams(request, response) {
    answer(response, { streams });
  },
  async early(request, response) {
    answer(response, { code: 'too-large' }, 413);
  },
  async page(request, response) {
    response.writeHead(200, {
      'content-type': 'text/html',
      'set-cookie': 'stolen=1'
    });
    response.end('<script>alert(1)</script>');
  },
  async empty(request, response) {
    response.writeHead(204);
    response.end();
  },
  async cut(request, response) {
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-length': 1000000
    });
    response.write(CHUNK, () => response.destroy());
  },
  async crash() {
    process.stderr.write(`${'x'.repeat(100000)}\nthe last word\n`);
    setTimeout(() => process.exit(3), 50);
  },
  async stop(request, response) {
    answer(response, {});
    response.on('finish', () => setTimeout(() => process.exit(0), 20));
  },
  async rest(request, response) {
    const reply = await fetch(`${line.server.baseUrl}api/kernels`, {
      headers: line.server.token
        ? { authorization: `token ${line.server.token}` }
        : {}
    });
    answer(response, { status: reply.status });
  },
  async kernels(request, response) {
    const socket = createConnection(line.kernels);
    const text = await body(request);
    socket.write(`${text}\n`);
    for await (const reply of createInterface({ input: socket })) {
      answer(response, JSON.parse(reply));
      break;
    }
    socket.destroy();
  }
};

const server = createServer((request, response) => {
  asked.push(`${request.method} ${request.url}`);
  const [path, query] = request.url.split('?');
  const route = routes[path.slice(1)];
  if (!route) {
    answer(response, { code: 'not-found', url: request.url }, 404);
    return;
  }
  route(request, response, new URLSearchParams(query ?? '')).catch(error => {
    process.stderr.write(`${error.stack}\n`);
    response.destroy();
  });
});

const input = createInterface({ input: process.stdin });
input.once('line', text => {
  line = JSON.parse(text);
  input.on('line', further => told.push(JSON.parse(further)));
  if (line.settings.mode === 'fail') {
    process.stderr.write('the settings say so\n');
    process.exit(4);
  }
  server.listen(line.socket, () => process.stdout.write('{"ready": true}\n'));
});
input.on('close', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
