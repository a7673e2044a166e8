export * from './cache';
export * from './newest';
export * from './store';
