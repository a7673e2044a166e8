/** The log-ins of all users, in memory only: each is found by its own user and nobody else. */
import type {
  LoginAnswer,
  LoginReply,
  LoginRequest
} from '../../../../api/_generated/api';
import type { Notices } from '../../../notices';
import type { IClusterSettings } from '../../../settings';
import type { IRemotes } from '../remote';
import { Attempt } from './attempt';
import { UnknownHostKey } from './client';
import { connect, parseJump } from './connect';
import type { Connection } from './connection';
import { credentialsOf, forget } from './credentials';
import {
  alreadyLoggedIn,
  loggedOut,
  loginReplaced,
  loginStopped,
  nameOf,
  noSuchLogin,
  reconnecting,
  unknownResource
} from './failures';
import type { HostKeys } from './host-keys';
import { lookAtHost, type ISight } from './look';
import { Session, type IStanding } from './session';

type Clusters = ReadonlyMap<string, IClusterSettings>;

/** A change of a log-in: it came, went, or is being brought back. */
export type StandingListener = (user: string, resource: string) => void;

interface IEntry {
  readonly user: string;
  readonly resource: string;
  readonly session: Session;
  attempt: Attempt | null;
}

export class Sessions implements IRemotes {
  constructor(
    private readonly _hostKeys: HostKeys,
    private readonly _notices: Notices
  ) {}

  /** The clusters as they are set now. Log-ins to what is set otherwise are ended. */
  configure(clusters: Clusters): void {
    const before = this._clusters;
    this._clusters = clusters;
    for (const entry of this._entries.values()) {
      const [old, now] = [before, clusters].map(map => map.get(entry.resource));
      if (placeOf(old) !== placeOf(now)) {
        endOf(entry);
      }
    }
  }

  /** @throws ProxyError with one sentence of why not. */
  async login(user: string, request: LoginRequest): Promise<LoginReply> {
    const cluster = this.cluster(request.resource);
    const entry = this._entry(user, request.resource);
    const { connection } = entry.session;
    if (connection) {
      throw alreadyLoggedIn(connection.user, cluster.title || cluster.name);
    }
    const credentials = credentialsOf(request, cluster);
    entry.attempt?.abort(loginReplaced());
    const attempt = new Attempt((ask, signal) =>
      connect({
        user,
        cluster,
        credentials,
        hostKeys: this._hostKeys,
        trust: request.trust ?? '',
        ask,
        signal
      })
    );
    entry.attempt = attempt;
    attempt.done.then(
      opened => {
        if (entry.attempt === attempt) {
          entry.attempt = null;
          entry.session.adopt(opened, credentials);
        } else {
          opened.end();
          forget(credentials);
        }
      },
      () => {
        forget(credentials);
        if (entry.attempt === attempt) {
          entry.attempt = null;
        }
      }
    );
    return this._turn(attempt);
  }

  /** Go on with a log-in that has asked something. */
  async answer(
    user: string,
    { login, answers }: LoginAnswer
  ): Promise<{ resource: string; reply: LoginReply }> {
    const entry = [...this._entries.values()].find(
      ({ attempt, user: whose }) => whose === user && attempt?.id === login
    );
    if (!entry?.attempt?.waits) {
      throw noSuchLogin();
    }
    const { attempt, resource } = entry;
    attempt.answer(answers);
    return { resource, reply: await this._turn(attempt) };
  }

  logout(user: string, resource: string): void {
    this.cluster(resource);
    const entry = this._entries.get(keyOf(user, resource));
    if (entry) {
      endOf(entry);
    }
  }

  /** What can be seen of a cluster, or of the jump host before it, without a log-in. */
  look(user: string, resource: string): Promise<ISight> {
    const { host, port, hostKey, jump } = this.cluster(resource);
    const place = jump
      ? { ...parseJump(jump), pinned: '' }
      : { host, port, pinned: hostKey };
    return lookAtHost(user, place, this._hostKeys);
  }

  standing(user: string, resource: string): IStanding {
    const entry = this._entries.get(keyOf(user, resource));
    return entry?.session.standing ?? { state: 'offline' };
  }

  remote(user: string, resource: string): Connection | null {
    return this._entries.get(keyOf(user, resource))?.session.connection ?? null;
  }

  demand(user: string, resource: string): Connection {
    const cluster = this.cluster(resource);
    const remote = this.remote(user, resource);
    if (!remote) {
      const name = cluster.title || cluster.name;
      const { state } = this.standing(user, resource);
      throw state === 'connecting' ? reconnecting(name) : loggedOut(name);
    }
    return remote;
  }

  /** @returns a function that ends it. */
  listen(listener: StandingListener): () => void {
    this._listeners.add(listener);
    return () => void this._listeners.delete(listener);
  }

  /** Somebody is logged in, or about to be again. */
  get busy(): boolean {
    return [...this._entries.values()].some(
      ({ session }) => session.standing.state !== 'offline'
    );
  }

  dispose(): void {
    this._listeners.clear();
    this._entries.forEach(endOf);
    this._entries.clear();
  }

  private async _turn(attempt: Attempt): Promise<LoginReply> {
    try {
      const turn = await attempt.turn();
      if (turn.kind === 'open') {
        return { state: 'online' };
      }
      const { title, instructions, prompts } = turn.question;
      return {
        state: 'prompts',
        login: attempt.id,
        title,
        instructions,
        prompts: [...prompts]
      };
    } catch (error) {
      if (error instanceof UnknownHostKey) {
        return {
          state: 'host-key',
          host: nameOf(error.host, error.port),
          fingerprint: error.fingerprint
        };
      }
      throw error;
    }
  }

  /** The settings of a cluster. @throws ProxyError when there is none of the name. */
  cluster(resource: string): IClusterSettings {
    const cluster = this._clusters.get(resource);
    if (!cluster) {
      throw unknownResource(resource);
    }
    return cluster;
  }

  private _entry(user: string, resource: string): IEntry {
    const key = keyOf(user, resource);
    const known = this._entries.get(key);
    if (known) {
      return known;
    }
    const session = new Session(
      (credentials, ask, signal) =>
        connect({
          user,
          cluster: this.cluster(resource),
          credentials,
          hostKeys: this._hostKeys,
          trust: '',
          ask,
          signal
        }),
      () => {
        this._notices.emit('resource', resource, user);
        this._listeners.forEach(listener => listener(user, resource));
      }
    );
    const entry: IEntry = { user, resource, session, attempt: null };
    this._entries.set(key, entry);
    return entry;
  }

  private _clusters: Clusters = new Map();
  private readonly _entries = new Map<string, IEntry>();
  private readonly _listeners = new Set<StandingListener>();
}

/** Neither what is there nor what is on its way stays. */
function endOf(entry: IEntry): void {
  entry.attempt?.abort(loginStopped());
  entry.attempt = null;
  entry.session.end();
}

function keyOf(user: string, resource: string): string {
  return JSON.stringify([user, resource]);
}

/** What a log-in depends on. */
function placeOf(cluster: IClusterSettings | undefined): string {
  return JSON.stringify(
    cluster && [
      cluster.host,
      cluster.port,
      cluster.user,
      cluster.jump,
      cluster.hostKey
    ]
  );
}
