/**
 * The agents of all users. Each user has one for data sets and one for
 * results, so that a long preview does not hold up a look at slices.
 */
import type { JsonObject } from '../files';
import { Agent, type IAgentCommand, type IAnswer } from './agent';

const IDLE = 300_000;

export type AgentKind = 'data' | 'results';

interface IPlace {
  agent: Agent;
  timer: NodeJS.Timeout | undefined;
}

export class AgentPool {
  /** @param idle - milliseconds without a request after which an agent ends. */
  constructor(
    private readonly _command: IAgentCommand,
    private readonly _idle = IDLE
  ) {}

  /** Ask the agent of a user; a fresh one starts when there is none that lives. */
  async ask(
    user: string,
    kind: AgentKind,
    request: JsonObject & { channel: string; op: string },
    signal: AbortSignal
  ): Promise<IAnswer> {
    const place = this._place(user, kind);
    try {
      return await place.agent.ask(request, signal);
    } finally {
      this._rest(`${kind}:${user}`, place);
    }
  }

  dispose(): void {
    for (const place of this._places.values()) {
      clearTimeout(place.timer);
      place.agent.dispose();
    }
    this._places.clear();
  }

  private _place(user: string, kind: AgentKind): IPlace {
    const key = `${kind}:${user}`;
    let place = this._places.get(key);
    if (!place?.agent.alive) {
      clearTimeout(place?.timer);
      place = { agent: new Agent(this._command), timer: undefined };
      this._places.set(key, place);
    }
    clearTimeout(place.timer);
    return place;
  }

  /** Count the idle time from now. */
  private _rest(key: string, place: IPlace): void {
    clearTimeout(place.timer);
    place.timer = setTimeout(() => {
      if (place.agent.pending > 0) {
        this._rest(key, place);
        return;
      }
      if (this._places.get(key) === place) {
        this._places.delete(key);
      }
      place.agent.dispose();
    }, this._idle);
    place.timer.unref();
  }

  private readonly _places = new Map<string, IPlace>();
}
