// An agent of a few operations, for the tests of the pool.
const out = process.stdout;

function frame(header, body = Buffer.alloc(0)) {
  const text = Buffer.from(JSON.stringify(header));
  const length = Math.ceil(text.length / 8) * 8;
  const head = Buffer.alloc(16 + length, 0x20);
  head.write('TMF1');
  head.writeUInt32LE(length, 4);
  head.writeBigUInt64LE(BigInt(body.length), 8);
  text.copy(head, 16);
  return Buffer.concat([head, body]);
}

if (process.argv[2] === 'mute') {
  setInterval(() => undefined, 1000);
} else {
  out.write(process.argv[2] === 'noise' ? 'Hello, world!\n' : 'TOMO-AGENT 1\n');
  out.write(
    frame({
      id: 0,
      channel: '',
      reply: { protocol: 1, runner: 'fake', hash: 'x' }
    })
  );
}

const cancelled = [];
const waiting = new Map();
let rest = Buffer.alloc(0);
process.stdin.on('data', chunk => {
  rest = Buffer.concat([rest, chunk]);
  while (rest.length >= 16 && rest.length >= 16 + rest.readUInt32LE(4)) {
    const end = 16 + rest.readUInt32LE(4);
    answer(JSON.parse(rest.subarray(16, end).toString()));
    rest = rest.subarray(end);
  }
});
process.stdin.on('end', () => process.exit(0));

function answer(request) {
  const { id, channel, op } = request;
  switch (op) {
    case 'pid':
      return out.write(
        frame({ id, channel, reply: { pid: process.pid, cancelled } })
      );
    case 'image': {
      const body = Buffer.alloc(request.bytes);
      for (let i = 0; i < body.length; i += 4096) {
        body[i] = (i / 4096) % 251;
      }
      return out.write(
        frame({ id, channel, dtype: 'uint8', shape: [1, body.length] }, body)
      );
    }
    case 'half': {
      const whole = frame(
        { id, channel, dtype: 'uint8', shape: [1, request.bytes] },
        Buffer.alloc(request.bytes)
      );
      return out.write(whole.subarray(0, whole.length / 2), () =>
        process.exit(0)
      );
    }
    case 'wait':
      return waiting.set(id, channel);
    case 'cancel':
      cancelled.push(request.target);
      if (waiting.delete(request.target)) {
        const error = {
          code: 'cancelled',
          message: 'Cancelled.',
          where: '',
          hint: ''
        };
        out.write(frame({ id: request.target, channel, error }));
      }
      return undefined;
    case 'fail': {
      const error = {
        code: 'no-flats',
        message: 'No flats.',
        where: 'dataset',
        hint: 'Add some.'
      };
      return out.write(frame({ id, channel, error }));
    }
    default:
      process.stderr.write('the engine fell over\n', () => process.exit(3));
      return undefined;
  }
}
