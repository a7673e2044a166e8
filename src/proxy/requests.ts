/** Requests at the door: validated by the schemas of the api. */
import type {
  CentreRequest,
  DescribeRequest,
  EstimateRequest,
  FolderRequest,
  LoginAnswer,
  LoginRequest,
  FetchRequest,
  PreviewRequest,
  ProjectionRequest,
  QueueCancelRequest,
  ResourceRequest,
  ResultRequest,
  ExportRequest,
  SavuPluginsRequest,
  SavuReadRequest,
  SavuWriteRequest,
  SliceRequest,
  Submission,
  ToolsRequest
} from '../api/_generated/api';
import * as validators from '../api/_generated/validators';
import { sentencesOf, type ISchemaError } from '../recipe/sentences';
import { ProxyError } from './failure';

interface ICheck {
  (value: unknown): boolean;
  errors?: readonly ISchemaError[] | null;
}

/** Turns a body of unknown kind into a request, or refuses it in one sentence. */
export type Door<T> = (body: unknown) => T;

function door<T>(check: ICheck): Door<T> {
  const fits = (body: unknown): body is T => check(body);
  return body => {
    if (fits(body)) {
      return body;
    }
    const [problem] = sentencesOf(check.errors ?? [], 'The request');
    throw new ProxyError(
      400,
      'bad-request',
      problem?.message ?? 'The request is not valid.',
      {
        where: problem?.path,
        hint: 'Reload this page; if it stays, the page and the server are of different versions.'
      }
    );
  };
}

export const DOORS = {
  describe: door<DescribeRequest>(validators.validateDescribeRequest),
  projection: door<ProjectionRequest>(validators.validateProjectionRequest),
  preview: door<PreviewRequest>(validators.validatePreviewRequest),
  centre: door<CentreRequest>(validators.validateCentreRequest),
  tools: door<ToolsRequest>(validators.validateToolsRequest),
  estimate: door<EstimateRequest>(validators.validateEstimateRequest),
  result: door<ResultRequest>(validators.validateResultRequest),
  slice: door<SliceRequest>(validators.validateSliceRequest),
  export: door<ExportRequest>(validators.validateExportRequest),
  savuPlugins: door<SavuPluginsRequest>(validators.validateSavuPluginsRequest),
  savuRead: door<SavuReadRequest>(validators.validateSavuReadRequest),
  savuWrite: door<SavuWriteRequest>(validators.validateSavuWriteRequest),
  submission: door<Submission>(validators.validateSubmission),
  fetch: door<FetchRequest>(validators.validateFetchRequest),
  queueCancel: door<QueueCancelRequest>(validators.validateQueueCancelRequest),
  resource: door<ResourceRequest>(validators.validateResourceRequest),
  login: door<LoginRequest>(validators.validateLoginRequest),
  answer: door<LoginAnswer>(validators.validateLoginAnswer),
  folder: door<FolderRequest>(validators.validateFolderRequest)
} as const;
