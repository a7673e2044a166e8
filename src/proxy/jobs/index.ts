export { Jobs } from './jobs';
export type { IJobsOptions } from './jobs';
export { Ownership } from './ownership';
