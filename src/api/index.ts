export * from './_generated/api';
export * from './client';
export * from './client-interface';
export { ApiError, failureOf, isAbort } from './errors';
export * from './frame';
export * from './routes';
