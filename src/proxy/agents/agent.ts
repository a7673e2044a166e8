/**
 * One agent: a process that computes what the browser asks for. Frames go
 * through it unparsed but for their headers.
 */
import { encodeFrame, type IFrameHeader } from '../../api/frame';
import { messageOf, ProxyError } from '../failure';
import type { JsonObject } from '../files';
import { FrameSplitter } from './frames';
import type { IAgentProcess } from './process';
import { FrameReply, WholeReply, type IReply } from './reply';

const STDERR_LINES = 50;
/** Bytes; a larger frame goes through piece by piece from a cluster, too. */
const MOST = 256 << 20;

export interface IAnswer {
  readonly header: IFrameHeader;
  /** The whole frame, as the agent wrote it; one that is not wanted is cancelled. */
  readonly frame: ReadableStream<Uint8Array>;
  /** The same in one piece, in place of `frame`: of agents on a cluster. */
  readonly whole?: Promise<ArrayBuffer>;
}

interface IPending {
  resolve(answer: IAnswer): void;
  reject(error: Error): void;
  reply: IReply | null;
}

export class Agent {
  constructor(private readonly _process: IAgentProcess) {
    const { stdin, stdout, stderr, ended, handshake } = _process;
    const splitter = new FrameSplitter({
      mark: () => undefined,
      head: (header, head, body) => this._onHead(header, head, body),
      body: piece => this._reply?.write(piece),
      end: () => this._onEnd()
    });
    stdout.on('data', (chunk: Buffer) => {
      try {
        splitter.push(chunk);
      } catch (error) {
        this._die(messageOf(error));
      }
    });
    stderr.setEncoding('utf8');
    stderr.on('data', (text: string) => this._onStderr(text));
    // Writing to an agent that has just died is told by its end.
    stdin.on('error', () => undefined);
    void ended.then(how => this._die(how));
    this._timer = setTimeout(
      () => this._die('it did not say hello in time'),
      handshake
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
    this._process.end();
  }

  private _onHead(header: IFrameHeader, head: Uint8Array, body: number): void {
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
    const total = head.byteLength + body;
    const answer =
      this._process.place && total <= MOST
        ? this._gathered(header, total)
        : this._passedOn(header);
    pending.reply = answer.reply;
    this._reply = answer.reply;
    this._current = header.id;
    answer.reply.write(head);
    pending.resolve(answer);
  }

  /** At the pace of the client. */
  private _passedOn(header: IFrameHeader): IAnswer & { reply: IReply } {
    const reply = new FrameReply(
      wait =>
        wait ? this._process.stdout.pause() : this._process.stdout.resume(),
      () => this._pending.delete(header.id)
    );
    return { header, frame: reply.stream, reply };
  }

  private _gathered(
    header: IFrameHeader,
    bytes: number
  ): IAnswer & { reply: IReply } {
    const reply = new WholeReply(bytes);
    const { whole } = reply;
    const frame = new ReadableStream<Uint8Array>(
      {
        pull: async controller => {
          controller.enqueue(new Uint8Array(await whole));
          controller.close();
        }
      },
      { highWaterMark: 0 }
    );
    return { header, frame, whole, reply };
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
    this._process.stdin.write(encodeFrame({ ...header, id }));
  }

  /** It is of no use any more: end it whole and say so. */
  private _die(why: string): void {
    this._fail(why);
    this._process.kill();
  }

  private _fail(why: string): void {
    if (this._dead) {
      return;
    }
    clearTimeout(this._timer);
    const { place, hint } = this._process;
    const last = this._stderr.trim();
    this._dead = new ProxyError(
      502,
      'agent-died',
      `The agent that computes previews${place && ` on ${place}`} stopped: ${why}.${last ? ` Its last lines: ${last}` : ''}`,
      { where: place || 'agent', hint }
    );
    for (const pending of this._pending.values()) {
      pending.reply?.fail(this._dead);
      pending.reject(this._dead);
    }
    this._pending.clear();
    this._reply = null;
  }

  private readonly _pending = new Map<number, IPending>();
  private _reply: IReply | null = null;
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
