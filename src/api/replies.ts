/**
 * What the proxy answers with, checked against the schemas.
 */
import type {
  Centre,
  Description,
  Estimate,
  Folder,
  Hello,
  Job,
  JobList,
  Log,
  LoginReply,
  Notice,
  Preflight,
  Queue,
  Resource,
  ResultDescription,
  Export,
  SavuFile,
  SavuList,
  SavuPlugins,
  SubmissionPlan,
  ToolList
} from './_generated/api';
import {
  validateCentre,
  validateDescription,
  validateEstimate,
  validateFolder,
  validateHello,
  validateJob,
  validateJobList,
  validateLog,
  validateLoginReply,
  validateNotice,
  validatePreflight,
  validateQueue,
  validateResource,
  validateResultDescription,
  validateExport,
  validateSavuFile,
  validateSavuList,
  validateSavuPlugins,
  validateSubmissionPlan,
  validateToolList
} from './_generated/validators';
import type { IResolved } from './client-interface';

/** Takes an answer for what it is, or says why it is not. */
export type Reader<T> = (value: unknown) => { value: T } | { problem: string };

/** A generated validator; it leaves its errors on itself. */
interface IValidator {
  (value: unknown): boolean;
  errors?: readonly { instancePath: string; message?: string }[] | null;
}

function reader<T>(validate: IValidator): Reader<T> {
  const fits = (value: unknown): value is T => validate(value);
  return value => (fits(value) ? { value } : { problem: firstError(validate) });
}

function firstError({ errors }: IValidator): string {
  const error = errors?.[0];
  return `${error?.instancePath || 'it'} ${error?.message ?? 'is not valid'}.`;
}

export const readCentre = reader<Centre>(validateCentre);
export const readDescription = reader<Description>(validateDescription);
export const readEstimate = reader<Estimate>(validateEstimate);
export const readTools = reader<ToolList>(validateToolList);
export const readFolder = reader<Folder>(validateFolder);
export const readHello = reader<Hello>(validateHello);
export const readJob = reader<Job>(validateJob);
export const readJobList = reader<JobList>(validateJobList);
export const readLog = reader<Log>(validateLog);
export const readLoginReply = reader<LoginReply>(validateLoginReply);
export const readNotice = reader<Notice>(validateNotice);
export const readPlan = reader<SubmissionPlan>(validateSubmissionPlan);
export const readPreflight = reader<Preflight>(validatePreflight);
export const readQueue = reader<Queue>(validateQueue);
export const readResource = reader<Resource>(validateResource);
export const readExport = reader<Export>(validateExport);
export const readSavuFile = reader<SavuFile>(validateSavuFile);
export const readSavuPlugins = reader<SavuPlugins>(validateSavuPlugins);
export const readSavuList = reader<SavuList>(validateSavuList);
export const readResult = reader<ResultDescription>(validateResultDescription);

export const readResources: Reader<Resource[]> = value => {
  if (!Array.isArray(value)) {
    return { problem: 'the resources are not a list.' };
  }
  const resources: Resource[] = [];
  for (const item of value) {
    const read = readResource(item);
    if ('problem' in read) {
      return read;
    }
    resources.push(read.value);
  }
  return { value: resources };
};

export const readResolved: Reader<IResolved> = value =>
  isResolved(value)
    ? { value }
    : { problem: 'resource, path and directory are missing.' };

/** `{path}` or null. */
export const readContentsPath: Reader<string | null> = value => {
  const path: unknown = isObject(value) && 'path' in value ? value.path : null;
  return path === null || typeof path === 'string'
    ? { value: path }
    : { problem: 'path is no text.' };
};

/** Nothing is expected. */
export const readNothing: Reader<void> = () => ({ value: undefined });

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isResolved(value: unknown): value is IResolved {
  return (
    isObject(value) &&
    'resource' in value &&
    typeof value.resource === 'string' &&
    'path' in value &&
    typeof value.path === 'string' &&
    'directory' in value &&
    typeof value.directory === 'boolean'
  );
}
