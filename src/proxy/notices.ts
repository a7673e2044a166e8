/**
 * One hub for all event streams. A stream that does not read is closed: the
 * browser opens another and fetches the state, so nothing is lost.
 */
import type { Notice } from '../api/_generated/api';

const HEARTBEAT = 15_000;
/** Chunks that may wait in a stream. */
const PATIENCE = 256;

interface ISubscriber {
  readonly user: string;
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  /** Called when it ends, whoever ends it. */
  readonly onClose: () => void;
}

export class Notices {
  constructor() {
    this._timer = setInterval(() => this._send(': still here\n\n'), HEARTBEAT);
    this._timer.unref();
  }

  /** Grows by one a notice. */
  get rev(): number {
    return this._rev;
  }

  get subscribers(): number {
    return this._subscribers.size;
  }

  /** Whether a page of this user is open and seen. */
  watched(user: string): boolean {
    return [...this._subscribers].some(other => other.user === user);
  }

  /** Tell everyone, or only the streams of one user. */
  emit(kind: Notice['kind'], id: string, user?: string): void {
    this._rev += 1;
    const notice: Notice = { rev: this._rev, kind, id };
    this._send(`data: ${JSON.stringify(notice)}\n\n`, user);
  }

  /** A stream of Server-Sent Events that starts with a hello. */
  subscribe(user: string, onClose: () => void): ReadableStream<Uint8Array> {
    let subscriber: ISubscriber | null = null;
    return new ReadableStream<Uint8Array>(
      {
        start: controller => {
          subscriber = { user, controller, onClose };
          this._subscribers.add(subscriber);
          const hello: Notice = { rev: this._rev, kind: 'hello', id: '' };
          controller.enqueue(
            ENCODER.encode(`data: ${JSON.stringify(hello)}\n\n`)
          );
        },
        cancel: () => {
          // One that was closed for its slowness has said so already.
          if (subscriber && this._subscribers.delete(subscriber)) {
            onClose();
          }
        }
      },
      new CountQueuingStrategy({ highWaterMark: PATIENCE })
    );
  }

  dispose(): void {
    clearInterval(this._timer);
    for (const subscriber of [...this._subscribers]) {
      this._close(subscriber);
    }
  }

  private _send(text: string, user?: string): void {
    const bytes = ENCODER.encode(text);
    for (const subscriber of [...this._subscribers]) {
      if (user !== undefined && subscriber.user !== user) {
        continue;
      }
      if ((subscriber.controller.desiredSize ?? 0) <= 0) {
        this._close(subscriber);
      } else {
        subscriber.controller.enqueue(bytes);
      }
    }
  }

  private _close(subscriber: ISubscriber): void {
    this._subscribers.delete(subscriber);
    subscriber.controller.close();
    subscriber.onClose();
  }

  private _rev = 0;
  private readonly _subscribers = new Set<ISubscriber>();
  private readonly _timer: NodeJS.Timeout;
}

const ENCODER = new TextEncoder();
