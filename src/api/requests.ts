/**
 * How the proxy and the server extension are asked: handshake, turns, replies
 * that are read before they are believed.
 */
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';

import type { Hello } from './_generated/api';
import { VERSION } from './_generated/version';
import { Arrival } from './arrival';
import { Channels } from './channels';
import {
  abortError,
  ApiError,
  networkFailure,
  replyFailure,
  statusFailure
} from './errors';
import { decodeFrame } from './frame';
import type { IFrame } from './frame';
import { readHello } from './replies';
import type { Reader } from './replies';
import { PROTOCOL, ROUTES } from './routes';

const SERVICE = 'jupyterlab-tomo';

export interface ICall {
  method?: 'GET' | 'POST' | 'DELETE';
  body?: unknown;
  signal?: AbortSignal;
}

export class Requests {
  /** @param settings - those of the application: they know base URL, token and XSRF. */
  constructor(
    settings: ServerConnection.ISettings,
    private readonly _trans: TranslationBundle
  ) {
    this._settings = settings;
  }

  /** Shake hands anew: whoever answers now may be another proxy. */
  hello(): Promise<Hello> {
    this._handshake = null;
    return this._ready();
  }

  /** A reply that goes on, after a new handshake. */
  async open(route: string, signal: AbortSignal): Promise<Response> {
    await this.hello();
    return this._respond(this._api(route), { signal });
  }

  abortAll(): void {
    this._channels.abortAll();
  }

  /** Ask with the newest-wins rule of the purpose. */
  private async _inTurn<T>(
    asked: { purpose: string },
    outer: AbortSignal | undefined,
    work: (body: object, signal: AbortSignal) => Promise<T>
  ): Promise<T> {
    const { purpose, ...request } = asked;
    const turn = this._channels.begin(purpose, outer);
    try {
      return await work({ channel: turn.channel, ...request }, turn.signal);
    } finally {
      turn.done();
    }
  }

  ask<T>(
    route: string,
    asked: { purpose: string },
    read: Reader<T>,
    outer?: AbortSignal
  ): Promise<T> {
    return this._inTurn(asked, outer, (body, signal) =>
      this.call(route, { method: 'POST', body, signal }, read)
    );
  }

  askFrame(
    route: string,
    asked: { purpose: string },
    outer?: AbortSignal
  ): Promise<IFrame> {
    return this._inTurn(asked, outer, async (body, signal) => {
      await this._ready(signal);
      const url = this._api(route);
      const arrival = new Arrival();
      try {
        const response = await this._respond(url, {
          method: 'POST',
          body,
          signal
        });
        const bytes = await this._taken(url, response.arrayBuffer(), signal);
        const size = bytes.byteLength;
        const here = arrival.seconds(response.url, size);
        const frame = frameOf(url, bytes, this._trans);
        if (here !== null) {
          const seconds = here + linkSeconds(response);
          frame.transfer = { bytes: size, seconds };
        }
        return frame;
      } finally {
        arrival.stop();
      }
    });
  }

  /** A request to the proxy, after the handshake. */
  async call<T>(route: string, call: ICall, read: Reader<T>): Promise<T> {
    await this._ready(call.signal);
    return this.read(this._api(route), call, read);
  }

  async read<T>(url: string, call: ICall, read: Reader<T>): Promise<T> {
    const response = await this._respond(url, call);
    const text = await this._taken(url, response.text(), call.signal);
    const result = read(parsed(text));
    if ('problem' in result) {
      throw new ApiError(replyFailure(url, result.problem, this._trans));
    }
    return result.value;
  }

  /** @throws ApiError unless the status is OK. */
  private async _respond(url: string, call: ICall): Promise<Response> {
    if (call.signal?.aborted) {
      throw abortError();
    }
    const init: RequestInit = {
      method: call.method ?? 'GET',
      signal: call.signal
    };
    if (call.body !== undefined) {
      init.body = JSON.stringify(call.body);
      init.headers = { 'Content-Type': 'application/json' };
    }
    const response = await this._taken(
      url,
      ServerConnection.makeRequest(url, init, this._settings),
      call.signal
    );
    if (!response.ok) {
      const text = await this._taken(url, response.text(), call.signal);
      throw new ApiError(
        statusFailure(url, response.status, parsed(text), this._trans)
      );
    }
    return response;
  }

  /** A promise of the network, with its rejections told apart. */
  private async _taken<T>(
    url: string,
    promise: Promise<T>,
    signal?: AbortSignal
  ): Promise<T> {
    try {
      const value = await promise;
      if (!signal?.aborted) {
        return value;
      }
    } catch {
      if (!signal?.aborted) {
        throw new ApiError(networkFailure(url, this._trans));
      }
    }
    throw abortError();
  }

  /** Once for all requests: does the server speak our version? Tried again after a failure. */
  private async _ready(signal?: AbortSignal): Promise<Hello> {
    if (!this._handshake) {
      const handshake = this._shakeHands();
      this._handshake = handshake;
      handshake.catch(() => {
        if (this._handshake === handshake) {
          this._handshake = null;
        }
      });
    }
    const hello = await this._handshake;
    if (signal?.aborted) {
      throw abortError();
    }
    return hello;
  }

  private async _shakeHands(): Promise<Hello> {
    const hello = await this.read(this._api(ROUTES.hello), {}, readHello);
    if (
      hello.protocol !== PROTOCOL ||
      release(hello.version) !== release(VERSION)
    ) {
      throw new ApiError({
        code: 'version-mismatch',
        message: this._trans.__(
          'This page is jupyterlab-tomo %1, the server has %2: reload this page.',
          VERSION,
          hello.version
        ),
        where: SERVICE,
        hint: this._trans.__(
          'Reload this page; if that does not help, restart Jupyter Server.'
        )
      });
    }
    return hello;
  }

  service(path: string): string {
    return URLExt.join(this._settings.baseUrl, SERVICE, path);
  }

  private _api(route: string): string {
    return this.service(`api/${route}`);
  }

  private readonly _settings: ServerConnection.ISettings;
  private readonly _channels = new Channels(UUID.uuid4());
  private _handshake: Promise<Hello> | null = null;
}

/** The numbers of a version: Python and npm write what follows them in different ways. */
function release(version: string): string {
  return /^\d+(\.\d+)*/.exec(version)?.[0] ?? version;
}

function frameOf(
  url: string,
  bytes: ArrayBuffer,
  trans: TranslationBundle
): IFrame {
  let frame: IFrame;
  try {
    frame = decodeFrame(bytes);
  } catch (error) {
    throw new ApiError(
      replyFailure(
        url,
        error instanceof Error ? error.message : String(error),
        trans
      )
    );
  }
  if (frame.header.error) {
    throw new ApiError(frame.header.error);
  }
  return frame;
}

/** What the proxy says of the way from the cluster to itself. */
function linkSeconds(response: Response): number {
  const said = response.headers.get('Server-Timing') ?? '';
  const found = /(?:^|,)\s*link\s*;\s*dur=(\d+(?:\.\d+)?)/.exec(said);
  return found ? Number(found[1]) / 1000 : 0;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
