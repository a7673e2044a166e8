/** @jest-environment node */
import path from 'node:path';

import { decodeFrame, encodeFrame, type IFrameHeader } from '../../api/frame';
import { AgentPool, spawnAgent, wholeFrame } from '../agents';
import type { IAgentCommand } from '../agents';
import { ProxyError } from '../failure';
import { FrameSplitter } from '../agents/frames';
import { isAlive } from '../processes';

const SCRIPT = path.join(__dirname, 'fake-agent.mjs');
const pools: AgentPool[] = [];

function fake(mode = ''): IAgentCommand {
  return {
    program: process.execPath,
    args: [SCRIPT, mode],
    env: process.env
  };
}

function pool(mode = '', idle?: number): AgentPool {
  const made = new AgentPool(
    () => Promise.resolve(spawnAgent(fake(mode))),
    idle
  );
  pools.push(made);
  return made;
}

afterEach(() => {
  for (const made of pools.splice(0)) {
    made.dispose();
  }
});

const never = (): AbortSignal => new AbortController().signal;

interface IPidReply {
  pid: number;
  cancelled: number[];
}

async function about(agents: AgentPool, user = 'ann'): Promise<IPidReply> {
  const { header, frame } = await agents.ask(
    user,
    'data',
    { channel: 'c', op: 'pid' },
    never()
  );
  await frame.cancel();
  return header.reply as IPidReply;
}

async function until(check: () => boolean): Promise<void> {
  for (let i = 0; i < 1000 && !check(); i++) {
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  expect(check()).toBe(true);
}

describe('the splitter', () => {
  it('gives the same frames whatever the pieces', () => {
    const mark = new TextEncoder().encode('TOMO-AGENT 1\n');
    const body = new Uint8Array(1000).map((_, i) => i % 256);
    const whole = Buffer.concat([
      mark,
      encodeFrame({ id: 1, channel: 'a', reply: { x: 'µ' } }),
      encodeFrame(
        { id: 2, channel: 'b', dtype: 'uint8', shape: [1, 1000] },
        body
      )
    ]);
    for (const size of [1, 7, 16, 100, whole.byteLength]) {
      const heads: IFrameHeader[] = [];
      const bytes: number[] = [];
      let ends = 0;
      const splitter = new FrameSplitter({
        mark: () => undefined,
        head: header => heads.push(header),
        body: piece => bytes.push(...piece),
        end: () => (ends += 1)
      });
      for (let i = 0; i < whole.byteLength; i += size) {
        splitter.push(whole.subarray(i, i + size));
      }
      expect(heads.map(header => header.id)).toEqual([1, 2]);
      expect(bytes).toEqual([...body]);
      expect(ends).toBe(2);
    }
  });
});

describe('the pool', () => {
  it('passes a frame through as the agent wrote it', async () => {
    const bytes = 12_345_678;
    const { header, frame } = await pool().ask(
      'ann',
      'data',
      { channel: 'c', op: 'image', bytes },
      never()
    );
    expect(header.shape).toEqual([1, bytes]);
    const whole = decodeFrame(await new Response(frame).arrayBuffer());
    expect(whole.header).toEqual(header);
    expect(whole.body.byteLength).toBe(bytes);
    const view = new Uint8Array(whole.body);
    expect(view[4096 * 300]).toBe(300 % 251);
  });

  it('keeps one agent a user, and another for results', async () => {
    const agents = pool();
    const [a, b, other] = [
      await about(agents),
      await about(agents),
      await about(agents, 'bob')
    ];
    expect(a.pid).toBe(b.pid);
    expect(other.pid).not.toBe(a.pid);
    const result = await agents.ask(
      'ann',
      'results',
      { channel: 'c', op: 'pid' },
      never()
    );
    expect((result.header.reply as IPidReply).pid).not.toBe(a.pid);
  });

  it('tells the agent that a request was given up', async () => {
    const agents = pool();
    await about(agents);
    const controller = new AbortController();
    const asked = agents.ask(
      'ann',
      'data',
      { channel: 'c', op: 'wait' },
      controller.signal
    );
    setTimeout(() => controller.abort(), 50);
    await expect(asked).rejects.toMatchObject({
      failure: { code: 'cancelled' }
    });
    expect((await about(agents)).cancelled).toEqual([2]);
  });

  it('passes on what the agent says is wrong', async () => {
    await expect(
      pool().ask('ann', 'data', { channel: 'c', op: 'fail' }, never())
    ).rejects.toMatchObject({
      status: 422,
      failure: {
        code: 'no-flats',
        message: 'No flats.',
        where: 'dataset',
        hint: 'Add some.'
      }
    });
  });

  it('tells how an agent died, and starts a fresh one', async () => {
    const agents = pool();
    const before = await about(agents);
    const waiting = agents.ask(
      'ann',
      'data',
      { channel: 'd', op: 'wait' },
      never()
    );
    const crash = agents.ask(
      'ann',
      'data',
      { channel: 'c', op: 'crash' },
      never()
    );
    const died = { status: 502, failure: { code: 'agent-died' } };
    await Promise.all([
      expect(waiting).rejects.toMatchObject(died),
      expect(crash).rejects.toThrow(/ended with code 3.*the engine fell over/)
    ]);
    const after = await about(agents);
    expect(after.pid).not.toBe(before.pid);
    expect(isAlive(before.pid)).toBe(false);
  });

  it('refuses a program that is no agent, or is not there', async () => {
    await expect(about(pool('noise'))).rejects.toThrow(
      'did not say that it is one'
    );
    const missing = new AgentPool(() =>
      Promise.resolve(
        spawnAgent({ program: '/nowhere/python', args: [], env: {} })
      )
    );
    await expect(about(missing)).rejects.toThrow('could not be started');
  });

  it('keeps one agent a user and cluster, for data and results', async () => {
    const started: string[] = [];
    const agents = new AgentPool((user, resource) => {
      started.push(`${user}@${resource}`);
      return Promise.resolve(spawnAgent(fake()));
    });
    pools.push(agents);
    const ask = (
      user: string,
      kind: 'data' | 'results',
      resource: string
    ): Promise<unknown> =>
      agents
        .ask(user, kind, { channel: 'c', op: 'pid', resource }, never())
        .then(({ frame }) => frame.cancel());
    await Promise.all([
      ask('ann', 'data', 'scarf'),
      ask('ann', 'results', 'scarf'),
      ask('bob', 'data', 'scarf'),
      ask('ann', 'data', 'other'),
      ask('ann', 'data', ''),
      ask('ann', 'results', '')
    ]);
    expect(started.sort()).toEqual([
      'ann@',
      'ann@',
      'ann@other',
      'ann@scarf',
      'bob@scarf'
    ]);
  });

  it('tells why none can be started, and tries again', async () => {
    let tries = 0;
    const agents = new AgentPool(() => {
      tries += 1;
      return tries === 1
        ? Promise.reject(new ProxyError(401, 'logged-out', 'Nobody is.'))
        : Promise.resolve(spawnAgent(fake()));
    });
    pools.push(agents);
    await expect(about(agents)).rejects.toMatchObject({
      failure: { code: 'logged-out' }
    });
    expect((await about(agents)).pid).toBeGreaterThan(0);
  });

  it('does not hold up who gives up while one is started', async () => {
    const controller = new AbortController();
    let go = (): void => undefined;
    const agents = new AgentPool(
      () =>
        new Promise(resolve => {
          go = () => resolve(spawnAgent(fake()));
        })
    );
    pools.push(agents);
    const asked = agents.ask(
      'ann',
      'data',
      { channel: 'c', op: 'pid', resource: 'scarf' },
      controller.signal
    );
    controller.abort();
    await expect(asked).rejects.toMatchObject({ status: 499 });
    // The start goes on for the next one.
    const next = agents.ask(
      'ann',
      'results',
      { channel: 'c', op: 'pid', resource: 'scarf' },
      never()
    );
    go();
    await (await next).frame.cancel();
  });

  it('tells of a cut in the middle of a frame, and how long a whole one took', async () => {
    // Of an agent on a cluster; those of this machine pass frames on.
    const agents = new AgentPool(() =>
      Promise.resolve({ ...spawnAgent(fake()), place: 'SCARF' })
    );
    pools.push(agents);
    const ask = (op: string): ReturnType<AgentPool['ask']> =>
      agents.ask('ann', 'data', { channel: 'c', op, bytes: 100_000 }, never());
    const { body, transfer } = await wholeFrame(await ask('image'));
    expect(transfer).toBeGreaterThanOrEqual(0);
    const bytes = await new Response(body).arrayBuffer();
    const here = await pool().ask(
      'ann',
      'data',
      { channel: 'c', op: 'image', bytes: 100_000 },
      never()
    );
    expect(here.whole).toBeUndefined();
    const streamed = await new Response(here.frame).arrayBuffer();
    expect(Buffer.from(bytes).equals(Buffer.from(streamed))).toBe(true);
    const again = await new Response((await ask('image')).frame).arrayBuffer();
    expect(again.byteLength).toBe(bytes.byteLength);
    await expect(wholeFrame(await ask('half'))).rejects.toMatchObject({
      status: 502,
      failure: { code: 'agent-died' }
    });
    expect((await about(agents)).pid).toBeGreaterThan(0);
  });

  it('ends an agent that rests, and all of them with itself', async () => {
    const resting = await about(pool('', 100));
    await until(() => !isAlive(resting.pid));
    const agents = pool();
    const { pid } = await about(agents);
    agents.dispose();
    await until(() => !isAlive(pid));
  });
});
