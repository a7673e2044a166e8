/**
 * A session, jobs, clusters and a context for tests of the panel: nothing is
 * asked of a server.
 */
export * from './clusters';
export * from './context';
export * from './jobs';
export * from './session';
