/**
 * Routes of the proxy, relative to `<base url>/jupyterlab-tomo/api/`.
 *
 * A request that computes is a POST. No user text goes into a route: ids only.
 * Routes that answer with a frame (see `frame.ts`) say so.
 */
export const PROTOCOL = 1;

export const ROUTES = {
  /** GET -> Hello */
  hello: 'hello',
  /** GET -> Server-Sent Events, each `data:` line a Notice */
  events: 'events',
  /** POST DescribeRequest -> Description */
  describe: 'data/describe',
  /** POST ProjectionRequest -> frame (rows, columns) */
  projection: 'data/projection',
  /** POST PreviewRequest -> frame (y, x) or (angle, column) */
  preview: 'data/preview',
  /** POST CentreRequest -> Centre */
  centre: 'data/centre',
  /** POST ToolsRequest -> ToolList */
  tools: 'tools',
  /** POST EstimateRequest -> Estimate */
  estimate: 'data/estimate',
  /** POST ResultRequest -> ResultDescription */
  result: 'results/describe',
  /** POST SliceRequest -> frame (y, x) */
  slice: 'results/slice',
  /** GET -> Resource[]; POST (no body) -> Resource[] after probing the kernelspecs again */
  resources: 'resources',
  /** POST LoginRequest -> LoginReply */
  login: 'resources/login',
  /** POST LoginAnswer -> LoginReply */
  answer: 'resources/answer',
  /** POST ResourceRequest -> Resource: forgets the secrets; jobs go on */
  logout: 'resources/logout',
  /** POST ResourceRequest -> Preflight */
  test: 'resources/test',
  /** POST ResourceRequest -> Queue */
  queue: 'resources/queue',
  /** POST QueueCancelRequest -> Queue */
  queueCancel: 'resources/queue/cancel',
  /** POST FolderRequest -> Folder */
  folder: 'resources/folder',
  /** GET -> JobList; POST Submission -> Job */
  jobs: 'jobs',
  /** POST ExportRequest -> Export */
  export: 'data/export',
  /** POST SavuPluginsRequest -> SavuPlugins */
  savuPlugins: 'savu/plugins',
  /** POST SavuReadRequest -> SavuList */
  savuRead: 'savu/read',
  /** POST SavuWriteRequest -> SavuFile */
  savuWrite: 'savu/write',
  /** POST Submission -> SubmissionPlan; nothing is made */
  plan: 'jobs/plan'
} as const;

/** GET -> Job with its recipe; DELETE: forget an ended job (its result stays). */
export const jobRoute = (id: string): string => `jobs/${id}`;
/** POST -> Job */
export const cancelRoute = (id: string): string => `jobs/${id}/cancel`;
/** POST -> Job: go on with an interrupted, failed or cancelled job, computing only what is missing. */
export const resumeRoute = (id: string): string => `jobs/${id}/resume`;
/** GET -> Log: the end of stdout and stderr together, from byte `offset` on (64 KiB at most). */
export const logRoute = (id: string, offset: number): string =>
  `jobs/${id}/log?offset=${offset}`;
/** POST FetchRequest -> Job: copy a remote result here, going on with a copy that was begun; DELETE -> Job: stop copying. */
export const fetchRoute = (id: string): string => `jobs/${id}/fetch`;
