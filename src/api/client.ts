/**
 * The browser's door to the proxy and to the server extension.
 */
import type { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
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
  SavuPlugins,
  SavuPluginsRequest,
  SliceRequest,
  Submission,
  SubmissionPlan,
  ToolList,
  ToolsRequest
} from './_generated/api';
import type { Asked, IApiClient, IResolved } from './client-interface';
import { CountedSignal, NoticeStream } from './events';
import type { Visibility } from './events';
import type { IFrame } from './frame';
import {
  readCentre,
  readContentsPath,
  readDescription,
  readEstimate,
  readFolder,
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
  readSavuPlugins,
  readTools
} from './replies';
import type { Reader } from './replies';
import { Requests } from './requests';
import {
  cancelRoute,
  fetchRoute,
  jobRoute,
  logRoute,
  resumeRoute,
  ROUTES
} from './routes';

export interface IApiClientOptions {
  /** Those of the application: they know base URL, token and XSRF. */
  serverSettings: ServerConnection.ISettings;
  /** Of what is said when the server says nothing itself. */
  trans: TranslationBundle;
  visibility?: Visibility;
}

export class ApiClient implements IApiClient, IDisposable {
  constructor(options: IApiClientOptions) {
    this._requests = new Requests(options.serverSettings, options.trans);
    this._stream = new NoticeStream({
      open: signal => this._requests.open(ROUTES.events, signal),
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
    this._requests.abortAll();
    Signal.clearData(this);
  }

  hello(): Promise<Hello> {
    return this._requests.hello();
  }

  resolve(contentsPath: string): Promise<IResolved> {
    return this._requests.read(
      this._requests.service('resolve'),
      { method: 'POST', body: { path: contentsPath } },
      readResolved
    );
  }

  contentsPath(path: string): Promise<string | null> {
    return this._requests.read(
      this._requests.service('resolve'),
      { method: 'POST', body: { absolute: path } },
      readContentsPath
    );
  }

  describe(
    asked: Asked<DescribeRequest>,
    signal?: AbortSignal
  ): Promise<Description> {
    return this._requests.ask(ROUTES.describe, asked, readDescription, signal);
  }

  projection(
    asked: Asked<ProjectionRequest>,
    signal?: AbortSignal
  ): Promise<IFrame> {
    return this._requests.askFrame(ROUTES.projection, asked, signal);
  }

  preview(asked: Asked<PreviewRequest>, signal?: AbortSignal): Promise<IFrame> {
    return this._requests.askFrame(ROUTES.preview, asked, signal);
  }

  centre(asked: Asked<CentreRequest>, signal?: AbortSignal): Promise<Centre> {
    return this._requests.ask(ROUTES.centre, asked, readCentre, signal);
  }

  estimate(
    asked: Asked<EstimateRequest>,
    signal?: AbortSignal
  ): Promise<Estimate> {
    return this._requests.ask(ROUTES.estimate, asked, readEstimate, signal);
  }

  tools(asked: Asked<ToolsRequest>, signal?: AbortSignal): Promise<ToolList> {
    return this._requests.ask(ROUTES.tools, asked, readTools, signal);
  }

  result(
    asked: Asked<ResultRequest>,
    signal?: AbortSignal
  ): Promise<ResultDescription> {
    return this._requests.ask(ROUTES.result, asked, readResult, signal);
  }

  slice(asked: Asked<SliceRequest>, signal?: AbortSignal): Promise<IFrame> {
    return this._requests.askFrame(ROUTES.slice, asked, signal);
  }

  resources(probe = false): Promise<Resource[]> {
    return this._requests.call(
      ROUTES.resources,
      { method: probe ? 'POST' : 'GET' },
      readResources
    );
  }

  jobs(): Promise<JobList> {
    return this._requests.call(ROUTES.jobs, {}, readJobList);
  }

  job(id: string): Promise<Job> {
    return this._requests.call(jobRoute(id), {}, readJob);
  }

  submit(submission: Submission): Promise<Job> {
    return this._post(ROUTES.jobs, submission, readJob);
  }

  cancel(id: string): Promise<Job> {
    return this._requests.call(cancelRoute(id), { method: 'POST' }, readJob);
  }

  resume(id: string): Promise<Job> {
    return this._requests.call(resumeRoute(id), { method: 'POST' }, readJob);
  }

  forget(id: string): Promise<void> {
    return this._requests.call(jobRoute(id), { method: 'DELETE' }, readNothing);
  }

  log(id: string, offset: number): Promise<Log> {
    return this._requests.call(logRoute(id, offset), {}, readLog);
  }

  plan(submission: Submission): Promise<SubmissionPlan> {
    return this._post(ROUTES.plan, submission, readPlan);
  }

  fetchResult(id: string, request: FetchRequest): Promise<Job> {
    return this._post(fetchRoute(id), request, readJob);
  }

  stopFetching(id: string): Promise<Job> {
    return this._requests.call(fetchRoute(id), { method: 'DELETE' }, readJob);
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

  cancelQueued(resource: string, ids: readonly string[]): Promise<Queue> {
    return this._post(ROUTES.queueCancel, { resource, ids }, readQueue);
  }

  folder(request: FolderRequest, signal?: AbortSignal): Promise<Folder> {
    return this._post(ROUTES.folder, request, readFolder, signal);
  }

  reloadSettings(): Promise<void> {
    return this._requests.read(
      this._requests.service('settings'),
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
    return this._requests.call(route, { method: 'POST', body, signal }, read);
  }

  export(asked: Asked<ExportRequest>, signal?: AbortSignal): Promise<Export> {
    return this._requests.ask(ROUTES.export, asked, readExport, signal);
  }

  savuPlugins(
    asked: Asked<SavuPluginsRequest>,
    signal?: AbortSignal
  ): Promise<SavuPlugins> {
    return this._requests.ask(
      ROUTES.savuPlugins,
      asked,
      readSavuPlugins,
      signal
    );
  }

  savuRead(content: string): Promise<SavuList> {
    return this._requests.call(
      ROUTES.savuRead,
      { method: 'POST', body: { content } },
      readSavuList
    );
  }

  savuWrite(list: SavuList): Promise<SavuFile> {
    return this._requests.call(
      ROUTES.savuWrite,
      { method: 'POST', body: { list } },
      readSavuFile
    );
  }

  private readonly _requests: Requests;
  private readonly _stream: NoticeStream;
  private readonly _notices: CountedSignal<IApiClient, Notice>;
  private readonly _connection = new Signal<
    IApiClient,
    { failure: Failure | null }
  >(this);
}
