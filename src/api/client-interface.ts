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
  Hello,
  Job,
  JobList,
  Log,
  Notice,
  PreviewRequest,
  ProjectionRequest,
  Resource,
  ResultDescription,
  ResultRequest,
  SliceRequest,
  Submission
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
  /** Notices of the one event stream of this tab; it is open while someone listens and the tab is seen. */
  readonly notices: ISignal<IApiClient, Notice>;
  /** Emitted when the stream is lost (with the failure) and when it is back (null): then fetch everything again. */
  readonly connection: ISignal<
    IApiClient,
    { failure: import('./_generated/api').Failure | null }
  >;
}
