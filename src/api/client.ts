/**
 * The browser's door to the proxy and to the server extension.
 */
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { UUID } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type {
  Centre,
  CentreRequest,
  DescribeRequest,
  Description,
  Estimate,
  EstimateRequest,
  Failure,
  FetchRequest,
  Folder,
  FolderRequest,
  Hello,
  Job,
  JobList,
  Log,
  LoginAnswer,
  LoginReply,
  LoginRequest,
  Notice,
  Preflight,
  PreviewRequest,
  ProjectionRequest,
  Queue,
  Resource,
  ResultDescription,
  ResultRequest,
  Export,
  ExportRequest,
  SavuFile,
  SavuList,
  SliceRequest,
  Submission,
  SubmissionPlan,
  ToolList,
  ToolsRequest
} from './_generated/api';
import { VERSION } from './_generated/version';
import { Channels } from './channels';
import type { Asked, IApiClient, IResolved } from './client-interface';
import {
  abortError,
  ApiError,
  networkFailure,
  replyFailure,
  statusFailure
} from './errors';
import { CountedSignal, NoticeStream } from './events';
import type { Visibility } from './events';
import { decodeFrame } from './frame';
import type { IFrame } from './frame';
import {
  readCentre,
  readContentsPath,
  readDescription,
  readEstimate,
  readFolder,
  readHello,
  readJob,
  readJobList,
  readLog,
  readLoginReply,
  readNothing,
  readPlan,
  readPreflight,
  readQueue,
  readResolved,
  readResource,
  readResources,
  readResult,
  readExport,
  readSavuFile,
  readSavuList,
  readTools
} from './replies';
import type { Reader } from './replies';
import {
  cancelRoute,
  fetchRoute,
  jobRoute,
  logRoute,
  PROTOCOL,
  resumeRoute,
  ROUTES
} from './routes';

const SERVICE = 'jupyterlab-tomo';

export interface IApiClientOptions {
  /** Those of the application: they know base URL, token and XSRF. */
  serverSettings: ServerConnection.ISettings;
  visibility?: Visibility;
}

interface ICall {
  method?: 'GET' | 'POST' | 'DELETE';
  body?: unknown;
  signal?: AbortSignal;
}

export class ApiClient implements IApiClient, IDisposable {
  constructor(options: IApiClientOptions) {
    this._settings = options.serverSettings;
    this._stream = new NoticeStream({
      open: async signal => {
        // The proxy behind a new stream may be a new one.
        this._handshake = null;
        await this._ready();
        return this._respond(this._api(ROUTES.events), { signal });
      },
      onNotice: notice => this._notices.emit(notice),
      onConnection: failure => this._connection.emit({ failure }),
      visibility: options.visibility
    });
    this._notices = new CountedSignal<IApiClient, Notice>(this, count => {
      this._stream.wanted = count > 0;
    });
  }

  get notices(): ISignal<IApiClient, Notice> {
    return this._notices;
  }

  get connection(): ISignal<IApiClient, { failure: Failure | null }> {
    return this._connection;
  }

  get isDisposed(): boolean {
    return this._stream.isDisposed;
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._stream.dispose();
    this._channels.abortAll();
    Signal.clearData(this);
  }

  hello(): Promise<Hello> {
    this._handshake = null;
    return this._ready();
  }

  resolve(contentsPath: string): Promise<IResolved> {
    return this._read(
      this._service('resolve'),
      { method: 'POST', body: { path: contentsPath } },
      readResolved
    );
  }

  contentsPath(path: string): Promise<string | null> {
    return this._read(
      this._service('resolve'),
      { method: 'POST', body: { absolute: path } },
      readContentsPath
    );
  }

  describe(
    asked: Asked<DescribeRequest>,
    signal?: AbortSignal
  ): Promise<Description> {
    return this._ask(ROUTES.describe, asked, readDescription, signal);
  }

  projection(
    asked: Asked<ProjectionRequest>,
    signal?: AbortSignal
  ): Promise<IFrame> {
    return this._askFrame(ROUTES.projection, asked, signal);
  }

  preview(asked: Asked<PreviewRequest>, signal?: AbortSignal): Promise<IFrame> {
    return this._askFrame(ROUTES.preview, asked, signal);
  }

  centre(asked: Asked<CentreRequest>, signal?: AbortSignal): Promise<Centre> {
    return this._ask(ROUTES.centre, asked, readCentre, signal);
  }

  estimate(
    asked: Asked<EstimateRequest>,
    signal?: AbortSignal
  ): Promise<Estimate> {
    return this._ask(ROUTES.estimate, asked, readEstimate, signal);
  }

  tools(asked: Asked<ToolsRequest>, signal?: AbortSignal): Promise<ToolList> {
    return this._ask(ROUTES.tools, asked, readTools, signal);
  }

  result(
    asked: Asked<ResultRequest>,
    signal?: AbortSignal
  ): Promise<ResultDescription> {
    return this._ask(ROUTES.result, asked, readResult, signal);
  }

  slice(asked: Asked<SliceRequest>, signal?: AbortSignal): Promise<IFrame> {
    return this._askFrame(ROUTES.slice, asked, signal);
  }

  resources(probe = false): Promise<Resource[]> {
    return this._call(
      ROUTES.resources,
      { method: probe ? 'POST' : 'GET' },
      readResources
    );
  }

  jobs(): Promise<JobList> {
    return this._call(ROUTES.jobs, {}, readJobList);
  }

  job(id: string): Promise<Job> {
    return this._call(jobRoute(id), {}, readJob);
  }

  submit(submission: Submission): Promise<Job> {
    return this._post(ROUTES.jobs, submission, readJob);
  }

  cancel(id: string): Promise<Job> {
    return this._call(cancelRoute(id), { method: 'POST' }, readJob);
  }

  resume(id: string): Promise<Job> {
    return this._call(resumeRoute(id), { method: 'POST' }, readJob);
  }

  forget(id: string): Promise<void> {
    return this._call(jobRoute(id), { method: 'DELETE' }, readNothing);
  }

  log(id: string, offset: number): Promise<Log> {
    return this._call(logRoute(id, offset), {}, readLog);
  }

  plan(submission: Submission): Promise<SubmissionPlan> {
    return this._post(ROUTES.plan, submission, readPlan);
  }

  fetchResult(id: string, request: FetchRequest): Promise<Job> {
    return this._post(fetchRoute(id), request, readJob);
  }

  stopFetching(id: string): Promise<Job> {
    return this._call(fetchRoute(id), { method: 'DELETE' }, readJob);
  }

  logIn(request: LoginRequest, signal?: AbortSignal): Promise<LoginReply> {
    return this._post(ROUTES.login, request, readLoginReply, signal);
  }

  answer(answer: LoginAnswer, signal?: AbortSignal): Promise<LoginReply> {
    return this._post(ROUTES.answer, answer, readLoginReply, signal);
  }

  logOut(resource: string): Promise<Resource> {
    return this._post(ROUTES.logout, { resource }, readResource);
  }

  test(resource: string, signal?: AbortSignal): Promise<Preflight> {
    return this._post(ROUTES.test, { resource }, readPreflight, signal);
  }

  queue(resource: string): Promise<Queue> {
    return this._post(ROUTES.queue, { resource }, readQueue);
  }

  folder(request: FolderRequest, signal?: AbortSignal): Promise<Folder> {
    return this._post(ROUTES.folder, request, readFolder, signal);
  }

  reloadSettings(): Promise<void> {
    return this._read(
      this._service('settings'),
      { method: 'POST', body: {} },
      readNothing
    );
  }

  private _post<T>(
    route: string,
    body: object,
    read: Reader<T>,
    signal?: AbortSignal
  ): Promise<T> {
    return this._call(route, { method: 'POST', body, signal }, read);
  }

  export(asked: Asked<ExportRequest>, signal?: AbortSignal): Promise<Export> {
    return this._ask(ROUTES.export, asked, readExport, signal);
  }

  savuRead(content: string): Promise<SavuList> {
    return this._call(
      ROUTES.savuRead,
      { method: 'POST', body: { content } },
      readSavuList
    );
  }

  savuWrite(list: SavuList): Promise<SavuFile> {
    return this._call(
      ROUTES.savuWrite,
      { method: 'POST', body: { list } },
      readSavuFile
    );
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

  private _ask<T>(
    route: string,
    asked: { purpose: string },
    read: Reader<T>,
    outer?: AbortSignal
  ): Promise<T> {
    return this._inTurn(asked, outer, (body, signal) =>
      this._call(route, { method: 'POST', body, signal }, read)
    );
  }

  private _askFrame(
    route: string,
    asked: { purpose: string },
    outer?: AbortSignal
  ): Promise<IFrame> {
    return this._inTurn(asked, outer, async (body, signal) => {
      await this._ready(signal);
      const url = this._api(route);
      const response = await this._respond(url, {
        method: 'POST',
        body,
        signal
      });
      const began = performance.now();
      const bytes = await this._taken(url, response.arrayBuffer(), signal);
      const here = (performance.now() - began) / 1000;
      const seconds = here + linkSeconds(response);
      const transfer = { bytes: bytes.byteLength, seconds };
      return { ...frameOf(url, bytes), transfer };
    });
  }

  /** A request to the proxy, after the handshake. */
  private async _call<T>(
    route: string,
    call: ICall,
    read: Reader<T>
  ): Promise<T> {
    await this._ready(call.signal);
    return this._read(this._api(route), call, read);
  }

  private async _read<T>(
    url: string,
    call: ICall,
    read: Reader<T>
  ): Promise<T> {
    const response = await this._respond(url, call);
    const text = await this._taken(url, response.text(), call.signal);
    const result = read(parsed(text));
    if ('problem' in result) {
      throw new ApiError(replyFailure(url, result.problem));
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
      throw new ApiError(statusFailure(url, response.status, parsed(text)));
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
        throw new ApiError(networkFailure(url));
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
    const hello = await this._read(this._api(ROUTES.hello), {}, readHello);
    if (
      hello.protocol !== PROTOCOL ||
      release(hello.version) !== release(VERSION)
    ) {
      throw new ApiError({
        code: 'version-mismatch',
        message: `This page is jupyterlab-tomo ${VERSION}, the server has ${hello.version}: reload this page.`,
        where: SERVICE,
        hint: 'Reload this page; if that does not help, restart Jupyter Server.'
      });
    }
    return hello;
  }

  private _service(path: string): string {
    return URLExt.join(this._settings.baseUrl, SERVICE, path);
  }

  private _api(route: string): string {
    return this._service(`api/${route}`);
  }

  private readonly _settings: ServerConnection.ISettings;
  private readonly _channels = new Channels(UUID.uuid4());
  private readonly _stream: NoticeStream;
  private readonly _notices: CountedSignal<IApiClient, Notice>;
  private readonly _connection = new Signal<
    IApiClient,
    { failure: Failure | null }
  >(this);
  private _handshake: Promise<Hello> | null = null;
}

/** The numbers of a version: Python and npm write what follows them in different ways. */
function release(version: string): string {
  return /^\d+(\.\d+)*/.exec(version)?.[0] ?? version;
}

function frameOf(url: string, bytes: ArrayBuffer): IFrame {
  let frame: IFrame;
  try {
    frame = decodeFrame(bytes);
  } catch (error) {
    throw new ApiError(
      replyFailure(url, error instanceof Error ? error.message : String(error))
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
