/**
 * The browser's door to the proxy.
 */
import type { ISignal } from '@lumino/signaling';

import type { IFrame } from './frame';
import type {
  Centre,
  CentreRequest,
  DescribeRequest,
  Description,
  Estimate,
  EstimateRequest,
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

/** A request without its channel, which the client fills in from tab and purpose. */
export type Asked<T extends { channel: string }> = Omit<T, 'channel'> & {
  /** What the request is for; a newer one for the same purpose cancels the older. */
  purpose: string;
};

/** What a contents path stands for on disk. */
export interface IResolved {
  /** Name of the resource the path lives on; `local` for the server's own disk. */
  resource: string;
  /** Absolute path. */
  path: string;
  directory: boolean;
}

/**
 * Every method rejects with an `ApiError` (which carries a `Failure`); an
 * aborted one with a DOMException named `AbortError`.
 */
export interface IApiClient {
  hello(): Promise<Hello>;
  /** Contents path to absolute path, by the server extension. */
  resolve(contentsPath: string): Promise<IResolved>;
  /** Absolute path to contents path, or null when it lies outside the root. */
  contentsPath(path: string): Promise<string | null>;
  describe(
    asked: Asked<DescribeRequest>,
    signal?: AbortSignal
  ): Promise<Description>;
  projection(
    asked: Asked<ProjectionRequest>,
    signal?: AbortSignal
  ): Promise<IFrame>;
  preview(asked: Asked<PreviewRequest>, signal?: AbortSignal): Promise<IFrame>;
  centre(asked: Asked<CentreRequest>, signal?: AbortSignal): Promise<Centre>;
  estimate(
    asked: Asked<EstimateRequest>,
    signal?: AbortSignal
  ): Promise<Estimate>;
  /** The tools, and which of them can run there. */
  tools(asked: Asked<ToolsRequest>, signal?: AbortSignal): Promise<ToolList>;
  result(
    asked: Asked<ResultRequest>,
    signal?: AbortSignal
  ): Promise<ResultDescription>;
  slice(asked: Asked<SliceRequest>, signal?: AbortSignal): Promise<IFrame>;
  resources(probe?: boolean): Promise<Resource[]>;
  jobs(): Promise<JobList>;
  job(id: string): Promise<Job>;
  submit(submission: Submission): Promise<Job>;
  cancel(id: string): Promise<Job>;
  resume(id: string): Promise<Job>;
  forget(id: string): Promise<void>;
  log(id: string, offset: number): Promise<Log>;
  /** The recipe for another program. */
  export(asked: Asked<ExportRequest>, signal?: AbortSignal): Promise<Export>;
  /** The plugins of the Savu that is installed there. */
  savuPlugins(
    asked: Asked<SavuPluginsRequest>,
    signal?: AbortSignal
  ): Promise<SavuPlugins>;
  /** The process list in an HDF5 file, which is given in base64. */
  savuRead(content: string): Promise<SavuList>;
  /** A process list as an HDF5 file in base64. */
  savuWrite(list: SavuList): Promise<SavuFile>;
  /** What a submission would do; nothing is made. */
  plan(submission: Submission): Promise<SubmissionPlan>;
  /** Copy the result of a remote job here, going on with a copy that was begun. */
  fetchResult(id: string, request: FetchRequest): Promise<Job>;
  /** Stop copying; what is there stays for the next time. */
  stopFetching(id: string): Promise<Job>;
  /** Log in to a cluster. The secrets in the request are kept nowhere in this page. */
  logIn(request: LoginRequest, signal?: AbortSignal): Promise<LoginReply>;
  /** Answer what a log-in asked. */
  answer(answer: LoginAnswer, signal?: AbortSignal): Promise<LoginReply>;
  /** Forget the secrets; jobs go on. */
  logOut(resource: string): Promise<Resource>;
  /** Look at everything that a run on a cluster needs. */
  test(resource: string, signal?: AbortSignal): Promise<Preflight>;
  /** All jobs of the user on a cluster. */
  queue(resource: string): Promise<Queue>;
  /** End jobs of the user there, ours or not; the queue after it. */
  cancelQueued(resource: string, ids: readonly string[]): Promise<Queue>;
  folder(request: FolderRequest, signal?: AbortSignal): Promise<Folder>;
  /** Say that the settings were saved, so that the proxy takes them up. */
  reloadSettings(): Promise<void>;
  /** Notices of the one event stream of this tab; it is open while someone listens and the tab is seen. */
  readonly notices: ISignal<IApiClient, Notice>;
  /** Emitted when the stream is lost (with the failure) and when it is back (null): then fetch everything again. */
  readonly connection: ISignal<
    IApiClient,
    { failure: import('./_generated/api').Failure | null }
  >;
}
