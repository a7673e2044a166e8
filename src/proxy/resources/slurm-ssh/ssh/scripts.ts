/** Scripts on the host, to their end or going on. */
import type { Readable, Writable } from 'node:stream';

import type { ClientChannel } from 'ssh2';

import { ProxyError } from '../../../failure';
import type { IRemoteProcess, IShellReply } from '../remote';
import { abortReason, type Channels } from './channels';
import { connectionLost, passwordExpired } from './failures';
import { AfterMark, Marks, SHELL } from './marks';

/** Milliseconds that a script may take when nobody says otherwise. */
const TIMEOUT = 30_000;
/** Bytes of output that a script may have. */
const MOST_OUTPUT = 64 << 20;

export interface IRunOptions {
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  readonly input?: string | Buffer;
}

export interface IBinaryReply {
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly code: number;
}

export class Scripts {
  /**
   * @param gone - rejects when the connection has gone.
   * @param about - who is logged in where, for sentences.
   */
  constructor(
    private readonly _channels: Channels,
    private readonly _gone: Promise<never>,
    private readonly _about: { user: string; host: string }
  ) {}

  async run(script: string, options: IRunOptions = {}): Promise<IShellReply> {
    const reply = await this.runBinary(script, options);
    return { ...reply, stdout: reply.stdout.toString('utf8') };
  }

  /** As `run`, for output that is no text. */
  async runBinary(
    script: string,
    { timeout = TIMEOUT, signal, input }: IRunOptions = {}
  ): Promise<IBinaryReply> {
    const marks = new Marks();
    const channel = await this._channels.exec(SHELL, signal);
    const out = new AfterMark(marks.begin);
    const err = new AfterMark(marks.begin);
    let close = (): void => channel.close();
    try {
      const stdout = collect(channel.pipe(out));
      const stderr = collect(channel.stderr.pipe(err));
      if (input === undefined) {
        channel.end(marks.whole(script, false));
      } else {
        channel.write(marks.whole(script, true));
        // Before its mark the shell might take it for the script.
        out.once('mark', () => channel.end(input));
      }
      const exit = await this._ended(channel, timeout, signal, out, [
        stdout,
        stderr
      ]);
      close = () => undefined;
      const output = await stdout;
      const reply = marks.read(output);
      if (reply) {
        return { ...reply, stderr: (await stderr).toString('utf8') };
      }
      if (exit === undefined) {
        throw connectionLost(this._about.host);
      }
      if (!out.seen) {
        throw this._noMarks(out.noise, err.noise);
      }
      // A syntax error, or a signal: the shell could not come to the mark.
      return {
        stdout: output,
        stderr: (await stderr).toString('utf8'),
        code: exit || 255
      };
    } finally {
      close();
    }
  }

  async start(script: string): Promise<IRemoteProcess> {
    const marks = new Marks();
    const channel = await this._channels.exec(SHELL);
    const stdout = channel.pipe(new AfterMark(marks.begin));
    const stderr = channel.stderr.pipe(new AfterMark(marks.begin));
    const gone = this._gone.catch(() => null);
    const closed = Promise.race([exitOf(channel), gone]).then(
      code => code ?? null
    );
    channel.write(marks.open(script));
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        channel.close();
        reject(this._silent());
      }, TIMEOUT);
      stdout.once('mark', () => {
        clearTimeout(timer);
        resolve();
      });
      void closed.then(code => {
        clearTimeout(timer);
        reject(
          code === null
            ? connectionLost(this._about.host)
            : this._noMarks(stdout.noise, stderr.noise)
        );
      });
    });
    return new RemoteProcess(channel, stdout, stderr, closed);
  }

  /** What to say of a process whose end nobody saw. */
  lost(): ProxyError {
    return connectionLost(this._about.host);
  }

  /** Exit code of the shell; undefined when the channel went without one. */
  private async _ended(
    channel: ClientChannel,
    timeout: number,
    signal: AbortSignal | undefined,
    out: AfterMark,
    streams: readonly Promise<Buffer>[]
  ): Promise<number | undefined> {
    let timer: NodeJS.Timeout | undefined;
    let abort = (): void => undefined;
    const stopped = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () => reject(out.seen ? this._tooSlow(timeout / 1000) : this._silent()),
        timeout
      );
      abort = () => reject(abortReason(signal));
      signal?.addEventListener('abort', abort, { once: true });
    });
    try {
      const exit = exitOf(channel);
      const done = Promise.all(streams).then(() => exit);
      return await Promise.race([done, stopped, this._gone]);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  private _noMarks(stdout: string, stderr: string): ProxyError {
    const { user, host } = this._about;
    const noise = `${stdout}\n${stderr}`;
    if (/password (change required|has expired)/i.test(noise)) {
      return passwordExpired(user, host);
    }
    const said = lastLine(noise);
    return new ProxyError(
      502,
      'no-marks',
      `The log-in shell of ${user} on ${host} ended before it ran anything${said && `: ${said}`}.`,
      { where: host, hint: MEND }
    );
  }

  private _silent(): ProxyError {
    const { user, host } = this._about;
    return new ProxyError(
      504,
      'no-marks',
      `The log-in shell of ${user} on ${host} does not run commands in time.`,
      { where: host, hint: MEND }
    );
  }

  private _tooSlow(seconds: number): ProxyError {
    return new ProxyError(
      504,
      'too-slow',
      `${this._about.host} did not finish a command within ${seconds} s.`,
      {
        where: this._about.host,
        hint: 'The host or its file system is slow now: try again later.'
      }
    );
  }
}

const MEND =
  'See in .bashrc, .cshrc or config.fish there what reads input, waits, calls exec or exits, and keep it to interactive shells.';

class RemoteProcess implements IRemoteProcess {
  constructor(
    private readonly _channel: ClientChannel,
    readonly stdout: Readable,
    readonly stderr: Readable,
    readonly closed: Promise<number | null>
  ) {}

  get stdin(): Writable {
    return this._channel;
  }

  end(): void {
    this._channel.close();
  }
}

/** The exit code; undefined when the channel closed without one. */
function exitOf(channel: ClientChannel): Promise<number | undefined> {
  return new Promise(resolve => {
    let exit: number | undefined;
    channel.on('exit', (code: number | null) => {
      // A signal has no code; a shell would say 128 and more.
      exit = code ?? 255;
    });
    channel.once('close', () => resolve(exit));
    // The close that follows says it.
    channel.on('error', () => undefined);
  });
}

async function collect(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    if (Buffer.isBuffer(chunk)) {
      chunks.push(chunk);
      size += chunk.length;
    }
    if (size > MOST_OUTPUT) {
      throw new ProxyError(
        502,
        'too-much-output',
        'A command on the cluster printed more than 64 MiB.',
        { hint: 'Look at the log of the job on the cluster itself.' }
      );
    }
  }
  return Buffer.concat(chunks);
}

/** The last line with something in it, fit to be told. */
function lastLine(text: string): string {
  const lines = text
    .split('\n')
    .map(line =>
      [...line].filter(letter => letter >= ' ' && letter !== '\x7f').join('')
    )
    .map(line => line.trim())
    .filter(Boolean);
  return lines.at(-1)?.slice(0, 200) ?? '';
}
