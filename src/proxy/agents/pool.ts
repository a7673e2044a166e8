/**
 * The agents of all users. On this machine each user has one for data sets and
 * one for results, so that a long preview does not hold up a look at slices;
 * on a cluster, where a connection has few channels, one for both.
 */
import { ProxyError } from '../failure';
import type { JsonObject } from '../files';
import { Agent, type IAnswer } from './agent';
import type { StartAgent } from './process';

const IDLE = 300_000;

export type AgentKind = 'data' | 'results';

/** `resource` names who sees the paths; left out or empty: this machine. */
export type AgentRequest = JsonObject & {
  channel: string;
  op: string;
  resource?: string;
};

interface IPlace {
  readonly agent: Promise<Agent>;
  /** The agent itself, once it has been started. */
  started: Agent | null;
  timer: NodeJS.Timeout | undefined;
}

export class AgentPool {
  /** @param idle - milliseconds without a request after which an agent ends. */
  constructor(
    private readonly _start: StartAgent,
    private readonly _idle = IDLE
  ) {}

  /**
   * Ask the agent of a user; a fresh one starts when there is none that lives.
   *
   * @throws ProxyError when none can be started, or with what the agent says.
   */
  async ask(
    user: string,
    kind: AgentKind,
    { resource = '', ...request }: AgentRequest,
    signal: AbortSignal
  ): Promise<IAnswer> {
    const key = JSON.stringify([resource, resource ? '' : kind, user]);
    const place = this._place(key, user, resource);
    try {
      const agent = await unlessAborted(place.agent, signal);
      return await agent.ask({ ...request, op: request.op }, signal);
    } finally {
      this._rest(key, place);
    }
  }

  dispose(): void {
    this._disposed = true;
    for (const place of this._places.values()) {
      clearTimeout(place.timer);
      place.started?.dispose();
    }
    this._places.clear();
  }

  private _place(key: string, user: string, resource: string): IPlace {
    const known = this._places.get(key);
    clearTimeout(known?.timer);
    if (known && (!known.started || known.started.alive)) {
      return known;
    }
    const place: IPlace = {
      agent: this._start(user, resource).then(process => {
        const agent = new Agent(process);
        place.started = agent;
        if (this._disposed) {
          agent.dispose();
        }
        return agent;
      }),
      started: null,
      timer: undefined
    };
    place.agent.catch(() => this._forget(key, place));
    this._places.set(key, place);
    return place;
  }

  private _forget(key: string, place: IPlace): void {
    clearTimeout(place.timer);
    if (this._places.get(key) === place) {
      this._places.delete(key);
    }
  }

  /** Count the idle time from now. */
  private _rest(key: string, place: IPlace): void {
    clearTimeout(place.timer);
    if (this._places.get(key) !== place) {
      return;
    }
    place.timer = setTimeout(() => {
      if (!place.started || place.started.pending > 0) {
        this._rest(key, place);
        return;
      }
      this._forget(key, place);
      place.started.dispose();
    }, this._idle);
    place.timer.unref();
  }

  private readonly _places = new Map<string, IPlace>();
  private _disposed = false;
}

/** A promise that others wait for, too: giving up leaves it as it is. */
function unlessAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal
): Promise<T> {
  return new Promise((resolve, reject) => {
    const abandon = (): void =>
      reject(new ProxyError(499, 'cancelled', 'The request was cancelled.'));
    if (signal.aborted) {
      abandon();
      return;
    }
    signal.addEventListener('abort', abandon, { once: true });
    promise
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abandon));
  });
}
