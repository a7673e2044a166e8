/**
 * One agent: a child process that computes what the browser asks for. Frames
 * go through it unparsed but for their headers.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

import { encodeFrame, type IFrameHeader } from '../../api/frame';
import { failureOf, messageOf, ProxyError } from '../failure';
import type { JsonObject } from '../files';
import { FrameSplitter } from './frames';
import { FrameReply } from './reply';

const STDERR_LINES = 50;
const HANDSHAKE = 30_000;
/** Milliseconds that an agent has to end after its input has ended. */
const FAREWELL = 1_500;

export interface IAgentCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

export interface IAnswer {
  readonly header: IFrameHeader;
  /** The whole frame, as the agent wrote it. */
  readonly frame: ReadableStream<Uint8Array>;
}

interface IPending {
  resolve(answer: IAnswer): void;
  reject(error: Error): void;
  reply: FrameReply | null;
}

export class Agent {
  constructor(command: IAgentCommand) {
    this._child = spawn(command.program, command.args, {
      env: command.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true
    });
    const splitter = new FrameSplitter({
      mark: () => undefined,
      head: (header, head) => this._onHead(header, head),
      body: piece => this._reply?.write(piece),
      end: () => this._onEnd()
    });
    this._child.stdout.on('data', (chunk: Buffer) => {
      try {
        splitter.push(chunk);
      } catch (error) {
        this._die(messageOf(error));
      }
    });
    this._child.stderr.setEncoding('utf8');
    this._child.stderr.on('data', (text: string) => this._onStderr(text));
    // Writing to an agent that has just died is told by its exit.
    this._child.stdin.on('error', () => undefined);
    this._child.on('error', error =>
      this._die(`it could not be started: ${error.message}`)
    );
    this._child.on('close', (code, signal) =>
      this._die(
        signal
          ? `it was ended by ${signal}`
          : `it ended with code ${code ?? '?'}`
      )
    );
    this._timer = setTimeout(
      () => this._die('it did not say hello in time'),
      HANDSHAKE
    );
    this._timer.unref();
  }

  /** False once the agent has died or was told to end. */
  get alive(): boolean {
    return !this._dead;
  }

  /** Requests that are not answered in full yet. */
  get pending(): number {
    return this._pending.size;
  }

  get pid(): number | undefined {
    return this._child.pid;
  }

  /**
   * Ask for something.
   *
   * @param request - `channel`, `op` and the keys of the operation.
   * @param signal - aborted: the agent is told, and the answer is dropped.
   * @throws ProxyError with what the agent says is wrong, or how it died.
   */
  ask(
    request: JsonObject & { channel: string; op: string },
    signal: AbortSignal
  ): Promise<IAnswer> {
    if (this._dead) {
      return Promise.reject(this._dead);
    }
    const id = ++this._last;
    return new Promise<IAnswer>((resolve, reject) => {
      const abandon = (): void => {
        if (this._pending.delete(id)) {
          this._send({ channel: request.channel, op: 'cancel', target: id });
          reject(
            new ProxyError(499, 'cancelled', 'The request was cancelled.')
          );
        }
      };
      this._pending.set(id, {
        reject,
        resolve: answer => {
          signal.removeEventListener('abort', abandon);
          resolve(answer);
        },
        reply: null
      });
      signal.addEventListener('abort', abandon, { once: true });
      this._send({ ...request, id });
    });
  }

  /** End the process: its input ends, and then it is given a moment. */
  dispose(): void {
    this._fail('it was ended');
    this._child.stdin.end();
    const timer = setTimeout(() => this._kill(), FAREWELL);
    timer.unref();
  }

  private _onHead(header: IFrameHeader, head: Uint8Array): void {
    if (this._timer) {
      // The first frame is the agent's hello.
      clearTimeout(this._timer);
      this._timer = undefined;
      return;
    }
    const pending = this._pending.get(header.id);
    if (!pending) {
      return;
    }
    if (header.error) {
      this._pending.delete(header.id);
      pending.reject(
        ProxyError.from(header.error, statusOf(header.error.code))
      );
      return;
    }
    const reply = new FrameReply(
      wait => (wait ? this._child.stdout.pause() : this._child.stdout.resume()),
      () => this._pending.delete(header.id)
    );
    pending.reply = reply;
    this._reply = reply;
    this._current = header.id;
    reply.write(head);
    pending.resolve({ header, frame: reply.stream });
  }

  private _onEnd(): void {
    this._reply?.end();
    this._reply = null;
    this._pending.delete(this._current);
  }

  private _onStderr(text: string): void {
    const lines = (this._stderr + text).split('\n');
    this._stderr = lines.slice(-STDERR_LINES).join('\n').slice(-16_384);
  }

  private _send(header: JsonObject & { channel: string }): void {
    const id = typeof header.id === 'number' ? header.id : ++this._last;
    this._child.stdin.write(encodeFrame({ ...header, id }));
  }

  /** It is of no use any more: end it whole and say so. */
  private _die(why: string): void {
    this._fail(why);
    this._kill();
  }

  private _fail(why: string): void {
    if (this._dead) {
      return;
    }
    clearTimeout(this._timer);
    const last = this._stderr.trim();
    this._dead = new ProxyError(
      502,
      'agent-died',
      `The agent that computes previews stopped: ${why}.${last ? ` Its last lines: ${last}` : ''}`,
      {
        where: 'agent',
        hint: 'Try again: a fresh one starts with the next request.'
      }
    );
    for (const pending of this._pending.values()) {
      pending.reply?.fail(this._dead);
      pending.reject(this._dead);
    }
    this._pending.clear();
    this._reply = null;
  }

  private _kill(): void {
    if (this._child.pid !== undefined && this._child.exitCode === null) {
      try {
        process.kill(-this._child.pid, 'SIGKILL');
      } catch (error) {
        if (failureOf(error).failure.code === 'eperm') {
          throw error;
        }
      }
    }
  }

  private readonly _child: ChildProcessByStdio<Writable, Readable, Readable>;
  private readonly _pending = new Map<number, IPending>();
  private _reply: FrameReply | null = null;
  private _current = 0;
  private _last = 0;
  private _stderr = '';
  private _dead: ProxyError | null = null;
  private _timer: NodeJS.Timeout | undefined;
}

/** The HTTP status of an agent's error. */
function statusOf(code: string): number {
  if (code === 'cancelled') {
    return 409;
  }
  return code === 'internal' ? 500 : 422;
}
